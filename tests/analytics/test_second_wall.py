"""PostgreSQL itself shows a provider no row of another's, whatever the service asks."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from analytics.views.facts import FACTS
from analytics.views.journeys import JOURNEYS
from tests.analytics.running import EAST, Platform, eventually
from tests.analytics.telling import Journey

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()
TABLES = [table.name for view in (JOURNEYS, FACTS) for table in view.tables]


@pytest.fixture(scope="module")
def people(platform: Platform) -> dict[UUID, Journey]:
    """Tell of one person with each of two providers, and wait until both are counted."""
    found = {provider: Journey(uuid4(), provider, date(2025, 3, 3)) for provider in (NORTHWAY, BRIGHTPATH)}
    for provider, journey in found.items():
        platform.tell(journey, [*journey.started(EAST), *journey.applied(20), *journey.worked(30)])
        with platform.client("team_leader", provider) as leader:
            eventually(
                lambda leader=leader: leader.get("/funnel"),  # type: ignore[misc]
                lambda page: page["total"]["numbers"]["first_earnings"] == 1,
            )
            eventually(
                lambda leader=leader: leader.post("/facts/search", json={}),  # type: ignore[misc]
                lambda page: len(page["facts"]) > 10,
            )
    return found


@pytest.fixture
def connection(platform: Platform) -> Iterator[psycopg.Connection]:
    """Connect as the application's role does."""
    with psycopg.connect(platform.addresses.databases["analytics"]) as connection:
        yield connection


@pytest.mark.parametrize("table", ["journey", "application", "job", "standard", "told_fact"])
def test_a_provider_sees_its_own_rows_only(
    connection: psycopg.Connection, people: dict[UUID, Journey], table: str
) -> None:
    connection.execute("select set_config('waymark.tenant', %s, true)", [str(NORTHWAY)])
    query = sql.SQL("select distinct tenant, participant_id from {}").format(sql.Identifier(table))
    assert connection.execute(query).fetchall() == [(NORTHWAY, people[NORTHWAY].person)]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("table", TABLES)
def test_who_says_for_no_provider_that_he_asks_sees_nothing(connection: psycopg.Connection, table: str) -> None:
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    assert connection.execute(query).fetchone() == (0,)
