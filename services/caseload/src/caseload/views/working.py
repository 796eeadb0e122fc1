"""Since when people work, or from when on they will: what shows an active case as one of somebody in work."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from chassis.listen.told import Told
from chassis.listen.views import Table
from events.caseload import JobEnded, JobNotStarted, JobOutcomeCorrected, JobRecorded, JobStartDateSet
from events.fact import Fact

FACTS: Final[tuple[type[Fact], ...]] = (JobRecorded, JobStartDateSet, JobNotStarted, JobEnded, JobOutcomeCorrected)


@dataclass
class WorkingRow:
    """A job of a person with a provider, from its first day on, until it is `over`."""

    job_id: UUID
    participant_id: UUID
    tenant: UUID | None
    starts_on: date | None = None
    over: bool = False


def working_touched(told: Told) -> UUID | None:
    """Return the job that a fact is about, None when it is about none or changes nothing of its days."""
    return told.aggregate_id if isinstance(told.fact, FACTS) else None


def fold_working(row: WorkingRow | None, told: Told) -> WorkingRow:
    """Take a fact into its job."""
    row = row or WorkingRow(told.aggregate_id, told.subject, told.tenant)
    match told.fact:
        case JobRecorded(starts_on=starts_on) | JobStartDateSet(starts_on=starts_on):
            row.starts_on = starts_on
        case JobNotStarted() | JobEnded():
            row.over = True
        case JobOutcomeCorrected():
            row.over = False
    return row


WORKING: Final = Table(
    "working", WorkingRow, working_touched, fold_working, indexes=("using btree (participant_id) where not over",)
)
