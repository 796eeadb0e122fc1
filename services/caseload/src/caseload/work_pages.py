"""What a reader of jobs and of service standards is shown."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from caseload.views.jobs import JobRow
from caseload.views.standards import ClockRow
from chassis.keyring import Keyring
from events.caseload import JobEndReason, Standard


class CheckInEntry(BaseModel):
    """A week of a job after which it is asked how it goes."""

    week: int = Field(examples=[4])
    due: date
    status: Literal["to_come", "due", "answered", "missed"]


class JobEntry(BaseModel):
    """A job of the person."""

    job_id: UUID
    version: int
    application_id: UUID | None
    title: str | None = Field(description="Null when nobody told it, or the person's data is erased.")
    employer: str | None
    starts_on: date | None
    hours_a_week: float | None
    pay_a_year: float | None
    status: Literal["expected", "running", "ended", "never_began"]
    last_day: date | None
    end_reason: JobEndReason | None
    weeks_in_work: int = Field(description="Whole weeks from the first day to today, or to the last day.")
    check_ins: list[CheckInEntry]


class JobPage(BaseModel):
    """The jobs of a case, the latest first."""

    jobs: list[JobEntry]


class StandardEntry(BaseModel):
    """A timed promise of the service."""

    standard: Standard
    due: date = Field(description="The last day on which it is kept.")
    warn_on: date = Field(description="The day from which at most 30 % of its time is left.")
    status: Literal["running", "warned", "breached", "met", "excused"]
    met_on: date | None
    in_time: bool | None


class StandardPage(BaseModel):
    """What the service promises for a case, the earliest due first."""

    standards: list[StandardEntry]


async def job_page(keyring: Keyring, rows: Sequence[JobRow], today: date) -> JobPage:
    """Open the words of jobs."""
    opened = iter(await keyring.open_many([words for row in rows for words in (row.title, row.employer)]))
    return JobPage(jobs=[_job(row, next(opened), next(opened), today) for row in rows])


def standard_page(rows: Sequence[ClockRow]) -> StandardPage:
    """Return promises as they stand."""
    return StandardPage(standards=[StandardEntry(**{**vars(row), "status": _standing(row)}) for row in rows])


def _job(row: JobRow, title: str | None, employer: str | None, today: date) -> JobEntry:
    shown = {**vars(row), "title": title, "employer": employer}
    return JobEntry(
        **shown, status=_status(row, today), weeks_in_work=_weeks(row, today), check_ins=_check_ins(row, today)
    )


def _status(row: JobRow, today: date) -> Literal["expected", "running", "ended", "never_began"]:
    if row.never_began:
        return "never_began"
    if row.last_day:
        return "ended"
    return "running" if row.starts_on and row.starts_on <= today else "expected"


def _weeks(row: JobRow, today: date) -> int:
    if row.never_began or row.starts_on is None:
        return 0
    return max(0, ((row.last_day or today) - row.starts_on).days // 7)


def _check_ins(row: JobRow, today: date) -> list[CheckInEntry]:
    days = zip(row.weeks, row.days, strict=True)
    return [CheckInEntry(week=week, due=day, status=_asked(row, week, day, today)) for week, day in days]


def _asked(row: JobRow, week: int, day: date, today: date) -> Literal["to_come", "due", "answered", "missed"]:
    if week in row.answered:
        return "answered"
    if week in row.missed:
        return "missed"
    return "due" if day <= today else "to_come"


def _standing(row: ClockRow) -> Literal["running", "warned", "breached", "met", "excused"]:
    if row.excused:
        return "excused"
    if row.met_on:
        return "met"
    if row.breached:
        return "breached"
    return "warned" if row.warned else "running"
