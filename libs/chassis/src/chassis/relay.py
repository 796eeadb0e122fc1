"""The relay tells Kafka every stored fact of a service: in order, none skipped, killed at any moment."""

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis.listen.spans import telling

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.02
BATCH_FACTS: Final = 5_000
BATCH_BYTES: Final = 512 * 1024
LOCK: Final = 7_243_117
LONGEST_BACKOFF: Final = 10.0

NAMES: Final = (
    "ce_id", "ce_type", "ce_time", "recorded_at", "ce_subject", "tenant", "correlation_id", "causation_id", "actor",
    "command", "traceparent",
)  # fmt: skip
READ: Final = """
select notification_id, told_on, convert_to(coalesce(subject, originator_id)::text, 'UTF8'), state, array[
    convert_to(originator_id || ':' || originator_version, 'UTF8'), convert_to(topic, 'UTF8'),
    convert_to(to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8'),
    convert_to(to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8'),
    convert_to(coalesce(subject::text, ''), 'UTF8'), convert_to(coalesce(tenant::text, ''), 'UTF8'),
    convert_to(correlation, 'UTF8'), convert_to(causation, 'UTF8'), convert_to(actor, 'UTF8'),
    convert_to(coalesce(command, ''), 'UTF8'), convert_to(traceparent, 'UTF8')]
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

SEND_AWAY: Final = """
select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %s and pid <> pg_backend_pid()
and database = (select oid from pg_database where datname = current_database())
"""

Row = tuple[int, str, bytes, bytes, list[bytes]]
Partition = tuple[str, int]


class UntellableError(KafkaError):  # type: ignore[misc]
    """A fact does not fit a Kafka batch: nothing after it is told before somebody looks at it."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the fact at position {position} does not fit a batch of {BATCH_BYTES} bytes")


class Relay:
    """The relay of the service `source`. Any number may run: one is active, the others wait for it to end.

    `wake` spares it the wait for the next poll when a fact was appended in this process. `behind_seconds` is how long
    it has been waiting for writers that hold up the watermark.
    """

    def __init__(self, conninfo: str, source: str, bootstrap: str, topic_prefix: str = "") -> None:
        self._conninfo = psycopg.conninfo.make_conninfo(conninfo, options="-c waymark.tenant=*")
        self._source = source.encode()
        self._bootstrap = bootstrap
        self._prefix = topic_prefix
        self._woken = asyncio.Event()
        self._told: dict[Partition, tuple[int, int]] = {}
        self._cursor = 0
        self._decided = 0
        self.behind_seconds = 0.0

    def wake(self) -> None:
        """Tell soon what was just appended."""
        self._woken.set()

    async def run(self) -> None:
        """Tell facts until cancelled; a database or a broker that is away is waited for."""
        backoff = 0.1
        while True:
            try:
                async with self._leading() as (connection, producer):
                    log.info("relay of %s is active from position %d", self._source.decode(), self._cursor)
                    while True:
                        await self._tell_all(connection, producer)
                        backoff = 0.1
                        await self._wait()
            except (psycopg.OperationalError, KafkaError, OSError) as error:
                log.warning("relay of %s begins again in %.1f s: %s", self._source.decode(), backoff, error)
                await asyncio.sleep(backoff)
                backoff = min(2 * backoff, LONGEST_BACKOFF)

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[tuple[psycopg.AsyncConnection[Any], AIOKafkaProducer]]:
        """Wait for the lock that only one relay of this service holds, then take up where the last one saved."""
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            while not (await _row(connection, "select pg_try_advisory_lock(%s)", LOCK))[0]:
                await asyncio.sleep(0.25)
            await self._restore(connection)
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                enable_idempotence=True,
                max_batch_size=BATCH_BYTES,
                metadata_max_age_ms=10_000,
            )
            async with producer:
                yield connection, producer

    async def _restore(self, connection: psycopg.AsyncConnection[Any]) -> None:
        row = await _row(connection, "select coalesce((select position from relay_cursor), 0)")
        self._cursor = self._decided = row[0]
        rows = await (await connection.execute("select * from relay_position")).fetchall()
        self._told = {(topic, partition): (position, offset) for topic, partition, position, offset in rows}

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        except TimeoutError:
            return
        self._woken.clear()

    async def _tell_all(self, connection: psycopg.AsyncConnection[Any], producer: AIOKafkaProducer) -> None:
        """Tell everything that is decided by now."""
        high = await self._watermark(connection)
        rows = await self._read(connection, self._cursor, high) if high > self._decided else []
        while rows:
            sent = await self._send(producer, rows)
            following = await self._read(connection, rows[-1][0], high) if len(rows) == BATCH_FACTS else []
            await self._save(connection, rows[-1][0], sent)
            rows = following
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
        await cursor.execute(READ, (after, high, BATCH_FACTS), prepare=True)
        return await cursor.fetchall()

    async def _send(
        self, producer: AIOKafkaProducer, rows: Sequence[Row]
    ) -> "list[tuple[Partition, int, int, asyncio.Future[Any]]]":
        """Hand facts to the producer, one batch after another for each partition; return what is on its way."""
        counts: dict[str, int] = {}
        by_partition: dict[Partition, list[Row]] = {}
        for row in rows:
            topic = row[1]
            if topic not in counts:
                counts[topic] = len(await producer.partitions_for(self._prefix + topic))
            by_partition.setdefault((topic, zlib.crc32(row[2]) % counts[topic]), []).append(row)
        with telling((row[0], row[1], row[4][-1]) for row in rows) as traces:
            return [
                sent
                for partition, some in by_partition.items()
                for sent in await self._send_partition(producer, partition, some, traces)
            ]

    async def _send_partition(
        self, producer: AIOKafkaProducer, partition: Partition, rows: Sequence[Row], traces: dict[int, bytes]
    ) -> "list[tuple[Partition, int, int, asyncio.Future[Any]]]":
        topic, number = self._prefix + partition[0], partition[1]
        sent, batch, count = [], producer.create_batch(), 0
        previous = self._told.get(partition, (0, -1))[0]
        for row in rows:
            headers = self._headers(row, previous, traces)
            if batch.append(key=row[2], value=row[3], timestamp=None, headers=headers) is None:
                sent.append((partition, previous, count, await producer.send_batch(batch, topic, partition=number)))
                batch, count = producer.create_batch(), 0
                if batch.append(key=row[2], value=row[3], timestamp=None, headers=headers) is None:
                    raise UntellableError(row[0])
            count += 1
            previous = row[0]
        sent.append((partition, previous, count, await producer.send_batch(batch, topic, partition=number)))
        self._told[partition] = (previous, -1)
        return sent

    def _headers(self, row: Row, previous: int, traces: dict[int, bytes]) -> list[tuple[str, bytes]]:
        words = [
            ("ce_specversion", b"1.0"),
            ("content-type", b"application/json"),
            ("ce_source", self._source),
            ("position", b"%d" % row[0]),
            ("previous", b"%d" % previous),
        ]
        words += [word for word in zip(NAMES, row[4], strict=True) if word[1]]
        if row[0] in traces:
            words[-1] = ("traceparent", traces[row[0]])
        return words

    async def _save(
        self,
        connection: psycopg.AsyncConnection[Any],
        cursor: int,
        sent: "list[tuple[Partition, int, int, asyncio.Future[Any]]]",
    ) -> None:
        """Wait for the broker to have it all, then keep how far this is, with each partition's offset."""
        for partition, position, count, acknowledged in sent:
            self._told[partition] = (position, (await acknowledged).offset + count - 1)
        places = {partition: self._told[partition] for partition, *_ in sent}
        columns = [(topic, number, *place) for (topic, number), place in places.items()]
        await connection.execute(SAVE, (cursor, *map(list, zip(*columns, strict=True))), prepare=True)
        self._cursor = cursor


async def retell(conninfo: str) -> None:
    """Have a service's facts told again from the first one, for a topic that was lost and made anew.

    The active relay is sent away, and takes up its work where nothing is told yet. Consumers skip what they know.
    """
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        while not (await _row(connection, "select pg_try_advisory_lock(%s)", LOCK))[0]:
            await connection.execute(SEND_AWAY, [LOCK])
            await asyncio.sleep(POLL_SECONDS)
        async with connection.transaction():
            await connection.execute("delete from relay_position")
            await connection.execute("delete from relay_cursor")


async def _row(connection: psycopg.AsyncConnection[Any], query: Any, *arguments: object) -> tuple[Any, ...]:
    cursor = await connection.execute(query, arguments, prepare=True)
    return tuple(await cursor.fetchone() or ())
