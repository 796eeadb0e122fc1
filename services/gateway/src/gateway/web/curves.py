"""Curves of work since the start as points of a picture, beside what the contract expects and the least it accepts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

WIDTH: Final = 480
HEIGHT: Final = 160
MARK: Final = 24
EXPECTED: Final = ("first_earnings", "outcome", "minimum")


@dataclass(frozen=True, slots=True)
class Level:
    """A share that is expected from a month on: `kind` is `first_earnings`, `outcome` or `minimum`.

    Its line begins at `x`, so much before the end that it can be seen also where that month is the last.
    """

    kind: str
    share: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curves:
    """The curves of one group: `month` is the last that is known, with the shares that were reached in it."""

    first_earnings: str
    outcome: str
    levels: tuple[Level, ...]
    month: int
    shares: tuple[float | None, float | None]
    last: int

    @classmethod
    def of(cls, numbers: Mapping[str, Any]) -> Self | None:
        """Return the curves of one group of people, None where no month of them is known or may be shown."""
        curve: Sequence[Mapping[str, Any]] = numbers["curve"]
        known = [one for one in curve if one["first_earnings"] is not None]
        if not numbers["complete_months"] or not known:
            return None
        last = max(1, len(curve) - 1)
        reached = known[-1]
        return cls(
            _points(curve, "first_earnings", last),
            _points(curve, "outcome", last),
            _levels(numbers["profile"], last),
            reached["month"],
            (reached["first_earnings"], reached["outcome"]),
            last,
        )


def _points(curve: Sequence[Mapping[str, Any]], name: str, last: int) -> str:
    """Return a curve as points: months to the right, shares upwards."""
    shown = [(one["month"], one[name]) for one in curve if one[name] is not None]
    return " ".join(f"{_x(month, last):.1f},{_y(share):.1f}" for month, share in shown)


def _levels(profile: Mapping[str, Any] | None, last: int) -> tuple[Level, ...]:
    if profile is None:
        return ()
    x = round(min(_x(profile["months"], last), WIDTH - MARK), 1)
    return tuple(Level(kind, profile[kind], x, round(_y(profile[kind]), 1)) for kind in EXPECTED)


def _x(month: int, last: int) -> float:
    return month * WIDTH / last


def _y(share: float) -> float:
    return HEIGHT - share * HEIGHT
