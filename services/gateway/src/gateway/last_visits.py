"""Since when somebody is told what is new: what they saw in a visit stays new until the next one."""

from datetime import datetime, timedelta
from typing import Final

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor
from gateway.own_rows import own_rows

PAUSE: Final = timedelta(minutes=30)

FIND: Final = """
select case when seen_at < %s then until else since end from last_visit where owner_id = %s and tenant = %s
"""
NOTE: Final = """
insert into last_visit (owner_id, tenant, since, until, seen_at) values (%s, %s, %s, %s, %s)
on conflict (owner_id, tenant) do update
set since = excluded.since, until = excluded.until, seen_at = excluded.seen_at
"""


class LastVisits:
    """When people looked last. Looks with less than PAUSE between them are one visit."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def since(self, owner: Actor) -> datetime | None:
        """Return since when changes are new to somebody, None for a first visit."""
        async with own_rows(self._pool, owner) as connection:
            asked = (self._clock() - PAUSE, owner.id, owner.tenant)
            row = await (await connection.execute(FIND, asked)).fetchone()
        return row[0] if row else None

    async def note(self, owner: Actor, since: datetime, until: datetime) -> None:
        """Note that somebody saw the changes of a time."""
        async with own_rows(self._pool, owner) as connection:
            await connection.execute(NOTE, (owner.id, owner.tenant, since, until, self._clock()))
