"""PostgreSQL itself shows a provider no referral of another's, whatever the service asks."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from chassis.identity import Actor
from tests.referrals.conftest import WORKS, Provider, Running


@pytest.fixture(scope="module")
def providers(service: Running) -> tuple[Provider, Provider]:
    """Two providers, one person referred to each."""
    client = service.client(Actor(uuid4(), "referrer"))
    here, there = Provider(), Provider()
    for provider in (here, there):
        form = {"provider_id": str(provider.id), "programme_id": str(WORKS), "person": {"name": "Ada"}}
        answer = client.post("/referrals", json=form)
        client.get("/referrals", params={"at_least": answer.headers["waymark-position"]}).raise_for_status()
    return here, there


@pytest.fixture
def connection(service: Running) -> Iterator[psycopg.Connection]:
    """Connect as the application's role does."""
    with psycopg.connect(service.addresses.databases["referrals"]) as connection:
        yield connection


@pytest.mark.parametrize("table", ["referral", "stored_events"])
def test_a_provider_sees_its_own_rows_only(
    connection: psycopg.Connection, providers: tuple[Provider, Provider], table: str
) -> None:
    connection.execute("select set_config('waymark.tenant', %s, true)", [str(providers[0].id)])

    rows = connection.execute(sql.SQL("select tenant from {}").format(sql.Identifier(table))).fetchall()

    assert rows == [(providers[0].id,)]


@pytest.mark.usefixtures("providers")
@pytest.mark.parametrize("table", ["referral", "stored_events"])
def test_who_says_for_no_provider_that_he_asks_sees_nothing(connection: psycopg.Connection, table: str) -> None:
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(table))

    assert connection.execute(query).fetchone() == (0,)


def test_no_row_shows_a_person(connection: psycopg.Connection, providers: tuple[Provider, Provider]) -> None:
    connection.execute("select set_config('waymark.tenant', '*', true)")
    wanted = [provider.id for provider in providers]

    rows = connection.execute("select name from referral where tenant = any(%s)", [wanted]).fetchall()

    assert len(rows) == 2
    assert all(name.startswith("sealed:1:") for (name,) in rows)
