"""Who coaches whom: one row for each case, as far as access needs it."""

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
class CoachingRow:
    """A case: whose it is, and who coaches it."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    coach_id: UUID | None = None
    cover_id: UUID | None = None
    cover_begins_at: datetime | None = None
    cover_ends_at: datetime | None = None


def case_touched(told: Told) -> UUID:
    """Return the case that a fact belongs to."""
    return told.aggregate_id


def fold_coaching(row: CoachingRow | None, told: Told) -> CoachingRow:
    """Take a fact into its case."""
    row = row or CoachingRow(told.aggregate_id, told.subject, told.tenant)
    if isinstance(told.fact, COACHING_FACTS):
        take_coaching(row, told.fact)
    return row


COACHING: Final = View(
    name="coaching",
    facts=(CaseOpened, *COACHING_FACTS),
    tables=(Table("coaching", CoachingRow, case_touched, fold_coaching, indexes=("participant_id",)),),
)


COACHES: Final = """
select coach_id from coaching where tenant = %(tenant)s and participant_id = %(participant)s
union select cover_id from coaching where tenant = %(tenant)s and participant_id = %(participant)s
    and cover_id is not null and cover_begins_at <= %(now)s and cover_ends_at > %(now)s
"""


async def coaches_of(connection: Connection, tenant: UUID, participant: UUID, now: datetime) -> frozenset[UUID | None]:
    """Return who coaches a participant with a provider, or stands in now; None for a case without a coach."""
    arguments = {"tenant": tenant, "participant": participant, "now": now}
    rows = await (await connection.execute(COACHES, arguments)).fetchall()
    return frozenset(coach for (coach,) in rows)
