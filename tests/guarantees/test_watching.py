"""Whoever watches a process sees how far behind it is, what it holds back and what has stopped."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import psycopg
import pytest
from prometheus_client.core import Metric

from chassis.aggregate import Refusal
from chassis.ask import Answer, Ask
from chassis.health import operators_app
from chassis.listen.consumers import ViewConsumer
from chassis.listen.feed import Listener
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from chassis.listen.watching import measure, watching
from chassis.metrics import COMMANDS
from chassis.relay import Relay
from chassis.store import LARGEST_FACT, Session, Store, StoreError, Work
from events.envelope import MARKET
from tests.running import PatientService, prepare, running_services
from waymark.local.environment import of_service
from waymark.local.kafka import Kafka
from waymark.local.ports import any_free
from waymark.local.postgres import Postgres

from .ground import Ground, until
from .market import STALLS, Stall, StallRow, append, close, fold_stall, open_stall
from .town import eventually

Values = dict[tuple[str, ...], float]


def values_of(families: Iterable[Metric]) -> Values:
    """Return samples by name and the value of their one label, without what all names begin with."""
    samples = [sample for family in families for sample in family.samples]
    return {(one.name.removeprefix("waymark_"), *(one.labels or {"": ""}).values()): one.value for one in samples}


@asynccontextmanager
async def hearing(ground: Ground, view: View) -> AsyncIterator[Listener]:
    """Rebuild a view and follow its topic."""
    assert await ground.rebuild(view).run()
    async with ground.relaying(), ground.listening(ViewConsumer(ground.pool, view)) as listener:
        yield listener


async def watched(listener: Listener) -> Values:
    return values_of(await measure([listener]))


failing: set[str] = set()


def fold_or_fail(row: StallRow | None, told: Told) -> StallRow:
    """Fold a stall whose title is nothing to fail at."""
    row = fold_stall(row, told)
    if row.title in failing:
        message = "a bug"
        raise ValueError(message)
    return row


FRAGILE = replace(STALLS, tables=(Table("stall", StallRow, lambda told: told.aggregate_id, fold_or_fail),))


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Leave no failures behind."""
    yield
    failing.clear()


async def test_a_consumer_that_has_taken_everything_is_not_behind(ground: Ground) -> None:
    async with hearing(ground, STALLS) as listener:
        await append(ground, *(open_stall() for _ in range(20)))
        await ground.all_told()
        await ground.all_heard("stalls#1")
        seen = await watched(listener)
    assert (seen["consumer_lag_seconds", "stalls"], seen["unread_records", MARKET]) == (0, 0)
    assert (seen["consumer_stopped", "stalls"], seen["consumer_holes", "stalls"]) == (0, 0)
    assert seen["view_age_seconds", "stalls"] == seen["broker_silence_seconds", MARKET] < 30
    assert not [name for name, _ in seen if name.startswith("parked")]


async def test_the_age_of_a_view_grows_while_the_broker_is_silent(ground: Ground, kafka: Kafka) -> None:
    async with hearing(ground, STALLS) as listener:
        await append(ground, open_stall())
        await ground.all_told()
        await ground.all_heard("stalls#1")
        broker = psutil.Process(kafka.process_id)
        broker.suspend()
        try:
            await until(lambda: is_older(listener, seconds=3))
        finally:
            broker.resume()
        await append(ground, open_stall())
        await ground.all_told()
        await ground.all_heard("stalls#1")
        await until(lambda: is_younger(listener, seconds=3))


async def is_older(listener: Listener, seconds: float) -> bool:
    return (await watched(listener))["view_age_seconds", "stalls"] > seconds


async def is_younger(listener: Listener, seconds: float) -> bool:
    return (await watched(listener))["view_age_seconds", "stalls"] < seconds


async def test_a_consumer_that_waits_for_its_database_lags_by_the_age_of_what_it_has_in_hand(ground: Ground) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    store = Store(ground.pool, ground.source, lambda: long_ago, ground.store.partitions)
    async with hearing(ground, STALLS) as listener, await psycopg.AsyncConnection.connect(ground.owner) as other:
        await append(ground, open_stall())
        await ground.all_told()
        await ground.all_heard("stalls#1")
        await other.execute("lock table heard_position in access exclusive mode")
        await Session(store, Ask("test:1", "correlation")).append([open_stall()], Answer(200))
        await until(lambda: lags(listener, least=3 * 3_600))
        await other.rollback()
        await ground.all_heard("stalls#1")
        await until(lambda: lags(listener, most=0))


async def lags(listener: Listener, *, least: float = 0, most: float = inf) -> bool:
    return least <= (await watched(listener))["consumer_lag_seconds", "stalls"] <= most


async def test_what_is_parked_is_counted_with_what_waits_behind_it(ground: Ground) -> None:
    failing.add("Bad")
    async with hearing(ground, FRAGILE) as listener:
        await append(ground, open_stall("Good", prices=3), open_stall("Bad", prices=3), open_stall("Bad"))
        await ground.all_told()
        await ground.all_heard("stalls#1")
        seen = await watched(listener)
    assert (seen["parked_facts", "stalls"], seen["parked_keys", "stalls"]) == (5, 2)
    assert 0 <= seen["parked_seconds", "stalls"] < 60


async def test_a_consumer_that_stopped_itself_shows_where_its_process_is_asked(ground: Ground) -> None:
    failing.add("Bad")
    async with hearing(ground, FRAGILE) as listener, asking() as operator:
        with watching([listener]):
            assert (await operator.get("/health")).json() == {"status": "ready", "checks": {}}
            await append(ground, *(open_stall("Bad") for _ in range(100)))
            await until(lambda: has_stopped(listener))
            health, metrics = await operator.get("/health"), await operator.get("/metrics")
        assert (await operator.get("/health")).json()["status"] == "ready"
    assert (health.status_code, health.json()) == (200, {"status": "degraded", "checks": {}, "stopped": ["stalls"]})
    assert 'waymark_consumer_stopped{consumer="stalls"} 1.0' in metrics.text
    assert [line for line in metrics.text.splitlines() if line.startswith('waymark_consumer_lag_seconds{consumer="st')]


def asking() -> httpx.AsyncClient:
    """Return an operator of this process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(operators_app()), base_url="http://operators")


async def has_stopped(listener: Listener) -> bool:
    return all(consumer.stopped for consumer in listener.consumers)


async def test_a_relay_tells_what_it_has_not_told_and_whether_it_is_the_active_one(ground: Ground) -> None:
    await append(ground, open_stall(prices=4))
    waiting = Relay(ground.application, ground.source, ground.bootstrap, ground.prefix)
    seen = values_of(await waiting.measure())
    assert (seen["relay_untold_facts", ""], seen["relay_active", ""]) == (5, 0)
    assert 0 < seen["relay_untold_seconds", ""] < 60
    async with ground.relaying() as relay:
        await ground.all_told()
        seen = values_of(await relay.measure())
    assert seen == {
        ("relay_active", ""): 1,
        ("relay_watermark_age_seconds", ""): 0,
        ("relay_untold_facts", ""): 0,
        ("relay_untold_seconds", ""): 0,
    }
    assert values_of(await relay.measure())["relay_active", ""] == 0


async def test_a_writer_that_holds_up_the_watermark_shows_in_its_age(ground: Ground) -> None:
    async with ground.relaying() as relay, await psycopg.AsyncConnection.connect(ground.application) as writer:
        await writer.execute("lock table stored_events in row exclusive mode")
        await append(ground, open_stall())
        await until(lambda: is_held_up(relay))
        await writer.rollback()
        await ground.all_told()


async def is_held_up(relay: Relay) -> bool:
    return values_of(await relay.measure())["relay_watermark_age_seconds", ""] > 0.5


async def test_commands_are_counted_by_who_asked_and_how_they_ended(ground: Ground) -> None:
    stall = open_stall()
    await append(ground, stall)

    async def load_stale(session: Session) -> Answer:
        return await session.save(await session.load(Stall, stall.id, expected=7))

    async def load_nothing(session: Session) -> Answer:
        return await session.save(await session.load(Stall, UUID(int=0)))

    async def lose_a_race(session: Session) -> Answer:
        mine = await session.load(Stall, stall.id)
        await append(ground, close(await session.load(Stall, stall.id)))
        return await session.save(close(mine))

    async def claim(session: Session) -> Answer:
        return await session.save(open_stall(), claims={"pitch:1": UUID(int=1)})

    async def refuse(_session: Session) -> Answer:
        message = "no"
        raise Refusal(message)

    async def break_down(_session: Session) -> Answer:
        raise ZeroDivisionError

    async def open_large(session: Session) -> Answer:
        return await session.save(open_stall("x" * LARGEST_FACT))

    asked: list[tuple[Work, str]] = [(claim, "k"), (claim, "k"), (claim, ""), (load_stale, ""), (load_nothing, "")]
    asked += [(lose_a_race, ""), (refuse, ""), (break_down, ""), (open_large, "")]
    for work, key in asked:
        with suppress(StoreError, Refusal, ZeroDivisionError):
            await ground.store.execute(Ask("watched:1", "correlation", key=key or None), work)
    with suppress(StoreError):
        await ground.store.execute(Ask("watched:1", "correlation", key="k", fingerprint=b"other"), claim)
    counted = [sample for family in COMMANDS.collect() for sample in family.samples]
    outcomes = {one.labels["outcome"]: one.value for one in counted if one.labels["asked_by"] == "watched"}
    assert outcomes == dict.fromkeys(
        ("accepted", "repeated", "claim taken", "stale", "not found", "conflict", "refused", "failed", "too large"), 1
    ) | {"key reused": 1}


def test_a_role_without_http_is_watched_on_a_port_of_its_own(
    postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    addresses = prepare(["caseload", "keyring"], postgres, keyring_postgres, kafka, tmp_path)
    port = any_free()
    told = of_service("caseload", addresses) | {"WAYMARK_METRICS_PORT": str(port), "OTEL_TRACES_EXPORTER": "none"}
    told |= {"WAYMARK_TOPIC_PREFIX": f"{tmp_path.name}."}
    relay = PatientService("caseload", told, addresses.ports["caseload"], tmp_path / "relay.log", "relay")
    with running_services(relay), httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as operator:
        health = eventually(lambda: answered(operator, "/health"), bool)
        metrics = eventually(lambda: answered(operator, "/metrics"), lambda text: "waymark_relay_active 1.0" in text)
    assert health == '{"status":"ready","checks":{}}'
    assert "process_resident_memory_bytes" in metrics


def answered(operator: httpx.Client, path: str) -> str:
    with suppress(httpx.TransportError):
        return operator.get(path).text
    return ""
