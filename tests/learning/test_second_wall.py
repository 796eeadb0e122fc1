"""PostgreSQL itself shows a provider no row of another's, whatever the service asks."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from tests.learning.running import Person, Platform

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()
TABLES = ("coaching", "enrolment", "experience", "stored_events")


@pytest.fixture(scope="module")
def people(platform: Platform) -> dict[UUID, Person]:
    """Let one person with each of two providers begin a course."""
    found = {provider: Person(provider) for provider in (NORTHWAY, BRIGHTPATH)}
    platform.take_on(*found.values())
    for provider, person in found.items():
        with platform.client("coach", provider, person.coach) as coach:
            enrolled = coach.post(f"/participants/{person.id}/courses/interview/enrol")
            place = enrolled.headers["Waymark-Position"]
            coach.get(f"/participants/{person.id}/courses", params={"at_least": place}).raise_for_status()
    return found


@pytest.fixture
def connection(platform: Platform) -> Iterator[psycopg.Connection]:
    """Connect as the application's role does."""
    with psycopg.connect(platform.addresses.databases["learning"]) as connection:
        yield connection


@pytest.mark.parametrize("table", TABLES)
def test_a_provider_sees_its_own_rows_only(
    connection: psycopg.Connection, people: dict[UUID, Person], table: str
) -> None:
    connection.execute("select set_config('waymark.tenant', %s, true)", [str(NORTHWAY)])
    column = sql.Identifier("subject" if table == "stored_events" else "participant_id")
    query = sql.SQL("select distinct tenant, {} from {}").format(column, sql.Identifier(table))
    assert connection.execute(query).fetchall() == [(NORTHWAY, people[NORTHWAY].id)]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("table", TABLES)
def test_who_says_for_no_provider_that_he_asks_sees_nothing(connection: psycopg.Connection, table: str) -> None:
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    assert connection.execute(query).fetchone() == (0,)
