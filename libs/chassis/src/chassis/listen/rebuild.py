"""Rebuilding a view beside the live one: read from the first fact, catch up, switch in one short transaction."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import Any, Final

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.database import Connection, Pool
from chassis.listen.consumers import ViewConsumer
from chassis.listen.feed import reader, told_facts
from chassis.listen.parking import Failure, park
from chassis.listen.positions import Fences
from chassis.listen.told import Told
from chassis.listen.views import (
    Folding,
    View,
    drop_tables,
    fold_facts,
    index_tables,
    make_tables,
    show_tables,
)
from events.envelope import JOURNEY

log = logging.getLogger(__name__)

BATCH_RECORDS: Final = 20_000
IDLE_MILLISECONDS: Final = 200
SWITCH_LOCK_MILLISECONDS: Final = 30
SWITCH_PAUSE_SECONDS: Final = 0.05

NEWEST: Final = "select coalesce(max(generation), 0) from view_version where view = %s"
LIVE: Final = "select generation, fold_hash from view_version where view = %s and status = 'live'"
BEHIND: Final = """
select 1 from heard_position o left join heard_position n
    on (n.source, n.topic, n.partition) = (o.source, o.topic, o.partition) and n.consumer = %(new)s
where o.consumer = %(old)s and coalesce(n.position, 0) < o.position limit 1
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is: facts read of those that were there when it began, and facts per second."""

    read: int
    total: int
    rate: float

    @property
    def seconds_left(self) -> float:
        """How long the rest takes at this rate."""
        return (self.total - self.read) / self.rate if self.rate else 0.0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: the generation that is live now, the facts it read, and how long readers were held up."""

    generation: int
    facts: int
    seconds: float
    switch_milliseconds: float


Report = Callable[[Progress], None]


class Rebuild:
    """One rebuild of one view. Interrupted, it leaves the live view as it was; the next one begins anew."""

    def __init__(  # noqa: PLR0913
        self,
        view: View,
        pool: Pool,
        owner: str,
        bootstrap: str,
        topic: str = JOURNEY,
        topic_prefix: str = "",
        report: Report = lambda _: None,
    ) -> None:
        """Prepare: `pool` sees all tenants, `owner` may make tables."""
        self._view = view
        self._pool = pool
        self._owner = psycopg.conninfo.make_conninfo(owner, options="-c waymark.tenant=* -c transaction_timeout=0")
        self._bootstrap = bootstrap
        self._topic = topic_prefix + topic
        self._prefix = len(topic_prefix)
        self._report = report
        self._read = self._total = 0
        self._began = monotonic()

    async def run(self, *, only_if_changed: bool = False) -> Rebuilt | None:
        """Rebuild and switch; with `only_if_changed`, not when this fold is the live one (returns None)."""
        async with self._alone() as owner, reader(self._bootstrap) as kafka:
            live = await (await owner.execute(LIVE, [self._view.name])).fetchone()
            if only_if_changed and live and live[1] == self._view.fold_hash:
                return None
            generation = await self._prepare(owner)
            partitions = await self._partitions(kafka)
            for partition in partitions:
                await self._fill(kafka, partition, generation)
            await index_tables(owner, self._view, generation)
            milliseconds = await self._catch_up_and_switch(owner, kafka, partitions, generation)
        return Rebuilt(generation, self._read, monotonic() - self._began, milliseconds)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Connection]:
        """Hold the lock that only one rebuild of this view has."""
        async with await psycopg.AsyncConnection.connect(self._owner, autocommit=True) as owner:
            query = "select pg_try_advisory_lock(7243118, hashtext(%s))"
            while not (await (await owner.execute(query, [self._view.name])).fetchone() or [False])[0]:
                await asyncio.sleep(0.5)
            yield owner

    async def _prepare(self, owner: Connection) -> int:
        """Clear what earlier rebuilds left, and make the tables of a new generation."""
        old = "select generation from view_version where view = %s and status <> 'live'"
        for (generation,) in await (await owner.execute(old, [self._view.name])).fetchall():
            await drop_tables(owner, self._view, generation)
            await _forget(owner, f"{self._view.name}#{generation}")
        row = await (await owner.execute(NEWEST, [self._view.name])).fetchone()
        generation = (row[0] if row else 0) + 1
        async with owner.transaction():
            values = [self._view.name, generation, self._view.fold_hash]
            await owner.execute("insert into view_version values (%s, %s, %s, 'building')", values)
            await make_tables(owner, self._view, generation)
        return generation

    async def _partitions(self, kafka: AIOKafkaConsumer) -> list[TopicPartition]:
        partitions = [TopicPartition(self._topic, n) for n in sorted(await _partition_numbers(kafka, self._topic))]
        kafka.assign(partitions)
        self._total = sum((await kafka.end_offsets(partitions)).values())
        return partitions

    async def _fill(self, kafka: AIOKafkaConsumer, partition: TopicPartition, generation: int) -> None:
        """Fold one partition in memory, from its first fact to its end, and copy the rows in with their fences."""
        foldings = [Folding(table, generation) for table in self._view.tables]
        memories: list[dict[Any, tuple[Any, ...]]] = [{} for _ in foldings]
        fences = Fences.fresh(f"{self._view.name}#{generation}")
        failures: dict[str, Failure] = {}
        behind: list[Told] = []
        async for facts in self._batches(kafka, partition):
            fresh = [told for told in fences.sift(facts) if told.type in self._view.type_names]
            behind += [told for told in fresh if told.key in failures]
            ready = [told for told in fresh if told.key not in failures]
            for folding, memory in zip(foldings, memories, strict=True):
                folding.recall(ready, memory)
            failures |= {failure.told.key: failure for failure in fold_facts(foldings, ready)}
            behind += [told for told in ready if told.key in failures and told.offset > failures[told.key].told.offset]
            for folding, memory in zip(foldings, memories, strict=True):
                folding.remember(memory)
        async with self._pool.connection() as connection, connection.transaction():
            for folding, memory in zip(foldings, memories, strict=True):
                await folding.copy(connection, memory)
            await park(connection, f"{self._view.name}#{generation}", failures.values(), behind)
            await Fences.locked(connection, f"{self._view.name}#{generation}", fences.places)
            await fences.save(connection)

    async def _batches(self, kafka: AIOKafkaConsumer, partition: TopicPartition) -> AsyncIterator[list[Told]]:
        """Yield one partition's facts from the first to what was its end when this began."""
        kafka.assign([partition])
        end = (await kafka.end_offsets([partition]))[partition]
        kafka.seek(partition, 0)
        while await kafka.position(partition) < end:
            batches = await kafka.getmany(partition, timeout_ms=IDLE_MILLISECONDS, max_records=BATCH_RECORDS)
            for records in batches.values():
                yield told_facts(records, self._prefix)
                self._count(len(records))

    def _count(self, records: int) -> None:
        self._read += records
        seconds = max(monotonic() - self._began, 0.001)
        self._report(Progress(self._read, max(self._total, self._read), self._read / seconds))

    async def _catch_up_and_switch(
        self, owner: Connection, kafka: AIOKafkaConsumer, partitions: Sequence[TopicPartition], generation: int
    ) -> float:
        """Follow the topic like a live worker until the new generation is nowhere behind the old one."""
        consumer = ViewConsumer(self._pool, self._view, building=generation)
        fences = await self._seen(consumer)
        kafka.assign(list(partitions))
        for partition in partitions:
            kafka.seek(partition, fences.get(partition.partition, -1) + 1)
        while True:
            while batches := await kafka.getmany(timeout_ms=IDLE_MILLISECONDS // 10, max_records=BATCH_RECORDS):
                records = [record for some in batches.values() for record in some]
                await consumer.take(told_facts(records, self._prefix))
                self._count(len(records))
            milliseconds = await self._switch(owner, generation)
            if milliseconds is not None:
                return milliseconds
            await asyncio.sleep(SWITCH_PAUSE_SECONDS)

    async def _seen(self, consumer: ViewConsumer) -> dict[int, int]:
        async with self._pool.connection() as connection:
            query = "select partition, max(kafka_offset) from heard_position where consumer = %s group by 1"
            name = await consumer.consumer(connection)
            return {
                partition: offset for partition, offset in await (await connection.execute(query, [name])).fetchall()
            }

    async def _switch(self, owner: Connection, generation: int) -> float | None:
        """Make the new generation the live one; None when it is behind or a lock could not be had in time."""
        try:
            async with owner.transaction():
                await owner.execute(f"set local lock_timeout = {SWITCH_LOCK_MILLISECONDS}")
                query = "select generation from view_version where view = %s and status = 'live' for update"
                live = await (await owner.execute(query, [self._view.name])).fetchone()
                began = perf_counter()
                if live and await self._is_behind(owner, live[0], generation):
                    return None
                await self._make_live(owner, live[0] if live else None, generation)
        except psycopg.errors.LockNotAvailable:
            return None
        return (perf_counter() - began) * 1000

    async def _is_behind(self, owner: Connection, old: int, new: int) -> bool:
        names = {"old": f"{self._view.name}#{old}", "new": f"{self._view.name}#{new}"}
        lock = "select from heard_position where consumer in (%(old)s, %(new)s) order by consumer, topic, partition, source for update"
        await owner.execute(lock, names)
        return await (await owner.execute(BEHIND, names)).fetchone() is not None

    async def _make_live(self, owner: Connection, old: int | None, new: int) -> None:
        mark = "update view_version set status = %s, changed_at = clock_timestamp() where view = %s and generation = %s"
        if old is not None:
            await owner.execute(mark, ["retired", self._view.name, old])
        await owner.execute(mark, ["live", self._view.name, new])
        await show_tables(owner, self._view, new)
        if old is not None:
            await _forget(owner, f"{self._view.name}#{old}")


async def _forget(owner: Connection, consumer: str) -> None:
    await owner.execute("delete from heard_position where consumer = %s", [consumer])
    await owner.execute("delete from parked where consumer = %s", [consumer])


async def _partition_numbers(kafka: AIOKafkaConsumer, topic: str) -> set[int]:
    numbers = await kafka._client.fetch_all_metadata()  # noqa: SLF001  (the consumer itself only knows subscribed topics)
    return set(numbers.partitions_for_topic(topic) or ())
