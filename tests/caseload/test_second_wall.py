"""PostgreSQL itself shows a provider no row of another's, whatever the service asks."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from events.caseload import case_of
from tests.caseload.running import Person, Platform, eventually

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()


@pytest.fixture(scope="module")
def people(platform: Platform) -> dict[UUID, Person]:
    """Accept one person with each of two providers, and wait until their cases are open."""
    found = {provider: Person("Ada Lovelace", provider) for provider in (NORTHWAY, BRIGHTPATH)}
    platform.accept(uuid4(), *found.values())
    for provider, person in found.items():
        with platform.client("team_leader", provider) as leader:
            eventually(leader, f"/cases/{case_of(person.referral)}", lambda page: page["coach_id"])
    return found


@pytest.fixture
def connection(platform: Platform) -> Iterator[psycopg.Connection]:
    """Connect as the application's role does."""
    with psycopg.connect(platform.addresses.databases["caseload"]) as connection:
        yield connection


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("caseload", "participant_id"),
        ("timeline", "participant_id"),
        ("today_case", "participant_id"),
        ("today_person", "participant_id"),
        ("stored_events", "subject"),
    ],
)
def test_a_provider_sees_its_own_rows_only(
    connection: psycopg.Connection, people: dict[UUID, Person], table: str, column: str
) -> None:
    connection.execute("select set_config('waymark.tenant', %s, true)", [str(NORTHWAY)])
    query = sql.SQL("select distinct tenant, {} from {}").format(sql.Identifier(column), sql.Identifier(table))
    assert connection.execute(query).fetchall() == [(NORTHWAY, people[NORTHWAY].id)]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "table",
    [
        "caseload",
        "agreed_action",
        "working",
        "appointment",
        "message",
        "job",
        "standard_clock",
        "timeline",
        "stored_events",
    ],
)
def test_who_says_for_no_provider_that_he_asks_sees_nothing(connection: psycopg.Connection, table: str) -> None:
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    assert connection.execute(query).fetchone() == (0,)


@pytest.mark.usefixtures("people")
def test_a_provider_cannot_store_a_fact_for_another(connection: psycopg.Connection) -> None:
    connection.execute("select set_config('waymark.tenant', %s, true)", [str(NORTHWAY)])
    statement = "insert into stored_events (originator_id, originator_version, tenant) values (%s, 1, %s)"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement, [uuid4(), BRIGHTPATH])
