"""What people did on the market in the last 13 months: one row for each fact, and their weeks."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.envelope import ACTIVITY as TOPIC
from events.jobsearch import JobSearchMade, VacanciesShown, VacancyDismissed, VacancyOpened

KINDS: Final = {
    JobSearchMade.type_name: "searched",
    VacanciesShown.type_name: "shown",
    VacancyOpened.type_name: "opened",
    VacancyDismissed.type_name: "dismissed",
}


@dataclass
class ActivityRow:
    """One thing that a person did; `vacancies` is how many it was about, `vacancy_id` the one where it is about one."""

    id: str
    participant_id: UUID
    tenant: UUID | None
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    vacancies: int
    vacancy_id: UUID | None = None


def fact_touched(told: Told) -> str:
    """Return the id of the fact: it has a row of its own."""
    return told.id


def fold_activity(_row: ActivityRow | None, told: Told) -> ActivityRow:
    """Keep what matters of a fact."""
    fact = told.fact
    return ActivityRow(
        id=told.id,
        participant_id=told.subject,
        tenant=told.tenant,
        kind=KINDS[fact.type_name],
        occurred_at=fact.occurred_at,
        recorded_at=told.recorded_at,
        vacancies=len(fact.vacancy_ids) if isinstance(fact, VacanciesShown) else 1,
        vacancy_id=fact.vacancy_id if isinstance(fact, VacancyOpened | VacancyDismissed) else None,
    )


ACTIVITY: Final = View(
    name="activity",
    facts=(JobSearchMade, VacanciesShown, VacancyOpened, VacancyDismissed),
    tables=(
        Table(
            "activity",
            ActivityRow,
            fact_touched,
            fold_activity,
            indexes=("participant_id, occurred_at", "recorded_at"),
        ),
    ),
    topic=TOPIC,
)


@dataclass(frozen=True, slots=True)
class ActiveWeek:
    """What a person did on the market in the week that begins on a Monday."""

    week: date
    searches: int
    shown: int
    opened: int
    dismissed: int


WEEKS: Final = """
select date_trunc('week', occurred_at at time zone %(zone)s)::date as week,
    count(*) filter (where kind = 'searched') as searches,
    coalesce(sum(vacancies) filter (where kind = 'shown'), 0)::bigint as shown,
    count(*) filter (where kind = 'opened') as opened,
    count(*) filter (where kind = 'dismissed') as dismissed
from activity
where tenant = %(tenant)s and participant_id = %(participant)s
    and occurred_at >= %(since)s::timestamp at time zone %(zone)s
group by 1
"""


async def active_weeks(
    connection: Connection, tenant: UUID, participant: UUID, since: date, zone: ZoneInfo
) -> dict[date, ActiveWeek]:
    """Return the weeks since a Monday in which a participant did something on the market."""
    arguments = {"tenant": tenant, "participant": participant, "since": since, "zone": zone.key}
    async with connection.cursor(row_factory=class_row(ActiveWeek)) as cursor:
        return {row.week: row for row in await (await cursor.execute(WEEKS, arguments)).fetchall()}


@dataclass(frozen=True, slots=True)
class Past:
    """When a participant last looked at the market, and which vacancies they said are not for them."""

    looked_at: datetime | None
    dismissed: frozenset[UUID]


PAST: Final = """
select max(occurred_at),
    coalesce(array_agg(distinct vacancy_id) filter (where kind = 'dismissed' and vacancy_id is not null), '{}')
from activity where tenant = %s and participant_id = %s
"""


async def past_of(connection: Connection, tenant: UUID, participant: UUID) -> Past:
    """Return what is known of a participant on the market."""
    row = await (await connection.execute(PAST, [tenant, participant])).fetchone()
    assert row
    return Past(row[0], frozenset(row[1]))
