"""funnel_as_of: the whole funnel of 20,000 people by coach, as of a past day, by either time, small groups hidden."""

import asyncio
import time
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg

from analytics.cohorts import funnel_tally, people_of
from analytics.contracts import Book, packaged
from analytics.counting import Dimension, Question, table_of
from analytics.pages import FunnelPage
from analytics.views.journeys import JOURNEYS
from analytics.views.standings import BIT, NUMBERS, AsOf, By, spells, standings
from bench.measure import Machine, Result, Service, service
from chassis.listen.views import index_tables, make_tables, show_tables

PEOPLE = 20_000
APPLICATIONS = 26
LIMIT_SECONDS = 1.0
TIMES = 5
DAY = date(2025, 10, 1)

# People who came over 18 months, four coaches in ten teams of each of three providers, most of the way for most.
FILL: Sequence[LiteralString] = (
    """
    create temporary table person as select n, md5('case' || n)::uuid as case_id, md5('person' || n)::uuid as person,
        md5('provider' || mod(n, 3))::uuid as tenant, md5('coach' || mod(n, 120))::uuid as coach,
        timestamptz '2024-09-01 09:00Z' + (mod(n, 547)) * interval '1 day' as at
    from generate_series(1, %(people)s::int) n
    """,
    """
    insert into journey__1 (case_id, participant_id, tenant, programme_id, started_on,
        referred_at, referred_recorded, acknowledged_at, acknowledged_recorded, accepted_at, accepted_recorded,
        met_at, met_recorded, started_at, started_recorded, planned_at, planned_recorded)
    select case_id, person, tenant, md5('programme')::uuid,
        case when mod(n, 100) < 85 then (at + interval '12 days')::date end,
        at, at, at + interval '1 day', at + interval '1 day', at + interval '2 days', at + interval '2 days',
        at + interval '12 days', at + interval '12 days',
        case when mod(n, 100) < 85 then at + interval '12 days' end,
        case when mod(n, 100) < 85 then at + interval '12 days' end,
        at + interval '20 days', at + interval '21 days'
    from person
    """,
    """
    insert into coaching__1 select case_id || ':' || v, case_id, tenant, coach, v, at + v * interval '2 days',
        at + v * interval '2 days' from person, generate_series(1, 1 + (mod(n, 4) = 0)::int) v
    """,
    """
    insert into application__1 select md5(n || 'application' || a)::uuid, person, tenant, sent, sent,
        case when a = 20 then sent + interval '9 days' end, case when a = 20 then sent + interval '9 days' end,
        case when a = 20 and mod(n, 3) = 0 then sent + interval '19 days' end,
        case when a = 20 and mod(n, 3) = 0 then sent + interval '19 days' end
    from person, generate_series(1, %(applications)s::int) a,
        lateral (select at + (15 + a * 12) * interval '1 day') s (sent)
    where mod(n, 100) < 85
    """,
    """
    insert into searching__1 select participant_id || ':' || tenant, participant_id, tenant, min(sent_at),
        min(sent_recorded), min(invited_at), min(invited_recorded), min(offered_at), min(offered_recorded)
    from application__1 group by participant_id, tenant
    """,
    """
    insert into job__1 (job_id, case_id, participant_id, tenant, starts_on, hours_a_week, pay_a_year, self_employed,
        job_recorded)
    select md5('job' || n)::uuid, case_id, person, tenant, (at + interval '150 days')::date, 25, 17000,
        mod(n, 10) = 0, at + interval '150 days'
    from person where mod(n, 100) < 42
    """,
    """
    insert into job_outcome__1 select md5('job' || n) || ':2', md5('job' || n)::uuid, tenant,
        (at + interval '210 days')::date, false, 2, at + interval '212 days'
    from person where mod(n, 100) < 42 and mod(n, 4) = 0
    """,
)


def run(machine: Machine) -> list[Result]:
    """Measure the slower of both times."""
    return asyncio.run(_measure(machine))


async def _measure(machine: Machine) -> list[Result]:
    async with service(machine, "funnel") as own:
        await _fill(own)
        seconds = max([median([await _answer(own, by) for _ in range(TIMES)]) for by in By])
    held = seconds <= LIMIT_SECONDS
    return [Result("funnel_as_of", round(seconds, 3), "s", "limit", LIMIT_SECONDS, "≤ 1 s", held, REMARK)]


REMARK = f"{PEOPLE:,} people with {APPLICATIONS} applications each, apart by coach, the slower of both times"


async def _fill(own: Service) -> None:
    async with await psycopg.AsyncConnection.connect(
        own.owner, autocommit=True, options="-c waymark.tenant=* -c transaction_timeout=0"
    ) as connection:
        await make_tables(connection, JOURNEYS, 1)
        for statement in FILL:
            numbers = {"people": PEOPLE, "applications": APPLICATIONS}
            await connection.execute(statement, numbers)
        await index_tables(connection, JOURNEYS, 1)
        await show_tables(connection, JOURNEYS, 1)


async def _answer(own: Service, by: By) -> float:
    """Return how long one answer takes, from the database to the JSON."""
    began = time.perf_counter()
    as_of = AsOf(DAY, by, ZoneInfo("Europe/London"))
    async with own.pool.connection() as connection:
        found, jobs = await standings(connection, as_of), await spells(connection, as_of)
    people = people_of(found, jobs, Book(packaged(), {}, "restart"))
    table = table_of(funnel_tally(people, DAY, {}), BIT, Question({}, Dimension.COACH, hides=True))
    page = FunnelPage.of(table, NUMBERS, as_of, Dimension.COACH).model_dump_json()
    assert len(page) > PEOPLE // 10
    return time.perf_counter() - began
