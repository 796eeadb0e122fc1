"""Up to when each view is current: whoever keeps one says so in its database, and so whoever reads it elsewhere knows.

A view that nobody keeps any longer says nothing new, and neither does one whose broker is silent.
"""

import asyncio
import logging
from collections.abc import Sequence
from time import monotonic
from typing import Final
from uuid import uuid4

import psycopg
from psycopg_pool import PoolTimeout

from chassis.clock import system_clock
from chassis.database import Pool
from chassis.listen.consumers import ViewConsumer
from chassis.listen.feed import Listener
from chassis.listen.watching import age_of, reach_of

log = logging.getLogger(__name__)

SAID_SECONDS: Final = 3.0
SAY: Final = """
insert into view_reach (view, worker, current_to)
select view, %s, clock_timestamp() - make_interval(secs => age)
from unnest(%s::text[], %s::float8[]) as said (view, age)
on conflict (view, worker) do update set current_to = excluded.current_to, said_at = clock_timestamp()
"""
FORGET: Final = """
delete from view_reach where view = any(%s) and worker <> %s and said_at < clock_timestamp() - interval '1 hour'
"""


class Currency:
    """Says for one process how current its views are."""

    def __init__(self, pool: Pool, listeners: Sequence[Listener]) -> None:
        self._pool = pool
        self._listeners = listeners
        self._worker = uuid4()
        self._current_to: dict[str, float] = {}

    async def run(self) -> None:
        """Say it every few seconds until cancelled. Nothing else waits for this."""
        while True:
            try:
                await self.say()
            except (psycopg.Error, PoolTimeout, OSError) as away:
                log.warning("how current the views are cannot be said: %s", type(away).__name__)
            await asyncio.sleep(SAID_SECONDS)

    async def say(self) -> None:
        """Say once how current every view is of which this process keeps a part."""
        ages = await self._ages()
        async with self._pool.connection() as connection:
            await connection.execute(SAY, (self._worker, list(ages), list(ages.values())))
            await connection.execute(FORGET, (list(ages), self._worker))

    async def _ages(self) -> dict[str, float]:
        ages = {}
        for listener in self._listeners:
            reach = await reach_of(listener.kafka)
            views = [consumer for consumer in listener.consumers if isinstance(consumer, ViewConsumer)]
            for view in views if reach else ():
                now = monotonic()
                if not view.stopped:
                    self._current_to[view.name] = now - age_of(view, reach, system_clock())
                ages[view.name] = now - self._current_to.setdefault(view.name, now)
        return ages
