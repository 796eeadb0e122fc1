"""The keyring as a process, and the databases of the services that simulated people go through."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from chassis.database import chassis_sql, migrate
from chassis.keyring import Keyring
from chassis.signing import ServiceTokens, SigningKey
from events.fact import read
from events.sealed import Sealed, sealed_fields
from simulator.history import Plan, open_world, simulate
from simulator.world import SERVICES
from tests.running import prepare, running_services, service_of
from waymark.local import identity
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

Opened = dict[tuple[str, int], dict[str, Any]]


@dataclass(frozen=True)
class Ground:
    """Where histories are written."""

    addresses: Addresses

    def live(self, plan: Plan) -> list[str]:
        """Live a history; return what was refused in it."""
        return asyncio.run(self._live(plan))

    async def _live(self, plan: Plan) -> list[str]:
        async with self.keyring() as keyring, open_world(self.addresses.databases, keyring, plan.until) as world:
            async for lived in simulate(world, plan):
                assert lived.people <= plan.people
            return world.refused

    def keyring(self) -> Keyring:
        """Return the keyring as the referrals service sees it."""
        key = SigningKey.read(identity.service_key(self.addresses.keys, "referrals"))
        return Keyring(self.addresses.url("keyring"), ServiceTokens(key).to("keyring"))

    def stored(self, service: str) -> list[tuple[Any, ...]]:
        """Return what a service has stored: aggregate, version, type, fact, when it was learned, cause, its command."""
        query = """
        select originator_id, originator_version, topic, state, recorded_at, causation, command from stored_events
        order by originator_id, originator_version
        """
        with psycopg.connect(self.addresses.databases[service], options="-c waymark.tenant=*") as connection:
            return connection.execute(query).fetchall()

    def opened(self, service: str) -> Opened:
        """Return every fact of a service, its words opened."""
        return asyncio.run(self._opened(self.stored(service)))

    async def _opened(self, rows: list[tuple[Any, ...]]) -> Opened:
        found: Opened = {}
        sealed: list[tuple[dict[str, Any], str]] = []
        for aggregate, version, type_name, state, recorded, *_ in rows:
            fact = read(type_name, state)
            told = fact.model_dump() | {"type": type_name, "recorded_at": recorded}
            sealed += [(told, name) for name in sealed_fields(type(fact)) if isinstance(told[name], Sealed)]
            found[str(aggregate), version] = told
        async with self.keyring() as keyring:
            opened = await keyring.open_many([told[name] for told, name in sealed])
        for (told, name), plain in zip(sealed, opened, strict=True):
            told[name] = plain
        return found

    def forget(self) -> None:
        """Take away what was stored, as if nobody had lived."""
        for service in SERVICES:
            with psycopg.connect(self.addresses.owner_databases[service], options="-c waymark.tenant=*") as connection:
                connection.execute("truncate stored_events, command, claim")


@contextmanager
def running(folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Ground]:
    """Run the keyring, with the databases of the other services made ready, while it lasts."""
    addresses = prepare(("keyring", *SERVICES), postgres, keyring_postgres, kafka, folder)
    for service in SERVICES:
        migrate(addresses.owner_databases[service], addresses.databases[service], [chassis_sql("store.sql")])
    with running_services(service_of("keyring", addresses, folder, "api")):
        yield Ground(addresses)
