"""What the tests of the analytics service share."""

import asyncio
import secrets
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg import sql

from analytics.views.facts import FACTS
from analytics.views.journeys import JOURNEYS
from chassis.database import Connection, chassis_sql, migrate, prepare_database
from chassis.listen.told import Told
from chassis.listen.views import Folding, fold_facts, index_tables, make_tables, show_tables
from tests.analytics.running import Platform, running
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

T = TypeVar("T")


@pytest.fixture(scope="package")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """The analytics service, running."""
    folder = platform_folder / "analytics"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform


class Tables:
    """The views' tables in a database of their own, one connection to them, and a loop to use it in."""

    def __init__(self, runner: asyncio.Runner, connection: Connection) -> None:
        self._runner = runner
        self.connection = connection

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for something that is done with the connection."""
        return self._runner.run(work)

    def fill(self, facts: Sequence[Told]) -> None:
        """Empty the tables and fold facts into them."""
        self.run(self._fill(facts))

    async def _fill(self, facts: Sequence[Told]) -> None:
        for view in (JOURNEYS, FACTS):
            foldings = [Folding(table, 1) for table in view.tables]
            assert fold_facts(foldings, [told for told in facts if told.type in view.type_names]) == []
            for table, folding in zip(view.tables, foldings, strict=True):
                await self.connection.execute(sql.SQL("delete from {}").format(sql.Identifier(f"{table.name}__1")))
                await folding.upsert(self.connection)


async def connect(postgres: Postgres) -> Connection:
    """Make a database with the views' tables, and connect as the application does, for all tenants."""
    owner, application = prepare_database(postgres.dsn(), f"views_{secrets.token_hex(4)}")
    migrate(owner, application, [chassis_sql("listen/listen.sql")])
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection:
        for view in (JOURNEYS, FACTS):
            await make_tables(connection, view, 1)
            await index_tables(connection, view, 1)
            await show_tables(connection, view, 1)
    options = "-c waymark.tenant=*"
    return await psycopg.AsyncConnection.connect(application, autocommit=True, options=options)


@pytest.fixture(scope="package")
def tables(postgres: Postgres) -> Iterator[Tables]:
    """The views' tables."""
    with asyncio.Runner() as runner:
        connection = runner.run(connect(postgres))
        yield Tables(runner, connection)
        runner.run(connection.close())
