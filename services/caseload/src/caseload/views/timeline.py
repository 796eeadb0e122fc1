"""The journey of a participant through every service: one row for each fact, kept as it was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.catalogue import every_fact


@dataclass
class TimelineRow:
    """One fact of a journey: `fact` is its JSON, sealed where it is personal."""

    id: str
    participant_id: UUID
    tenant: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    position: int
    actor: str
    type_name: str
    fact: str


def fact_touched(told: Told) -> str:
    """Return the id of the fact: it has a row of its own."""
    return told.id


def fold_timeline(_row: TimelineRow | None, told: Told) -> TimelineRow:
    """Keep a fact."""
    return TimelineRow(
        id=told.id,
        participant_id=told.subject,
        tenant=told.tenant,
        occurred_at=told.fact.occurred_at,
        recorded_at=told.recorded_at,
        position=told.position,
        actor=told.word("actor"),
        type_name=told.type,
        fact=told.record.value.decode(),
    )


TIMELINE: Final = View(
    name="timeline",
    facts=tuple(every_fact().values()),
    tables=(Table("timeline", TimelineRow, fact_touched, fold_timeline, indexes=("participant_id, occurred_at",)),),
)

ENTRIES: Final = """
select * from timeline where tenant = %(tenant)s and participant_id = %(participant)s
and (%(before)s::text is null or (occurred_at, recorded_at, position, id)
     < (select occurred_at, recorded_at, position, id from timeline where id = %(before)s))
order by occurred_at desc, recorded_at desc, position desc, id desc limit %(limit)s
"""


async def entries_of(
    connection: Connection, tenant: UUID, participant: UUID, before: str | None, limit: int
) -> list[TimelineRow]:
    """Return what a provider may see of a participant's journey, the latest first, from before the entry `before`."""
    arguments = {"tenant": tenant, "participant": participant, "before": before, "limit": limit}
    async with connection.cursor(row_factory=class_row(TimelineRow)) as cursor:
        return await (await cursor.execute(ENTRIES, arguments)).fetchall()
