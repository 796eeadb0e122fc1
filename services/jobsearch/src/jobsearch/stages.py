"""The stages of an application: which fact leads to which, and what can be asked in each."""

from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Final, Protocol

from events.fact import Fact
from events.jobsearch import (
    ApplicationAcknowledged,
    ApplicationBegun,
    ApplicationChased,
    ApplicationFellThrough,
    ApplicationInterestExpressed,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationSaved,
    ApplicationSent,
    ApplicationSuperseded,
    ApplicationUnanswered,
    ApplicationVacancyClosed,
    ApplicationWithdrawn,
    InterviewCancelled,
    InterviewHeld,
    InterviewInvited,
    InterviewPrepared,
    InterviewRescheduled,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
)


class Stage(StrEnum):
    """Where an application stands."""

    SAVED = "saved"
    INTERESTED = "interested"
    PREPARING = "preparing"
    APPLIED = "applied"
    ACKNOWLEDGED = "acknowledged"
    INTERVIEW_INVITED = "interview_invited"
    INTERVIEWED = "interviewed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    UNSUCCESSFUL = "unsuccessful"
    WITHDRAWN = "withdrawn"
    NO_RESPONSE = "no_response"
    DECLINED = "declined"
    FELL_THROUGH = "fell_through"
    VACANCY_CLOSED = "vacancy_closed"
    SUPERSEDED = "superseded"


UNSENT: Final = (Stage.SAVED, Stage.INTERESTED, Stage.PREPARING)
ANSWERED_BY_NOBODY: Final = (Stage.APPLIED, Stage.ACKNOWLEDGED, Stage.INTERVIEWED)
"""The stages in which the next word is the employer's, and silence counts."""
CLOSES_ITSELF: Final = (*ANSWERED_BY_NOBODY, Stage.INTERVIEW_INVITED)
"""The stages in which nothing may be heard for so long that the application closes by itself."""
OPEN: Final = (*UNSENT, *ANSWERED_BY_NOBODY, Stage.INTERVIEW_INVITED, Stage.OFFERED)
CLOSED: Final = (
    Stage.UNSUCCESSFUL,
    Stage.WITHDRAWN,
    Stage.NO_RESPONSE,
    Stage.DECLINED,
    Stage.FELL_THROUGH,
    Stage.VACANCY_CLOSED,
    Stage.SUPERSEDED,
)

NEWS: Final = ("acknowledge", "interviews", "offer")
"""What an employer says: after the end of an application that was sent, it goes on."""
_ENDINGS: Final = ("reject", "withdraw")
_UNDER_WAY: Final = ("chase", "interviews", "offer", "silent", *_ENDINGS)

ALLOWED: Final[dict[Stage, tuple[str, ...]]] = {
    Stage.SAVED: ("interest", "begin", "send", *_ENDINGS),
    Stage.INTERESTED: ("begin", "send", *_ENDINGS),
    Stage.PREPARING: ("send", *_ENDINGS),
    Stage.APPLIED: ("acknowledge", *_UNDER_WAY),
    Stage.ACKNOWLEDGED: _UNDER_WAY,
    Stage.INTERVIEW_INVITED: _UNDER_WAY,
    Stage.INTERVIEWED: _UNDER_WAY,
    Stage.OFFERED: ("offer", "accept", "decline", *_ENDINGS),
    Stage.ACCEPTED: ("decline", "reject"),
    Stage.UNSUCCESSFUL: ("reopen", "accept", *NEWS),
    Stage.WITHDRAWN: ("reopen", "accept", *NEWS),
    Stage.NO_RESPONSE: ("reopen", "accept", "reject", *NEWS),
    Stage.DECLINED: ("reopen", "accept", *NEWS),
    Stage.FELL_THROUGH: ("reopen", "accept", *NEWS),
    Stage.VACANCY_CLOSED: ("reopen", "send", "withdraw"),
    Stage.SUPERSEDED: ("reopen", "accept", *_ENDINGS, *NEWS),
}
_ONLY_WHEN_SENT: Final = {*NEWS, "accept"}


def allowed(stage: Stage, *, sent: bool) -> tuple[str, ...]:
    """Return what can be asked of an application, by the words of its routes; an employer who got none says nothing."""
    return tuple(deed for deed in ALLOWED[stage] if sent or deed not in _ONLY_WHEN_SENT)


class Course(Protocol):
    """What an application and its row on the board both know. `before` is the open stage that it closed in.

    `ahead` counts the interviews that have yet to be, `held` those that have been.
    """

    stage: Stage
    before: Stage
    sent: bool
    acknowledged: bool
    ahead: int
    held: int


_LEADS_TO: Final[dict[type[Fact], Stage]] = {
    ApplicationSaved: Stage.SAVED,
    ApplicationInterestExpressed: Stage.INTERESTED,
    ApplicationBegun: Stage.PREPARING,
    ApplicationSent: Stage.APPLIED,
    ApplicationAcknowledged: Stage.ACKNOWLEDGED,
    InterviewInvited: Stage.INTERVIEW_INVITED,
    OfferMade: Stage.OFFERED,
    OfferAccepted: Stage.ACCEPTED,
}
_CLOSES_AS: Final[dict[type[Fact], Stage]] = {
    ApplicationRejected: Stage.UNSUCCESSFUL,
    ApplicationWithdrawn: Stage.WITHDRAWN,
    ApplicationUnanswered: Stage.NO_RESPONSE,
    OfferDeclined: Stage.DECLINED,
    ApplicationFellThrough: Stage.FELL_THROUGH,
    ApplicationVacancyClosed: Stage.VACANCY_CLOSED,
    ApplicationSuperseded: Stage.SUPERSEDED,
}
OF_APPLICATIONS: Final[tuple[type[Fact], ...]] = (
    *_LEADS_TO,
    *_CLOSES_AS,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationChased,
    InterviewRescheduled,
    InterviewPrepared,
    InterviewHeld,
    InterviewCancelled,
)
_WAITS_AGAIN: Final[tuple[type[Fact], ...]] = (
    ApplicationSent,
    ApplicationAcknowledged,
    ApplicationChased,
    ApplicationReopened,
    ApplicationRestored,
    InterviewHeld,
    InterviewCancelled,
)


def waiting_since(fact: Fact, earlier: datetime | None) -> datetime | None:
    """Return when the wait for the employer began, or began again: with this fact, or with the interview it is about.

    `earlier` is when it began before the fact.
    """
    match fact:
        case InterviewInvited() | InterviewRescheduled():
            day = datetime.combine(fact.day, time(12), UTC) if fact.day else fact.occurred_at
            return max(fact.starts_at or day, earlier or fact.occurred_at)
    return fact.occurred_at if isinstance(fact, _WAITS_AGAIN) else earlier


def follow(course: Course, fact: Fact) -> None:
    """Take a fact into the course of an application."""
    _count(course, fact)
    kind = type(fact)
    if kind in _LEADS_TO:
        course.stage = _LEADS_TO[kind]
    elif kind in _CLOSES_AS:
        if course.stage not in CLOSED:
            course.before = Stage.OFFERED if course.stage == Stage.ACCEPTED else course.stage
        course.stage = _CLOSES_AS[kind]
    elif kind in {ApplicationReopened, ApplicationRestored}:
        course.stage = _after_interview(course) if course.before == Stage.INTERVIEW_INVITED else course.before
    elif kind in {InterviewHeld, InterviewCancelled} and course.stage == Stage.INTERVIEW_INVITED:
        course.stage = _after_interview(course)


def _count(course: Course, fact: Fact) -> None:
    match fact:
        case ApplicationSent():
            course.sent = True
        case ApplicationAcknowledged():
            course.acknowledged = True
        case InterviewInvited():
            course.ahead += 1
        case InterviewHeld():
            course.ahead, course.held = course.ahead - 1, course.held + 1
        case InterviewCancelled():
            course.ahead -= 1


def _after_interview(course: Course) -> Stage:
    """Return the stage behind an interview that is over: another one is ahead, or the employer has to decide."""
    if course.ahead:
        return Stage.INTERVIEW_INVITED
    if course.held:
        return Stage.INTERVIEWED
    return Stage.ACKNOWLEDGED if course.acknowledged else Stage.APPLIED
