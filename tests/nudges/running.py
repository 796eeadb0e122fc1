"""The nudges service and the keyring as processes, a mail server, and a clock that tests set by hand.

Views, relay, policies and routes run as they do for everybody. What is due is decided and sent here, by the service's
own timers, at moments of a year far ahead: so the processes' own clock has nothing to decide.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx

from chassis.ask import Place
from chassis.database import ALL_TENANTS, open_pool
from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.listen.reading import NotYetError, reading
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store
from chassis.timers import Ticker, Timer
from chassis.topics import make_topics
from events.caseload import CaseOpened, CoachAssigned, case_of
from events.fact import Fact
from events.referrals import ParticipantStarted, ReferralSubmitted
from nudges.carriers import Encryption, Mail, MailServer
from nudges.decision import Holdout, Rules
from nudges.delivery import Delivery
from nudges.policies import decision_timers, delivery_timers
from nudges.views.messages import MESSAGES
from nudges.views.situation import SITUATION
from nudges.watch import Watch
from tests.journey import Journey, Line
from tests.running import authorization, prepare, running_services, service_of, topic_prefix
from waymark.local import identity
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.postgres import Postgres

VISIBLE_SECONDS: Final = 60.0
LONDON: Final = ZoneInfo("Europe/London")
# A Tuesday.
NOON: Final = datetime(2040, 3, 6, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
NOBODY: Final = Holdout(b"key" * 11, 0.0)
EVERYBODY: Final = Holdout(b"key" * 11, 1.0)


@dataclass(eq=False)
class Person:
    """Somebody who was referred with a name and an address, and has a case and a coach."""

    provider: UUID
    email: str | None = "ada@example.org"
    name: str = "Ada Lovelace"
    coach: UUID = field(default_factory=uuid4)
    id: UUID = field(default_factory=uuid4)
    referral: UUID = field(default_factory=uuid4)

    @property
    def case(self) -> UUID:
        """The id of their case."""
        return case_of(self.referral)


@dataclass
class Platform:
    """Where the services run, and the keys of who speaks to them."""

    addresses: Addresses
    journey: Journey

    @property
    def url(self) -> str:
        """Where the nudges service answers."""
        return self.addresses.url("nudges")

    def client(self, role: str, provider: UUID | None, person: UUID | None = None) -> httpx.Client:
        """Return who speaks to the nudges service in a role."""
        headers = authorization(self.addresses, Actor(person or uuid4(), role, provider))
        return client(self.url, headers, timeout=30)

    def keyring(self, service: str) -> Keyring:
        """Return the keyring as a service sees it."""
        key = SigningKey.read(identity.service_key(self.addresses.keys, service))
        return Keyring(self.addresses.url("keyring"), ServiceTokens(key).to("keyring"))

    def take_on(self, *people: Person, at: datetime = NOON - 30 * DAY) -> None:
        """Tell that people were referred and have cases and coaches."""
        lines = asyncio.run(self._taken_on(people, at))
        self.hear(*lines)

    def hear(self, *lines: Line) -> None:
        """Tell facts, and wait until the situation has them."""
        places = self.journey.tell(*lines)
        asyncio.run(_until_reached(self.addresses.databases["nudges"], places))

    def tell(self, person: Person, aggregate: UUID, *facts: Fact) -> None:
        """Tell facts about somebody, and wait until the situation has them."""
        self.hear(*(Line(fact, aggregate, person.id, person.provider) for fact in facts))

    def start(self, person: Person, day: date) -> None:
        """Tell that somebody started."""
        at = datetime.combine(day, datetime.min.time(), UTC)
        self.tell(person, person.referral, ParticipantStarted(occurred_at=at, programme_id=uuid4(), start_date=day))

    def inbox(self, person: Person) -> Any:
        """Return what somebody's inbox has, once everything that was decided is seen."""
        with self.client("jobseeker", person.provider, person.id) as client:
            return client.get(f"/participants/{person.id}/nudges").raise_for_status().json()

    def eventually(self, person: Person, seen: Callable[[Any], bool]) -> Any:
        """Read somebody's inbox until it is as it should be, and return it."""
        deadline = time.monotonic() + VISIBLE_SECONDS
        while not seen(page := self.inbox(person)):
            assert time.monotonic() < deadline, page
            time.sleep(0.05)
        return page

    def decide(self, moment: datetime, holdout: Holdout = NOBODY, *, by_mail: bool = True) -> None:
        """Decide on everything that is due at a moment, and wait until it is seen."""

        async def decide(store: Store, watch: Watch) -> None:
            await self._run(store, decision_timers(watch))

        asyncio.run(self._at(moment, holdout, decide, by_mail=by_mail))

    def deliver(self, moment: datetime, mail_port: int | None = None) -> None:
        """Send everything that is due at a moment, by a mail server where a port is given."""

        async def deliver(store: Store, watch: Watch) -> None:
            async with self.keyring("nudges") as keyring:
                server = MailServer("127.0.0.1", mail_port or 0, "help@waymark.example", encryption=Encryption.NONE)
                mail = Mail(server, keyring, "https://portal.example") if mail_port else None
                await self._run(store, delivery_timers(Delivery(watch, mail, "https://portal.example")))

        asyncio.run(self._at(moment, NOBODY, deliver, by_mail=mail_port is not None))

    async def _at(
        self,
        moment: datetime,
        holdout: Holdout,
        work: Callable[[Store, Watch], Awaitable[None]],
        *,
        by_mail: bool,
    ) -> None:
        async with open_pool(self.addresses.databases["nudges"]) as pool:
            store = Store(pool, "nudges", lambda: moment)
            await work(store, Watch(pool, Rules(LONDON), holdout, store.clock, by_mail))

    async def _run(self, store: Store, timers: Sequence[Timer]) -> None:
        """Give commands until nothing is due any more."""
        database = self.addresses.databases["nudges"]
        async with open_pool(database, scope=ALL_TENANTS) as pool:
            ticker = Ticker(pool, timers, store)
            given = 1
            while given:
                await _until_told(database, ticker)
                given = sum([await ticker.tick(timer) for timer in timers])
            await _until_told(database, ticker)

    async def _taken_on(self, people: Sequence[Person], at: datetime) -> list[Line]:
        async with AsyncExitStack() as stack:
            keyring = await stack.enter_async_context(self.keyring("referrals"))
            sealers = await keyring.sealers(person.id for person in people)
        return [line for person in people for line in _taken_on(person, sealers[person.id], at)]


def _taken_on(person: Person, sealer: Any, at: datetime) -> list[Line]:
    places = {"participant_id": person.id, "provider_id": person.provider, "programme_id": uuid4()}
    submitted = ReferralSubmitted(
        occurred_at=at,
        referrer_id=uuid4(),
        acknowledge_by=at.date(),
        name=sealer.seal(ReferralSubmitted, "name", person.name),
        email=sealer.seal(ReferralSubmitted, "email", person.email) if person.email else None,
        **places,
    )
    opened = CaseOpened(occurred_at=at, referral_id=person.referral, **places)
    assigned = CoachAssigned(occurred_at=at, coach_id=person.coach)
    told = [(person.referral, submitted), (person.case, opened), (person.case, assigned)]
    return [Line(fact, aggregate, person.id, person.provider) for aggregate, fact in told]


async def _until_reached(database: str, places: Sequence[Place]) -> None:
    """Wait, longer than a person would, until the situation has these facts."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    async with open_pool(database, scope=ALL_TENANTS) as pool:
        while True:
            try:
                async with reading(pool, None, SITUATION, places):
                    return
            except NotYetError:
                assert time.monotonic() < deadline, "the situation does not hear"


async def _until_told(database: str, ticker: Ticker) -> None:
    """Wait until the relay told everything that is stored, and both views heard it."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    query = """
        select coalesce((select max(notification_id) from stored_events), 0)
            <= coalesce((select max(position) from relay_position), 0)
    """
    async with open_pool(database, scope=ALL_TENANTS) as pool, pool.connection() as connection:
        while (await (await connection.execute(query)).fetchone()) != (True,):
            assert time.monotonic() < deadline, "the relay does not tell"
            await asyncio.sleep(0.02)
        for view in (SITUATION, MESSAGES):
            while not await ticker._caught_up(connection, view):
                assert time.monotonic() < deadline, "a view does not hear"


@contextmanager
def running(folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Run the services, each role in a process of its own, on databases and topics of their own, while it lasts."""
    addresses = prepare(("keyring", "nudges"), postgres, keyring_postgres, kafka, folder)
    prefix = topic_prefix(folder)
    asyncio.run(make_topics(kafka.bootstrap, prefix))
    keyring = service_of("keyring", addresses, folder, "api")
    nobody_held_out = {"WAYMARK_HOLDOUT_SHARE": "0"}
    nudges = service_of("nudges", addresses, folder, variables=nobody_held_out)
    with running_services(keyring), running_services(nudges):
        yield Platform(addresses, Journey(kafka.bootstrap, prefix))
