"""Applications as the person and the coach see them: one row each, one for each interview, and what became of jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import JobNotStarted, JobRecorded, JobStartDateSet
from events.jobsearch import (
    ApplicationAcknowledged,
    ApplicationChased,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationSaved,
    ApplicationSent,
    ApplicationSuperseded,
    ApplicationWithdrawn,
    InterviewCancelled,
    InterviewHeld,
    InterviewInvited,
    InterviewPrepared,
    InterviewRescheduled,
    OfferAccepted,
    OfferMade,
)
from events.sealed import Sealed
from jobsearch.stages import OF_APPLICATIONS, Stage, follow, waiting_since

HEARD_OF: Final = (
    ApplicationSent,
    ApplicationAcknowledged,
    ApplicationReopened,
    ApplicationRestored,
    InterviewHeld,
    InterviewCancelled,
)
"""After these, silence is counted anew; that the person asked again does not break it."""
OF_JOBS: Final = (JobRecorded, JobStartDateSet, JobNotStarted)


@dataclass
class ApplicationRow:
    """An application at a version.

    `silent_since` is the employer's last word, or when the application was sent; `waiting_since` when the wait for an
    answer began, or began again.
    """

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    vacancy_id: UUID | None
    title: Sealed | None
    employer: Sealed | None
    link: Sealed | None
    closes_on: date | None
    brokered: bool | None
    saved_at: datetime
    stage_since: datetime
    version: int = 1
    stage: Stage = Stage.SAVED
    before: Stage = Stage.SAVED
    sent: bool = False
    acknowledged: bool = False
    ahead: int = 0
    held: int = 0
    sent_at: datetime | None = None
    cv_version: int | None = None
    silent_since: datetime | None = None
    waiting_since: datetime | None = None
    chased_at: datetime | None = None
    invited_at: datetime | None = None
    offered_at: datetime | None = None
    answer_by: date | None = None
    accepted_at: datetime | None = None
    starts_on: date | None = None
    reason: str | None = None
    superseded_by: UUID | None = None


@dataclass
class InterviewRow:
    """An interview; `held_at` and `cancelled_at` are empty while it lies ahead."""

    interview_id: UUID
    application_id: UUID
    participant_id: UUID
    tenant: UUID | None
    round: int
    day: date | None
    starts_at: datetime | None
    channel: str | None
    place: Sealed | None
    invited_at: datetime
    prepared_at: datetime | None = None
    held_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass
class ApplicationJobRow:
    """A job that came of an application, as the caseload service tells."""

    job_id: UUID
    participant_id: UUID
    tenant: UUID | None
    application_id: UUID | None
    starts_on: date | None
    not_started_at: datetime | None = None


def application_touched(told: Told) -> UUID | None:
    """Return the application, None for a fact of a job."""
    return None if isinstance(told.fact, OF_JOBS) else told.aggregate_id


def fold_application(row: ApplicationRow | None, told: Told) -> ApplicationRow:
    """Take a fact into its application.

    Raises LookupError for an application that nobody saved.
    """
    fact = told.fact
    if isinstance(fact, ApplicationSaved):
        return _saved(told, fact)
    if row is None:
        message = "an application went on before it was saved"
        raise LookupError(message)
    earlier = row.stage
    follow(row, fact)
    row.version = told.version
    if row.stage != earlier:
        row.stage_since = fact.occurred_at
    row.waiting_since = waiting_since(fact, row.waiting_since)
    if isinstance(fact, HEARD_OF):
        row.silent_since = fact.occurred_at
    _take_details(row, told)
    return row


def _take_details(row: ApplicationRow, told: Told) -> None:
    match told.fact:
        case ApplicationSent() as sent:
            row.sent_at, row.cv_version = sent.occurred_at, sent.cv_version
        case ApplicationChased(occurred_at=at):
            row.chased_at = at
        case InterviewInvited(occurred_at=at):
            row.invited_at = row.invited_at or at
        case OfferMade(occurred_at=at, answer_by=answer_by):
            row.offered_at, row.answer_by = at, answer_by
        case OfferAccepted(occurred_at=at, starts_on=starts_on):
            row.accepted_at, row.starts_on = at, starts_on
        case ApplicationRejected(reason=reason) | ApplicationWithdrawn(reason=reason):
            row.reason = reason
        case ApplicationSuperseded(by_application_id=by):
            row.superseded_by = by


def _saved(told: Told, fact: ApplicationSaved) -> ApplicationRow:
    return ApplicationRow(
        id=told.aggregate_id,
        participant_id=fact.participant_id,
        tenant=told.tenant,
        vacancy_id=fact.vacancy_id,
        title=fact.title,
        employer=fact.employer,
        link=fact.link,
        closes_on=fact.closes_on,
        brokered=fact.brokered,
        saved_at=fact.occurred_at,
        stage_since=fact.occurred_at,
    )


def interview_touched(told: Told) -> UUID | None:
    """Return the interview that a fact is about, None when it is about none."""
    match told.fact:
        case (
            InterviewInvited() | InterviewRescheduled() | InterviewPrepared() | InterviewHeld() | InterviewCancelled()
        ) as fact:
            return fact.interview_id
    return None


def fold_interview(row: InterviewRow | None, told: Told) -> InterviewRow:
    """Take a fact into its interview.

    Raises LookupError for an interview that nobody was invited to.
    """
    fact = told.fact
    if isinstance(fact, InterviewInvited):
        return _invited(told, fact)
    if row is None:
        message = "an interview went on before anybody was invited"
        raise LookupError(message)
    match fact:
        case InterviewRescheduled(day=day, starts_at=starts_at):
            row.day, row.starts_at = day, starts_at
            row.channel, row.place = fact.channel or row.channel, fact.place or row.place
        case InterviewPrepared(occurred_at=at):
            row.prepared_at = at
        case InterviewHeld(occurred_at=at):
            row.held_at = at
        case InterviewCancelled(occurred_at=at):
            row.cancelled_at = at
    return row


def _invited(told: Told, fact: InterviewInvited) -> InterviewRow:
    return InterviewRow(
        interview_id=fact.interview_id,
        application_id=told.aggregate_id,
        participant_id=told.subject,
        tenant=told.tenant,
        round=fact.round,
        day=fact.day,
        starts_at=fact.starts_at,
        channel=fact.channel,
        place=fact.place,
        invited_at=fact.occurred_at,
    )


def job_touched(told: Told) -> UUID | None:
    """Return the job, None for a fact of an application."""
    return told.aggregate_id if isinstance(told.fact, OF_JOBS) else None


def fold_job(row: ApplicationJobRow | None, told: Told) -> ApplicationJobRow:
    """Take a fact into its job."""
    row = row or ApplicationJobRow(told.aggregate_id, told.subject, told.tenant, None, None)
    match told.fact:
        case JobRecorded(application_id=application_id, starts_on=starts_on):
            row.application_id, row.starts_on = application_id, starts_on
        case JobStartDateSet(starts_on=starts_on):
            row.starts_on = starts_on
        case JobNotStarted(occurred_at=at):
            row.not_started_at = at
    return row


APPLICATIONS: Final = View(
    name="applications",
    facts=(*OF_APPLICATIONS, *OF_JOBS),
    tables=(
        Table(
            "application",
            ApplicationRow,
            application_touched,
            fold_application,
            indexes=("tenant, participant_id", "participant_id", "vacancy_id", "superseded_by"),
        ),
        Table("interview", InterviewRow, interview_touched, fold_interview, indexes=("application_id",)),
        Table("application_job", ApplicationJobRow, job_touched, fold_job, indexes=("application_id",)),
    ),
)


async def applications_of(connection: Connection, tenant: UUID, participant: UUID) -> list[ApplicationRow]:
    """Return the applications of a participant, what moved last first."""
    query = "select * from application where tenant = %s and participant_id = %s order by stage_since desc, id"
    async with connection.cursor(row_factory=class_row(ApplicationRow)) as cursor:
        return await (await cursor.execute(query, [tenant, participant])).fetchall()


async def find_application(connection: Connection, tenant: UUID, application_id: UUID) -> ApplicationRow | None:
    """Return one application of a provider's people, None where there is none."""
    query = "select * from application where tenant = %s and id = %s"
    async with connection.cursor(row_factory=class_row(ApplicationRow)) as cursor:
        return await (await cursor.execute(query, [tenant, application_id])).fetchone()


async def interviews_of(connection: Connection, applications: Sequence[UUID]) -> list[InterviewRow]:
    """Return the interviews of some applications, in order of their rounds."""
    query = "select * from interview where application_id = any(%s) order by application_id, round, invited_at"
    async with connection.cursor(row_factory=class_row(InterviewRow)) as cursor:
        return await (await cursor.execute(query, [list(applications)])).fetchall()


async def jobs_of(connection: Connection, applications: Sequence[UUID]) -> dict[UUID, ApplicationJobRow]:
    """Return the job that came of each of some applications, by application; the one that begins last."""
    query = """
    select * from application_job where application_id = any(%s) and not_started_at is null order by starts_on
    """
    async with connection.cursor(row_factory=class_row(ApplicationJobRow)) as cursor:
        await cursor.execute(query, [list(applications)])
        return {row.application_id: row for row in await cursor.fetchall() if row.application_id}
