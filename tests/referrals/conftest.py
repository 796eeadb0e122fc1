"""What the tests of the referrals service share: the real service and the real keyring, as processes."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.database import prepare_database
from chassis.identity import Actor
from chassis.signing import SigningKey, person_token
from waymark.local import identity
from waymark.local.environment import Addresses, of_service
from waymark.local.kafka import Kafka
from waymark.local.ports import any_free
from waymark.local.postgres import Postgres

START_SECONDS = 30.0
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
    """The referrals service, where it answers and who may talk to it."""

    addresses: Addresses
    folder: Path
    northway: Provider
    coaches: dict[str, UUID]
    clients: ExitStack

    def client(self, actor: Actor | None) -> httpx.Client:
        """Return a client that asks as this actor, or as nobody."""
        headers = self.authorization(actor) if actor else {}
        url = self.addresses.url("referrals")
        return self.clients.enter_context(httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30))

    def authorization(self, actor: Actor) -> dict[str, str]:
        """Return the header by which an actor is recognised."""
        key = SigningKey.read(identity.people_key(self.addresses.keys))
        return {"Authorization": f"Bearer {person_token(key, actor)}"}

    def logs(self) -> str:
        """Return what both services have logged."""
        return "".join(log.read_text() for log in self.folder.glob("*.log"))


@pytest.fixture(scope="session")
def service(postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka, platform_folder: Path) -> Iterator[Running]:
    """The referrals service in the role `all`, and the keyring."""
    folder = platform_folder / "referrals"
    folder.mkdir()
    addresses = _addresses(postgres, keyring_postgres, kafka, folder)
    northway = Provider()
    coaches = {"coach-amir": uuid4(), "coach-bridget": uuid4()}
    codes = {str(northway.id): {code: str(coach) for code, coach in coaches.items()}}
    with (
        ExitStack() as clients,
        _process("keyring", addresses, folder, {}),
        _process("referrals", addresses, folder, {"WAYMARK_COACHES": json.dumps(codes)}),
    ):
        yield Running(addresses, folder, northway, coaches, clients)


def _addresses(postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka, folder: Path) -> Addresses:
    servers = {"referrals": postgres, "keyring": keyring_postgres}
    databases = {n: prepare_database(s.dsn(), f"{n}_{secrets.token_hex(4)}") for n, s in servers.items()}
    identity.prepare(folder / "keys", list(servers))
    ports = {name: any_free() for name in (*servers, "zipkin")}
    return Addresses(
        ports=ports | {"kafka": int(kafka.bootstrap.rpartition(":")[2])},
        databases={name: application for name, (_, application) in databases.items()},
        owner_databases={name: owner for name, (owner, _) in databases.items()},
        keys=folder / "keys",
        vault=folder / "vault",
    )


@contextmanager
def _process(name: str, addresses: Addresses, folder: Path, more: dict[str, str]) -> Iterator[None]:
    own = {"PATH": os.environ["PATH"], "OTEL_TRACES_EXPORTER": "none", "WAYMARK_TOPIC_PREFIX": f"{folder.name}."}
    environment = of_service(name, addresses) | own | more
    log = folder / f"{name}.log"
    with log.open("ab") as output:
        command = [sys.executable, "-m", name, "all"]
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        _wait_until_ready(process, addresses.url(name), log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(url):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", trust_env=False).is_success
    except httpx.TransportError:
        return False
