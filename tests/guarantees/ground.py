"""What a guarantee is tested on: a database and topics of its own, and the chassis of one service on them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from caseload.case import Case
from chassis.ask import Answer, Ask
from chassis.database import Pool
from chassis.listen.consumers import Consumer
from chassis.listen.feed import Listener, live_broker
from chassis.listen.rebuild import Rebuild, Report
from chassis.listen.views import View
from chassis.relay import Relay
from chassis.store import Session, Store
from events.caseload import CaseOpened, Channel, ContactRecorded

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
COACH: Final = UUID(int=21)
PATIENCE_SECONDS: Final = 30.0

BEHIND: Final = """
select coalesce((select position from relay_cursor), 0) < coalesce((select max(notification_id) from stored_events), 0)
"""
UNHEARD: Final = """
select exists (
    select from relay_position r left join heard_position h on (h.topic, h.partition) = (r.topic, r.partition)
        and h.source = %s and h.consumer = %s
    where coalesce(h.position, 0) < r.position
)
"""


@dataclass(frozen=True)
class Ground:
    """A service with a database (owner's and application's connection strings) and topics."""

    owner: str
    application: str
    bootstrap: str
    prefix: str
    pool: Pool
    store: Store

    @property
    def source(self) -> str:
        """The name of the service."""
        return self.store.source

    async def append(self, *cases: Case, key: str | None = None) -> Answer:
        """Store what cases decided, all in one transaction."""
        session = Session(self.store, Ask("test:1", "correlation", key=key))
        return await session.append(cases, Answer(200))

    @asynccontextmanager
    async def relaying(self) -> AsyncIterator[Relay]:
        """Tell what is stored while the context lasts."""
        relay = Relay(self.application, self.source, self.bootstrap, self.prefix)
        async with running(relay.run()):
            yield relay

    @asynccontextmanager
    async def listening(self, *consumers: Consumer, group: str = "listening") -> AsyncIterator[Listener]:
        """Hear the journey while the context lasts."""
        broker = live_broker(self.bootstrap)
        listener = Listener(broker, self.prefix + group, consumers, self.bootstrap, topic_prefix=self.prefix)
        async with broker:
            await broker.start()
            yield listener

    def rebuild(self, view: View, report: Report = lambda _: None) -> Rebuild:
        """Return a rebuild of a view."""
        return Rebuild(view, self.pool, self.owner, self.bootstrap, topic_prefix=self.prefix, report=report)

    async def rows(self, query: Any, *arguments: object) -> list[tuple[Any, ...]]:
        """Ask the database."""
        async with self.pool.connection() as connection:
            return await (await connection.execute(query, arguments)).fetchall()

    async def all_told(self) -> None:
        """Wait until the relay has told everything that is stored."""
        await until(lambda: self._is(BEHIND, expected=False))

    async def all_heard(self, consumer: str) -> None:
        """Wait until a consumer (a policy's name, a view's with its generation) has heard all that was told."""
        await until(lambda: self._is(UNHEARD, self.source, consumer, expected=False))

    async def _is(self, query: str, *arguments: object, expected: bool) -> bool:
        return await self.rows(query, *arguments) == [(expected,)]


def open_case(contacts: int = 0, tenant: UUID | None = None, person: UUID | None = None) -> Case:
    """Return a new case of a person, a new one by default, with some contacts."""
    opened = CaseOpened(
        occurred_at=NOON,
        participant_id=person or uuid4(),
        provider_id=tenant or UUID(int=11),
        programme_id=UUID(int=12),
        referral_id=uuid4(),
    )
    case = Case.open(uuid4(), opened, None)
    contact(case, contacts)
    return case


def contact(case: Case, times: int = 1) -> Case:
    """Record contacts in a case."""
    for _ in range(times):
        case.record_contact(ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=COACH), NOON)
    return case


def open_cases(count: int, contacts: int = 0) -> Iterable[Case]:
    """Return new cases of as many people."""
    return (open_case(contacts) for _ in range(count))


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition; raises TimeoutError when it does not come about."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110  (what is waited for is in a database)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    """Run something until the context ends; its failure ends the context too."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
