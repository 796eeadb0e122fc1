"""What the service promises for a referral within some working days: warned of, and kept, broken or excused."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.caseload import (
    Standard,
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
)
from events.fact import Fact
from events.sealed import Sealed

LEFT_AT_A_WARNING: Final = 0.3
"""A warning comes when at most this part of the time is left."""


class NoSuchStandard(Refusal):
    """Nothing of the kind was promised for this referral."""


class StandardIsMet(Refusal):
    """What was promised is done: there is nothing to excuse."""


class StandardNotExcused(Refusal):
    """This is not what excused the promise last, so it cannot be taken back."""


def warning_day(days: int) -> int:
    """Return on which of so many working days at most 30 % of the time is left, that day itself still to come."""
    return min(days, days - int(days * LEFT_AT_A_WARNING) + 1)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a decision needs to know of one promise."""

    warn_on: date
    due: date
    warned: bool = False
    breached: bool = False
    excused: int = 0
    """The version at which it was excused, 0 while it is not."""
    by_the_end: bool = False
    """Whether the end of a case or a referral excused it, and nobody with a reason."""
    met_on: date | None = None

    @property
    def runs(self) -> bool:
        """Whether the promise is still to be kept."""
        return self.met_on is None and not self.excused


class ServiceStandards(Aggregate):
    """The rules of what is promised for one referral."""

    begins_with = StandardPromised

    clocks: dict[Standard, Clock] = field(default_factory=dict)

    @classmethod
    def promise(cls, id: UUID, promised: Sequence[StandardPromised]) -> Self:  # noqa: A002  (the library's own word)
        """Return what is promised for a new referral."""
        first, *others = promised
        standards = cls.begin(id, first)
        for other in others:
            standards.record(other)
        return standards

    def add(self, promised: StandardPromised) -> None:
        """Promise one more."""
        if promised.standard not in self.clocks:
            self.record(promised)

    def warn(self, standard: Standard, day: date, at: datetime) -> None:
        """Note, once, that little time is left: `day` began `at`."""
        clock = self._clock(standard)
        if clock.runs and not clock.warned and not clock.breached and clock.warn_on <= day:
            self.record(StandardWarned(occurred_at=at, standard=standard, due=clock.due))

    def breach(self, standard: Standard, day: date, at: datetime) -> None:
        """Note, once, that the last day has passed: `day` began `at`."""
        clock = self._clock(standard)
        if clock.runs and not clock.breached and clock.due < day:
            self.record(StandardBreached(occurred_at=at, standard=standard, due=clock.due))

    def meet(self, standard: Standard, on: date, at: datetime) -> None:
        """Note that what was promised was done on a day: also one that turns out to be earlier than it was known.

        What is excused may be done all the same: that counts once the excuse is taken back.
        """
        clock = self._clock(standard)
        if clock.met_on is None or on < clock.met_on:
            self.record(StandardMet(occurred_at=at, standard=standard, on=on, in_time=on <= clock.due))

    def excuse(self, standard: Standard, explanation: Sealed | None, at: datetime) -> None:
        """Let a promise no longer apply, broken or not."""
        clock = self._clock(standard)
        if clock.met_on is not None:
            raise StandardIsMet(str(StandardIsMet.__doc__))
        if clock.runs:
            self.record(StandardExcused(occurred_at=at, standard=standard, explanation=explanation))

    def take_excuse_back(self, standard: Standard, version: int, at: datetime) -> None:
        """Let a promise apply again as before: the fact at that version was wrong."""
        clock = self._clock(standard)
        if not clock.excused or clock.excused != version:
            raise StandardNotExcused(str(StandardNotExcused.__doc__))
        self.record(StandardExcuseTakenBack(occurred_at=at, standard=standard, taken_back=version))

    def apply_again(self, at: datetime) -> None:
        """Let every promise apply again that only the end of a case excused, which did not hold."""
        for standard, clock in list(self.clocks.items()):
            if clock.excused and clock.by_the_end:
                self.take_excuse_back(standard, clock.excused, at)

    def excuse_all(self, at: datetime) -> None:
        """Let no promise apply any longer that was not kept: the referral, or the case, ended."""
        for standard, clock in list(self.clocks.items()):
            if clock.runs:
                self.record(StandardExcused(occurred_at=at, standard=standard))

    def _clock(self, standard: Standard) -> Clock:
        if standard not in self.clocks:
            raise NoSuchStandard(str(NoSuchStandard.__doc__), self.clocks)
        return self.clocks[standard]

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case StandardPromised():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.clocks[fact.standard] = Clock(fact.warn_on, fact.due)
            case StandardWarned(standard=standard):
                self.clocks[standard] = replace(self.clocks[standard], warned=True)
            case StandardBreached(standard=standard):
                self.clocks[standard] = replace(self.clocks[standard], breached=True)
            case StandardMet(standard=standard, on=on):
                self.clocks[standard] = replace(self.clocks[standard], met_on=on)
            case StandardExcused(standard=standard, explanation=explanation):
                by_the_end = explanation is None
                self.clocks[standard] = replace(self.clocks[standard], excused=self.version + 1, by_the_end=by_the_end)
            case StandardExcuseTakenBack(standard=standard):
                self.clocks[standard] = replace(self.clocks[standard], excused=0)
            case _:
                super().fold(fact)
