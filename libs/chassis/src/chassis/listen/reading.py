"""Reading a view: one snapshot, one tenant's rows, at least as far as the reader has been told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from psycopg import sql

from chassis.ask import Place
from chassis.database import ALL_TENANTS, Connection, Pool
from chassis.listen.views import View

POLL_SECONDS: Final = 0.01
LONGEST_WAIT_SECONDS: Final = 5.0

# The lock comes before the snapshot: one taken before a rebuilt view was switched in would find its rows as they were.
BEGIN: Final = sql.SQL("""
set transaction isolation level repeatable read, read only;
lock table {tables} in access share mode;
set local waymark.tenant = {scope}
""")
REACHED: Final = """
select bool_and(coalesce(h.position >= asked.position, false)), bool_or(exists (
    select from parked where consumer = v.view || '#' || v.generation and key = asked.key
))
from view_version v
cross join unnest(%s::text[], %s::text[], %s::int[], %s::bigint[], %s::text[])
    as asked (source, topic, partition, position, key)
left join heard_position h on h.consumer = v.view || '#' || v.generation
    and (h.source, h.topic, h.partition) = (asked.source, asked.topic, asked.partition)
where v.view = %s and v.status = 'live'
"""


class NotYetError(Exception):
    """The view has not reached the asked places within LONGEST_WAIT_SECONDS: ask again."""


class HeldBackError(Exception):
    """A fact of this person could not be handled and waits for an operator, so the view stays behind for them."""


@asynccontextmanager
async def reading(
    pool: Pool, tenant: UUID | None, view: View, at_least: Sequence[Place] = ()
) -> AsyncIterator[Connection]:
    """Open a read-only snapshot of a tenant's rows (None: all), in which the view has reached the places of its topic.

    Raises NotYetError and HeldBackError.
    """
    if places := [place for place in at_least if place.topic == view.topic]:
        await _wait(pool, view, places)
    async with pool.connection() as connection, connection.transaction():
        tables = sql.SQL(", ").join(sql.Identifier(table.name) for table in view.tables)
        scope = sql.Literal(str(tenant) if tenant else ALL_TENANTS)
        await connection.execute(BEGIN.format(tables=tables, scope=scope), prepare=False)
        yield connection


async def _wait(pool: Pool, view: View, places: Sequence[Place]) -> None:
    deadline = asyncio.get_running_loop().time() + LONGEST_WAIT_SECONDS
    while not await _has_reached(pool, view, places):
        if asyncio.get_running_loop().time() > deadline:
            raise NotYetError
        await asyncio.sleep(POLL_SECONDS)


async def _has_reached(pool: Pool, view: View, places: Sequence[Place]) -> bool:
    """Ask for all places in one round trip. Raises HeldBackError."""
    arguments = (*map(list, zip(*places, strict=True)), view.name)
    async with pool.connection() as connection:
        row = await (await connection.execute(REACHED, arguments, prepare=True)).fetchone()
    reached, held_back = row or (False, False)
    if held_back:
        raise HeldBackError
    return bool(reached)
