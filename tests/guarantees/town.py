"""Everything of Waymark at once: every service as a process, on PostgreSQL, Kafka and Zipkin of their own."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from psycopg import connect

from chassis.identity import Actor
from chassis.signing import SigningKey, person_token
from chassis.topics import make_topics
from tests.running import throw_away
from waymark.local import environment, identity
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.loopback import client
from waymark.local.ports import any_free
from waymark.local.postgres import Postgres
from waymark.local.record import Record
from waymark.local.record import Running as Supervisor
from waymark.local.service import Service
from waymark.local.zipkin import Zipkin
from waymark.personas import id_of, persona

PATIENCE_SECONDS: Final = 60.0
NORTHWAY: Final = id_of("northway")
PROGRAMME: Final = id_of("work-and-health")


class SlowService(Service):
    """A service on a machine that is busy with everything else of the tests."""

    start_seconds = 120.0


@dataclass(frozen=True)
class Town:
    """What runs, and the folder that holds all that it writes."""

    folder: Path
    postgres: Postgres
    keyring_postgres: Postgres
    kafka: Kafka
    zipkin: Zipkin
    addresses: Addresses
    services: Mapping[str, Service]

    @contextmanager
    def client(self, service: str, code: str, **headers: str) -> Iterator[httpx.Client]:
        """Speak to a service as a persona of the demo."""
        key = SigningKey.read(identity.people_key(self.addresses.keys))
        token = {"Authorization": f"Bearer {person_token(key, persona(code).actor)}"}
        url = self.addresses.url(service)
        with client(url, token | headers, timeout=60) as speaking:
            yield speaking

    def as_somebody(self, role: str, tenant: UUID | None) -> dict[str, str]:
        """Return the header by which a stranger in a role is recognised."""
        key = SigningKey.read(identity.people_key(self.addresses.keys))
        return {"Authorization": f"Bearer {person_token(key, Actor(uuid4(), role, tenant))}"}

    def require_running(self) -> None:
        """Check that no service ended by itself."""
        ended = [service.epitaph() for service in self.services.values() if not service.running]
        assert not ended, "\n".join(ended)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `waymark` as an operator."""
        variables = {**os.environ, "WAYMARK_STATE": str(self.folder), "COLUMNS": "160"}
        command = [sys.executable, "-m", "waymark.cli", *arguments]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    def rows(self, service: str, query: Any) -> list[tuple[Any, ...]]:
        """Ask a service's database as an administrator."""
        server = self.keyring_postgres if service == "keyring" else self.postgres
        with connect(server.dsn(service)) as connection:
            return connection.execute(query).fetchall()


def acceptable(person: Mapping[str, str]) -> dict[str, Any]:
    """Return the form by which a person is sent to Northway."""
    return {"provider_id": str(NORTHWAY), "programme_id": str(PROGRAMME), "person": dict(person)}


def accept(town: Town, person: Mapping[str, str], coach: str, **headers: str) -> str:
    """Refer a person and take them on; return the participant's id. The headers go with the last request."""
    with town.client("referrals", "referrer-irena") as referrer:
        submitted = _answered(referrer.post("/referrals", json=acceptable(person)))
    ids = submitted.json()["ids"]
    with town.client("referrals", "manager-grace") as manager:
        for version, step in enumerate(("acknowledge", "assess"), 1):
            _answered(manager.post(f"/referrals/{ids['referral']}/{step}", headers={"If-Match": f'"{version}"'}))
        form = {"coach_id": str(id_of(coach))}
        path = f"/referrals/{ids['referral']}/accept"
        _answered(manager.post(path, json=form, headers=headers | {"If-Match": '"3"'}))
    return str(ids["participant"])


def eventually(ask: Callable[[], Any], seen: Callable[[Any], bool], seconds: float = PATIENCE_SECONDS) -> Any:
    """Ask again until what is answered is seen to be enough, and return it."""
    deadline = time.monotonic() + seconds
    while not seen(answer := ask()):
        assert time.monotonic() < deadline, json.dumps(answer, default=str)[:2_000]
        time.sleep(0.1)
    return answer


def _answered(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


@contextmanager
def running(folder: Path) -> Iterator[Town]:
    """Start everything in an empty folder, and stop it at the end."""
    for name in ("logs", "tmp"):
        (folder / name).mkdir(mode=0o755, parents=True)
    searchable = {"wal_compression": "off"}
    postgres = Postgres(folder / "postgres", settings=searchable, log=folder / "logs/postgres.log")
    keyring_postgres = Postgres(folder / "keyring-postgres", settings=searchable, log=folder / "logs/keyring-pg.log")
    kafka, zipkin = Kafka(folder / "kafka", log=folder / "logs/kafka.log"), Zipkin(folder / "zipkin")
    with ExitStack() as stack:
        for server in (postgres, keyring_postgres):
            server.launch()
            stack.callback(throw_away, server)
        for slow in (kafka, zipkin):
            stack.callback(slow.kill)
            slow.launch()
        for program in (postgres, keyring_postgres, kafka, zipkin):
            program.wait()
        ports = {name: any_free() for name in environment.SERVICES} | {"kafka": kafka.port, "zipkin": zipkin.port}
        addresses = environment.prepare(postgres, keyring_postgres, ports, folder)
        services = {name: _service(name, addresses, folder) for name in environment.SERVICES}
        # Few partitions, for a broker that shares its disk with those of other tests.
        asyncio.run(make_topics(kafka.bootstrap, partitions=4))
        for service in services.values():
            stack.callback(service.stop)
            service.launch()
        for service in services.values():
            service.wait()
        _record(folder, addresses)
        yield Town(folder, postgres, keyring_postgres, kafka, zipkin, addresses, services)


def _service(name: str, addresses: Addresses, folder: Path) -> Service:
    variables = {"TMPDIR": str(folder / "tmp"), "OTEL_BSP_SCHEDULE_DELAY": "200"}
    log = folder / "logs" / f"{name}.log"
    return SlowService(name, environment.of_service(name, addresses) | variables, addresses.ports[name], log)


def _record(folder: Path, addresses: Addresses) -> None:
    """Leave what the operator's commands find the platform by."""
    record = Record(supervisor=Supervisor.of(os.getpid()), children={}, addresses=addresses)
    (folder / "running.json").write_text(record.model_dump_json())
