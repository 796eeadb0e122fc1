"""The live feed: one Kafka subscription for each role of a service, fanned out to its consumers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from time import monotonic
from typing import Any, Final

import psycopg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from chassis.listen.consumers import Consumer, SupersededError, TransientError
from chassis.listen.parking import describe
from chassis.listen.positions import Fence, Place, stored_fences
from chassis.listen.replay import replay_known
from chassis.listen.resuming import resume_offsets
from chassis.listen.told import Told
from chassis.telemetry import frames_of
from events.envelope import EnvelopeError

log = logging.getLogger(__name__)

IDLE_MILLISECONDS: Final = 1_000
SOON_MILLISECONDS: Final = 5
METADATA_MILLISECONDS: Final = 5_000
HOLE_REREAD_SECONDS: Final = 5.0
HOLE_ALARM_SECONDS: Final = 30.0
RETRY_SECONDS: Final = 0.5


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Hears the topic of several consumers, the same for all of them, for one service and role.

    Where a consumer stands is in its own database alone; Kafka's committed offsets are not used.
    """

    def __init__(  # noqa: PLR0913
        self,
        broker: KafkaBroker,
        group: str,
        consumers: Sequence[Consumer],
        bootstrap: str,
        topic_prefix: str = "",
        most_records: int = 10_000,
        session_milliseconds: int = 6_000,
    ) -> None:
        super().__init__()
        self.consumers = consumers
        self.ready = False
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bootstrap = bootstrap
        self._prefix = len(topic_prefix)
        (self.topic,) = {consumer.topic for consumer in consumers}
        self._topic = topic_prefix + self.topic
        self._holes: dict[Place, float] = {}
        self._subscriber = broker.subscriber(
            self._topic,
            batch=True,
            group_id=group,
            auto_offset_reset="earliest",
            max_records=most_records,
            ack_policy=AckPolicy.MANUAL,
            listener=self,
            session_timeout_ms=session_milliseconds,
            heartbeat_interval_ms=session_milliseconds // 6,
            fetch_max_bytes=16 * 1024 * 1024,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            title=group,
            description=f"Facts for {', '.join(consumer.name for consumer in consumers)}",
        )
        self._most_records = most_records
        self._subscriber.get_msg = self._next_records  # type: ignore[method-assign]
        self._subscriber(self._hear, parser=_raw_parser, decoder=_raw_decoder)

    @property
    def holes(self) -> dict[Place, float]:
        """The sequences (source, topic, partition) with a hole, and for how many seconds it has been there."""
        return {place: monotonic() - since for place, since in self._holes.items()}

    @property
    def kafka(self) -> AIOKafkaConsumer | None:
        """What reads the topic, None before it is started."""
        return self._subscriber.consumer

    @property
    def _running(self) -> list[Consumer]:
        return [consumer for consumer in self.consumers if not consumer.stopped]

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Take up each partition where the consumer that is furthest behind stands."""
        partitions = sorted(assigned)
        consumer = self._subscriber.consumer
        assert consumer is not None
        # Else aiokafka reads on meanwhile, from wherever it thinks fit.
        consumer.pause(*partitions)
        for partition, offset in (await self._starts(partitions)).items():
            consumer.seek(partition, offset)
        consumer.resume(*partitions)
        self.ready = True
        self._replays = asyncio.ensure_future(self._replay_known())

    async def _starts(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Return where to read on; an error would end the subscription for good, so what is away is waited for."""
        while partitions:
            try:
                fences = await self._fences()
                async with reader(self._bootstrap) as consumer:
                    return await resume_offsets(consumer, partitions, fences, self._prefix)
            except (psycopg.Error, KafkaError, OSError) as error:
                log.warning("waiting to take up %d partitions: %s", len(partitions), type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
        return {}

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Leave holes to whoever takes up the partitions; what is in flight is fenced by its position rows."""
        gone = {partition.partition for partition in revoked}
        for consumer in self.consumers:
            consumer.holes = {place for place in consumer.holes if place[2] not in gone}
        self._watch_holes()

    async def _fences(self) -> list[dict[Place, Fence]]:
        fences = []
        for consumer in self.consumers:
            try:
                async with consumer.pool.connection() as connection, connection.transaction():
                    name = await consumer.consumer(connection)
                    fences.append((await stored_fences(connection, [name]))[name])
            except SupersededError as reason:
                self._stop(consumer, reason)
        return fences

    async def _replay_known(self) -> None:
        """Release what workers of an older release, until they gave up the partitions, parked for not knowing it."""
        for consumer in self._running:
            try:
                await replay_known(consumer)
            except (psycopg.Error, TransientError, SupersededError, OSError) as error:
                log.warning("%s: what was unknown stays parked: %s", consumer.name, type(error).__name__)

    def _stop(self, consumer: Consumer, reason: Exception) -> None:
        consumer.stopped = describe(reason)
        log.critical("%s stopped: %s\n%s", consumer.name, consumer.stopped, frames_of(reason))

    async def run(self) -> None:
        """Wait until cancelled.

        Raises whatever a batch failed with that is neither poison nor something away. FastStream would skip that batch.
        """
        await self._broken

    async def _next_records(self, consumer: AIOKafkaConsumer) -> tuple[Any, ...]:
        """Return records as soon as there are some, none after a while.

        FastStream's own sleeps after every poll that found none: it either hears late or wakes up many times a second.
        """
        records = await consumer.getmany(timeout_ms=IDLE_MILLISECONDS, max_records=self._most_records)
        return tuple(chain(*records.values()))

    async def _hear(self, message: KafkaMessage) -> None:
        try:
            await self.hear(message.raw_message)
        except Exception as error:
            if not self._broken.done():
                self._broken.set_exception(error)
            raise

    async def hear(self, records: Sequence[Any]) -> None:
        """Give a batch of records to every consumer that runs."""
        facts = told_facts(records, self._prefix)
        await asyncio.gather(*(self._give(consumer, facts) for consumer in self._running))
        self._watch_holes()

    async def _give(self, consumer: Consumer, facts: Sequence[Told]) -> None:
        try:
            await consumer.take(facts)
        except Exception as reason:  # noqa: BLE001  (whatever it is, going on would leave a hole)
            self._stop(consumer, reason)

    def _watch_holes(self) -> None:
        open_now = {place for consumer in self._running for place in consumer.holes}
        self._holes = {place: self._holes.get(place) or self._met(place) for place in open_now}

    def _met(self, place: Place) -> float:
        """Note a hole. If it stays, read its partition again, which may have been made anew; then raise the alarm."""
        since = monotonic()
        asyncio.get_running_loop().call_later(HOLE_REREAD_SECONDS, self._reread, place, since)
        asyncio.get_running_loop().call_later(HOLE_ALARM_SECONDS, self._alarm, place, since)
        return since

    def _reread(self, place: Place, since: float) -> None:
        partition = TopicPartition(self._topic, place[2])
        consumer = self._subscriber.consumer
        if self._holes.get(place) == since and consumer and partition in consumer.assignment():
            consumer.seek(partition, 0)

    def _alarm(self, place: Place, since: float) -> None:
        if self._holes.get(place) == since:
            log.error("a fact of %s is missing in partition %d of %s", place[0], place[2], place[1])
            asyncio.get_running_loop().call_later(HOLE_ALARM_SECONDS, self._alarm, place, since)


def live_broker(bootstrap: str) -> KafkaBroker:
    """Return a broker for listeners, which soon notices a topic that was deleted and made anew."""
    return KafkaBroker(bootstrap, logger=None, metadata_max_age_ms=METADATA_MILLISECONDS)


def told_facts(records: Sequence[Any], prefix: int = 0) -> list[Told]:
    """Read the envelopes of records; one that no relay told is reported and left out."""
    facts = []
    for record in records:
        try:
            facts.append(Told(record, prefix))
        except EnvelopeError as error:
            log.error("left out: %s", error)  # noqa: TRY400  (no traceback is needed)
    return facts


@asynccontextmanager
async def reader(bootstrap: str, wait_milliseconds: int = SOON_MILLISECONDS) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer that belongs to no group, for reading assigned partitions from chosen offsets.

    The broker answers at once when there is something, else after `wait_milliseconds`. Only then is another partition
    asked for: one that reads to an end waits hardly at all, one that follows all of them may.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=32 * 1024 * 1024,
        max_partition_fetch_bytes=8 * 1024 * 1024,
        fetch_max_wait_ms=wait_milliseconds,
    )
    await consumer.start()
    try:
        # A task of aiokafka's that is cancelled before it ever ran would end this one too.
        await asyncio.sleep(0)
        yield consumer
    finally:
        await _stop(consumer)


async def _stop(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer, whose fetcher does not hear that it is cancelled while it gives up what was assigned before."""
    stopping = asyncio.ensure_future(consumer.stop())
    while not (await asyncio.wait([stopping], timeout=0.1))[0]:
        consumer._fetcher._fetch_task.cancel()  # noqa: SLF001
    await stopping


async def _raw_parser(records: Any) -> KafkaMessage:
    """Wrap records as FastStream's message without reading them: Told does that, once."""
    return KafkaMessage(body=b"", raw_message=records, headers={}, consumer=None)  # type: ignore[arg-type]


async def _raw_decoder(message: KafkaMessage) -> Any:
    return message.body
