"""Where a case stands on a day: a function of what happened in it and of the calendar, never of a nightly job."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Self

from chassis.aggregate import Refusal
from events.caseload import (
    CaseCompleted,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseNotStarted,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    CaseStarted,
    PauseReason,
)
from events.fact import Fact


class Status(StrEnum):
    """Where a case stands.

    An active one is `in_work` while a job of the person lasts. Jobs have histories of their own, which the case does
    not know: so it is only shown like this, and everything may follow that may follow from an active one.
    """

    AWAITING_START = "awaiting_start"
    ACTIVE = "active"
    IN_WORK = "in_work"
    PAUSED = "paused"
    COMPLETED = "completed"
    EXITED_EARLY = "exited_early"
    NOT_STARTED = "not_started"
    HANDED_BACK = "handed_back"
    ENTERED_IN_ERROR = "entered_in_error"


class CaseAwaitsStart(Refusal):
    """The person has not begun the programme yet."""


class CaseIsActive(Refusal):
    """The person is on the programme."""


class CaseIsPaused(Refusal):
    """The case rests; it has to be resumed first."""


class CaseIsCompleted(Refusal):
    """The person went the whole way: the case is closed."""


class CaseIsExited(Refusal):
    """The person left the programme: the case is closed."""


class CaseNeverStarted(Refusal):
    """The person never began, so the case is closed; a new referral opens a new one."""


class CaseIsHandedBack(Refusal):
    """The referrer has the person back: the case is closed for good."""


class CaseIsInError(Refusal):
    """The case should never have been there; nothing more happens in it."""


FOLLOWS: Final[dict[Status, dict[Status, str]]] = {
    Status.AWAITING_START: {
        Status.ACTIVE: "start",
        Status.NOT_STARTED: "did-not-start",
        Status.ENTERED_IN_ERROR: "entered-in-error",
    },
    Status.ACTIVE: {
        Status.PAUSED: "pause",
        Status.COMPLETED: "complete",
        Status.EXITED_EARLY: "exit",
        Status.ENTERED_IN_ERROR: "entered-in-error",
    },
    Status.PAUSED: {
        Status.PAUSED: "pause",
        Status.ACTIVE: "resume",
        Status.EXITED_EARLY: "exit",
        Status.ENTERED_IN_ERROR: "entered-in-error",
    },
    Status.COMPLETED: {
        Status.ACTIVE: "reactivate",
        Status.HANDED_BACK: "hand-back",
        Status.ENTERED_IN_ERROR: "entered-in-error",
    },
    Status.EXITED_EARLY: {
        Status.ACTIVE: "reactivate",
        Status.HANDED_BACK: "hand-back",
        Status.ENTERED_IN_ERROR: "entered-in-error",
    },
    Status.NOT_STARTED: {Status.ENTERED_IN_ERROR: "entered-in-error"},
    Status.HANDED_BACK: {Status.ENTERED_IN_ERROR: "entered-in-error"},
    Status.ENTERED_IN_ERROR: {},
}

_REFUSED_FROM: Final[dict[Status, type[Refusal]]] = {
    Status.AWAITING_START: CaseAwaitsStart,
    Status.ACTIVE: CaseIsActive,
    Status.PAUSED: CaseIsPaused,
    Status.COMPLETED: CaseIsCompleted,
    Status.EXITED_EARLY: CaseIsExited,
    Status.NOT_STARTED: CaseNeverStarted,
    Status.HANDED_BACK: CaseIsHandedBack,
    Status.ENTERED_IN_ERROR: CaseIsInError,
}


@dataclass(frozen=True, slots=True)
class Life:
    """What was told of a case's status: when it starts, whether and until when it rests, how it ended."""

    starts_on: date | None = None
    pause: PauseReason | None = None
    paused_until: date | None = None
    ended: Status | None = None

    def on(self, day: date) -> Status:
        """Return where the case stands on a day, in the programme's time zone."""
        if self.ended is not None:
            return self.ended
        if self.starts_on is None or self.starts_on > day:
            return Status.AWAITING_START
        rests = self.pause is not None and (self.paused_until is None or self.paused_until >= day)
        return Status.PAUSED if rests else Status.ACTIVE

    def moves(self, step: str, day: date) -> bool:
        """Return whether `step` has yet to be taken; refuse one that does not lead on from where the case stands."""
        current = self.on(day)
        if step in FOLLOWS[current].values():
            return True
        if current not in _reached_by(step):
            refuse_from(current)
        return False

    def require_open(self) -> None:
        """Refuse what can only be done in a case that is not closed."""
        if self.ended is not None:
            refuse_from(self.ended)

    def after(self, fact: Fact) -> Self:
        """Return the life of the case after a fact of it."""
        match fact:
            case CaseStarted(start_date=day):
                return replace(self, starts_on=day)
            case CasePaused(reason=reason, until=until):
                return replace(self, pause=reason, paused_until=until)
            case CaseResumed():
                return replace(self, pause=None, paused_until=None)
            case CaseReactivated():
                return replace(self, pause=None, paused_until=None, ended=None)
        return replace(self, ended=ENDS[type(fact)])


ENDS: Final[dict[type[Fact], Status]] = {
    CaseCompleted: Status.COMPLETED,
    CaseExitedEarly: Status.EXITED_EARLY,
    CaseNotStarted: Status.NOT_STARTED,
    CaseHandedBack: Status.HANDED_BACK,
    CaseEnteredInError: Status.ENTERED_IN_ERROR,
}
LIFE_FACTS: Final[tuple[type[Fact], ...]] = (CaseStarted, CasePaused, CaseResumed, CaseReactivated, *ENDS)


def with_work(status: Status, *, works: bool) -> Status:
    """Return how a case is shown that stands so, by whether the person works."""
    return Status.IN_WORK if works and status is Status.ACTIVE else status


def refuse_from(status: Status) -> None:
    """Raise the refusal that belongs to a status, with the steps that lead on from it."""
    refusal = _REFUSED_FROM[status]
    raise refusal(str(refusal.__doc__), FOLLOWS[status].values())


def _reached_by(step: str) -> set[Status]:
    return {status for steps in FOLLOWS.values() for status, name in steps.items() if name == step}
