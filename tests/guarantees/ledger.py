"""A view that gives away every fact that was lost, doubled or reordered, and a policy whose every repetition shows."""

import asyncio
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from caseload.case import Case
from chassis.ask import Answer
from chassis.database import ALL_TENANTS, open_pool
from chassis.listen.consumers import Consumer, PolicyConsumer, ViewConsumer
from chassis.listen.feed import Listener, live_broker
from chassis.listen.policies import Heard, Policy
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from chassis.store import Session, Store
from events.caseload import ActionAgreed, CaseOpened, CoachAssigned, ContactRecorded

from .ground import NOON, Ground, until

LIVE: Final = "ledger#1"
STORED: Final = """
select subject, originator_id || ':' || originator_version from stored_events order by notification_id
"""
TOLD: Final = "select topic, partition, position from relay_position"
HEARD: Final = "select topic, partition, position from heard_position where consumer = %s and source = %s"
UNTOLD: Final = "select 1 from stored_events where notification_id > coalesce((select position from relay_cursor), 0)"
REACTIONS: Final = """
select c.originator_id, count(a.*), count(distinct a.causation) from stored_events c left join stored_events a
    on a.causation = c.originator_id || ':' || c.originator_version and a.topic like '%%CoachAssigned%%'
where c.topic like '%%ContactRecorded%%' group by c.originator_id, c.originator_version
"""


@dataclass
class Page:
    """What was heard of a person: how many facts, and for each source a hash of their ids in the order of hearing."""

    person: UUID
    facts: int = 0
    caseload: str = ""
    referrals: str = ""
    keyring: str = ""


Pages = dict[UUID, Page]

# What certain facts, by id, set off before they are handled, and what is then written beside the keyring's trail.
trouble: dict[str, Callable[[Told], str]] = {}
# The facts in the middle of whose folding, and nowhere else, this process stops itself, once.
stops: set[str] = set()


def _person(told: Told) -> UUID:
    return told.subject


def fold_page(page: Page | None, told: Told) -> Page:
    """Add a fact to its person's page."""
    page = page or Page(told.subject)
    add(page, told.source, told.id)
    if told.id in stops:
        stops.remove(told.id)
        os.kill(os.getpid(), signal.SIGSTOP)
    if told.id in trouble:
        page.keyring = trouble[told.id](told)
    return page


def add(page: Page, source: str, fact_id: str) -> None:
    """Add a fact of a source to a page."""
    page.facts += 1
    trail = f"{getattr(page, source)} {fact_id}"
    setattr(page, source, hashlib.sha256(trail.encode()).hexdigest())


HEARD_TYPES: Final = (CaseOpened, ContactRecorded, CoachAssigned, ActionAgreed)
LEDGER: Final = View("ledger", HEARD_TYPES, (Table("page", Page, _person, fold_page, indexes=("keyring",)),))


async def assign(heard: Heard, session: Session) -> Answer:
    """Give a case of ours a coach of this contact's own."""
    if heard.told.id in trouble:
        trouble[heard.told.id](heard.told)
    if heard.told.source != "caseload":
        return await session.save()
    case = await session.load(Case, heard.told.aggregate_id)
    case.record(CoachAssigned(occurred_at=NOON, coach_id=heard.new_id("coach")))
    return await session.save(case)


ASSIGN: Final = Policy("when_contact_recorded_assign_coach", ContactRecorded, assign)


@asynccontextmanager
async def consumers(application: str) -> AsyncIterator[tuple[Consumer, Consumer]]:
    """Open the view and the policy of a service that keeps cases."""
    async with open_pool(application, scope=ALL_TENANTS) as pool, open_pool(application) as commands:
        yield ViewConsumer(pool, LEDGER), PolicyConsumer(pool, ASSIGN, Store(commands, "caseload"))


async def hear(
    application: str, bootstrap: str, prefix: str, group: str, stop_at: str = "", session: int = 1_000
) -> None:
    """Follow the journey, as a process; SIGSTOP it in the middle of folding the fact `stop_at`."""
    if stop_at:
        stops.add(stop_at)
    async with consumers(application) as both:
        broker = live_broker(bootstrap)
        Listener(broker, prefix + group, both, bootstrap, topic_prefix=prefix, session_milliseconds=session)
        async with broker:
            await broker.start()
            await asyncio.Event().wait()


async def pages(ground: Ground) -> Pages:
    """Return the view as it is."""
    rows = await ground.rows("select * from page")
    return {row[0]: Page(*row) for row in rows}


async def folded(*sources: Ground) -> Pages:
    """Return what the view should be: a fold of every stored fact from the first."""
    whole: Pages = {}
    for source in sources:
        for person, fact_id in await source.rows(STORED):
            add(whole.setdefault(person, Page(person)), source.source, fact_id)
    return whole


async def reactions(ground: Ground) -> list[int]:
    """Return how often the policy acted on each contact."""
    return [times for _, times, _ in await ground.rows(REACTIONS)]


async def settled(listener: Ground, *others: Ground, policy: bool = True) -> None:
    """Wait until everything is told, heard, and reacted to."""
    names = [LIVE, *([ASSIGN.consumer] if policy else [])]

    async def quiet() -> bool:
        for _ in range(2):
            for source in (listener, *others):
                if await source.rows(UNTOLD) or not all([await caught_up(listener, name, source) for name in names]):
                    return False
        return True

    await until(quiet, seconds=60)


async def caught_up(listener: Ground, consumer: str, source: Ground) -> bool:
    """Whether a consumer has heard all that a source has told."""
    heard = {(topic, number): at for topic, number, at in await listener.rows(HEARD, consumer, source.source)}
    return all(heard.get((topic, number), 0) >= at for topic, number, at in await source.rows(TOLD))
