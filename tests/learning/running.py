"""The learning service as a process, and what speaks to it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from chassis.identity import Actor
from chassis.topics import make_topics
from events.caseload import CaseOpened, CoachAssigned, case_of
from tests.journey import Journey, Line
from tests.running import authorization, prepare, running_services, service_of, topic_prefix
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.postgres import Postgres

VISIBLE_SECONDS: Final = 60.0


@dataclass(eq=False)
class Person:
    """Somebody who has a case with a provider, and a coach."""

    provider: UUID
    coach: UUID = field(default_factory=uuid4)
    id: UUID = field(default_factory=uuid4)
    referral: UUID = field(default_factory=uuid4)


@dataclass
class Platform:
    """Where the service runs, and the keys of who speaks to it."""

    addresses: Addresses
    journey: Journey

    @property
    def url(self) -> str:
        """Where the service answers."""
        return self.addresses.url("learning")

    def client(self, role: str, provider: UUID | None, person: UUID | None = None) -> httpx.Client:
        """Return who speaks to the service in a role."""
        headers = authorization(self.addresses, Actor(person or uuid4(), role, provider))
        return client(self.url, headers, timeout=30)

    def take_on(self, *people: Person) -> None:
        """Tell that people have cases and coaches, and wait until it is known."""
        self.journey.tell(*(line for person in people for line in _opened(person)))
        for person in people:
            with self.client("coach", person.provider, person.coach) as coach:
                eventually(coach, f"/participants/{person.id}/courses", lambda _page: True)


def _opened(person: Person) -> list[Line]:
    now, case = datetime.now(UTC), case_of(person.referral)
    opened = CaseOpened(
        occurred_at=now,
        participant_id=person.id,
        provider_id=person.provider,
        programme_id=uuid4(),
        referral_id=person.referral,
    )
    assigned = CoachAssigned(occurred_at=now, coach_id=person.coach)
    return [Line(fact, case, person.id, person.provider) for fact in (opened, assigned)]


@contextmanager
def running(folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Run the service, each role in a process of its own, on a database and topics of its own, while it lasts."""
    addresses = prepare(("keyring", "learning"), postgres, keyring_postgres, kafka, folder)
    prefix = topic_prefix(folder)
    asyncio.run(make_topics(kafka.bootstrap, prefix))
    services = [service_of("learning", addresses, folder, role) for role in ("project", "relay", "api")]
    with running_services(*services):
        yield Platform(addresses, Journey(kafka.bootstrap, prefix))


def eventually(client: httpx.Client, path: str, seen: Any) -> Any:
    """Ask again until `seen(answer's JSON)` is true, and return that JSON."""
    deadline = time.monotonic() + VISIBLE_SECONDS
    while True:
        answer = client.get(path)
        if answer.is_success and seen(answer.json()):
            return answer.json()
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)
