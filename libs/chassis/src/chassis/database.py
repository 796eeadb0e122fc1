"""PostgreSQL: a service's database, its two roles and its pool of connections."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]

ALL_TENANTS: Final = "*"
PATIENCE_SECONDS: Final = 1.5
IDLE_SECONDS: Final = 60.0
_MIGRATION_LOCK: Final = 7_243_116


def chassis_sql(name: str) -> LiteralString:
    """Return one of the chassis's own SQL files."""
    return files("chassis").joinpath(name).read_text()


def prepare_database(admin: str, name: str) -> tuple[str, str]:
    """Make the database `name` with an owner and an application role, if they are not there yet.

    The application role owns nothing, so row-level security holds for it. Returns the owner's and the application's
    connection strings.
    """
    owner, application = f"{name}_owner", f"{name}_app"
    with psycopg.connect(admin, autocommit=True) as connection:
        for role in (owner, application):
            if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            statement = sql.SQL("create database {} owner {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))
    return make_conninfo(admin, dbname=name, user=owner), make_conninfo(admin, dbname=name, user=application)


def migrate(owner: str, application: str, scripts: Sequence[LiteralString]) -> None:
    """Run SQL scripts as the owner, one process at a time, and let the application's role use what they made."""
    role = sql.Identifier(str(conninfo_to_dict(application)["user"]))
    with psycopg.connect(owner) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", [_MIGRATION_LOCK])
        for script in scripts:
            connection.execute(script)
        for statement in (
            "grant usage on schema public to {}",
            "grant select, insert, update, delete on all tables in schema public to {}",
            "grant usage, select, update on all sequences in schema public to {}",
            "alter default privileges in schema public grant select, insert, update, delete on tables to {}",
        ):
            connection.execute(sql.SQL(statement).format(role))


@asynccontextmanager
async def open_pool(
    conninfo: str, size: int = 8, scope: str = "", patience: float = PATIENCE_SECONDS
) -> AsyncIterator[Pool]:
    """Open a pool of autocommitting connections; `scope` is whose rows they see: a tenant's id, or all (`*`).

    `patience` is how many seconds somebody waits for a connection before psycopg_pool.PoolTimeout is raised: whoever
    asked over HTTP is told so while they still look. One connection stays; those that a rush brings end soon after it.
    """
    options = f"-c waymark.tenant={scope}" if scope else ""
    pool = Pool(
        make_conninfo(conninfo, options=options) if options else conninfo,
        min_size=1,
        max_size=size,
        max_idle=IDLE_SECONDS,
        timeout=patience,
        open=False,
        kwargs={"autocommit": True, "prepare_threshold": 0},
    )
    async with pool:
        yield pool
