"""Waymark's services as processes of their own, on databases, keys and topics that no other test uses."""

import os
import secrets
import signal
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from chassis.database import prepare_database
from chassis.identity import Actor
from chassis.signing import SigningKey, person_token
from waymark.local import identity, record
from waymark.local.environment import SERVICES, Addresses, of_service
from waymark.local.kafka import Kafka
from waymark.local.ports import any_free
from waymark.local.postgres import Postgres
from waymark.local.service import Service


class PatientService(Service):
    """A service on a machine that is busy with everything else of the tests."""

    start_seconds = 120.0


def prepare(
    names: Collection[str], postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka, folder: Path
) -> Addresses:
    """Make databases, ports and keys for services, and return where everything is."""
    servers = {name: keyring_postgres if name == "keyring" else postgres for name in names}
    databases = {name: prepare_database(s.dsn(), f"{name}_{secrets.token_hex(4)}") for name, s in servers.items()}
    identity.prepare(folder / "keys", SERVICES)
    return Addresses(
        ports={name: any_free() for name in (*names, "zipkin")} | {"kafka": kafka.port},
        databases={name: application for name, (_, application) in databases.items()},
        owner_databases={name: owner for name, (owner, _) in databases.items()},
        keys=folder / "keys",
        vault=folder / "vault",
    )


def topic_prefix(folder: Path) -> str:
    """Return what the topics of services in a folder begin with."""
    return f"{folder.name}."


def service_of(
    name: str, addresses: Addresses, folder: Path, role: str = "all", variables: Mapping[str, str] = {}
) -> Service:
    """Return a service that is not started yet; its log lies in the folder. `variables` are further settings."""
    always = {"OTEL_TRACES_EXPORTER": "none", "WAYMARK_TOPIC_PREFIX": topic_prefix(folder)}
    log = folder / f"{name}-{role}.log"
    settings = {**of_service(name, addresses), **always, **variables}
    return PatientService(name, settings, addresses.ports[name], log, role)


def throw_away(server: Postgres) -> None:
    """Stop without the checkpoint that would first write every database of the run to the disk."""
    os.kill(server.process_id, signal.SIGQUIT)
    server.stop()


@contextmanager
def running_services(*services: Service) -> Iterator[None]:
    """Run services from when all are ready while the context lasts; each has to end in good order."""
    try:
        for service in services:
            service.launch()
        for service in services:
            service.wait()
        yield
    finally:
        with ThreadPoolExecutor() as pool:
            ends = list(pool.map(Service.stop, services))
    statuses = dict(zip([service.name for service in services], ends, strict=True))
    assert not any(statuses.values()), statuses


def token(addresses: Addresses, actor: Actor) -> str:
    """Return the token of a person."""
    return person_token(SigningKey.read(identity.people_key(addresses.keys)), actor)


def authorization(addresses: Addresses, actor: Actor) -> dict[str, str]:
    """Return the header by which an actor is recognised."""
    return {"Authorization": f"Bearer {token(addresses, actor)}"}


def leave_record(addresses: Addresses, folder: Path) -> None:
    """Leave in a state folder what the operator's commands find the platform by."""
    left = record.Record(supervisor=record.Running.of(os.getpid()), children={}, addresses=addresses)
    (folder / "running.json").write_text(left.model_dump_json())
