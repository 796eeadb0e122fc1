"""A provider's team, counted over the prepared rows of Today: load by coach, who is unassigned, standards that near."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from events.caseload import Standard
from events.sealed import Sealed

MOST_STANDARDS: Final = 200

LOADS: Final = """
select c.coach_id,
    count(*) as people,
    count(*) filter (where c.start_date is null or c.start_date > %(today)s) as awaiting_start,
    count(*) filter (
        where c.pause is not null and coalesce((c.pause ->> 'until')::date, 'infinity') >= %(today)s
    ) as resting,
    count(*) filter (where w.works_from <= %(today)s) as in_work,
    count(*) filter (where c.coach_changes = 0) as with_first_coach,
    count(*) filter (where p.warn_on <= %(today)s) as standards_at_risk,
    coalesce(sum(booked.number), 0)::bigint as appointments
from today_case c
left join today_plan p on p.id = c.id
left join today_work w on w.id = c.id
left join today_contact t on t.id = c.id
cross join lateral (
    select count(*) as number from jsonb_each(t.appointments) as one
    where (one.value ->> 'starts_at')::timestamptz between %(from)s and %(to)s
) booked
where c.tenant = %(tenant)s and c.case_id is not null and c.ended is null
group by c.coach_id order by c.coach_id nulls first
"""
NEARING: Final = """
select c.participant_id, c.case_id, c.coach_id, o.name, running.key as standard,
    (running.value ->> 'due')::date as due
from today_case c
join today_plan p on p.id = c.id
cross join lateral jsonb_each(p.standards) as running
left join today_person o on o.id = c.id
where c.tenant = %(tenant)s and c.case_id is not null and c.ended is null and p.warn_on is not null
and (running.value ->> 'due')::date between %(today)s and %(until)s
order by due, c.participant_id, standard limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Load:
    """How many people a coach has, or who has no coach yet."""

    coach_id: UUID | None
    people: int
    awaiting_start: int
    resting: int
    in_work: int
    with_first_coach: int
    standards_at_risk: int
    appointments: int


@dataclass(frozen=True, slots=True)
class Nearing:
    """A service standard whose last day is near."""

    participant_id: UUID
    case_id: UUID
    coach_id: UUID | None
    name: Sealed | None
    standard: Standard
    due: date


async def loads(connection: Connection, tenant: UUID, today: date, ahead: tuple[datetime, datetime]) -> list[Load]:
    """Return the load of each coach, that of nobody first, with the appointments between two moments."""
    arguments = {"tenant": tenant, "today": today, "from": ahead[0], "to": ahead[1]}
    async with connection.cursor(row_factory=class_row(Load)) as cursor:
        return await (await cursor.execute(LOADS, arguments)).fetchall()


async def nearing(connection: Connection, tenant: UUID, today: date, until: date) -> list[Nearing]:
    """Return the service standards whose last day is from today to a day, the nearest first."""
    arguments = {
        "tenant": tenant,
        "today": today,
        "until": until,
        "limit": MOST_STANDARDS,
    }
    async with connection.cursor(row_factory=class_row(Nearing)) as cursor:
        return await (await cursor.execute(NEARING, arguments)).fetchall()
