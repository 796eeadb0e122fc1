"""Guarantee 3, Listen: each effect exactly once, whatever is killed, stopped, lost, restored or told again."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import cycle
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4, uuid5

import psutil
import psycopg
import pytest
import pytest_asyncio
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from hypothesis import given
from hypothesis import strategies as some
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from chassis.database import ALL_TENANTS, open_pool
from chassis.listen import feed
from chassis.listen.feed import reader
from chassis.listen.positions import Fences
from chassis.listen.told import Told
from chassis.listen.views import Folding, fold_facts
from chassis.retell import retell
from chassis.store import Store
from chassis.topics import make_topics
from events.caseload import Channel, ContactRecorded
from events.sealed import Sealed
from waymark.local.postgres import Postgres

from .conftest import PARTITIONS, Home, Topics, make_home
from .ground import COACH, NOON, Ground, open_case, until
from .ledger import (
    LEDGER,
    UNTOLD,
    Page,
    add,
    consumers,
    folded,
    hear,
    pages,
    reactions,
    settled,
)
from .nursery import Nursery, kill

KILLS = 30
PERSON = UUID(int=1)
SEED = 20_260_302
WAITS_FOR_FENCES = """
select from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query like '%%from heard_position%%'
"""


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


async def test_a_listener_hears_at_once_and_ends_at_once_however_long_it_waits(
    listener: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "IDLE_MILLISECONDS", 600_000)
    async with relaying(listener), hearing(listener):
        for _ in range(3):
            await store_facts(new_people(2), listener)
            await settled(listener)
    await hold(listener)


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
        await administrator.execute(f'alter database "{name}" set idle_in_transaction_session_timeout = "{patience}"')
    people = new_people(20)
    await store_facts(people, listener)
    async with relaying(listener), hearing(listener, "before"):
        await hold(listener)
    await store_facts(people, listener)
    ((last,),) = await listener.rows(
        "select originator_id || ':' || originator_version from stored_events order by notification_id desc limit 1"
    )
    where = (listener.application, listener.bootstrap, listener.prefix, "workers")
    async with relaying(listener):
        stopped = nursery.start(hear, *where, last)
        await until(lambda: has_stopped(stopped))
        # Of people whom the stopped worker has not in hand: were the fences set back, these would be folded twice.
        newcomers = new_people(20)
        await store_facts(people + newcomers, listener)
        other = nursery.start(hear, *where)
        with suppress(TimeoutError):
            await until(lambda: other_is_held_up_or_done(listener, newcomers), seconds=10)
        stopped.send_signal(signal.SIGCONT)
        await store_facts(people, listener)
        await hold(listener)
        assert stopped.is_running()
        assert other.is_running()
    kill(stopped)
    kill(other)


async def has_stopped(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_STOPPED


async def other_is_held_up_or_done(listener: Ground, newcomers: Sequence[UUID]) -> bool:
    """Whether the other worker waits for the fences, or has folded what came while the first was stopped."""
    return bool(await listener.rows(WAITS_FOR_FENCES)) or set(newcomers) <= set(await pages(listener))


async def test_a_worker_killed_at_30_random_moments_does_everything_once(
    listener: Ground, referrals: Ground, nursery: Nursery
) -> None:
    chance = random.Random(SEED)
    async with relaying(listener, referrals), asyncio.TaskGroup() as tasks:
        load = tasks.create_task(keep_storing(listener, referrals))
        for life in range(KILLS):
            where = (listener.application, listener.bootstrap, listener.prefix, f"life {life}")
            worker = nursery.start(hear, *where)
            await asyncio.sleep(chance.uniform(0.1, 0.7))
            assert worker.is_running()
            kill(worker)
        load.cancel()
        async with hearing(listener):
            await hold(listener, referrals)


async def keep_storing(*services: Ground) -> None:
    while True:
        await store_facts(new_people(2), *services)
        await asyncio.sleep(0.05)


async def test_a_fact_too_large_for_the_broker_leaves_a_hole_that_nobody_jumps(
    listener: Ground, topics: Topics, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feed, "HOLE_ALARM_SECONDS", 0.2)
    large, person = 200_000, uuid4()
    await allow_batches(topics, 2 * large)
    case = open_case(person=person)
    for size in (large, large, large, 10, 10):
        case.record(ContactRecorded(occurred_at=NOON, channel=Channel.LETTER, coach_id=COACH, note=note(person, size)))
    await listener.append(case)
    async with hearing(listener) as heard, relaying(listener):
        await until(lambda: alarm_was_raised(caplog))
        assert {place[0] for place in heard.holes} == {"caseload"}
        assert await records_told(topics) > 0
        assert await pages(listener) == {}
        await allow_batches(topics, 10 * large)
        await settled(listener)
        assert await pages(listener) == await folded(listener)
        assert heard.holes == {}


def note(person: UUID, size: int) -> Sealed:
    return Sealed(f"sealed:1:{uuid4()}:{person}:waymark.caseload.ContactRecorded.v1:note:{'A' * size}")


async def allow_batches(topics: Topics, size: int) -> None:
    """Set the largest batch, in bytes, that the broker takes."""
    setting = ConfigResource(ConfigResourceType.TOPIC, topics.journey, configs={"max.message.bytes": str(size)})
    async with administration(topics) as admin:
        await admin.alter_configs([setting])


@asynccontextmanager
async def administration(topics: Topics) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=topics.bootstrap)
    await admin.start()
    yield admin
    await admin.close()


async def alarm_was_raised(caplog: pytest.LogCaptureFixture) -> bool:
    return any("is missing in partition" in line for line in caplog.messages)


@pytest.mark.parametrize("listening", ["all the while", "only afterwards"])
async def test_a_topic_deleted_and_told_again_from_the_stores_changes_nothing(
    listener: Ground, referrals: Ground, topics: Topics, monkeypatch: pytest.MonkeyPatch, listening: str
) -> None:
    monkeypatch.setattr(feed, "HOLE_REREAD_SECONDS", 1.0 if listening == "all the while" else 1_000.0)
    people = new_people(30)
    async with AsyncExitStack() as hears:
        await hears.enter_async_context(hearing(listener))
        async with relaying(referrals), relaying(listener):
            await store_facts(people, referrals, listener)
            await hold(listener, referrals)
        if listening == "only afterwards":
            await hears.aclose()
        await delete_and_make(topics)
        await store_facts(people, listener, listener, referrals)
        for service in (listener, referrals):
            await retell(service.application)
        async with relaying(listener):
            await until(lambda: all_told(listener))
            async with relaying(referrals):
                await until(lambda: all_told(referrals))
                if listening == "only afterwards":
                    await hears.enter_async_context(hearing(listener))
                await hold(listener, referrals)


async def test_who_slept_while_a_topic_was_deleted_and_told_again_finds_out(
    listener: Ground, referrals: Ground, topics: Topics, nursery: Nursery
) -> None:
    people = new_people(20)
    where = (listener.application, listener.bootstrap, listener.prefix, "sleeping", "", 30_000)
    async with relaying(referrals), relaying(listener):
        await store_facts(people, referrals, listener)
        sleeper = nursery.start(hear, *where)
        await hold(listener, referrals)
        sleeper.suspend()
    await delete_and_make(topics)
    await store_facts(people, listener, listener, referrals)
    for service in (listener, referrals):
        await retell(service.application)
    async with relaying(listener):
        await until(lambda: all_told(listener))
        async with relaying(referrals):
            await until(lambda: all_told(referrals))
            sleeper.resume()
            await hold(listener, referrals)
    kill(sleeper)


async def delete_and_make(topics: Topics) -> None:
    """Delete the journey and make it anew, empty."""
    async with administration(topics) as admin:
        await admin.delete_topics([topics.journey])
    await until(lambda: is_made(topics))


async def is_made(topics: Topics) -> bool:
    try:
        await make_topics(topics.bootstrap, topics.prefix, topics.partitions)
        return await records_told(topics) == 0
    except KafkaError:
        return False


async def all_told(service: Ground) -> bool:
    return not await service.rows(UNTOLD)


async def test_a_view_restored_from_a_backup_goes_on_where_the_backup_was(
    listener: Ground, referrals: Ground, home: Home
) -> None:
    people = new_people(40)
    async with relaying(referrals):
        await store_facts(people, referrals)
        async with hearing(listener):
            await settled(listener, referrals)
        backup = await back_up(home, listener)
        await store_facts(people, referrals)
        async with hearing(listener):
            await settled(listener, referrals)
    async with open_pool(backup, scope=ALL_TENANTS) as pool, relaying(referrals):
        older = replace(listener, application=backup, pool=pool)
        assert await pages(older) != await pages(listener)
        async with hearing(older):
            await settled(older, referrals)
        assert await pages(older) == await folded(referrals)


async def back_up(home: Home, listener: Ground) -> str:
    """Copy a service's database and return the application's connection string to the copy."""
    name = str(conninfo_to_dict(home.application)["dbname"])
    server = make_conninfo(home.administrator, dbname="postgres")
    async with await psycopg.AsyncConnection.connect(server, autocommit=True) as administrator:
        await administrator.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        await administrator.execute(f'create database "{name}_backup" template "{name}"')
    await listener.pool.check()
    return make_conninfo(home.application, dbname=f"{name}_backup")


@dataclass(frozen=True)
class Telling:
    """What reaches a reader of one partition: for each record a source and a position, in an order of their own."""

    facts: dict[str, int]
    records: list[tuple[str, int]]


@some.composite
def tellings(draw: some.DrawFn) -> Telling:
    """Draw what sources tell: begun anew at any time from any point, with records lost in between."""
    facts = {source: draw(some.integers(0, 8)) for source in ("caseload", "referrals", "keyring")}
    queues = []
    for source, count in facts.items():
        queue = []
        for _ in range(draw(some.integers(0, 3))):
            first, lost = draw(some.integers(0, count)), draw(some.sets(some.integers(0, count)))
            queue += [position for position in range(first, count) if position not in lost]
        queues.append([(source, position) for position in [*queue, *range(count)]])
    order = draw(some.permutations([number for number, queue in enumerate(queues) for _ in queue]))
    left = [iter(queue) for queue in queues]
    return Telling(facts, [next(left[number]) for number in order])


@given(telling=tellings(), cuts=some.lists(some.integers(1, 12), min_size=1))
def test_any_interleaving_of_sources_told_again_and_with_holes_is_folded_once_in_each_ones_order(
    telling: Telling, cuts: list[int]
) -> None:
    records = [record_of(source, position, offset) for offset, (source, position) in enumerate(telling.records)]
    fences, sizes, heard = Fences.fresh("any"), cycle(cuts), []
    while records:
        size = next(sizes)
        batch, records = records[:size], records[size:]
        heard += fences.sift([Told(record) for record in batch])
    folding: Folding[Any] = Folding(LEDGER.tables[0], 0)
    assert fold_facts([folding], heard) == []
    whole = Page(PERSON)
    for source, count in telling.facts.items():
        for position in range(count):
            add(whole, source, id_of(source, position))
    assert folding.rows == ({PERSON: whole} if heard else {})


def record_of(source: str, position: int, offset: int) -> SimpleNamespace:
    """Return the record of a source's fact; its positions are ten apart, as between several partitions."""
    words = {
        "ce_id": id_of(source, position),
        "ce_source": source,
        "ce_subject": str(PERSON),
        "ce_type": ContactRecorded.type_name,
        "position": str(10 * position + 10),
        "previous": str(10 * position),
    }
    headers = [(name, word.encode()) for name, word in words.items()]
    return SimpleNamespace(topic="waymark.journey", partition=0, offset=offset, key=b"", headers=headers, value=b"{}")


def id_of(source: str, position: int) -> str:
    return f"{uuid5(PERSON, source)}:{position + 1}"
