"""Readers wait until a view is as far as they were told, and no longer than they are promised."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from chassis.ask import Place
from chassis.clock import system_clock
from chassis.database import ALL_TENANTS, Pool, chassis_sql, migrate, open_pool, prepare_database
from chassis.freshness import noting_freshness
from chassis.listen.reading import HeldBackError, NotYetError, reading
from chassis.listen.views import Table, View
from events.envelope import JOURNEY
from waymark.local.postgres import Postgres


@dataclass
class Line:
    id: UUID


VIEW = View("register", (), (Table("register", Line, lambda told: told.key, lambda row, _: row or Line(uuid4())),))
PLACES = [Place("caseload", JOURNEY, partition, 7, f"person {partition}") for partition in range(5)]
HEARD = """
insert into heard_position (consumer, source, topic, partition, position) values ('register#2', %s, %s, %s, %s)
on conflict (consumer, topic, partition, source) do update set position = excluded.position
"""
GENERATIONS = "insert into view_version values ('register', 1, '', 'retired'), ('register', 2, '', 'live')"
SAID = """
insert into view_reach (view, worker, current_to, said_at)
values ('register', %s, clock_timestamp() - make_interval(secs => %s), clock_timestamp() - make_interval(secs => %s))
"""
PARKED = """
insert into parked (consumer, key, source, topic, partition, position, kafka_offset, type, headers, value)
values ('register#2', %s, 'caseload', 'waymark.journey', 0, 1, 1, 'a type', '{}', '')
"""


@pytest_asyncio.fixture
async def pool(postgres: Postgres) -> AsyncIterator[Pool]:
    owner, application = prepare_database(postgres.dsn(), f"reading_{secrets.token_hex(4)}")
    migrate(owner, application, [chassis_sql("listen/listen.sql"), "create table register (id uuid primary key)"])
    async with open_pool(application, scope=ALL_TENANTS) as pool:
        await execute(pool, GENERATIONS)
        yield pool


async def execute(pool: Pool, statement: str, *arguments: object) -> None:
    async with pool.connection() as connection:
        await connection.execute(statement.encode(), arguments)


async def hear(pool: Pool, position: int, *places: Place) -> None:
    for place in places:
        await execute(pool, HEARD, place.source, place.topic, place.partition, position)


async def read(pool: Pool, *places: Place) -> None:
    async with reading(pool, None, VIEW, places):
        pass


async def test_who_asks_for_no_place_reads_at_once(pool: Pool) -> None:
    await read(pool)


async def test_a_view_is_read_when_it_has_reached_every_place(pool: Pool) -> None:
    await hear(pool, 7, *PLACES[:4])
    waiting = asyncio.ensure_future(read(pool, *PLACES))
    await asyncio.wait([waiting], timeout=0.2)
    assert not waiting.done()

    await hear(pool, 8, PLACES[4])
    await waiting


@pytest.mark.alone
async def test_a_view_behind_at_many_places_is_waited_for_no_longer_than_at_one(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.listen.reading.LONGEST_WAIT_SECONDS", 0.5)

    async def arrive_one_by_one() -> None:
        for place in PLACES[:4]:
            await asyncio.sleep(0.3)
            await hear(pool, 7, place)

    arriving = asyncio.ensure_future(arrive_one_by_one())
    began = time.monotonic()
    with pytest.raises(NotYetError):
        await read(pool, *PLACES)
    assert time.monotonic() - began < 1.0
    await arriving


async def test_a_view_without_a_live_generation_has_reached_nothing(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.listen.reading.LONGEST_WAIT_SECONDS", 0.0)
    await hear(pool, 7, *PLACES)
    await execute(pool, "update view_version set status = 'retired'")
    with pytest.raises(NotYetError):
        await read(pool, *PLACES)


async def test_who_asks_about_somebody_whose_facts_wait_is_told(pool: Pool) -> None:
    await hear(pool, 7, *PLACES)
    await execute(pool, PARKED, PLACES[3].key)
    with pytest.raises(HeldBackError):
        await read(pool, *PLACES)
    await read(pool, *PLACES[:3])


async def behind(pool: Pool) -> float | None:
    """Read, and return for how many seconds what was read is behind."""
    with noting_freshness() as freshness:
        await read(pool)
    return (system_clock() - freshness.as_of).total_seconds() if freshness.as_of else None


async def test_of_a_view_that_is_behind_it_is_noted_up_to_when_it_is_current(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.listen.reading.LOOKED_SECONDS", 0.0)
    assert await behind(pool) is None
    await execute(pool, SAID, uuid4(), 1, 0)
    assert await behind(pool) is None
    await execute(pool, SAID, uuid4(), 600, 1)
    assert await behind(pool) == pytest.approx(600, abs=60)


async def test_who_no_longer_keeps_a_view_says_nothing_of_it_until_nobody_does(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.listen.reading.LOOKED_SECONDS", 0.0)
    await execute(pool, SAID, uuid4(), 600, 500)
    await execute(pool, SAID, uuid4(), 25, 20)
    await execute(pool, SAID, uuid4(), 1, 0)
    assert await behind(pool) is None
    await execute(
        pool, "update view_reach set said_at = said_at - interval '1 hour', current_to = current_to - interval '1 hour'"
    )
    assert await behind(pool) == pytest.approx(3600, abs=60)


async def test_it_is_looked_at_now_and_then_and_not_for_each_reader(pool: Pool) -> None:
    assert await behind(pool) is None
    await execute(pool, SAID, uuid4(), 600, 0)
    assert await behind(pool) is None
