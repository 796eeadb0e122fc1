"""Who cares for whom: the cases of each participant, the coach of each, and who stands in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import CaseOpened
from events.coaching import COACHING_FACTS, take_coaching


@dataclass
class CareRow:
    """A case of a participant."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    coach_id: UUID | None = None
    cover_id: UUID | None = None
    cover_begins_at: datetime | None = None
    cover_ends_at: datetime | None = None


def case_touched(told: Told) -> UUID:
    """Return the case."""
    return told.aggregate_id


def fold_care(row: CareRow | None, told: Told) -> CareRow:
    """Take a fact of a case into its row."""
    row = row or CareRow(told.aggregate_id, told.subject, told.tenant)
    if isinstance(told.fact, COACHING_FACTS):
        take_coaching(row, told.fact)
    return row


CARING: Final = View(
    name="caring",
    facts=(CaseOpened, *COACHING_FACTS),
    tables=(Table("care", CareRow, case_touched, fold_care, indexes=("participant_id",)),),
)


COACHES: Final = """
select coach_id from care where tenant = %(tenant)s and participant_id = %(participant)s
union select cover_id from care where tenant = %(tenant)s and participant_id = %(participant)s
    and cover_id is not null and cover_begins_at <= %(now)s and cover_ends_at > %(now)s
"""


async def coaches_of(connection: Connection, tenant: UUID, participant: UUID, now: datetime) -> frozenset[UUID | None]:
    """Return who coaches a participant with a provider, or stands in now; nothing where there is no case."""
    arguments = {"tenant": tenant, "participant": participant, "now": now}
    rows = await (await connection.execute(COACHES, arguments)).fetchall()
    return frozenset(coach for (coach,) in rows)
