"""Who looks after whom, asked of a real database: a coach, and for a time who stands in."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest_asyncio

from chassis.database import Connection, open_pool, prepare_database
from chassis.listen.told import Told
from chassis.listen.views import Folding, make_tables, show_tables
from events.caseload import CaseCovered, CaseOpened, CoachAssigned
from events.fact import Fact
from gateway.views.people import PEOPLE, carers, coached
from tests.journey import Journey, Line
from waymark.local.postgres import Postgres

NOW = datetime(2026, 9, 7, 10, tzinfo=UTC)
ADA, NORTHWAY, CASE, AMIR, BRIDGET = (uuid4() for _ in range(5))
HEARD = Journey()


def told(*facts: Fact) -> list[Told]:
    return [HEARD.heard(Line(fact, CASE, ADA, NORTHWAY)) for fact in facts]


@pytest_asyncio.fixture
async def connection(postgres: Postgres) -> AsyncIterator[Connection]:
    """A database in which Amir coaches Ada, and Bridget stands in from tomorrow for a week."""
    places = {"participant_id": ADA, "provider_id": NORTHWAY, "programme_id": uuid4(), "referral_id": uuid4()}
    begins_at, ends_at = NOW + timedelta(days=1), NOW + timedelta(days=8)
    facts = told(
        CaseOpened(occurred_at=NOW, **places),
        CoachAssigned(occurred_at=NOW, coach_id=AMIR),
        CaseCovered(occurred_at=NOW, coach_id=BRIDGET, begins_at=begins_at, ends_at=ends_at),
    )
    owner, _ = prepare_database(postgres.dsn(), f"gateway_{secrets.token_hex(4)}")
    async with open_pool(owner) as pool, pool.connection() as connection:
        await make_tables(connection, PEOPLE, 0)
        await connection.execute("alter table cared__0 add primary key (case_id)")
        await show_tables(connection, PEOPLE, 0)
        cared = Folding(PEOPLE.tables[1], 0)
        for fact in facts:
            cared.take(fact)
        await cared.upsert(connection)
        yield connection


async def test_who_stands_in_is_a_carer_from_the_first_moment_to_the_last(connection: Connection) -> None:
    found = [{coach for _, coach in await carers(connection, ADA, NOW + timedelta(days=day))} for day in (0, 1, 7, 8)]
    assert found == [{AMIR}, {AMIR, BRIDGET}, {AMIR, BRIDGET}, {AMIR}]


async def test_a_case_in_which_one_stands_in_is_told_from_ones_own(connection: Connection) -> None:
    tomorrow = NOW + timedelta(days=1)
    assert await coached(connection, AMIR, tomorrow) == [(CASE, ADA, False)]
    assert await coached(connection, BRIDGET, tomorrow) == [(CASE, ADA, True)]
    assert await coached(connection, BRIDGET, NOW) == []
