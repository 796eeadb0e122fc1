"""PostgreSQL itself shows a provider no row of another's, whatever the service asks."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from tests.jobsearch.running import Person, Platform, asked, eventually, read_after

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()
TABLES = ["care", "application", "interview"]


@pytest.fixture(scope="module")
def people(platform: Platform) -> dict[UUID, Person]:
    """Let one person of each of two providers have an application with an interview."""
    found = {provider: Person(provider) for provider in (NORTHWAY, BRIGHTPATH)}
    for person in found.values():
        platform.take_on(person)
        with platform.client("coach", person.provider, person.coach) as coach:
            path = f"/participants/{person.id}/applications"
            eventually(coach, path, lambda page: page["applications"] == [])
            application = asked(coach, path, {"title": "Baker"}).json()["ids"]["application"]
            sent = asked(coach, f"/applications/{application}/send", {}, 1)
            assert sent.is_success
            invited = asked(coach, f"/applications/{application}/interviews", {}, 2)
            read_after(invited, coach, path)
    return found


@pytest.fixture
def connection(platform: Platform) -> Iterator[psycopg.Connection]:
    """Connect as the application's role does."""
    with psycopg.connect(platform.addresses.databases["jobsearch"]) as connection:
        yield connection


@pytest.mark.parametrize("table", TABLES)
def test_a_provider_sees_its_own_rows_only(
    connection: psycopg.Connection, people: dict[UUID, Person], table: str
) -> None:
    connection.execute("select set_config('waymark.tenant', %s, true)", [str(NORTHWAY)])
    query = sql.SQL("select distinct tenant, participant_id from {}").format(sql.Identifier(table))
    assert connection.execute(query).fetchall() == [(NORTHWAY, people[NORTHWAY].id)]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("table", [*TABLES, "stored_events"])
def test_who_says_for_no_provider_that_he_asks_sees_nothing(connection: psycopg.Connection, table: str) -> None:
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    assert connection.execute(query).fetchone() == (0,)
