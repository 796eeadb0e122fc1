"""What the tests of the referrals service share: the real service and the real keyring, as processes."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
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
from waymark.local.record import Record
from waymark.local.record import Running as Supervisor
from waymark.personas import id_of

START_SECONDS = 30.0
WORKS = uuid4()


@dataclass(frozen=True)
class Provider:
    """A provider that no other test uses, with somebody in each role."""

    id: UUID = field(default_factory=uuid4)

    def actor(self, role: str) -> Actor:
        """Return somebody who works there."""
        return Actor(uuid4(), role, self.id)


@dataclass
class Process:
    """`python -m <service> all`; its output goes to a file."""

    name: str
    addresses: Addresses
    folder: Path

    def start(self) -> None:
        """Start, and return when it is ready."""
        environment = of_service(self.name, self.addresses) | {
            "PATH": os.environ["PATH"],
            "OTEL_TRACES_EXPORTER": "none",
            "WAYMARK_TOPIC_PREFIX": f"{self.folder.name}.",
        }
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", self.name, "all"]
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in good order."""
        self._process.terminate()
        self._process.wait(timeout=20)

    def kill(self) -> None:
        """End it without a chance to do anything."""
        self._process.kill()
        self._process.wait(timeout=20)

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.addresses.url(self.name)}/health", trust_env=False).is_success
        except httpx.TransportError:
            return False


@dataclass(frozen=True)
class Running:
    """The referrals service and its keyring: where they answer, and who may talk to them."""

    addresses: Addresses
    folder: Path
    keyring: Process
    clients: ExitStack
    northway: Provider = field(default_factory=lambda: Provider(id_of("northway")))

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
    """The referrals service in the role `all`, and the keyring; the operator's commands find them in `folder`."""
    folder = platform_folder / "referrals"
    folder.mkdir()
    addresses = _addresses(postgres, keyring_postgres, kafka, folder)
    record = Record(supervisor=Supervisor.of(os.getpid()), children={}, addresses=addresses)
    (folder / "running.json").write_text(record.model_dump_json())
    keyring, referrals = (Process(name, addresses, folder) for name in ("keyring", "referrals"))
    with ExitStack() as stack:
        for process in (keyring, referrals):
            process.start()
            stack.callback(process.stop)
        yield Running(addresses, folder, keyring, stack.enter_context(ExitStack()))


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
