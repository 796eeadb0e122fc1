"""How old what one answer shows is: noted by whoever reads a view in it, and told by the edge, as a header."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final

AS_OF: Final = "Waymark-As-Of"
"""The header: up to when everything in the answer is known, where that is some time ago."""


@dataclass(slots=True)
class Freshness:
    """Up to when all that an answer shows is known; None while nothing in it is behind."""

    as_of: datetime | None = None


_of_this_answer: ContextVar[Freshness | None] = ContextVar("freshness", default=None)


@contextmanager
def noting_freshness() -> Iterator[Freshness]:
    """Collect how old things are that are read while the context lasts, in its tasks too."""
    freshness = Freshness()
    token = _of_this_answer.set(freshness)
    try:
        yield freshness
    finally:
        _of_this_answer.reset(token)


def note_as_of(moment: datetime) -> None:
    """Note that something that was read is known up to a moment only; the earliest counts."""
    freshness = _of_this_answer.get()
    if freshness is not None:
        freshness.as_of = min(freshness.as_of or moment, moment)


def shown_as_of() -> datetime | None:
    """Return up to when all that was read for this answer is known, None where nothing is behind."""
    freshness = _of_this_answer.get()
    return freshness.as_of if freshness else None
