"""An interview of an application: it may have a day and no time yet, or neither, and is prepared, held or cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from chassis.aggregate import Refusal


class NoSuchInterview(Refusal):
    """The application has no interview of that id."""


class InterviewIsOver(Refusal):
    """The interview took place already; another round can be noted."""


class InterviewIsCancelled(Refusal):
    """The interview was cancelled; another one can be noted."""


class InterviewLiesAhead(Refusal):
    """An interview is noted as held when it has been, not before."""


class InterviewState(StrEnum):
    """What became of an interview."""

    AHEAD = "ahead"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Interview:
    """What a decision needs to know of an interview. It may have a day and no time yet, or neither."""

    day: date | None
    starts_at: datetime | None
    prepared: bool = False
    state: InterviewState = InterviewState.AHEAD


def find_interview(interviews: Mapping[UUID, Interview], interview_id: UUID) -> Interview:
    """Return an interview. Raises NoSuchInterview."""
    if interview_id not in interviews:
        raise NoSuchInterview(str(NoSuchInterview.__doc__))
    return interviews[interview_id]


def require_ahead(interview: Interview, allowed: tuple[str, ...]) -> None:
    """Refuse to change an interview that is settled; `allowed` is what can be asked of its application."""
    if interview.state is not InterviewState.AHEAD:
        refusal = InterviewIsOver if interview.state is InterviewState.HELD else InterviewIsCancelled
        raise refusal(str(refusal.__doc__), ["interviews"] if "interviews" in allowed else [])


def require_over(interview: Interview, now: datetime, today: date) -> None:
    """Refuse to call an interview held that lies ahead; `today` is the day it is where the programme is."""
    if (interview.starts_at and interview.starts_at > now) or (interview.day and interview.day > today):
        raise InterviewLiesAhead(str(InterviewLiesAhead.__doc__))
