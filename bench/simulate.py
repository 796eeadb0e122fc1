"""simulate: facts a second through the services' commands, their stores, relays and topics."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import datetime
from uuid import UUID, uuid4

from bench.measure import Machine, Result
from chassis.database import chassis_sql, migrate, open_pool, prepare_database
from chassis.keyring import Keyring
from chassis.relay import Relay
from chassis.signing import ServiceTokens, SigningKey
from chassis.topics import make_topics
from simulator.calendar import LONDON
from simulator.deed import Place
from simulator.history import Arrivals, Plan, open_world, simulate
from simulator.world import SERVICES
from waymark.local import identity
from waymark.local.environment import SERVICES as EVERY_SERVICE
from waymark.local.environment import Addresses, of_service
from waymark.local.ports import any_free
from waymark.local.service import Service

PEOPLE = 300
GOAL = 1_000.0
PLACE = Place(UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4), mandatory=True, stay_days=365)
PLAN = Plan("bench", PEOPLE, datetime(2026, 3, 2, 7, 30, tzinfo=LONDON), [Arrivals(PLACE, 1)])
TOLD = "select (select max(notification_id) from stored_events) = (select position from relay_cursor)"


def run(machine: Machine) -> list[Result]:
    """Measure a history from its first draw to its last fact's acknowledgement by Kafka."""
    prefix = f"simulate_{uuid4().hex[:8]}"
    addresses = _prepared(machine, prefix)
    keyring = Service(
        "keyring", of_service("keyring", addresses), addresses.ports["keyring"], machine.folder / "keyring.log", "api"
    )
    keyring.launch()
    try:
        keyring.wait()
        facts, seconds = asyncio.run(_measure(machine, addresses, f"{prefix}."))
    finally:
        keyring.stop()
    rate = round(facts / seconds)
    remark = f"{PEOPLE} people, {facts:,} facts, with the keyring and three relays on the same cores"
    return [Result("simulate", rate, "facts/s", "limit", GOAL, "≥ 1,000 facts/s", rate >= GOAL, remark)]


def _prepared(machine: Machine, prefix: str) -> Addresses:
    databases = {name: prepare_database(machine.postgres.dsn(), f"{prefix}_{name}") for name in ("keyring", *SERVICES)}
    for service in SERVICES:
        migrate(*databases[service], [chassis_sql("store.sql")])
    identity.prepare(machine.folder / "keys", EVERY_SERVICE)
    return Addresses(
        ports={name: any_free() for name in (*EVERY_SERVICE, "zipkin")} | {"kafka": machine.kafka.port},
        databases={name: application for name, (_, application) in databases.items()},
        owner_databases={name: owner for name, (owner, _) in databases.items()},
        keys=machine.folder / "keys",
        vault=machine.folder / "vault",
    )


async def _measure(machine: Machine, addresses: Addresses, prefix: str) -> tuple[int, float]:
    await make_topics(machine.kafka.bootstrap, prefix)
    tokens = ServiceTokens(SigningKey.read(identity.service_key(addresses.keys, "referrals")))
    relays = [Relay(addresses.databases[name], name, machine.kafka.bootstrap, prefix) for name in SERVICES]
    async with AsyncExitStack() as stack:
        keyring = await stack.enter_async_context(Keyring(addresses.url("keyring"), tokens.to("keyring")))
        world = await stack.enter_async_context(open_world(addresses.databases, keyring, PLAN.until))
        telling = [asyncio.create_task(relay.run()) for relay in relays]
        began, facts = time.perf_counter(), 0
        async for lived in simulate(world, PLAN):
            facts = lived.facts
        for name in SERVICES:
            await _all_told(addresses.databases[name])
        seconds = time.perf_counter() - began
        for task in telling:
            task.cancel()
        await asyncio.gather(*telling, return_exceptions=True)
    return facts, seconds


async def _all_told(database: str) -> None:
    async with open_pool(database, size=1, scope="*") as pool, pool.connection() as connection:
        while await (await connection.execute(TOLD)).fetchone() != (True,):  # noqa: ASYNC110  (it is in a database)
            await asyncio.sleep(0.01)
