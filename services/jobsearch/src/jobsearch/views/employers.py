"""Target employers, with the last approach and the next one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.jobsearch import EmployerApproached, EmployerDropped, EmployerTargeted
from events.sealed import Sealed


@dataclass
class EmployerRow:
    """An employer at a version; `note` is that of the last approach."""

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    name: Sealed
    contact: Sealed | None
    targeted_at: datetime
    version: int = 1
    approaches: int = 0
    last_approach_at: datetime | None = None
    by_coach: bool | None = None
    note: Sealed | None = None
    next_approach_on: date | None = None
    dropped_at: datetime | None = None


def employer_touched(told: Told) -> UUID:
    """Return the employer."""
    return told.aggregate_id


def fold_employer(row: EmployerRow | None, told: Told) -> EmployerRow:
    """Take a fact into its employer.

    Raises LookupError for an employer that nobody targeted.
    """
    fact = told.fact
    if isinstance(fact, EmployerTargeted):
        return EmployerRow(
            id=told.aggregate_id,
            participant_id=fact.participant_id,
            tenant=told.tenant,
            name=fact.name,
            contact=fact.contact,
            targeted_at=fact.occurred_at,
            next_approach_on=fact.next_approach_on,
        )
    if row is None:
        message = "an employer was approached before anybody wanted to"
        raise LookupError(message)
    row.version = told.version
    match fact:
        case EmployerApproached():
            _take_approach(row, fact)
        case EmployerDropped(occurred_at=at):
            row.dropped_at = at
    return row


def _take_approach(row: EmployerRow, fact: EmployerApproached) -> None:
    row.approaches += 1
    row.next_approach_on = fact.next_approach_on
    if row.last_approach_at is None or fact.occurred_at >= row.last_approach_at:
        row.last_approach_at, row.by_coach, row.note = fact.occurred_at, fact.by_coach, fact.note


EMPLOYERS: Final = View(
    name="employers",
    facts=(EmployerTargeted, EmployerApproached, EmployerDropped),
    tables=(
        Table("target_employer", EmployerRow, employer_touched, fold_employer, indexes=("tenant, participant_id",)),
    ),
)


async def employers_of(connection: Connection, tenant: UUID, participant: UUID) -> list[EmployerRow]:
    """Return the employers whom a participant wants to get to know, whom to approach first first."""
    query = """
    select * from target_employer where tenant = %s and participant_id = %s and dropped_at is null
    order by next_approach_on nulls last, targeted_at, id
    """
    async with connection.cursor(row_factory=class_row(EmployerRow)) as cursor:
        return await (await cursor.execute(query, [tenant, participant])).fetchall()
