"""What became of a person's applications by the week, asked of the view of applications."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from chassis.database import Connection


@dataclass(frozen=True, slots=True)
class ApplicationWeek:
    """How many jobs a person saved, how many applications were sent, how many interviews there were in a week."""

    week: date
    saved: int
    sent: int
    interviews: int


WEEKS: Final = """
with moments as (
    select saved_at at time zone %(zone)s as at, 1 as saved, 0 as sent, 0 as interviews
    from application where tenant = %(tenant)s and participant_id = %(participant)s
    union all
    select sent_at at time zone %(zone)s, 0, 1, 0
    from application where tenant = %(tenant)s and participant_id = %(participant)s and sent_at is not null
    union all
    select coalesce(day::timestamp, coalesce(held_at, invited_at) at time zone %(zone)s), 0, 0, 1
    from interview where tenant = %(tenant)s and participant_id = %(participant)s and cancelled_at is null
)
select date_trunc('week', at)::date as week, sum(saved) as saved, sum(sent) as sent, sum(interviews) as interviews
from moments where at >= %(since)s group by 1
"""


async def application_weeks(
    connection: Connection, tenant: UUID, participant: UUID, since: date, zone: ZoneInfo
) -> dict[date, ApplicationWeek]:
    """Return the weeks since a Monday in which something happened to a participant's applications."""
    arguments = {"tenant": tenant, "participant": participant, "since": since, "zone": zone.key}
    async with connection.cursor(row_factory=class_row(ApplicationWeek)) as cursor:
        return {row.week: row for row in await (await cursor.execute(WEEKS, arguments)).fetchall()}
