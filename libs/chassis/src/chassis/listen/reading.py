"""Reading a view: one snapshot, one tenant's rows, at least as far as the reader has been told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from time import monotonic
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import sql

from chassis.ask import Place
from chassis.database import ALL_TENANTS, Connection, Pool
from chassis.freshness import note_as_of
from chassis.listen.views import View

POLL_SECONDS: Final = 0.01
LONGEST_WAIT_SECONDS: Final = 5.0
LOOKED_SECONDS: Final = 2.0

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


# Who has said nothing for five times as long as it takes to say it again keeps no part of the view, unless nobody does.
# That is also how far behind a view has to be: so who just stopped does not make one behind that another keeps.
BEHIND: Final = """
select current_to from (
    select coalesce(
        min(current_to) filter (where said_at > clock_timestamp() - interval '15 seconds'), max(current_to)
    ) as current_to
    from view_reach where view = %s
) said where current_to < clock_timestamp() - interval '15 seconds'
"""

_behind: WeakKeyDictionary[Pool, dict[str, tuple[float, datetime | None]]] = WeakKeyDictionary()
"""When it was looked at last whether a view of a database is behind, and up to when it is current if it is."""


class NotYetError(Exception):
    """The view has not reached the asked places within LONGEST_WAIT_SECONDS: ask again."""


class HeldBackError(Exception):
    """A fact of this person could not be handled and waits for an operator, so the view stays behind for them."""


@asynccontextmanager
async def reading(
    pool: Pool, tenant: UUID | None, view: View, at_least: Sequence[Place] = ()
) -> AsyncIterator[Connection]:
    """Open a read-only snapshot of a tenant's rows (None: all), in which the view has reached the places of its topic.

    Where the view is behind, that is noted of the answer.

    Raises NotYetError and HeldBackError.
    """
    if places := [place for place in at_least if place.topic == view.topic]:
        await _wait(pool, view, places)
    async with pool.connection() as connection, connection.transaction():
        tables = sql.SQL(", ").join(sql.Identifier(table.name) for table in view.tables)
        scope = sql.Literal(str(tenant) if tenant else ALL_TENANTS)
        await connection.execute(BEGIN.format(tables=tables, scope=scope), prepare=False)
        if behind := await _behind_since(connection, pool, view):
            note_as_of(behind)
        yield connection


async def _behind_since(connection: Connection, pool: Pool, view: View) -> datetime | None:
    """Return up to when a view is current that is behind: looked at now and then, not for each reader."""
    known, now = _behind.setdefault(pool, {}), monotonic()
    looked_at, behind = known.get(view.name, (now - 2 * LOOKED_SECONDS, None))
    if now < looked_at + LOOKED_SECONDS:
        return behind
    known[view.name] = now, behind
    row = await (await connection.execute(BEHIND, [view.name], prepare=True)).fetchone()
    known[view.name] = now, row[0] if row else None
    return known[view.name][1]


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
