"""How things stand with applications and interviews, as far as somebody could be nudged or reminded of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from chassis.listen.told import Told
from chassis.listen.views import Table
from events.fact import Fact
from events.jobsearch import (
    ApplicationAcknowledged,
    ApplicationChased,
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
from events.nudges import NudgeDecided, NudgeHeldOut, NudgeKind, NudgeSuppressed
from nudges.views.people import whose

ANSWERS: Final = (ApplicationAcknowledged, InterviewInvited, OfferMade)
ENDS: Final = (
    ApplicationRejected,
    ApplicationWithdrawn,
    ApplicationUnanswered,
    ApplicationVacancyClosed,
    OfferAccepted,
    OfferDeclined,
)
APPLICATION_FACTS: Final = (
    ApplicationSaved,
    ApplicationSent,
    ApplicationChased,
    ApplicationReopened,
    ApplicationSuperseded,
    ApplicationRestored,
    *ANSWERS,
    *ENDS,
)
INTERVIEW_FACTS: Final = (InterviewInvited, InterviewRescheduled, InterviewPrepared, InterviewHeld, InterviewCancelled)


@dataclass
class ApplicationRow:
    """An application. `waiting_since` is when it was sent, or chased last.

    `nobody_to_ask` tells that neither the employer nor a link is known, and that no coach found it with them.
    """

    application_id: UUID
    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    waiting_since: datetime | None = None
    answered: bool = False
    ended: bool = False
    superseded: bool = False
    looked_since: datetime | None = None
    nobody_to_ask: bool = False


@dataclass
class InterviewRow:
    """An interview. `known_at` is when its day was told."""

    interview_id: UUID
    application_id: UUID
    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    day: date | None = None
    starts_at: datetime | None = None
    known_at: datetime | None = None
    prepared: bool = False
    over: bool = False


def application_touched(told: Told) -> UUID | None:
    """Return the application that a fact is about."""
    match told.fact:
        case NudgeSuppressed() | NudgeHeldOut() | NudgeDecided() as decided:
            return decided.about_id if decided.kind is NudgeKind.CHASE_AN_APPLICATION else None
    return told.aggregate_id if isinstance(told.fact, APPLICATION_FACTS) else None


def fold_application(row: ApplicationRow | None, told: Told) -> ApplicationRow:
    """Take a fact into its application. What is decided of nudges lands in a column of its own."""
    application, fact = application_touched(told), told.fact
    assert application
    row = row or ApplicationRow(application, *whose(told))
    if isinstance(fact, NudgeSuppressed | NudgeHeldOut | NudgeDecided):
        row.looked_since = fact.since
    elif isinstance(fact, ApplicationSaved):
        row.nobody_to_ask = not (fact.employer or fact.link or fact.brokered)
    elif isinstance(fact, ApplicationSent | ApplicationChased):
        row.waiting_since = fact.occurred_at
    else:
        _fold_answer(row, fact)
    return row


def _fold_answer(row: ApplicationRow, fact: Fact) -> None:
    match fact:
        case ApplicationReopened():
            row.ended, row.answered = False, True
        case ApplicationSuperseded():
            row.superseded = True
        case ApplicationRestored():
            row.superseded = False
        case _ if isinstance(fact, ENDS):
            row.ended = True
        case _ if isinstance(fact, ANSWERS):
            row.answered = True


def interview_touched(told: Told) -> UUID | None:
    """Return the interview that a fact is about."""
    match told.fact:
        case (
            InterviewInvited()
            | InterviewRescheduled()
            | InterviewPrepared()
            | InterviewHeld()
            | InterviewCancelled() as fact
        ):
            return fact.interview_id
    return None


def fold_interview(row: InterviewRow | None, told: Told) -> InterviewRow:
    """Take a fact into its interview."""
    interview = interview_touched(told)
    assert interview
    row = row or InterviewRow(interview, told.aggregate_id, *whose(told))
    match told.fact:
        case InterviewInvited() | InterviewRescheduled() as told_day:
            row.day, row.starts_at, row.known_at = told_day.day, told_day.starts_at, told_day.occurred_at
        case InterviewPrepared():
            row.prepared = True
        case _:
            row.over = True
    return row


TABLES: Final = (
    Table(
        "nudged_application",
        ApplicationRow,
        application_touched,
        fold_application,
        indexes=("using btree (waiting_since) where not answered and not ended and not superseded",),
    ),
    Table(
        "nudged_interview",
        InterviewRow,
        interview_touched,
        fold_interview,
        indexes=("using btree (known_at) where not over",),
    ),
)
FACTS: Final[tuple[type[Fact], ...]] = (*APPLICATION_FACTS, *INTERVIEW_FACTS)
