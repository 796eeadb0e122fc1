"""Guarantee 2, Relay: every stored fact reaches Kafka, in order, none skipped, whatever is killed at any moment."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

import psutil
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from psycopg import AsyncConnection, Error
from psycopg.conninfo import make_conninfo

from chassis.ask import Answer
from chassis.database import ALL_TENANTS, open_pool
from chassis.relay import LOCK, Relay
from chassis.store import Session, Store
from events.caseload import CaseOpened
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

from .conftest import PARTITIONS, Home, make_home
from .ground import Ground, contact, open_case, open_cases, until
from .nursery import Nursery, kill
from .topic import assert_told, records, relay
from .writers import ask, let_commits_hesitate, stop, uncommitted, write

KILLS = 30
FACTS = 100_000
SOON_SECONDS = 5.0
LONG_SECONDS = 90.0


def start_relay(nursery: Nursery, ground: Ground) -> psutil.Process:
    return nursery.start(relay, ground.application, ground.bootstrap, ground.prefix)


async def stored(ground: Ground) -> int:
    ((count,),) = await ground.rows("select count(*) from stored_events")
    return int(count)


async def last(ground: Ground) -> int:
    ((position,),) = await ground.rows("select max(notification_id) from stored_events")
    return int(position)


async def cursor(ground: Ground) -> int:
    ((position,),) = await ground.rows("select coalesce((select position from relay_cursor), 0)")
    return int(position)


async def has_stored(ground: Ground, facts: int) -> bool:
    return await stored(ground) >= facts


async def has_told(ground: Ground, position: int) -> bool:
    return await cursor(ground) >= position


@pytest.fixture
def seed() -> int:
    chosen = random.randrange(1_000_000)
    print(f"seed {chosen}")  # noqa: T201  (shown with a failure)
    return chosen


async def test_relays_killed_thirty_times_under_load_skip_none_of_a_hundred_thousand_facts(
    ground: Ground, nursery: Nursery, seed: int
) -> None:
    chance = random.Random(seed)
    await let_commits_hesitate(ground.owner)
    writers = [nursery.start(write, ground.application, seed + number, FACTS // 2) for number in range(2)]
    relays = [start_relay(nursery, ground), start_relay(nursery, ground)]
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0, 0.5))
        kill(relays.pop(chance.randrange(len(relays))))
        relays.append(start_relay(nursery, ground))
    await until(lambda: has_stored(ground, FACTS), seconds=LONG_SECONDS)
    await stop(ground, writers)
    await until(partial(has_told, ground, await last(ground)), seconds=LONG_SECONDS)
    for process in relays:
        kill(process)
    assert await assert_told(ground) >= FACTS


async def test_of_two_relays_started_at_once_one_tells_and_the_other_takes_over(
    ground: Ground, nursery: Nursery
) -> None:
    relays = [start_relay(nursery, ground), start_relay(nursery, ground)]
    for _ in range(20):
        await ground.append(*open_cases(20, contacts=4))
        await asyncio.sleep(0.02)
    await ground.all_told()
    assert Counter(told.position for told in await records(ground)).total() == await stored(ground) == 2_000

    for process in relays:
        relays.append(start_relay(nursery, ground))
        kill(process)
        await ground.append(*open_cases(20))
        await ground.all_told()
        if len(relays) == 4:
            break
    assert await assert_told(ground) == 2_040
    for process in relays[2:]:
        kill(process)


async def test_a_relay_that_had_nothing_to_tell_for_long_is_woken_by_a_fact(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.relay.QUIET_AFTER_SECONDS", 0.0)
    monkeypatch.setattr("chassis.relay.QUIET_POLL_SECONDS", 10 * LONG_SECONDS)
    async with ground.relaying() as teller:
        monkeypatch.setattr(ground.store, "appended", teller.wake)
        for _ in range(3):
            await ground.append(*open_cases(2))
            await ground.all_told()
    assert await assert_told(ground) == 6


async def test_a_fact_whose_commit_comes_late_is_told_before_what_was_stored_after_it(
    ground: Ground, home: Home
) -> None:
    async with ground.relaying() as teller:
        await ground.append(open_case())
        await ground.all_told()
        async with await AsyncConnection.connect(home.administrator) as connection:
            late = Session(uncommitted(connection), ask())
            await late.append(open_cases(2, contacts=3), Answer(200))
            await ground.append(*open_cases(5))
            await asyncio.sleep(0.5)
            assert teller.behind_seconds > 0.3
            assert await cursor(ground) == 1
            await connection.commit()
        await ground.all_told()
    assert await assert_told(ground) == 14


async def test_a_write_transaction_left_open_holds_the_relay_up_for_as_long_as_transactions_may_last(
    ground: Ground, home: Home
) -> None:
    brief = make_conninfo(home.administrator, options="-c transaction_timeout=2s")
    async with await AsyncConnection.connect(brief) as forgotten, ground.relaying():
        late = Session(uncommitted(forgotten), ask())
        await late.append([open_case()], Answer(200))
        started = time.monotonic()
        await ground.append(*open_cases(5))
        await until(lambda: has_told(ground, 6), seconds=2 + SOON_SECONDS)
        assert time.monotonic() - started > 1.5
        with pytest.raises(Error, match="transaction timeout"):
            await forgotten.execute("select 1")
    assert await assert_told(ground) == 5


async def test_a_write_transaction_left_open_elsewhere_holds_nothing_up(
    ground: Ground, home: Home, postgres: Postgres
) -> None:
    other = make_home(postgres)
    async with (
        await AsyncConnection.connect(home.owner) as same_database,
        await AsyncConnection.connect(other.administrator) as other_database,
        ground.relaying(),
    ):
        await same_database.execute("create table another (number int)")
        await same_database.commit()
        await same_database.execute("insert into another values (1)")
        elsewhere = Session(uncommitted(other_database), ask())
        await elsewhere.append([open_case()], Answer(200))
        for case in open_cases(5):
            answer = await ground.append(case)
            (place,) = answer.places
            await until(partial(has_told, ground, place.position), seconds=SOON_SECONDS)
    assert await assert_told(ground) == 5


async def test_a_broker_killed_under_load_misses_nothing_when_it_is_back_and_keeps_no_relay_from_stopping(
    ground: Ground, nursery: Nursery, kafka: Kafka, postgres: Postgres, seed: int
) -> None:
    writers = [nursery.start(write, ground.application, seed + number, 2_000) for number in range(2)]
    telling = start_relay(nursery, ground)
    async with another_service(ground, postgres) as (other, stopping):
        await other.append(open_case())
        await until(lambda: has_told(other, 1))
        await until(lambda: has_told(ground, 1_000))
        kafka.kill()
        before = await stored(ground)
        await other.append(*open_cases(10))
        await asyncio.sleep(0.5)
        stopping.cancel()
        stopped, _ = await asyncio.wait([stopping], timeout=SOON_SECONDS)
        await asyncio.to_thread(kafka.start)
        assert stopped
        async with other.relaying():
            await other.all_told()
        assert await assert_told(other) == 11
    await until(lambda: has_told(ground, before + 100))
    await stop(ground, writers)
    await ground.all_told()
    assert telling.is_running()
    kill(telling)
    assert await assert_told(ground) > before


@asynccontextmanager
async def another_service(ground: Ground, postgres: Postgres) -> AsyncIterator[tuple[Ground, asyncio.Task[None]]]:
    """Open a second service on the same topics, with its relay."""
    home = make_home(postgres)
    async with open_pool(home.application, scope=ALL_TENANTS) as pool:
        store = Store(pool, "referrals", partitions=PARTITIONS)
        other = replace(ground, owner=home.owner, application=home.application, pool=pool, store=store)
        yield other, asyncio.create_task(Relay(home.application, "referrals", ground.bootstrap, ground.prefix).run())


async def test_a_relay_that_loses_its_database_takes_up_where_it_was(ground: Ground, home: Home) -> None:
    query = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %s"
    async with ground.relaying(), await AsyncConnection.connect(home.administrator, autocommit=True) as connection:
        for number in range(5):
            await ground.append(*open_cases(500, contacts=3))
            await until(partial(has_told, ground, 2_000 * number + 1))
            await connection.execute(query, [LOCK])
        await ground.all_told()
    assert await assert_told(ground) == 10_000


async def test_a_relay_that_is_stopped_while_it_lets_go_of_what_it_lost_ends(ground: Ground, home: Home) -> None:
    query = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %s"
    async with (
        await AsyncConnection.connect(home.administrator, autocommit=True) as connection,
        ground.relaying() as relay,
    ):
        await ground.append(open_case())
        await ground.all_told()
        await connection.execute(query, [LOCK])
        while relay.active:  # noqa: ASYNC110  (the very moment is the point)
            await asyncio.sleep(0)


async def test_a_fact_is_told_with_all_that_is_known_of_it(ground: Ground) -> None:
    case = contact(open_case())
    async with ground.relaying():
        await ground.append(case)
        await ground.all_told()
    first, second = await records(ground)
    assert (first.id, second.id) == (f"{case.id}:1", f"{case.id}:2")
    assert (first.position, first.previous, second.position, second.previous) == (1, 0, 2, 1)
    assert {(one.source, one.subject, one.tenant) for one in (first, second)} == {
        ("caseload", case.subject, case.tenant)
    }
    words = ("actor", "correlation_id", "causation_id")
    assert {tuple(map(one.word, words)) for one in (first, second)} == {("test:1", "correlation", "")}
    ((recorded,),) = await ground.rows("select distinct recorded_at from stored_events")
    assert (datetime.fromisoformat(first.word("ce_time")), first.recorded_at) == (case.created_on, recorded)


async def test_the_official_library_reads_what_the_relay_tells(ground: Ground) -> None:
    case = open_case()
    async with ground.relaying():
        await ground.append(case)
        await ground.all_told()
    (told,) = await records(ground)
    message = KafkaMessage(dict(told.record.headers), key=told.record.key, value=told.record.value)
    event = from_binary_event(message)
    assert (event.get_id(), event.get_source(), event.get_type()) == (f"{case.id}:1", "caseload", CaseOpened.type_name)
    assert (event.get_subject(), event.get_time()) == (str(case.subject), case.created_on)
    assert (event.get_specversion(), event.get_datacontenttype()) == ("1.0", "application/json")
    assert CaseOpened.model_validate(event.get_data()).referral_id
