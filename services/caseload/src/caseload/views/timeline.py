"""The journey of a participant through every service: one row for each fact, kept as it was told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.catalogue import every_fact
from events.fact import Fact
from events.gateway import RecordOpened, RecordRefused, RecordsListed
from events.jobsearch import (
    JobSearchMade,
    VacanciesShown,
    VacancyDismissed,
    VacancyImported,
    VacancyOpened,
    VacancyRevised,
    VacancyWithdrawn,
)

ON_OTHER_TOPICS: Final[frozenset[type[Fact]]] = frozenset(
    {
        JobSearchMade,
        RecordOpened,
        RecordRefused,
        RecordsListed,
        VacanciesShown,
        VacancyDismissed,
        VacancyImported,
        VacancyOpened,
        VacancyRevised,
        VacancyWithdrawn,
    }
)


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
    facts=tuple(fact for fact in every_fact().values() if fact not in ON_OTHER_TOPICS),
    tables=(
        Table(
            "timeline",
            TimelineRow,
            fact_touched,
            fold_timeline,
            indexes=("participant_id, occurred_at", "participant_id, recorded_at"),
        ),
    ),
)

ENTRIES: Final = """
select * from timeline where tenant = %(tenant)s and participant_id = any(%(people)s)
and (%(types)s::text[] is null or type_name = any(%(types)s))
and (%(before)s::text is null or (occurred_at, recorded_at, position, id)
     < (select occurred_at, recorded_at, position, id from timeline where id = %(before)s))
and (%(down_from)s::text is null or (occurred_at, recorded_at, position, id)
     <= (select occurred_at, recorded_at, position, id from timeline where id = %(down_from)s))
and (%(until)s::timestamptz is null
     or case when %(learned)s then recorded_at else occurred_at end < %(until)s)
order by occurred_at desc, recorded_at desc, position desc, id desc limit %(limit)s
"""
WHOLE: Final = """
select * from timeline where tenant = %(tenant)s and participant_id = any(%(people)s)
order by recorded_at, position, id
"""

OF_TYPES: Final = """
select * from timeline where tenant = %(tenant)s and participant_id = any(%(people)s) and type_name = any(%(types)s)
"""
NEWS: Final = """
select * from timeline where tenant = %(tenant)s and participant_id = any(%(people)s)
and recorded_at > %(since)s and type_name = any(%(types)s) and actor <> %(reader)s
order by recorded_at desc, position desc, id desc limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class News:
    """What was learned of some people since a moment, but what its reader did."""

    people: list[UUID]
    since: datetime
    types: list[str]
    reader: str
    limit: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which entries: of some types or of all, from before the entry `before`, or from an entry on, itself included.

    Those alone that had happened before `until`, or, if `learned`, that were known by then.
    """

    types: Sequence[str] | None = None
    before: str | None = None
    limit: int = 200
    down_from: str | None = None
    until: datetime | None = None
    learned: bool = False


async def entries_of(connection: Connection, tenant: UUID, people: Sequence[UUID], window: Window) -> list[TimelineRow]:
    """Return what a provider may see of the journeys of some participants, the latest first."""
    arguments = {"tenant": tenant, "people": list(people), **asdict(window)}
    async with connection.cursor(row_factory=class_row(TimelineRow)) as cursor:
        return await (await cursor.execute(ENTRIES, arguments)).fetchall()


async def entries_of_types(
    connection: Connection, tenant: UUID, people: Sequence[UUID], types: Sequence[str]
) -> list[TimelineRow]:
    """Return all that a provider may see of the journeys of some participants and is of some types."""
    async with connection.cursor(row_factory=class_row(TimelineRow)) as cursor:
        arguments = {"tenant": tenant, "people": list(people), "types": list(types)}
        return await (await cursor.execute(OF_TYPES, arguments)).fetchall()


async def news_of(connection: Connection, tenant: UUID, news: News) -> list[TimelineRow]:
    """Return news of a provider's people, the latest first."""
    async with connection.cursor(row_factory=class_row(TimelineRow)) as cursor:
        arguments = {"tenant": tenant, **asdict(news)}
        return await (await cursor.execute(NEWS, arguments)).fetchall()


async def journeys_of(connection: Connection, tenant: UUID, people: Sequence[UUID]) -> list[TimelineRow]:
    """Return the whole journeys of some participants with a provider, in the order in which it was learned."""
    async with connection.cursor(row_factory=class_row(TimelineRow)) as cursor:
        return await (await cursor.execute(WHOLE, {"tenant": tenant, "people": list(people)})).fetchall()
