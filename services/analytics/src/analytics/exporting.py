"""Exports in the background: one snapshot of all facts, read in parts, written as Parquet under a key of its own.

The key is forgotten with the process: two exports cannot be laid beside each other, and nobody can look anybody up.
"""

import asyncio
import logging
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from analytics.export_folders import path_of, unfinished
from analytics.pseudonyms import Pseudonyms
from analytics.views.facts import FACTS, FactRow
from chassis.clock import Clock
from chassis.database import Connection, Pool
from chassis.listen.reading import reading
from chassis.telemetry import frames_of

if TYPE_CHECKING:
    from analytics.parquet_files import ParquetFiles

FACTS_AT_ONCE: Final = 5_000
KEY_BYTES: Final = 32
_LOCKS: Final = 7_243_131

_log = logging.getLogger(__name__)

# However much there is to write, its snapshot and its lock stay.
UNHURRIED: Final = """
select set_config('transaction_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
"""
# An export that says it is running and holds no lock was broken off with its process.
FIND: Final = """
select id, asked_by, asked_at, total, done, manifest, case when state = 'running' and not exists (
    select from pg_locks where locktype = 'advisory' and classid = %(locks)s and objid = %(lock)s
        and database = (select oid from pg_database where datname = current_database())
) then 'interrupted' else state end as state
from export_job where id = %(id)s
"""
LATEST: Final = "select id from export_job order by asked_at desc, id limit %s"
HEARD: Final = """
select h.source, h.topic, h.partition, h.position from heard_position h
join view_version v on h.consumer = v.view || '#' || v.generation
where v.view = %s and v.status = 'live' order by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class ExportJob:
    """An export: how far it is and, once done, its manifest."""

    id: UUID
    asked_by: UUID
    asked_at: datetime
    total: int
    done: int
    manifest: Mapping[str, Any] | None
    state: str


class Exports:
    """The exports that lie in a folder; this process writes some of them."""

    def __init__(self, pool: Pool, folder: Path, clock: Clock) -> None:
        """Write none yet."""
        self._pool = pool
        self._folder = folder
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()

    async def start(self, id: UUID, asked_by: UUID) -> None:  # noqa: A002  (as everywhere)
        """Begin an export in the background, once; return when it has begun. Raises what kept it from that."""
        if await self.find(id):
            return
        begun = asyncio.Event()
        task = asyncio.create_task(self._run(id, asked_by, begun))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _task: begun.set())
        await begun.wait()
        if task.done():
            task.result()

    async def find(self, id: UUID) -> ExportJob | None:  # noqa: A002
        """Return an export, None where there is none of that id."""
        arguments = {"id": id, "locks": _LOCKS, "lock": _lock(id)}
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(ExportJob)) as cursor:
            return await (await cursor.execute(FIND, arguments)).fetchone()

    async def latest(self, most: int) -> list[ExportJob]:
        """Return so many exports, the newest first."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(LATEST, [most])).fetchall()
        found = [await self.find(id_) for (id_,) in rows]
        return [job for job in found if job is not None]

    def file(self, id: UUID, month: str) -> Path | None:  # noqa: A002
        """Return the file with the facts of a month, None where there is none."""
        path = self._folder / str(id) / path_of(month)
        return path if path.is_file() else None

    async def close(self) -> None:
        """Break off what is under way."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run(self, id: UUID, asked_by: UUID, begun: asyncio.Event) -> None:  # noqa: A002
        async with self._locked(id):
            if not await self._begin(id, asked_by):
                return
            begun.set()
            try:
                manifest = await self._export(id)
            except Exception as error:  # noqa: BLE001  (told to who asks for the export, and in the log)
                _log.error("an export failed\n%s", frames_of(error))
                await self._save("update export_job set state = 'failed' where id = %s", id)
            else:
                statement = "update export_job set state = 'done', done = total, manifest = %s where id = %s"
                await self._save(statement, Jsonb(manifest), id)

    @asynccontextmanager
    async def _locked(self, id: UUID) -> AsyncIterator[None]:  # noqa: A002
        """Hold a lock that says this export is under way, on a connection of its own."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(UNHURRIED)
            await connection.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCKS, _lock(id)])
            yield

    async def _begin(self, id: UUID, asked_by: UUID) -> bool:  # noqa: A002
        statement = """
        insert into export_job (id, asked_by, asked_at, state) values (%s, %s, %s, 'running') on conflict do nothing
        """
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statement, [id, asked_by, self._clock()])
            return cursor.rowcount == 1

    async def _export(self, id: UUID) -> Mapping[str, Any]:  # noqa: A002
        await self._clear()
        files = await asyncio.to_thread(_begun, self._folder / str(id))
        try:
            async with reading(self._pool, None, FACTS) as connection:
                await connection.execute(UNHURRIED)
                as_of = await _heard(connection)
                await self._count(connection, id)
                await self._write(connection, id, files)
            return await asyncio.to_thread(files.finish, as_of, self._clock())
        except BaseException:
            files.abandon()
            raise

    async def _write(self, connection: Connection, id: UUID, files: "ParquetFiles") -> None:  # noqa: A002
        async with connection.cursor(name="export", row_factory=class_row(FactRow)) as cursor:
            await cursor.execute("select * from told_fact order by recorded_at, fact_id")
            done = 0
            while facts := await cursor.fetchmany(FACTS_AT_ONCE):
                await asyncio.to_thread(files.write, facts)
                done += len(facts)
                await self._save("update export_job set done = %s where id = %s", done, id)

    async def _count(self, connection: Connection, id: UUID) -> None:  # noqa: A002
        row = await (await connection.execute("select count(*) from told_fact")).fetchone()
        await self._save("update export_job set total = %s where id = %s", (row or (0,))[0], id)

    async def _save(self, statement: Any, *arguments: object) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, arguments)

    async def _clear(self) -> None:
        """Take away what exports left that were broken off."""
        for folder in unfinished(self._folder):
            job = await self.find(UUID(folder.stem))
            if job is None or job.state != "running":
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _begun(folder: Path) -> "ParquetFiles":
    from analytics.parquet_files import ParquetFiles  # noqa: PLC0415  (30 MB that only who exports has to carry)

    return ParquetFiles(folder, Pseudonyms(secrets.token_bytes(KEY_BYTES)))


async def _heard(connection: Connection) -> list[dict[str, Any]]:
    """Return how far every source had been heard."""
    rows = await (await connection.execute(HEARD, [FACTS.name])).fetchall()
    return [dict(zip(("source", "topic", "partition", "position"), row, strict=True)) for row in rows]


def _lock(id: UUID) -> int:  # noqa: A002
    return id.int & 0x7FFF_FFFF
