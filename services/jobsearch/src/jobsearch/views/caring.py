"""Who cares for whom: the cases of each participant, and the coach of each."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import CaseOpened, CoachAssigned


@dataclass
class CareRow:
    """A case of a participant."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    coach_id: UUID | None = None


def case_touched(told: Told) -> UUID:
    """Return the case."""
    return told.aggregate_id


def fold_care(row: CareRow | None, told: Told) -> CareRow:
    """Take a fact of a case into its row."""
    row = row or CareRow(told.aggregate_id, told.subject, told.tenant)
    if isinstance(told.fact, CoachAssigned):
        row.coach_id = told.fact.coach_id
    return row


CARING: Final = View(
    name="caring",
    facts=(CaseOpened, CoachAssigned),
    tables=(Table("care", CareRow, case_touched, fold_care, indexes=("participant_id",)),),
)


async def coaches_of(connection: Connection, tenant: UUID, participant: UUID) -> frozenset[UUID | None]:
    """Return the coaches of a participant's cases with a provider; nothing where there is no case."""
    query = "select coach_id from care where tenant = %s and participant_id = %s"
    rows = await (await connection.execute(query, [tenant, participant])).fetchall()
    return frozenset(coach for (coach,) in rows)
