"""Ports of this machine."""

import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from itertools import count

NEIGHBOURS = 8
UNCLAIMED = range(20_000 + os.getpid() % NEIGHBOURS, 32_000, NEIGHBOURS)
"""Processes that are started one after the other draw from ports of their own."""

_indices: Iterator[int] = (number % len(UNCLAIMED) for number in count(secrets.randbelow(len(UNCLAIMED))))


def is_free(port: int) -> bool:
    """Whether nothing listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """Return a port that is free now, from a range that this machine's outgoing connections do not use.

    This process gives all others before it gives one again, and begins where chance says: a port that is given is taken
    only when its program listens, which may be seconds later.
    """
    return next(port for port in map(UNCLAIMED.__getitem__, _indices) if is_free(port))


def assign(wanted: Mapping[str, int]) -> dict[str, int]:
    """Give each name the port it wants, or the next one that is free and not given yet."""
    given: dict[str, int] = {}
    for name, port in wanted.items():
        given[name] = next(other for other in range(port, 65536) if other not in given.values() and is_free(other))
    return given
