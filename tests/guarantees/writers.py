"""Writers that run in processes of their own (see nursery) and put down what became of each command."""

import asyncio
import json
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, cast
from uuid import UUID, uuid4

import psutil
from psycopg import AsyncConnection
from psycopg.errors import RaiseException

from caseload.case import Case
from chassis.ask import Answer, Ask
from chassis.database import ALL_TENANTS, Connection, Pool, open_pool
from chassis.store import ConflictError, Session, Store
from events.caseload import Channel, ContactRecorded

from .ground import NOON, Ground, contact, open_case, until
from .nursery import kill

WRITERS = 8
NEW = 0.02
MANY = (1, 1, 2, 20, 200, 500)
FEW = (1, 1, 2)


def ask(key: str | None = None, fingerprint: bytes = b"") -> Ask:
    """Return a request of nobody in particular."""
    return Ask("test:1", "correlation", key=key, fingerprint=fingerprint)


def mark(case: Case, marker: UUID) -> Case:
    """Record a contact that can be told from all others by its coach."""
    case.record_contact(ContactRecorded(occurred_at=NOON, channel=Channel.VIDEO, coach_id=marker), NOON)
    return case


async def compete(application: str, report: str, cases: Sequence[str], commands: int) -> None:
    """Eight writers at once mark cases that others mark too, each command under a key of its own."""
    async with open_pool(application, size=WRITERS) as pool:
        store = Store(pool, "caseload")
        outcomes = await asyncio.gather(*(_compete(store, cases, commands) for _ in range(WRITERS)))
    await asyncio.to_thread(Path(report).write_text, json.dumps([one for some in outcomes for one in some]))


async def _compete(store: Store, cases: Sequence[str], commands: int) -> list[dict[str, Any]]:
    return [await _mark_any(store, UUID(random.choice(cases))) for _ in range(commands)]


async def _mark_any(store: Store, case_id: UUID) -> dict[str, Any]:
    marker = uuid4()

    async def work(session: Session) -> Answer:
        return await session.save(mark(await session.load(Case, case_id), marker))

    try:
        answer = await store.execute(ask(str(marker)), work)
    except ConflictError:
        return {"marker": str(marker), "place": None}
    (place,) = answer.places
    return {"marker": str(marker), "place": [str(case_id), answer.version, place.position]}


@dataclass(frozen=True)
class OneConnection:
    """Stands where a store's pool stands."""

    opened: Connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend the connection."""
        yield self.opened


def uncommitted(connection: Connection) -> Store:
    """Return a store whose facts are committed with the connection's transaction."""
    return Store(cast("Pool", OneConnection(connection)), "caseload")


async def mark_new_case(store: Store, key: str, marker: UUID) -> Answer:
    """Open a case of a random id, marked; the same key again finds what it did before."""

    async def work(session: Session) -> Answer:
        await session.recall()
        case = mark(open_case(), marker)
        return await session.save(case, ids={"case_id": str(case.id)})

    return await store.execute(ask(key), work)


async def mark_and_die(application: str, key: str, marker: str, after_commit: bool) -> None:
    """Give one command; with `after_commit` the process dies before anybody hears the answer."""
    async with open_pool(application, size=2, scope=ALL_TENANTS) as pool:
        store = Store(pool, "caseload")
        if after_commit:
            store.appended = lambda: os.kill(os.getpid(), signal.SIGKILL)
        await mark_new_case(store, key, UUID(marker))


async def write(application: str, seed: int, facts: int) -> None:
    """Eight writers at once store many facts, in transactions of very different sizes, then a few until killed."""
    chance = random.Random(seed)
    left = [facts]
    async with open_pool(application, size=WRITERS) as pool, asyncio.TaskGroup() as tasks:
        for _ in range(WRITERS):
            tasks.create_task(_write(Store(pool, "caseload"), chance, left))


async def _write(store: Store, chance: random.Random, left: list[int]) -> None:
    """Keep some cases of this writer's own going; one whose facts were rolled back is left alone."""
    cases: list[Case] = []
    while True:
        size = chance.choice(MANY if left[0] > 0 else FEW)
        left[0] -= size
        case = open_case() if len(cases) < WRITERS or chance.random() < NEW else cases.pop(0)
        contact(case, size)
        with suppress(RaiseException):
            await Session(store, ask()).append([case], Answer(200))
            cases.append(case)
        await asyncio.sleep(chance.uniform(0, 0.01))


WRITING: LiteralString = """
select count(*) from pg_locks where relation = 'stored_events'::regclass and mode = 'RowExclusiveLock'
"""


async def stop(ground: Ground, writers: Sequence[psutil.Process]) -> None:
    """Kill writers, and wait for the commits that PostgreSQL goes on with when nobody is left to hear of them."""
    for writer in writers:
        kill(writer)

    async def is_quiet() -> bool:
        return await ground.rows(WRITING) == [(0,)]

    await until(is_quiet)


HESITATE: LiteralString = """
create function hesitate() returns trigger language plpgsql as $$
begin
    if random() < 0.1 then perform pg_sleep(random() * 0.04); end if;
    if random() < 0.003 then raise exception 'changed its mind'; end if;
    return null;
end $$;
create constraint trigger hesitate after insert on stored_events deferrable initially deferred
    for each row when (new.originator_version % 20 = 0) execute function hesitate()
"""


async def let_commits_hesitate(owner: str) -> None:
    """Make some transactions wait long at their commit, with positions drawn, and roll some back."""
    async with await AsyncConnection.connect(owner, autocommit=True) as connection:
        await connection.execute(HESITATE)
