"""What the tests of the referrals service share: the real service and the real keyring, as processes."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.running import authorization, leave_record, prepare, service_of
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.postgres import Postgres
from waymark.local.service import Service
from waymark.personas import id_of

WORKS = uuid4()


@dataclass(frozen=True)
class Provider:
    """A provider that no other test uses, with somebody in each role."""

    id: UUID = field(default_factory=uuid4)

    def actor(self, role: str) -> Actor:
        """Return somebody who works there."""
        return Actor(uuid4(), role, self.id)


@dataclass(frozen=True)
class Running:
    """The referrals service and its keyring: where they answer, and who may talk to them."""

    addresses: Addresses
    folder: Path
    keyring: Service
    clients: ExitStack
    northway: Provider = field(default_factory=lambda: Provider(id_of("northway")))

    def client(self, actor: Actor | None) -> httpx.Client:
        """Return a client that asks as this actor, or as nobody."""
        headers = authorization(self.addresses, actor) if actor else {}
        url = self.addresses.url("referrals")
        return self.clients.enter_context(client(url, headers, timeout=30))

    def logs(self) -> str:
        """Return what both services have logged."""
        return "".join(log.read_text() for log in self.folder.glob("*.log"))


@pytest.fixture(scope="package")
def service(postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka, platform_folder: Path) -> Iterator[Running]:
    """The referrals service in the role `all`, and the keyring; the operator's commands find them in `folder`."""
    folder = platform_folder / "referrals"
    folder.mkdir()
    addresses = prepare(("keyring", "referrals"), postgres, keyring_postgres, kafka, folder)
    leave_record(addresses, folder)
    keyring, referrals = (service_of(name, addresses, folder) for name in ("keyring", "referrals"))
    with ExitStack() as stack:
        for one in (keyring, referrals):
            stack.callback(one.stop)
            one.start()
        yield Running(addresses, folder, keyring, stack.enter_context(ExitStack()))
