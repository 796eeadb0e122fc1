"""The relay tells Kafka every stored fact of a service: in order, none skipped, killed at any moment."""

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata
from prometheus_client.core import GaugeMetricFamily, Metric
from psycopg.types.string import ByteaBinaryLoader

from chassis.listen.spans import telling
from chassis.metrics import measuring
from chassis.packing import BATCH_BYTES, Packed, Packer, Partition, Row

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.02
QUIET_AFTER_SECONDS: Final = 10.0
QUIET_POLL_SECONDS: Final = 0.1
BATCH_FACTS: Final = 10_000
LOCK: Final = 7_243_117
LONGEST_BACKOFF: Final = 5.0

READ: Final = """
select notification_id, told_on, coalesce(subject, originator_id)::text, state,
    originator_id || ':' || originator_version, topic,
    to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    subject::text, tenant::text, correlation, causation, actor, command, traceparent
from stored_events where notification_id > %b and notification_id <= %b order by notification_id limit %b
"""
WRITERS_LEFT: Final = """
select coalesce(array_agg(virtualtransaction), '{}') from pg_locks where relation = 'stored_events'::regclass
and mode = 'RowExclusiveLock' and virtualtransaction = any(%b)
"""
SAVE: Final = """
with cursor as (
    insert into relay_cursor (position) values (%b)
    on conflict (single) do update set position = excluded.position where relay_cursor.position < excluded.position
) insert into relay_position select * from unnest(%b::text[], %b::int[], %b::bigint[], %b::bigint[])
on conflict (topic, partition) do update set position = excluded.position, kafka_offset = excluded.kafka_offset
where relay_position.position < excluded.position
"""

UNTOLD: Final = """
select s.last_value * s.is_called::int - c.position, coalesce(extract(epoch from clock_timestamp() - (
    select recorded_at from stored_events where notification_id > c.position order by notification_id limit 1
)), 0)::float8
from stored_events_notification_id_seq s, (select coalesce(max(position), 0) as position from relay_cursor) c
"""
GAUGES: Final[Mapping[str, str]] = {
    "relay_active": "1 where this process tells the facts of the service, 0 where it waits to take over.",
    "relay_watermark_age_seconds": "How long it has been waiting for writers that hold up what follows.",
    "relay_untold_facts": "Facts that are stored and not told, counted by position, which may have gaps.",
    "relay_untold_seconds": "Age of the oldest of them.",
}

Sent = tuple[Partition, int, BatchBuilder, asyncio.Future[RecordMetadata]]


class Relay:
    """The relay of the service `source`. Any number may run: one is active, the others wait for it to end.

    `wake` spares it the wait for the next poll when a fact was appended in this process; while nothing is appended at
    all it polls less often. `behind_seconds` is how long it has been waiting for writers that hold up the watermark.
    """

    def __init__(self, conninfo: str, source: str, bootstrap: str, topic_prefix: str = "") -> None:
        self._conninfo = psycopg.conninfo.make_conninfo(conninfo, options="-c waymark.tenant=*")
        self._source = source
        self._bootstrap = bootstrap
        self._prefix = topic_prefix
        self._woken = asyncio.Event()
        self._packer = Packer(source, {})
        self._cursor = 0
        self._decided = 0
        self._quiet_from = 0.0
        self.behind_seconds = 0.0
        self.active = False

    def wake(self) -> None:
        """Tell soon what was just appended."""
        self._woken.set()

    async def run(self) -> None:
        """Tell facts until cancelled; a database or a broker that is away is waited for."""
        with measuring(self.measure):
            work = asyncio.create_task(self._run())
            try:
                await asyncio.wait([work])
            finally:
                while not work.done():
                    # Tasks that just failed together, as those of a batch, swallow it.
                    work.cancel()
                    await asyncio.wait([work], timeout=1)
            work.result()

    async def measure(self) -> Iterable[Metric]:
        """Return how far the relay is."""
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            untold = await _row(connection, UNTOLD)
        values = (float(self.active), self.behind_seconds, *untold)
        return [
            GaugeMetricFamily(f"waymark_{name}", text, value)
            for (name, text), value in zip(GAUGES.items(), values, strict=True)
        ]

    async def _run(self) -> None:
        backoff = 0.1
        while True:
            try:
                async with self._leading() as (connection, producer):
                    log.info("relay of %s is active from position %d", self._source, self._cursor)
                    while True:
                        await self._tell_all(connection, producer)
                        backoff = 0.1
                        await self._wait()
            except* (psycopg.OperationalError, KafkaError, OSError) as errors:
                reasons = "; ".join(str(error) for error in errors.exceptions)
                log.warning("relay of %s begins again in %.1f s: %s", self._source, backoff, reasons)
                await asyncio.sleep(backoff)
                backoff = min(2 * backoff, LONGEST_BACKOFF)

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[tuple[psycopg.AsyncConnection[Any], AIOKafkaProducer]]:
        """Wait for the lock that only one relay of this service holds, then take up where the last one saved."""
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            while not (await _row(connection, "select pg_try_advisory_lock(%s)", LOCK))[0]:  # noqa: ASYNC110
                await asyncio.sleep(0.25)
            await self._restore(connection)
            async with _producing(self._bootstrap) as producer:
                self.active = True
                try:
                    yield connection, producer
                finally:
                    self.active = False

    async def _restore(self, connection: psycopg.AsyncConnection[Any]) -> None:
        row = await _row(connection, "select coalesce((select position from relay_cursor), 0)")
        self._cursor = self._decided = row[0]
        rows = await (await connection.execute("select topic, partition, position from relay_position")).fetchall()
        told = {(topic, partition): position for topic, partition, position in rows}
        self._packer = Packer(self._source, told)

    async def _wait(self) -> None:
        is_quiet = asyncio.get_running_loop().time() > self._quiet_from
        try:
            await asyncio.wait_for(self._woken.wait(), QUIET_POLL_SECONDS if is_quiet else POLL_SECONDS)
        except TimeoutError:
            return
        self._woken.clear()

    async def _tell_all(self, connection: psycopg.AsyncConnection[Any], producer: AIOKafkaProducer) -> None:
        """Tell everything that is decided by now."""
        high = await self._watermark(connection)
        rows = await self._read(connection, self._cursor, high) if high > self._decided else []
        sent: list[Sent] = []
        while rows or sent:
            async with asyncio.TaskGroup() as tasks:
                # PostgreSQL reads what follows and Kafka takes what was sent while this process packs what is here.
                following = tasks.create_task(self._read_behind(connection, rows, high))
                tasks.create_task(self._save(connection, sent))
                sending = tasks.create_task(self._send(producer, rows))
            rows, sent = following.result(), sending.result()
        if high > self._decided:
            self._quiet_from = asyncio.get_running_loop().time() + QUIET_AFTER_SECONDS
        self._decided = high

    async def _watermark(self, connection: psycopg.AsyncConnection[Any]) -> int:
        """Return a position up to which every fact is committed or never will be."""
        high, writers = await _row(connection, "select * from read_barrier()")
        started = asyncio.get_running_loop().time()
        while writers and high > self._decided:
            (writers,) = await _row(connection, WRITERS_LEFT, writers)
            self.behind_seconds = asyncio.get_running_loop().time() - started
            await asyncio.sleep(0.001 if self.behind_seconds < 1 else POLL_SECONDS)
        self.behind_seconds = 0.0
        return int(high)

    async def _read(self, connection: psycopg.AsyncConnection[Any], after: int, high: int) -> Sequence[Row]:
        cursor = connection.cursor(binary=True)
        cursor.adapters.register_loader("text", ByteaBinaryLoader)
        await cursor.execute(READ, (after, high, BATCH_FACTS), prepare=True)
        return await cursor.fetchall()

    async def _read_behind(
        self, connection: psycopg.AsyncConnection[Any], rows: Sequence[Row], high: int
    ) -> Sequence[Row]:
        return await self._read(connection, rows[-1][0], high) if len(rows) == BATCH_FACTS else []

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Row]) -> list[Sent]:
        """Hand facts to the producer, one batch after another for each partition; return what is on its way."""
        with telling((row[0], row[1], row[-1]) for row in rows) as traces:
            packed: list[Packed] = []
            for partition, some in (await self._by_partition(producer, rows)).items():
                packed += self._packer.pack(producer.create_batch, partition, some, traces)
                # Sockets, and whoever shares this process, get their turn.
                await asyncio.sleep(0)
            return [(*one, await self._send_batch(producer, *one)) for one in packed]

    async def _send_batch(
        self, producer: AIOKafkaProducer, partition: Partition, _position: int, batch: BatchBuilder
    ) -> asyncio.Future[RecordMetadata]:
        topic, number = partition
        sent: asyncio.Future[RecordMetadata]
        sent = await producer.send_batch(batch, self._prefix + topic, partition=number)
        return sent

    async def _by_partition(self, producer: AIOKafkaProducer, rows: Sequence[Row]) -> dict[Partition, list[Row]]:
        counts: dict[bytes, int] = {}
        by_partition: dict[tuple[bytes, int], list[Row]] = {}
        for row in rows:
            topic = row[1]
            if topic not in counts:
                counts[topic] = len(await producer.partitions_for(self._prefix + topic.decode()))
            by_partition.setdefault((topic, zlib.crc32(row[2]) % counts[topic]), []).append(row)
        return {(topic.decode(), number): some for (topic, number), some in by_partition.items()}

    async def _save(self, connection: psycopg.AsyncConnection[Any], sent: Sequence[Sent]) -> None:
        """Wait for the broker to have it all, then keep how far this is, with each partition's offset."""
        if not sent:
            return
        offsets = await asyncio.gather(*(acknowledged for *_, acknowledged in sent))
        places: dict[Partition, tuple[int, int]] = {}
        for (partition, position, batch, _), first in zip(sent, offsets, strict=True):
            # A batch that had arrived before its acknowledgement was lost comes back as -1: then this is a lower bound.
            places[partition] = (position, max(0, first.offset + batch.record_count() - 1))
        columns = [(topic, number, *place) for (topic, number), place in places.items()]
        cursor = max(position for position, _ in places.values())
        await connection.execute(SAVE, (cursor, *map(list, zip(*columns, strict=True))), prepare=True)
        self._cursor = cursor


@asynccontextmanager
async def _producing(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        metadata_max_age_ms=10_000,
    )
    try:
        await producer.start()
        yield producer
    finally:
        # aiokafka's sender takes a cancellation for its own: closing goes on whatever happens to who waits for it.
        closing = asyncio.create_task(_close(producer))
        try:
            await asyncio.wait([closing])
        finally:
            await closing


async def _close(producer: AIOKafkaProducer) -> None:
    """Close without stop(), which waits for a broker that is away until all is flushed, for ever when it is idempotent.

    What is not acknowledged is told again from the saved position.
    """
    producer._closed = True  # noqa: SLF001
    await producer._sender.close()  # noqa: SLF001
    await producer.client.close()


async def _row(connection: psycopg.AsyncConnection[Any], query: Any, *arguments: object) -> tuple[Any, ...]:
    cursor = await connection.execute(query, arguments, prepare=True)
    return tuple(await cursor.fetchone() or ())
