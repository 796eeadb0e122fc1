"""The rows that people keep in the gateway's own tables: other providers' are out of the database's sight."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from chassis.database import Connection, Pool
from chassis.identity import Actor

SCOPE: Final = "select set_config('waymark.tenant', %s, true)"


@asynccontextmanager
async def own_rows(pool: Pool, owner: Actor) -> AsyncIterator[Connection]:
    """Open a transaction in which there are the rows of somebody's provider alone."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(SCOPE, [str(owner.tenant)])
        yield connection
