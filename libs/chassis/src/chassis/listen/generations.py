"""The generations of a view: one is live, another is built beside it and takes its place in one short transaction."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any, Final

import psycopg

from chassis.database import Connection
from chassis.listen.views import View, drop_tables, make_tables, show_tables

WORKER_MILLISECONDS: Final = 200
READERS_MILLISECONDS: Final = 20
CATCH_UP_SECONDS: Final = 0.015

LIVE: Final = "select generation, fold_hash from view_version where view = %s and status = 'live'"
LEFT: Final = "delete from view_version where view = %s and status <> 'live' and generation < %s returning generation"
NEW: Final = """
insert into view_version (view, generation, fold_hash, status)
values (%s, coalesce((select max(generation) from view_version where view = %s), 0) + 1, %s, 'building')
returning generation
"""
BEHIND: Final = """
select exists (
    select from heard_position o left join heard_position n
        on (n.source, n.topic, n.partition) = (o.source, o.topic, o.partition) and n.consumer = %(new)s
    where o.consumer = %(old)s and coalesce(n.position, 0) < o.position
)
"""
LOCK_POSITIONS: Final = """
select from heard_position where consumer in (%(old)s, %(new)s) order by consumer, topic, partition, source for update
"""
MARK: Final = "update view_version set status = %s, changed_at = clock_timestamp() where view = %s and generation = %s"

CatchUp = Callable[[], Awaitable[int]]


class Generations:
    """The generations of one view, seen by the one who builds a new one; `owner` may make tables."""

    def __init__(self, view: View, owner: Connection) -> None:
        self._view = view
        self._owner = owner

    async def live_hash(self) -> str | None:
        """Return the hash of the live generation's fold, None when there is none."""
        live = await self._row(LIVE, self._view.name)
        return live[1] if live else None

    async def begin(self) -> int:
        """Clear what earlier rebuilds left, and make the empty tables of a new generation."""
        view = self._view
        async with self._owner.transaction():
            row = await self._row(NEW, view.name, view.name, view.fold_hash)
            assert row
            new: int = row[0]
            for (left,) in await (await self._owner.execute(LEFT, [view.name, new])).fetchall():
                await drop_tables(self._owner, view, left)
                await self._forget(left)
            await make_tables(self._owner, view, new)
        return new

    async def switch(self, new: int, catch_up: CatchUp) -> float | None:
        """Make `new` the live generation; return in how many milliseconds, None when it could not be done at once.

        The live generation stands still meanwhile, and `catch_up` takes what it is ahead, for CATCH_UP_SECONDS.
        """
        began = perf_counter()
        try:
            async with self._owner.transaction():
                await self._owner.execute(f"set local lock_timeout = {WORKER_MILLISECONDS}")
                live = await self._row(LIVE + " for update", self._view.name)
                began = perf_counter()
                if live and not await self._overtakes(live[0], new, catch_up):
                    return None
                await self._replace(live[0] if live else None, new)
        except psycopg.errors.LockNotAvailable:
            return None
        return (perf_counter() - began) * 1000

    async def _overtakes(self, old: int, new: int, catch_up: CatchUp) -> bool:
        """Whether the new generation is nowhere behind the old one, whose position rows stay locked."""
        names = {"old": self._name(old), "new": self._name(new)}
        until = perf_counter() + CATCH_UP_SECONDS
        while await self._holds(BEHIND, names) and perf_counter() < until:
            await catch_up()
        async with self._owner.pipeline():
            await self._owner.execute(LOCK_POSITIONS, names)
            return not await self._holds(BEHIND, names)

    async def _replace(self, old: int | None, new: int) -> None:
        async with self._owner.pipeline():
            await self._owner.execute(f"set local lock_timeout = {READERS_MILLISECONDS}")
            if old is not None:
                await self._owner.execute(MARK, ["retired", self._view.name, old])
                await self._forget(old)
            await self._owner.execute(MARK, ["live", self._view.name, new])
            await show_tables(self._owner, self._view, new)

    async def _forget(self, generation: int) -> None:
        """Forget where a generation stood, and what was parked for it."""
        await self._owner.execute("delete from heard_position where consumer = %s", [self._name(generation)])
        await self._owner.execute("delete from parked where consumer = %s", [self._name(generation)])

    def _name(self, generation: int) -> str:
        return f"{self._view.name}#{generation}"

    async def _holds(self, condition: Any, arguments: Any) -> bool:
        return bool((await (await self._owner.execute(condition, arguments)).fetchone() or (False,))[0])

    async def _row(self, query: Any, *arguments: object) -> tuple[Any, ...] | None:
        return await (await self._owner.execute(query, arguments)).fetchone()
