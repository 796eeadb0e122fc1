"""Jobs as coach and person read them: one row each, with the weeks after which it is asked how they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import (
    CheckInFellDue,
    CheckInMissed,
    CheckInRecorded,
    CheckInTakenBack,
    JobEnded,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
)
from events.fact import Fact
from events.sealed import Sealed


@dataclass
class JobRow:
    """A job: its check-ins are those of `weeks`, on `days`. `next_check_in` is the first one that is still open."""

    job_id: UUID
    case_id: UUID
    tenant: UUID | None
    application_id: UUID | None
    title: Sealed | None
    employer: Sealed | None
    starts_on: date | None
    hours_a_week: float | None
    pay_a_year: float | None
    weeks: tuple[int, ...]
    days: tuple[date, ...]
    version: int = 1
    asked: tuple[int, ...] = ()
    answered: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()
    next_check_in: date | None = None
    last_day: date | None = None
    end_reason: str | None = None
    never_began: bool = False


def job_touched(told: Told) -> UUID:
    """Return the job that a fact is about."""
    return told.aggregate_id


def fold_job(row: JobRow | None, told: Told) -> JobRow:
    """Take a fact into its job.

    Raises LookupError for a job that nobody recorded.
    """
    fact = told.fact
    if isinstance(fact, JobRecorded):
        row = _recorded(fact, told)
    elif row is None:
        message = "something became of a job before it was recorded"
        raise LookupError(message)
    else:
        _take(row, fact)
        row.version = told.version
    row.next_check_in = _next_check_in(row)
    return row


def _take(row: JobRow, fact: Fact) -> None:
    match fact:
        case JobStartDateSet(starts_on=starts_on, check_ins=days, check_in_weeks=weeks):
            row.starts_on, row.days, row.weeks = starts_on, days, weeks
        case JobTermsRevised(hours_a_week=hours, pay_a_year=pay):
            row.hours_a_week = row.hours_a_week if hours is None else hours
            row.pay_a_year = row.pay_a_year if pay is None else pay
        case JobNotStarted():
            row.never_began = True
        case JobEnded(last_day=last_day, reason=reason):
            row.last_day, row.end_reason = last_day, reason
        case JobOutcomeCorrected():
            row.last_day, row.end_reason, row.never_began = None, None, False
        case CheckInFellDue(week=week):
            row.asked = (*row.asked, week)
        case CheckInRecorded(week=week):
            row.answered = (*row.answered, week)
        case CheckInTakenBack(week=week):
            row.answered = tuple(answered for answered in row.answered if answered != week)
        case CheckInMissed(week=week):
            row.missed = (*row.missed, week)


def _recorded(fact: JobRecorded, told: Told) -> JobRow:
    return JobRow(
        job_id=told.aggregate_id,
        case_id=fact.case_id,
        tenant=told.tenant,
        application_id=fact.application_id,
        title=fact.title,
        employer=fact.employer,
        starts_on=fact.starts_on,
        hours_a_week=fact.hours_a_week,
        pay_a_year=fact.pay_a_year,
        weeks=fact.check_in_weeks,
        days=fact.check_ins,
    )


def _next_check_in(row: JobRow) -> date | None:
    """Return the day of the first check-in that was neither answered nor missed, None once the job is over."""
    if row.never_began or row.last_day:
        return None
    days = zip(row.weeks, row.days, strict=True)
    return min((day for week, day in days if week not in {*row.answered, *row.missed}), default=None)


JOBS: Final = View(
    name="jobs",
    facts=(
        JobRecorded,
        JobStartDateSet,
        JobTermsRevised,
        JobNotStarted,
        JobEnded,
        JobOutcomeCorrected,
        CheckInFellDue,
        CheckInRecorded,
        CheckInTakenBack,
        CheckInMissed,
    ),
    tables=(Table("job", JobRow, job_touched, fold_job, indexes=("case_id", "next_check_in")),),
)


async def jobs_of(connection: Connection, case_id: UUID) -> Sequence[JobRow]:
    """Return the jobs of a case, the latest first."""
    query = "select * from job where case_id = %s order by starts_on desc nulls first, job_id"
    async with connection.cursor(row_factory=class_row(JobRow)) as cursor:
        return await (await cursor.execute(query, [case_id])).fetchall()
