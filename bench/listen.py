"""listen: facts folded into a view behind fences, beside raw getmany of the same topic and the library's projection."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import Tracking, TrackingRecorder
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from faststream.kafka import KafkaBroker

from bench.measure import Machine, Result, Service, collecting_seldom, fill, service
from bench.relay import told
from bench.stock import stock_application, stock_case
from chassis.database import prepare_database
from chassis.listen.consumers import ViewConsumer
from chassis.listen.feed import Listener
from chassis.listen.rebuild import Rebuild
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from chassis.relay import Relay
from events.caseload import CaseOpened, CoachAssigned, ContactRecorded
from events.envelope import JOURNEY, PARTITIONS

FACTS = 200_000
PEOPLE = 10_000
STOCK_EVENTS = 4_000
LISTEN_GOAL, LIBRARY_GOAL, REBUILD_GOAL = 0.40, 25.0, 0.5
SWITCH_MILLISECONDS = 50.0


@dataclass
class ContactsRow:
    """How often there was contact in a case, and who its coach is."""

    case_id: UUID
    tenant: UUID | None
    contacts: int = 0
    coach_id: UUID | None = None
    version: int = 0


def fold(row: ContactsRow | None, told: Told) -> ContactsRow:
    """Count contacts."""
    row = row or ContactsRow(told.aggregate_id, told.tenant)
    match told.fact:
        case CoachAssigned(coach_id=coach_id):
            row.coach_id = coach_id
        case ContactRecorded():
            row.contacts += 1
    row.version += 1
    return row


TABLE = Table("contacts", ContactsRow, lambda told: told.aggregate_id, fold, indexes=("tenant, coach_id",))
VIEW = View("contacts", (CaseOpened, CoachAssigned, ContactRecorded), (TABLE,))


def run(machine: Machine) -> list[Result]:
    """Measure listening and rebuilding on one topic, and the peers on the same."""
    return asyncio.run(_measure(machine))


async def _measure(machine: Machine) -> list[Result]:
    async with service(machine, "listen") as own:
        await Rebuild(VIEW, own.pool, own.owner, own.bootstrap, topic_prefix=own.prefix).run()
        await fill(own.store, FACTS, PEOPLE)
        relay = asyncio.create_task(Relay(own.application, "listen", own.bootstrap, own.prefix).run())
        await told(own)
        relay.cancel()
        raw = max([await _read_raw(own) for _ in range(2)])
        with collecting_seldom():
            listened = await _listen(own)
            rebuilt = await Rebuild(VIEW, own.pool, own.owner, own.bootstrap, topic_prefix=own.prefix).run()
            alike = max([await _read_raw(own) for _ in range(2)])
        assert rebuilt is not None
    library = await asyncio.to_thread(_project_with_library, machine)
    rate, switch = round(rebuilt.facts / rebuilt.seconds), round(rebuilt.switch_milliseconds, 1)
    remark = f"with the garbage collector set as in a service, raw getmany reads {alike:,.0f} facts/s"
    return [
        _line("listen", listened, "raw aiokafka getmany", raw, LISTEN_GOAL, remark),
        _line("listen_beside_library", listened, "eventsourcing ProjectionRunner", library, LIBRARY_GOAL),
        _line("rebuild", rate, "raw aiokafka getmany", raw, REBUILD_GOAL, remark),
        Result("rebuild_switch", switch, "ms", "limit", SWITCH_MILLISECONDS, "≤ 50 ms", switch <= SWITCH_MILLISECONDS),
    ]


def _line(name: str, value: float, peer: str, peer_value: float, goal: float, remark: str = "") -> Result:  # noqa: PLR0913
    held = value >= goal * peer_value
    return Result(name, round(value), "facts/s", peer, round(peer_value), f"≥ {goal} ×", held, remark)


async def _read_raw(own: Service) -> float:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=own.bootstrap,
        enable_auto_commit=False,
        fetch_max_bytes=32 << 20,
        max_partition_fetch_bytes=8 << 20,
    )
    async with consumer:
        partitions = [TopicPartition(own.prefix + JOURNEY, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        left = FACTS
        began = time.perf_counter()
        while left > 0:
            for records in (await consumer.getmany(timeout_ms=500, max_records=10_000)).values():
                left -= len(records)
        return FACTS / (time.perf_counter() - began)


async def _listen(own: Service) -> float:
    """Return the rate of the real listener, from the first batch that it hears to the last position in the database."""
    broker = KafkaBroker(own.bootstrap, logger=None)
    listener = _Timed(
        broker, f"{own.prefix}listen", [ViewConsumer(own.pool, VIEW)], own.bootstrap, topic_prefix=own.prefix
    )
    async with broker:
        await broker.start()
        while not await _all_folded(own):  # noqa: ASYNC110  (what is waited for is in a database)
            await asyncio.sleep(0.02)
        return FACTS / (time.perf_counter() - listener.began)


class _Timed(Listener):
    began = 0.0

    async def on_partitions_assigned(self, assigned: Any) -> None:
        await super().on_partitions_assigned(assigned)
        self.began = time.perf_counter()


async def _all_folded(own: Service) -> bool:
    query = "select coalesce(sum(version), 0) = %s from contacts"
    async with own.pool.connection() as connection:
        return await (await connection.execute(query, [FACTS])).fetchone() == (True,)


class _Counter(TrackingRecorder):
    def count(self, tracking: Tracking) -> None:
        """Count an event."""


class _PostgresCounter(_Counter, PostgresTrackingRecorder):
    def count(self, tracking: Tracking) -> None:
        """Count an event and its position in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("insert into counted values (1, 1) on conflict (id) do update set n = counted.n + 1")


class _Counting(Projection[_Counter]):
    topics = ()

    @singledispatchmethod
    def process_event(self, _: Any, tracking: Tracking) -> None:
        """Count whatever comes."""
        self.view.count(tracking)


class _Stock(Application[UUID]):
    name = "stock"


def _project_with_library(machine: Machine) -> float:
    owner, _ = prepare_database(machine.postgres.dsn(), f"stock_{time.time_ns()}")
    with stock_application(owner) as library:
        environment = dict(library.env)
    with _Stock(environment) as library:
        cases = [stock_case() for _ in range(100)]
        for case in cases:
            for _ in range(STOCK_EVENTS // 100 - 1):
                case.record_contact("phone", UUID(int=21))
            library.save(case)
        with library.recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
            cursor.execute("create table counted (id int primary key, n bigint)")
        last = library.recorder.max_notification_id()
    assert last
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=_Stock, projection_class=_Counting, view_class=_PostgresCounter, env=environment
    ) as runner:
        runner.wait(last, timeout=120)
        return STOCK_EVENTS / (time.perf_counter() - began)
