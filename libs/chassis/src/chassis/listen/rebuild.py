"""Rebuilding a view beside the live one: read from the first fact, catch up, switch in one short transaction."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from chassis.database import Connection, Pool
from chassis.listen.consumers import ViewConsumer, is_away
from chassis.listen.feed import reader, told_facts
from chassis.listen.filling import Filling
from chassis.listen.generations import Generations
from chassis.listen.history import BATCH_RECORDS, ends_of, history
from chassis.listen.views import View, index_tables

log = logging.getLogger(__name__)

FOLLOW_MILLISECONDS: Final = 20
CATCH_UP_MILLISECONDS: Final = 2
NEARLY_THERE_RECORDS: Final = 1_000
SWITCH_PAUSE_SECONDS: Final = 0.1
WARN_SECONDS: Final = 30.0

ALONE: Final = "select pg_advisory_lock(7243118, hashtext(%s))"
SEEN: Final = "select partition, max(kafka_offset) from heard_position where consumer = %s group by 1"


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
    """What a rebuild did: the generation that is live now, the facts it read, and how long the switch took."""

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
        topic_prefix: str = "",
        report: Report = lambda _: None,
    ) -> None:
        """Prepare: `pool` sees all tenants, `owner` may make tables."""
        self._view = view
        self._pool = pool
        self._owner = psycopg.conninfo.make_conninfo(owner, options="-c waymark.tenant=* -c transaction_timeout=0")
        self._bootstrap = bootstrap
        self._topic = topic_prefix + view.topic
        self._prefix = len(topic_prefix)
        self._report = report
        self._read = self._total = 0
        self._began = monotonic()

    async def run(self, *, only_if_changed: bool = False) -> Rebuilt | None:
        """Rebuild and switch; with `only_if_changed`, not when this fold is the live one (returns None).

        Raises TooManyParkedError when the fold fails for so many facts that it must be wrong.
        """
        async with self._alone() as owner, reader(self._bootstrap) as kafka:
            generations = Generations(self._view, owner)
            if only_if_changed and await generations.live_hash() == self._view.fold_hash:
                return None
            self._began = monotonic()
            generation = await generations.begin()
            ends = await self._fill(kafka, generation)
            await index_tables(owner, self._view, generation)
            milliseconds = await self._follow(kafka, ends, generations, generation)
        return Rebuilt(generation, self._read, monotonic() - self._began, milliseconds)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Connection]:
        """Hold the lock that only one rebuild of this view has."""
        async with await psycopg.AsyncConnection.connect(self._owner, autocommit=True) as owner:
            await owner.execute(ALONE, [self._view.name])
            yield owner

    async def _fill(self, kafka: AIOKafkaConsumer, generation: int) -> Mapping[TopicPartition, int]:
        """Fold what the topic holds by now, one partition after another; return where it ended."""
        ends = await ends_of(kafka, self._topic)
        self._total = sum(ends.values())
        for partition, end in ends.items():
            try:
                with _no_search_for_cycles():
                    await self._fill_partition(kafka, partition, end, Filling(self._view, generation))
            except Exception as error:
                if is_away(error) or isinstance(error, KafkaError):
                    raise
                # Left to be followed, which finds the culprit and parks it.
                log.warning("partition %d is folded with more care: %s", partition.partition, type(error).__name__)
        return ends

    async def _fill_partition(
        self, kafka: AIOKafkaConsumer, partition: TopicPartition, end: int, filling: Filling
    ) -> None:
        async for records in history(kafka, partition, end):
            filling.take(told_facts(records, self._prefix))
            self._count(len(records))
        async with self._pool.connection() as connection, connection.transaction():
            await filling.write(connection)

    def _count(self, records: int) -> None:
        self._read += records
        seconds = max(monotonic() - self._began, 0.001)
        self._report(Progress(self._read, max(self._total, self._read), self._read / seconds))

    async def _follow(
        self, kafka: AIOKafkaConsumer, ends: Mapping[TopicPartition, int], generations: Generations, generation: int
    ) -> float:
        """Follow the topic like a live worker until the new generation can take the old one's place."""
        consumer = ViewConsumer(self._pool, self._view, building=generation)
        await self._take_up(kafka, list(ends), generation)
        while any([await kafka.position(partition) < end for partition, end in ends.items()]):
            await self._take(kafka, consumer, FOLLOW_MILLISECONDS)
        warned = monotonic()
        while True:
            if await self._take(kafka, consumer, FOLLOW_MILLISECONDS) > NEARLY_THERE_RECORDS:
                continue
            switched = await generations.switch(generation, lambda: self._take(kafka, consumer, CATCH_UP_MILLISECONDS))
            if switched is not None:
                return switched
            if monotonic() - warned > WARN_SECONDS:
                warned = monotonic()
                log.warning("%s cannot be switched: it is read all the time, or ahead of its topic", self._view.name)
            await asyncio.sleep(SWITCH_PAUSE_SECONDS)

    async def _take_up(self, kafka: AIOKafkaConsumer, partitions: Sequence[TopicPartition], generation: int) -> None:
        """Go on behind the last records that were folded."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(SEEN, [f"{self._view.name}#{generation}"])).fetchall()
        seen: dict[int, int] = dict(rows)
        kafka.assign(list(partitions))
        for partition in partitions:
            kafka.seek(partition, seen.get(partition.partition, -1) + 1)

    async def _take(self, kafka: AIOKafkaConsumer, consumer: ViewConsumer, milliseconds: int) -> int:
        """Take what comes next, waiting for it so long; return how many records there were."""
        batches = await kafka.getmany(timeout_ms=milliseconds, max_records=BATCH_RECORDS)
        records = [record for some in batches.values() for record in some]
        if records:
            await consumer.take(told_facts(records, self._prefix))
            self._count(len(records))
        return len(records)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Let the garbage collector wait: a batch makes much and no cycles, and looking for them takes half of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
