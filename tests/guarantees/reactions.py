"""A policy whose every repetition shows, and a process that follows it."""

import asyncio
import os
import signal
from uuid import UUID

from caseload.case import Case
from chassis.ask import Answer
from chassis.database import ALL_TENANTS, open_pool
from chassis.listen.beginning import begin_policies
from chassis.listen.consumers import PolicyConsumer
from chassis.listen.feed import Listener, live_broker
from chassis.listen.policies import Heard, Policy
from chassis.store import Session, Store
from events.caseload import CaseOpened

from .ground import Ground, contact


async def greet(heard: Heard, session: Session) -> Answer:
    """Record one contact more with whoever has a new case."""
    return await session.save(contact(await session.load(Case, heard.told.aggregate_id)))


GREETED = """
select o.subject, count(c.*) from stored_events o left join stored_events c
    on c.originator_id = o.originator_id and c.topic like '%%ContactRecorded%%'
where o.topic like '%%CaseOpened%%' group by o.subject, o.notification_id order by o.notification_id
"""
GREET = Policy("when_case_opened_greet", CaseOpened, greet)


async def keep_greeting(application: str, bootstrap: str, prefix: str, dies_after: int = 0) -> None:
    """Follow the policy in a process of its own, which dies between a command and its position when told to."""
    async with open_pool(application, size=8, scope=ALL_TENANTS) as pool:
        store = Store(pool, "caseload")
        if dies_after:
            store.appended = Death(after=dies_after)
        broker = live_broker(bootstrap)
        consumers = [PolicyConsumer(pool, GREET, store)]
        Listener(broker, f"{prefix}greeting", consumers, bootstrap, topic_prefix=prefix, session_milliseconds=1_000)
        async with broker:
            await broker.start()
            await asyncio.Event().wait()


class Death:
    """Ends this process at once when it is called for the nth time."""

    def __init__(self, after: int) -> None:
        self._left = after

    def __call__(self) -> None:
        """Count a call."""
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


async def begin(ground: Ground, *policies: Policy) -> list[str]:
    """Begin policies as a service does at its start."""
    return await begin_policies(ground.pool, policies or [GREET], ground.bootstrap, topic_prefix=ground.prefix)


async def greeted(ground: Ground) -> list[int]:
    """Return how often each person was greeted, in the order in which their cases were opened."""
    return [times for _, times in await ground.rows(GREETED)]


async def greeted_people(ground: Ground) -> dict[UUID, int]:
    """Return how often each person was greeted."""
    return dict(await ground.rows(GREETED))
