"""Telling again: for a topic that was lost and made anew, every fact is still in the stores."""

import asyncio
from typing import Final

import psycopg

from chassis.relay import LOCK

RETRY_SECONDS: Final = 0.02
SEND_AWAY: Final = """
select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %s and pid <> pg_backend_pid()
and database = (select oid from pg_database where datname = current_database())
"""


async def retell(conninfo: str) -> None:
    """Have a service's facts told again from the first one; `conninfo` is that of the role its relay runs as.

    The active relay is sent away, and whichever takes over begins anew. Consumers skip what they know.
    """
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        while not await _leads(connection):
            await connection.execute(SEND_AWAY, [LOCK])
            await asyncio.sleep(RETRY_SECONDS)
        async with connection.transaction():
            await connection.execute("delete from relay_position")
            await connection.execute("delete from relay_cursor")


async def _leads(connection: psycopg.AsyncConnection[tuple[bool]]) -> bool:
    row = await (await connection.execute("select pg_try_advisory_lock(%s)", [LOCK])).fetchone()
    return row == (True,)
