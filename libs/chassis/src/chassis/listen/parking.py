"""Parked facts: what a consumer could not handle waits here, and later facts of the same key wait behind it."""

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from chassis.database import Connection
from chassis.listen.told import Told

MOST_PARKED: Final = 0.01
FEWEST_PARKED: Final = 20
WINDOW_SECONDS: Final = 60.0

PARK: Final = """
insert into parked (consumer, topic, partition, kafka_offset, key, source, position, type, headers, value, error)
select %b, * from unnest(
    %b::text[], %b::int[], %b::bigint[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[]::jsonb[],
    %b::bytea[], %b::text[]
) order by 2, 3, 4
"""
PARKED: Final = """
select id, key, topic, partition, kafka_offset, headers, value from parked where consumer = %s and key = %s
order by id limit %s
"""
# Hops from key to key in the index: a key may have thousands of facts waiting.
WAITING: Final = """
with recursive waiting (key) as (
    (select key from parked where consumer = %(consumer)s order by key limit 1)
    union all
    select (select p.key from parked p where p.consumer = %(consumer)s and p.key > w.key order by p.key limit 1)
    from waiting w where w.key is not null
) select key from waiting where key is not null
"""


class TooManyParkedError(Exception):
    """More than 1 % of a minute's facts cannot be handled: that is a bug, not poison. The consumer stops."""


class Failure(NamedTuple):
    """A fact that its consumer could not handle, and why."""

    told: Told
    error: Exception


async def waiting_keys(connection: Connection, consumer: str) -> set[str]:
    """Return the message keys that have parked facts."""
    cursor = await connection.execute(WAITING, {"consumer": consumer}, prepare=True)
    return {key for (key,) in await cursor.fetchall()}


async def park(connection: Connection, consumer: str, failures: Iterable[Failure], followers: Iterable[Told]) -> None:
    """Park what failed, with its error, and the facts that have to wait behind."""
    rows = [_row(told, describe(error)) for told, error in failures] + [_row(told, "") for told in followers]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await connection.cursor(binary=True).execute(PARK, [consumer, *columns], prepare=True)


def describe(error: Exception) -> str:
    """Return an error in one line that shows no value that a fact carried."""
    cause = getattr(error, "errors", None)
    if callable(cause):
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in cause(include_input=False))
        return f"{type(error).__name__}: {faults}"
    sqlstate = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {sqlstate}" if sqlstate else f"{type(error).__name__}: {error}"[:300]


def _row(told: Told, error: str) -> tuple[Any, ...]:
    headers = json.dumps({name: value.decode() for name, value in told.record.headers})
    place = (told.topic, told.partition, told.offset, told.key, told.source, told.position)
    return (*place, told.type, headers, told.record.value, error)


@dataclass(frozen=True, slots=True)
class Parked:
    """A fact taken back from parking; `told` is as it was heard."""

    id: int
    told: Told


async def parked_facts(connection: Connection, consumer: str, key: str, most: int) -> list[Parked]:
    """Return the first parked facts of one key in the order they were told."""
    cursor = await connection.execute(PARKED, [consumer, key, most])
    return [_parked(*row) for row in await cursor.fetchall()]


def _parked(  # noqa: PLR0913  (a row's columns)
    number: int, key: str, topic: str, partition: int, offset: int, headers: dict[str, str], value: bytes
) -> Parked:
    words = [(name, text.encode()) for name, text in headers.items()]
    record = SimpleNamespace(
        key=key.encode(), topic=topic, partition=partition, offset=offset, headers=words, value=bytes(value)
    )
    return Parked(number, Told(record))


class Breaker:
    """Tells poison from a bug: how many of a minute's facts failed.

    It breaks when at least FEWEST_PARKED and more than MOST_PARKED of the last minute's facts failed.
    """

    def __init__(self) -> None:
        self._minute: deque[tuple[float, int, int]] = deque()

    def check(self, handled: int, failed: int) -> None:
        """Check a batch whose first failures are known by now.

        Raises TooManyParkedError.
        """
        now = monotonic()
        while self._minute and self._minute[0][0] < now - WINDOW_SECONDS:
            self._minute.popleft()
        handled += sum(entry[1] for entry in self._minute)
        failed += sum(entry[2] for entry in self._minute)
        if failed >= FEWEST_PARKED and failed > MOST_PARKED * handled:
            message = f"{failed} of {handled} facts in the last minute could not be handled"
            raise TooManyParkedError(message)

    def count(self, handled: int, failed: int) -> None:
        """Count a batch that was taken."""
        self._minute.append((monotonic(), handled, failed))
