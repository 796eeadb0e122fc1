"""The analytics service as a process of its own, what it hears, and who speaks to it."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from aiokafka import AIOKafkaProducer

from chassis.identity import Actor
from chassis.topics import make_topics
from events.envelope import JOURNEY
from tests.analytics.telling import Journey, Line, Teller
from tests.running import PatientService, prepare, running_services, token, topic_prefix
from waymark.local.environment import Addresses, of_service
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.postgres import Postgres

VISIBLE_SECONDS: Final = 60.0
EAST, WEST = UUID(int=21), UUID(int=22)
TEAMS: Final = {str(EAST): "East", str(WEST): "West"}


@dataclass
class Platform:
    """Where the service runs, and the keys of who speaks to it."""

    kafka: str
    prefix: str
    addresses: Addresses
    exports: Path
    teller: Teller = field(default_factory=Teller)

    def token(self, role: str, provider: UUID | None = None, person: UUID | None = None) -> str:
        """Return the token of a person in a role."""
        return token(self.addresses, Actor(person or uuid4(), role, provider))

    def client(self, role: str, provider: UUID | None = None, person: UUID | None = None) -> httpx.Client:
        """Return who speaks to the service in a role."""
        headers = {"Authorization": f"Bearer {self.token(role, provider, person)}"}
        return client(self.addresses.url("analytics"), headers, timeout=60)

    def tell(self, journey: Journey, lines: Sequence[Line], late_days: int = 0, **words: str) -> None:
        """Tell facts as relays would, each learned some days late."""
        asyncio.run(self._tell(journey, lines, late_days, words))

    async def _tell(self, journey: Journey, lines: Sequence[Line], late_days: int, words: dict[str, str]) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for fact, aggregate in lines:
                recorded = fact.occurred_at + timedelta(days=late_days)
                await self._send(
                    producer, self.teller.record(fact, aggregate, journey.person, journey.tenant, recorded, **words)
                )
            await producer.flush()

    async def _send(self, producer: AIOKafkaProducer, record: Any) -> None:
        topic = self.prefix + JOURNEY
        await producer.send(topic, record.value, key=record.key, partition=record.partition, headers=record.headers)


@contextmanager
def running(folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Run the service, each role in a process of its own, on a database and topics of its own, while it lasts."""
    addresses = prepare(("keyring", "analytics"), postgres, keyring_postgres, kafka, folder)
    platform = Platform(kafka.bootstrap, topic_prefix(folder), addresses, folder / "exports")
    asyncio.run(make_topics(platform.kafka, platform.prefix))
    variables = variables_of(platform, folder)
    services = [
        PatientService("analytics", variables, addresses.ports["analytics"], folder / f"analytics-{role}.log", role)
        for role in ("project", "api")
    ]
    with running_services(*services):
        yield platform


def variables_of(platform: Platform, folder: Path) -> dict[str, str]:
    """Return what the service is told from outside."""
    return of_service("analytics", platform.addresses) | {
        "OTEL_TRACES_EXPORTER": "none",
        "WAYMARK_TOPIC_PREFIX": topic_prefix(folder),
        "WAYMARK_EXPORTS": str(platform.exports),
        "WAYMARK_TEAMS": json.dumps(TEAMS),
        "WAYMARK_PROGRAMMES": "{}",
    }


def eventually(ask: Callable[[], httpx.Response], seen: Callable[[Any], bool]) -> Any:
    """Ask again until `seen(answer's JSON)` is true, and return that JSON."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while True:
        answer = ask()
        if answer.is_success and seen(answer.json()):
            return answer.json()
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)
