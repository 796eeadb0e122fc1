"""What people did on the market in the last 13 months: one row for each fact, and their weeks."""

from collections.abc import Sequence
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
from events.jobsearch import JobSearchMade, VacanciesShown, VacancyDismissed, VacancyOpened, dismissal_of

KINDS: Final = {
    JobSearchMade.type_name: "searched",
    VacanciesShown.type_name: "shown",
    VacancyOpened.type_name: "opened",
    VacancyDismissed.type_name: "dismissed",
}


@dataclass
class ActivityRow:
    """One thing that a person did; `vacancies` is how many it was about."""

    id: str
    participant_id: UUID
    tenant: UUID | None
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    vacancies: int


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


async def dismissed_of(connection: Connection, tenant: UUID, participant: UUID, vacancies: Sequence[UUID]) -> set[UUID]:
    """Return those of some vacancies that a participant said are not for them."""
    by_fact = {f"{dismissal_of(participant, vacancy)}:1": vacancy for vacancy in vacancies}
    query = "select id from activity where tenant = %s and id = any(%s)"
    rows = await (await connection.execute(query, [tenant, list(by_fact)])).fetchall()
    return {by_fact[id_] for (id_,) in rows}
