"""A view of two tables that the same facts touch, and processes that keep its facts coming and its rows up to date."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.ask import Answer, Ask
from chassis.database import ALL_TENANTS, open_pool
from chassis.listen.consumers import ViewConsumer
from chassis.listen.feed import Listener, live_broker
from chassis.listen.rebuild import Rebuild
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from chassis.process import together
from chassis.relay import Relay
from chassis.store import Session, Store
from events.caseload import CaseOpened, ContactRecorded

from .ground import contact, open_case

CASES: Final = 40
PAUSE_SECONDS: Final = 0.005


@dataclass
class CaseVisits:
    """How often a case was visited; `version` is that of the case."""

    case_id: UUID
    tenant: UUID | None
    visits: int = 0
    version: int = 0


@dataclass
class PersonVisits:
    """How often a person was seen, which is as often as their case was."""

    participant_id: UUID
    tenant: UUID | None
    visits: int = 0


def fold_case(row: CaseVisits | None, told: Told) -> CaseVisits:
    """Count a visit of a case."""
    row = row or CaseVisits(told.aggregate_id, told.tenant)
    row.visits += isinstance(told.fact, ContactRecorded)
    row.version = told.version
    return row


def fold_person(row: PersonVisits | None, told: Told) -> PersonVisits:
    """Count a visit of a person."""
    row = row or PersonVisits(told.subject, told.tenant)
    row.visits += isinstance(told.fact, ContactRecorded)
    return row


def fold_person_twice(row: PersonVisits | None, told: Told) -> PersonVisits:
    """Count what is another idea of a visit."""
    row = row or PersonVisits(told.subject, told.tenant)
    row.visits += 2 * isinstance(told.fact, ContactRecorded)
    return row


FACTS: Final = (CaseOpened, ContactRecorded)
BY_CASE: Final = Table("case_visits", CaseVisits, lambda told: told.aggregate_id, fold_case, indexes=("tenant",))
BY_PERSON: Final = Table("person_visits", PersonVisits, lambda told: told.subject, fold_person)
VISITS: Final = View("visits", FACTS, (BY_CASE, BY_PERSON))
VISITS_TWICE: Final = View(
    "visits", FACTS, (BY_CASE, Table("person_visits", PersonVisits, lambda told: told.subject, fold_person_twice))
)


async def keep_visiting(application: str, bootstrap: str, prefix: str) -> None:
    """Visit the same people over and over and tell it, as a service does."""
    async with open_pool(application, size=2, scope=ALL_TENANTS) as pool:
        store = Store(pool, "caseload")
        relay = Relay(application, store.source, bootstrap, prefix)
        store.appended = relay.wake
        await together(relay.run(), _visit(store))


async def _visit(store: Store) -> None:
    cases = [open_case() for _ in range(CASES)]
    while True:
        for case in cases:
            await Session(store, Ask("test:1", "correlation")).append([contact(case)], Answer(200))
            await asyncio.sleep(PAUSE_SECONDS)


async def keep_folding(application: str, bootstrap: str, prefix: str) -> None:
    """Keep the view up to date, as a service's `project` role does."""
    async with open_pool(application, size=4, scope=ALL_TENANTS) as pool:
        broker = live_broker(bootstrap)
        Listener(broker, f"{prefix}visits", [ViewConsumer(pool, VISITS)], bootstrap, topic_prefix=prefix)
        async with broker:
            await broker.start()
            await asyncio.Event().wait()


async def rebuild_visits(owner: str, application: str, bootstrap: str, prefix: str) -> None:
    """Rebuild the view, as an operator does."""
    async with open_pool(application, size=4, scope=ALL_TENANTS) as pool:
        await Rebuild(VISITS, pool, owner, bootstrap, topic_prefix=prefix).run()
