"""Guarantee 3, Listen: each effect exactly once, whatever is killed, stopped, lost, restored or told again."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date
from uuid import UUID, uuid4

import psutil
import psycopg
import pytest
import pytest_asyncio
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis.database import ALL_TENANTS, open_pool
from chassis.listen import feed
from chassis.listen.feed import reader
from chassis.relay import retell
from chassis.store import Store, partition_of
from chassis.topics import make_topics
from events.caseload import ActionAgreed, ActionOwner
from events.sealed import Sealed
from waymark.local.postgres import Postgres

from .conftest import PARTITIONS, Home, Topics, make_home
from .ground import NOON, Ground, contact, open_case, until
from .ledger import ASSIGN, LEDGER, LIVE, caught_up, consumers, folded, hear, pages, reactions, settled
from .nursery import Nursery, kill

KILLS = 30
SEED = 20_260_302
WAITS_FOR_A_LOCK = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest_asyncio.fixture
async def listener(ground: Ground) -> Ground:
    """The caseload service, its view built and empty."""
    await ground.rebuild(LEDGER).run()
    return ground


@pytest_asyncio.fixture
async def referrals(postgres: Postgres, topics: Topics) -> AsyncIterator[Ground]:
    """Another service, which tells of the same people on the same topics."""
    home = make_home(postgres)
    async with open_pool(home.application, size=4, scope=ALL_TENANTS) as pool:
        store = Store(pool, "referrals", partitions=PARTITIONS)
        yield Ground(home.owner, home.application, topics.bootstrap, topics.prefix, pool, store)


async def store_facts(people: Sequence[UUID], *services: Ground) -> None:
    """Store of each person in each service a new case with three contacts."""
    for service in services:
        for person in people:
            await service.append(open_case(contacts=3, person=person))


def new_people(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]


@asynccontextmanager
async def relaying(*services: Ground) -> AsyncIterator[None]:
    """Tell what services store."""
    if not services:
        yield
        return
    async with services[0].relaying(), relaying(*services[1:]):
        yield


@asynccontextmanager
async def hearing(listener: Ground, group: str = "hearing") -> AsyncIterator[feed.Listener]:
    """Follow the journey in this process."""
    async with consumers(listener.application) as both, listener.listening(*both, group=group) as heard:
        yield heard


async def hold(listener: Ground, *others: Ground) -> None:
    """Check that all is settled, and each effect there once and in order."""
    await settled(listener, *others)
    assert await pages(listener) == await folded(listener, *others)
    assert set(await reactions(listener)) == {1}


async def records_told(topics: Topics) -> int:
    """Return how many records the journey has."""
    async with reader(topics.bootstrap) as kafka:
        partitions = [TopicPartition(topics.journey, number) for number in range(topics.partitions)]
        return sum((await kafka.end_offsets(partitions)).values())


async def test_a_whole_topic_delivered_again_changes_nothing(
    listener: Ground, referrals: Ground, topics: Topics
) -> None:
    await store_facts(new_people(40), listener, referrals)
    async with relaying(listener, referrals):
        async with hearing(listener):
            await hold(listener, referrals)
            once = await records_told(topics)
            for service in (listener, referrals):
                await retell(service.application)
            await hold(listener, referrals)
            assert await records_told(topics) >= 2 * once
        await listener.rows("update heard_position set kafka_offset = -1, ce_id = '' returning 1")
        await store_facts(new_people(5), listener, referrals)
        async with hearing(listener, "another"):
            await hold(listener, referrals)


@pytest.mark.parametrize("patience", ["30s", "1s"], ids=["resumed in time", "given up by the server"])
async def test_a_worker_stopped_inside_its_transaction_does_no_harm_when_it_resumes(
    listener: Ground, home: Home, nursery: Nursery, patience: str
) -> None:
    async with await psycopg.AsyncConnection.connect(home.administrator, autocommit=True) as administrator:
        name = administrator.info.dbname
        await administrator.execute(f'alter database "{name}" set idle_in_transaction_session_timeout = "{patience}"')  # type: ignore[arg-type]
    people = new_people(20)
    await store_facts(people, listener)
    ((last,),) = await listener.rows(
        "select originator_id || ':' || originator_version from stored_events order by notification_id desc limit 1"
    )
    where = (listener.application, listener.bootstrap, listener.prefix, "workers")
    async with relaying(listener):
        stopped = nursery.start(hear, *where, last)
        await until(lambda: has_stopped(stopped))
        other = nursery.start(hear, *where)
        await store_facts(people, listener)
        with suppress(TimeoutError):
            await until(lambda: other_is_held_up_or_done(listener), seconds=10)
        stopped.send_signal(signal.SIGCONT)
        await store_facts(people, listener)
        await hold(listener)
        assert stopped.is_running()
        assert other.is_running()
    kill(stopped)
    kill(other)


async def has_stopped(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_STOPPED


async def other_is_held_up_or_done(listener: Ground) -> bool:
    return bool(await listener.rows(WAITS_FOR_A_LOCK)) or await caught_up(listener, LIVE, listener)


async def test_a_worker_killed_at_30_random_moments_does_everything_once(
    listener: Ground, referrals: Ground, nursery: Nursery
) -> None:
    chance = random.Random(SEED)
    async with relaying(listener, referrals), asyncio.TaskGroup() as tasks:
        load = tasks.create_task(keep_storing(listener, referrals))
        for life in range(KILLS):
            where = (listener.application, listener.bootstrap, listener.prefix, f"life {life}")
            worker = nursery.start(hear, *where)
            await asyncio.sleep(chance.uniform(0.05, 0.9))
            assert worker.is_running()
            kill(worker)
        load.cancel()
        async with hearing(listener):
            await hold(listener, referrals)


async def keep_storing(*services: Ground) -> None:
    while True:
        await store_facts(new_people(2), *services)
        await asyncio.sleep(0.05)
