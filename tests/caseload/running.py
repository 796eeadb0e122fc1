"""The caseload service and the keyring as processes of their own, and what speaks to them."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from aiokafka import AIOKafkaProducer

from chassis.identity import Actor
from chassis.keyring import Entry, Keyring
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import partition_of
from chassis.topics import make_topics
from events.envelope import JOURNEY
from events.fact import Fact
from events.referrals import ReferralAccepted, ReferralSubmitted
from events.sealed import Sealed
from tests.envelope import Envelope
from tests.running import prepare, running_services, service_of, token, topic_prefix
from waymark.local import identity
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.postgres import Postgres

VISIBLE_SECONDS: Final = 30.0
NORTHWAY, BRIGHTPATH = uuid4(), uuid4()


@dataclass(eq=False)
class Person:
    """Somebody who was referred; `version` counts what was told of the referral."""

    name: str
    provider: UUID
    programme: UUID = field(default_factory=uuid4)
    id: UUID = field(default_factory=uuid4)
    referral: UUID = field(default_factory=uuid4)
    version: int = 0


@dataclass
class Platform:
    """Where everything runs, and the keys of who speaks to it."""

    kafka: str
    prefix: str
    addresses: Addresses
    position: int = 0
    previous: dict[tuple[str, int], int] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Return where a service answers."""
        return self.addresses.url(service)

    def token(self, role: str, provider: UUID | None = None, person: UUID | None = None) -> str:
        """Return the token of a person in a role."""
        return token(self.addresses, Actor(person or uuid4(), role, provider))

    def client(self, role: str, provider: UUID | None, person: UUID | None = None) -> httpx.Client:
        """Return who speaks to the caseload service in a role."""
        headers = {"Authorization": f"Bearer {self.token(role, provider, person)}"}
        return client(self.url("caseload"), headers, timeout=30)

    def keyring(self, role_or_service: str) -> Keyring:
        """Return the keyring as a service, or a person in a role, sees it."""
        key = identity.service_key(self.addresses.keys, role_or_service)
        if key.exists():
            return Keyring(self.url("keyring"), ServiceTokens(SigningKey.read(key)).to("keyring"))
        token = self.token(role_or_service)
        return Keyring(self.url("keyring"), lambda: token)

    def accept(self, coach: UUID | None, *people: Person) -> None:
        """Tell what the referrals service tells when a provider accepts people."""
        asyncio.run(self._accept(coach, people))

    def erase(self, person: Person) -> None:
        """Destroy somebody's keys."""

        async def erase() -> None:
            async with self.keyring("operator") as keyring:
                await keyring.erase(person.id)

        asyncio.run(erase())

    async def _accept(self, coach: UUID | None, people: Sequence[Person]) -> None:
        async with self.keyring("referrals") as keyring:
            sealers = await keyring.sealers(person.id for person in people)
            await keyring.index(Entry(person.id, "name", person.name) for person in people)
        told: dict[Person, list[Fact]] = {}
        for person in people:
            name = sealers[person.id].seal(ReferralSubmitted, "name", person.name)
            told[person] = [_submitted(person, name), _accepted(person, coach)]
        await self.tell(told)

    async def tell(self, facts: Mapping[Person, Sequence[Fact]]) -> None:
        """Tell facts of people's referrals as the relay of the referrals service would."""
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for person, told in facts.items():
                for fact in told:
                    person.version += 1
                    await self._tell(producer, person, fact, f"{person.referral}:{person.version}")
            await producer.flush()

    def hear(self, person: Person, aggregate: UUID, *facts: Fact) -> None:
        """Tell facts about a person as the relay of the service that they belong to would."""
        asyncio.run(self._hear(person, aggregate, facts))

    async def _hear(self, person: Person, aggregate: UUID, facts: Sequence[Fact]) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for fact in facts:
                self.versions[aggregate] = self.versions.get(aggregate, 0) + 1
                await self._tell(producer, person, fact, f"{aggregate}:{self.versions[aggregate]}")
            await producer.flush()

    async def _tell(self, producer: AIOKafkaProducer, person: Person, fact: Fact, id: str) -> None:  # noqa: A002
        partition = partition_of(str(person.id))
        headers = self._envelope(person, fact, id, partition).headers()
        value = fact.model_dump_json(exclude_none=True).encode()
        key = str(person.id).encode()
        await producer.send(self.prefix + JOURNEY, value, key=key, partition=partition, headers=headers)

    def _envelope(self, person: Person, fact: Fact, id: str, partition: int) -> Envelope:  # noqa: A002
        source = fact.type_name.split(".")[1]
        self.position += 1
        previous, self.previous[source, partition] = self.previous.get((source, partition), 0), self.position
        return Envelope(
            id=id,
            source=source,
            type=fact.type_name,
            subject=person.id,
            time=fact.occurred_at,
            recorded_at=fact.occurred_at,
            position=self.position,
            previous=previous,
            correlation_id=uuid4().hex,
            causation_id="",
            actor=f"test:{source}",
            tenant=person.provider,
        )


def _submitted(person: Person, name: Sealed) -> ReferralSubmitted:
    now = datetime.now(UTC)
    return ReferralSubmitted(
        occurred_at=now,
        participant_id=person.id,
        programme_id=person.programme,
        provider_id=person.provider,
        referrer_id=uuid4(),
        acknowledge_by=now.date() + timedelta(days=7),
        name=name,
    )


def _accepted(person: Person, coach: UUID | None) -> ReferralAccepted:
    return ReferralAccepted(occurred_at=datetime.now(UTC), programme_id=person.programme, coach_id=coach)


@contextmanager
def running(folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Run both services, each role in a process of its own, on databases and topics of their own, while it lasts."""
    addresses = prepare(("keyring", "caseload"), postgres, keyring_postgres, kafka, folder)
    platform = Platform(kafka.bootstrap, topic_prefix(folder), addresses)
    asyncio.run(make_topics(platform.kafka, platform.prefix))
    keyring = service_of("keyring", addresses, folder, "api")
    caseload = [service_of("caseload", addresses, folder, role) for role in ("project", "react", "relay", "api")]
    with running_services(keyring), running_services(*caseload):
        yield platform


def eventually(client: httpx.Client, path: str, seen: Any) -> Any:
    """Ask again until `seen(answer's JSON)` is true, and return that JSON."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while True:
        answer = client.get(path)
        if answer.is_success and seen(answer.json()):
            return answer.json()
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.02)


def asked(
    client: httpx.Client, path: str, body: Any = None, version: int | None = None, **headers: str
) -> httpx.Response:
    """Post a command, decided on a version when one is given."""
    match = {} if version is None else {"If-Match": f'"{version}"'}
    return client.post(path, json=body, headers={**match, **headers})


def read_after(answer: httpx.Response, client: httpx.Client, path: str) -> httpx.Response:
    """Read what a command did."""
    assert answer.is_success, answer.text
    return client.get(path, params={"at_least": answer.headers["Waymark-Position"]})
