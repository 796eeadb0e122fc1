"""Writers that run in processes of their own (see nursery) and put down what became of each command."""

import asyncio
import json
import os
import random
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from caseload.case import Case
from chassis.ask import Answer, Ask
from chassis.database import ALL_TENANTS, open_pool
from chassis.store import ConflictError, Session, Store
from events.caseload import Channel, ContactRecorded

from .ground import NOON, contact, open_case

WRITERS = 8
MARKED = 0.02


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
    """Eight writers at once store many facts, in transactions of very different sizes."""
    chance = random.Random(seed)
    left = [facts]
    async with open_pool(application, size=WRITERS) as pool:
        store = Store(pool, "caseload")
        async with asyncio.TaskGroup() as tasks:
            for _ in range(WRITERS):
                tasks.create_task(_write(store, chance, left))


async def _write(store: Store, chance: random.Random, left: list[int]) -> None:
    """Keep some cases going, as long as facts are left to write."""
    cases: list[Case] = []
    while left[0] > 0:
        size = chance.choice([1, 1, 1, 2, 5, 20, 200, 500])
        left[0] -= size
        case = open_case() if len(cases) < WRITERS or chance.random() < MARKED else chance.choice(cases)
        cases = [*cases[-WRITERS:], case]
        contact(case, size - (case.version == 1))
        await Session(store, ask()).append([case], Answer(200))
