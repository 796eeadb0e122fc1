"""Who stands in for whom: the covers of a provider."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection

COVERS: Final = """
select coach_id, cover_id as covering_id, cover_begins_at as begins_at, cover_ends_at as ends_at, count(*) as cases
from today_case
where tenant = %(tenant)s and case_id is not null and ended is null and cover_ends_at > %(now)s
and (%(coach)s::uuid is null or %(coach)s in (coach_id, cover_id))
group by 1, 2, 3, 4 order by 3, 1, 2
"""


@dataclass(frozen=True, slots=True)
class Covering:
    """A coach who stands in for another, now or from a day to come, in so many cases."""

    coach_id: UUID
    covering_id: UUID
    begins_at: datetime
    ends_at: datetime
    cases: int


async def covers_of(connection: Connection, tenant: UUID, coach: UUID | None, now: datetime) -> list[Covering]:
    """Return the covers of a provider, or those by and for a coach, that are not over."""
    async with connection.cursor(row_factory=class_row(Covering)) as cursor:
        return await (await cursor.execute(COVERS, {"tenant": tenant, "coach": coach, "now": now})).fetchall()


async def cases_to_cover(connection: Connection, tenant: UUID, coach: UUID, limit: int) -> list[UUID]:
    """Return the open cases of a coach, at most so many."""
    query = "select case_id from today_case where tenant = %s and coach_id = %s and ended is null order by 1 limit %s"
    return [case for (case,) in await (await connection.execute(query, [tenant, coach, limit])).fetchall()]
