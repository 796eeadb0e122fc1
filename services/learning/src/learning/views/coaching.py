"""Who coaches whom: one row for each case, as far as access needs it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import CaseOpened, CoachAssigned


@dataclass
class CoachingRow:
    """A case: whose it is, and who coaches it."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    coach_id: UUID | None = None


def case_touched(told: Told) -> UUID:
    """Return the case that a fact belongs to."""
    return told.aggregate_id


def fold_coaching(row: CoachingRow | None, told: Told) -> CoachingRow:
    """Take a fact into its case."""
    row = row or CoachingRow(told.aggregate_id, told.subject, told.tenant)
    if isinstance(told.fact, CoachAssigned):
        row.coach_id = told.fact.coach_id
    return row


COACHING: Final = View(
    name="coaching",
    facts=(CaseOpened, CoachAssigned),
    tables=(Table("coaching", CoachingRow, case_touched, fold_coaching, indexes=("participant_id",)),),
)


async def coaches_of(connection: Connection, tenant: UUID, participant: UUID) -> frozenset[UUID | None]:
    """Return who coaches a participant with a provider, None for a case without a coach; nobody where no case is."""
    query = "select coach_id from coaching where tenant = %s and participant_id = %s"
    rows = await (await connection.execute(query, [tenant, participant])).fetchall()
    return frozenset(coach for (coach,) in rows)
