"""The jobsearch service and the keyring as processes of their own, and what speaks to them."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from aiokafka import AIOKafkaProducer

from chassis.ask import Answer, Ask
from chassis.database import ALL_TENANTS, open_pool
from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.store import Session, Store, partition_of
from chassis.topics import make_topics
from events.caseload import CaseOpened, CoachAssigned, case_of
from events.envelope import JOURNEY
from events.fact import Fact
from events.jobsearch import Vacancy
from jobsearch.vacancy import Listing
from tests.envelope import Envelope
from tests.running import prepare, running_services, service_of, token, topic_prefix
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.postgres import Postgres

VISIBLE_SECONDS: Final = 60.0
SpeaksAs = Callable[..., httpx.Client]

BAKER: Final = Vacancy(source="test", title="Baker", employer="Riverside Bakery")


@dataclass(frozen=True)
class Person:
    """A participant, with their coach."""

    provider: UUID
    coach: UUID = field(default_factory=uuid4)
    id: UUID = field(default_factory=uuid4)

    @property
    def case(self) -> UUID:
        """The id of their case."""
        return case_of(self.id)


@dataclass
class Platform:
    """Where everything runs, and how far the caseload service, which the tests stand in for, has told."""

    kafka: str
    prefix: str
    addresses: Addresses
    position: int = 0
    previous: dict[int, int] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    def url(self, service: str = "jobsearch") -> str:
        """Return where a service answers."""
        return self.addresses.url(service)

    def token(self, role: str, provider: UUID | None = None, person: UUID | None = None) -> str:
        """Return the token of a person in a role."""
        return token(self.addresses, Actor(person or uuid4(), role, provider))

    def client(self, role: str, provider: UUID | None, person: UUID | None = None) -> httpx.Client:
        """Return who speaks to the jobsearch service in a role."""
        headers = {"Authorization": f"Bearer {self.token(role, provider, person)}"}
        return client(self.url(), headers, timeout=60)

    def take_on(self, *people: Person) -> None:
        """Tell what the caseload service tells when people come to their coaches."""
        for person in people:
            opened = CaseOpened(
                occurred_at=datetime.now(UTC),
                participant_id=person.id,
                provider_id=person.provider,
                programme_id=uuid4(),
                referral_id=person.id,
            )
            assigned = CoachAssigned(occurred_at=datetime.now(UTC), coach_id=person.coach)
            self.tell(person, person.case, opened, assigned)

    def tell(self, person: Person, aggregate: UUID, *facts: Fact) -> None:
        """Tell facts of a person as the relay of the caseload service would."""
        asyncio.run(self._tell(person, aggregate, facts))

    def advertise(self, vacancy: Vacancy = BAKER) -> UUID:
        """Bring a vacancy to market, and return its id."""
        listing = Listing.advertise(uuid4(), vacancy, datetime.now(UTC))
        self.ask(lambda session: session.save(listing))
        return listing.id

    def withdraw(self, vacancy: UUID) -> None:
        """Take a vacancy off the market."""

        async def work(session: Session) -> Answer:
            listing = await session.load(Listing, vacancy)
            listing.withdraw(datetime.now(UTC))
            return await session.save(listing)

        self.ask(work)

    def erase(self, person: Person) -> None:
        """Destroy somebody's keys."""
        token = self.token("operator")

        async def erase() -> None:
            async with Keyring(self.url("keyring"), lambda: token) as keyring:
                await keyring.erase(person.id)

        asyncio.run(erase())

    def ask(self, work: Callable[[Session], Any]) -> None:
        """Give a command to the service's store, as nobody's."""

        async def give() -> None:
            async with open_pool(self.addresses.databases["jobsearch"], scope=ALL_TENANTS) as pool:
                await Store(pool, "jobsearch").execute(Ask(actor="test", correlation_id=uuid4().hex), work)

        asyncio.run(give())

    async def _tell(self, person: Person, aggregate: UUID, facts: Sequence[Fact]) -> None:
        key = str(person.id)
        partition = partition_of(key)
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for fact in facts:
                headers = self._envelope(person, aggregate, fact, partition).headers()
                value = fact.model_dump_json(exclude_none=True).encode()
                topic = self.prefix + JOURNEY
                await producer.send(topic, value, key=key.encode(), partition=partition, headers=headers)
            await producer.flush()

    def _envelope(self, person: Person, aggregate: UUID, fact: Fact, partition: int) -> Envelope:
        self.position += 1
        previous, self.previous[partition] = self.previous.get(partition, 0), self.position
        self.versions[aggregate] = self.versions.get(aggregate, 0) + 1
        return Envelope(
            id=f"{aggregate}:{self.versions[aggregate]}",
            source="caseload",
            type=fact.type_name,
            subject=person.id,
            time=fact.occurred_at,
            recorded_at=datetime.now(UTC),
            position=self.position,
            previous=previous,
            correlation_id=uuid4().hex,
            causation_id="",
            actor="test:caseload",
            tenant=person.provider,
        )


@contextmanager
def running(folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Run both services, each role in a process of its own, on databases and topics of their own, while it lasts."""
    addresses = prepare(("keyring", "jobsearch"), postgres, keyring_postgres, kafka, folder)
    platform = Platform(kafka.bootstrap, topic_prefix(folder), addresses)
    asyncio.run(make_topics(platform.kafka, platform.prefix))
    keyring = service_of("keyring", addresses, folder, "api")
    jobsearch = [service_of("jobsearch", addresses, folder, role) for role in ("project", "react", "relay", "api")]
    with running_services(keyring), running_services(*jobsearch):
        yield platform


def asked(client: httpx.Client, path: str, body: Any = None, version: int | None = None) -> httpx.Response:
    """Post a command, decided on a version when one is given."""
    return client.post(path, json=body, headers={} if version is None else {"If-Match": f'"{version}"'})


def read_after(answer: httpx.Response, client: httpx.Client, path: str) -> Any:
    """Read what a command did."""
    assert answer.is_success, answer.text
    read = client.get(path, params={"at_least": answer.headers.get("Waymark-Position", "")})
    assert read.is_success, read.text
    return read.json()


def eventually(client: httpx.Client, path: str, seen: Callable[[Any], Any]) -> Any:
    """Ask again until `seen(answer's JSON)` is true, and return that JSON."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while True:
        answer = client.get(path)
        if answer.is_success and seen(answer.json()):
            return answer.json()
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)
