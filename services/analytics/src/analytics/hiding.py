"""Small groups are hidden, and so much beside them that nobody finds them by subtraction. Pure functions of counts."""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

LEAST: Final = 5

K = TypeVar("K", bound=Hashable)


def is_small(count: int, least: int = LEAST) -> bool:
    """Whether a count speaks of so few people that each may be recognised. None at all is no one's secret."""
    return 0 < count < least


def hidden_keys(column: Mapping[K, int], least: int = LEAST) -> frozenset[K]:
    """Return which cells of a column are hidden whose total is shown.

    Those that are small; and while the hidden ones together are small too, or one alone, the smallest of the others.
    """
    hidden = {key for key, count in column.items() if is_small(count, least)}
    others = sorted((key for key, count in column.items() if count >= least), key=lambda key: (column[key], str(key)))
    for key in others:
        if not hidden or (len(hidden) > 1 and sum(column[one] for one in hidden) >= least):
            break
        hidden.add(key)
    return frozenset(hidden)


def hidden_steps(counts: list[int], least: int = LEAST) -> list[int | None]:
    """Return a growing count with each point left out that differs from the last one shown by a small group."""
    shown: list[int | None] = []
    last = 0
    for count in counts:
        small = is_small(count - last, least)
        shown.append(None if small else count)
        last = last if small else count
    return shown
