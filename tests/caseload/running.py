"""The caseload service and the keyring as processes of their own, and what speaks to them."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from aiokafka import AIOKafkaProducer

from chassis.database import prepare_database
from chassis.identity import Actor
from chassis.keyring import Entry, Keyring
from chassis.signing import ServiceTokens, SigningKey, person_token
from chassis.store import partition_of
from chassis.topics import make_topics
from events.envelope import JOURNEY, Envelope
from events.fact import Fact
from events.referrals import ReferralAccepted, ReferralSubmitted
from events.sealed import Sealed
from waymark.local import identity
from waymark.local.kafka import Kafka
from waymark.local.ports import any_free
from waymark.local.postgres import Postgres

START_SECONDS: Final = 120.0
VISIBLE_SECONDS: Final = 30.0


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

    folder: Path
    kafka: str
    prefix: str
    ports: Mapping[str, int]
    position: int = 0
    previous: dict[int, int] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> Path:
        """Where the keys lie."""
        return self.folder / "keys"

    def url(self, service: str) -> str:
        """Return where a service answers."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def token(self, role: str, provider: UUID | None = None, person: UUID | None = None) -> str:
        """Return the token of a person in a role."""
        actor = Actor(person or uuid4(), role, provider)
        return person_token(SigningKey.read(identity.people_key(self.keys)), actor)

    def client(self, role: str, provider: UUID | None, person: UUID | None = None) -> httpx.Client:
        """Return who speaks to the caseload service in a role."""
        headers = {"Authorization": f"Bearer {self.token(role, provider, person)}"}
        return httpx.Client(base_url=self.url("caseload"), headers=headers, trust_env=False, timeout=30)

    def keyring(self, role_or_service: str) -> Keyring:
        """Return the keyring as a service, or a person in a role, sees it."""
        key = identity.service_key(self.keys, role_or_service)
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
                    await self._tell(producer, person, fact)
            await producer.flush()

    async def _tell(self, producer: AIOKafkaProducer, person: Person, fact: Fact) -> None:
        person.version += 1
        partition = partition_of(str(person.id))
        headers = self._envelope(person, fact, partition).headers()
        value = fact.model_dump_json(exclude_none=True).encode()
        key = str(person.id).encode()
        await producer.send(self.prefix + JOURNEY, value, key=key, partition=partition, headers=headers)

    def _envelope(self, person: Person, fact: Fact, partition: int) -> Envelope:
        self.position += 1
        previous, self.previous[partition] = self.previous.get(partition, 0), self.position
        return Envelope(
            id=f"{person.referral}:{person.version}",
            source="referrals",
            type=fact.type_name,
            subject=person.id,
            time=fact.occurred_at,
            recorded_at=fact.occurred_at,
            position=self.position,
            previous=previous,
            correlation_id=uuid4().hex,
            causation_id="",
            actor="test:referrals",
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
        acknowledge_by=now.date(),
        name=name,
    )


def _accepted(person: Person, coach: UUID | None) -> ReferralAccepted:
    return ReferralAccepted(occurred_at=datetime.now(UTC), programme_id=person.programme, coach_id=coach)


@contextmanager
def running(folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Run both services, each role in a process of its own, on databases and topics of their own, while it lasts."""
    ports = {"caseload": any_free(), "keyring": any_free()}
    platform = Platform(folder, kafka.bootstrap, f"caseload-{secrets.token_hex(4)}-", ports)
    identity.prepare(platform.keys, ("keyring", "referrals", "caseload"))
    asyncio.run(make_topics(platform.kafka, platform.prefix))
    with ExitStack() as running:
        keyring = _environment(platform, "keyring", keyring_postgres)
        running.enter_context(_processes(platform, "keyring", ["api"], keyring))
        caseload = _environment(platform, "caseload", postgres)
        running.enter_context(_processes(platform, "caseload", ["project", "react", "relay", "api"], caseload))
        yield platform


@contextmanager
def _processes(
    platform: Platform, service: str, roles: Sequence[str], environment: Mapping[str, str]
) -> Iterator[None]:
    """Run roles of a service from when its API is ready; each has to end in good order."""
    logs = [platform.folder / f"{service}-{role}.log" for role in roles]
    running = [_started(service, role, environment, log) for role, log in zip(roles, logs, strict=True)]
    try:
        _wait_until_ready(platform.url(service), running, logs)
        yield
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        statuses = [_ended(process) for process in running]
    assert not any(statuses), _told(logs)


def _started(service: str, role: str, environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen([sys.executable, "-m", service, role], env=environment, stdout=output, stderr=output)


def _ended(process: "subprocess.Popen[bytes]") -> int:
    """Wait until a process has ended, and end it when it does not; return its exit status."""
    try:
        return process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _told(logs: Sequence[Path]) -> str:
    """Return the end of each log."""
    return "\n".join(f"{log.name}: ...{log.read_text()[-2_000:]}" for log in logs)


def _environment(platform: Platform, service: str, server: Postgres) -> dict[str, str]:
    owner, application = prepare_database(server.dsn(), f"{service}_{secrets.token_hex(4)}")
    platform.databases[service] = application
    return {
        "PATH": os.environ["PATH"],
        "WAYMARK_ENVIRONMENT": "test",
        "WAYMARK_DATABASE": application,
        "WAYMARK_OWNER_DATABASE": owner,
        "WAYMARK_KAFKA": platform.kafka,
        "WAYMARK_TOPIC_PREFIX": platform.prefix,
        "WAYMARK_KEYRING_URL": platform.url("keyring"),
        "WAYMARK_JWKS": str(identity.jwks(platform.keys)),
        "WAYMARK_IDENTITY_KEY": str(identity.service_key(platform.keys, service)),
        "WAYMARK_REQUEST_HASH_KEY": secrets.token_hex(32),
        "WAYMARK_PORT": str(platform.ports[service]),
        "WAYMARK_MASTER_KEY_FILE": str(identity.master_key(platform.keys)),
        "WAYMARK_VAULT": str(platform.folder / "vault"),
    }


def _wait_until_ready(url: str, running: "Sequence[subprocess.Popen[bytes]]", logs: Sequence[Path]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(url):
        assert all(process.poll() is None for process in running), _told(logs)
        assert time.monotonic() < deadline, _told(logs)
        time.sleep(0.05)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


def eventually(client: httpx.Client, path: str, seen: Any) -> Any:
    """Ask again until `seen(answer's JSON)` is true, and return that JSON."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while True:
        answer = client.get(path)
        if answer.is_success and seen(answer.json()):
            return answer.json()
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.02)
