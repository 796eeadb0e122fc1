"""The work of each person, for Today: jobs, check-ins, and the job that ended last."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from typing import Final
from uuid import UUID

from caseload.standing import Json
from caseload.views.person_rows import Folds, be_active, be_inactive, file_of, later, noted, person_touched
from chassis.listen.told import Told
from chassis.listen.views import Table
from events.caseload import (
    CheckInFellDue,
    CheckInMissed,
    CheckInMood,
    CheckInRecorded,
    CheckInTakenBack,
    JobEnded,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
)


@dataclass
class WorkStandingRow:
    """Jobs, and apart those that are over; `worried_at` is when work was last not heard of, hard, or ended."""

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    works_from: date | None = None
    worried_at: datetime | None = None
    ended: Json | None = None
    answered: Json | None = None
    """What the person said last of how work goes; each job keeps what was said of it."""
    missed: Json | None = None
    active: Json | None = None
    active_before: Json | None = None
    jobs: Json = field(default_factory=dict)
    over: Json = field(default_factory=dict)
    """The jobs that ended or never began, as they were, each with its end if it had one."""


def work_touched(told: Told) -> UUID | None:
    """Return the row that a fact touches."""
    return person_touched(told, FOLDS)


def fold_work_standing(row: WorkStandingRow | None, told: Told) -> WorkStandingRow:
    """Take a fact into the person's work."""
    if row is None:
        assert told.tenant
        row = WorkStandingRow(file_of(told.subject, told.tenant), told.subject, told.tenant)
    FOLDS[type(told.fact)](row, told.fact, told)
    _sum_up(row)
    return row


def _recorded(row: WorkStandingRow, fact: JobRecorded, told: Told) -> None:
    row.jobs[str(told.aggregate_id)] = noted(told) | {
        "hours_a_week": fact.hours_a_week,
        **_days(fact),
    }


def _dated(row: WorkStandingRow, fact: JobStartDateSet, told: Told) -> None:
    if job := row.jobs.get(str(told.aggregate_id)):
        job |= _days(fact)


def _days(fact: JobRecorded | JobStartDateSet) -> Json:
    weeks = zip(fact.check_in_weeks, fact.check_ins, strict=False)
    starts_on = fact.starts_on.isoformat() if fact.starts_on else None
    return {"starts_on": starts_on, "check_ins": {str(week): day.isoformat() for week, day in weeks}}


def _revised(row: WorkStandingRow, fact: JobTermsRevised, told: Told) -> None:
    if (job := row.jobs.get(str(told.aggregate_id))) and fact.hours_a_week is not None:
        job["hours_a_week"] = fact.hours_a_week


def _not_started(row: WorkStandingRow, _fact: JobNotStarted, told: Told) -> None:
    _put_away(row, told, None)


def _ended(row: WorkStandingRow, fact: JobEnded, told: Told) -> None:
    _put_away(row, told, noted(told) | {"last_day": fact.last_day.isoformat()})


def _put_away(row: WorkStandingRow, told: Told, ended: Json | None) -> None:
    id_ = str(told.aggregate_id)
    if id_ in row.jobs:
        row.over[id_] = {"job": row.jobs.pop(id_), "ended": ended}


def _corrected(row: WorkStandingRow, _fact: JobOutcomeCorrected, told: Told) -> None:
    id_ = str(told.aggregate_id)
    if id_ in row.over:
        row.jobs[id_] = row.over.pop(id_)["job"]


def _fell_due(row: WorkStandingRow, fact: CheckInFellDue, told: Told) -> None:
    if job := row.jobs.get(str(told.aggregate_id)):
        job["asked"] = noted(told) | {"week": fact.week, "due": fact.due.isoformat()}


def _answered(row: WorkStandingRow, fact: CheckInRecorded, told: Told) -> None:
    asked = _close(row, fact, told)
    if job := _job(row, told):
        said = noted(told) | {"week": fact.week, "mood": fact.mood}
        job.setdefault("said", {})[str(fact.week)] = said | ({"asked": asked} if asked else {})
    be_active(row, noted(told))


def _taken_back(row: WorkStandingRow, fact: CheckInTakenBack, told: Told) -> None:
    job = _job(row, told) or {}
    said = job.get("said", {}).pop(str(fact.week), {})
    if "asked" in said:
        job.setdefault("asked", said["asked"])
    be_inactive(row, f"{told.aggregate_id}:{fact.taken_back}")


def _job(row: WorkStandingRow, told: Told) -> Json | None:
    id_ = str(told.aggregate_id)
    job: Json | None = row.jobs.get(id_) or row.over.get(id_, {}).get("job")
    return job


def _missed(row: WorkStandingRow, fact: CheckInMissed, told: Told) -> None:
    _close(row, fact, told)
    row.missed = later(row.missed, noted(told) | {"week": fact.week, "due": fact.due.isoformat()})


def _close(row: WorkStandingRow, fact: CheckInRecorded | CheckInMissed, told: Told) -> Json | None:
    job = row.jobs.get(str(told.aggregate_id), {})
    return job.pop("asked") if job.get("asked", {}).get("week") == fact.week else None


def _sum_up(row: WorkStandingRow) -> None:
    days = [job["starts_on"] for job in row.jobs.values() if job["starts_on"]]
    row.works_from = date.fromisoformat(min(days)) if days else None
    everything = [*row.jobs.values(), *(one["job"] for one in row.over.values())]
    row.answered = reduce(later, [said for job in everything for said in job.get("said", {}).values()], None)
    row.ended = reduce(later, [one["ended"] for one in row.over.values() if one["ended"]], None)
    bad = row.answered if row.answered and row.answered["mood"] == CheckInMood.DIFFICULT else None
    silent = row.missed if row.missed and later(row.answered, row.missed) is row.missed else None
    worries = [noted["at"] for noted in (bad, silent, row.ended) if noted]
    row.worried_at = datetime.fromisoformat(max(worries)) if worries else None


FOLDS: Final[Folds[WorkStandingRow]] = {
    JobRecorded: _recorded,
    JobStartDateSet: _dated,
    JobTermsRevised: _revised,
    JobNotStarted: _not_started,
    JobEnded: _ended,
    JobOutcomeCorrected: _corrected,
    CheckInFellDue: _fell_due,
    CheckInRecorded: _answered,
    CheckInTakenBack: _taken_back,
    CheckInMissed: _missed,
}
WORK_STANDING: Final = Table("today_work", WorkStandingRow, work_touched, fold_work_standing)
