"""The live feed: one Kafka subscription for each role of a service, fanned out to its consumers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final

import psycopg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from chassis.listen.consumers import Consumer, SupersededError
from chassis.listen.parking import TooManyParkedError
from chassis.listen.positions import Fence, stored_fences
from chassis.listen.told import Told
from events.envelope import JOURNEY, EnvelopeError

log = logging.getLogger(__name__)

POLL_MILLISECONDS: Final = 20
HOLE_ALARM_SECONDS: Final = 30.0
READ_MILLISECONDS: Final = 2_000
RETRY_SECONDS: Final = 0.5


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Hears a topic for several consumers of one service and role.

    Where a consumer stands is in its own database alone; Kafka's committed offsets are not used.
    """

    def __init__(  # noqa: PLR0913
        self,
        broker: KafkaBroker,
        group: str,
        consumers: Sequence[Consumer],
        bootstrap: str,
        topic: str = JOURNEY,
        topic_prefix: str = "",
        most_records: int = 10_000,
    ) -> None:
        super().__init__()
        self.consumers = consumers
        self.ready = False
        self._bootstrap = bootstrap
        self._prefix = len(topic_prefix)
        self._holes: dict[tuple[str, str, int], float] = {}
        self._subscriber = broker.subscriber(
            topic_prefix + topic,
            batch=True,
            group_id=group,
            auto_offset_reset="earliest",
            max_records=most_records,
            batch_timeout_ms=POLL_MILLISECONDS,
            ack_policy=AckPolicy.MANUAL,
            listener=self,
            session_timeout_ms=6_000,
            heartbeat_interval_ms=1_000,
            fetch_max_bytes=16 * 1024 * 1024,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            title=group,
            description=f"Facts for {', '.join(consumer.name for consumer in consumers)}",
        )
        self._subscriber(self._hear, parser=_raw_parser, decoder=_raw_decoder)

    @property
    def holes(self) -> dict[tuple[str, str, int], float]:
        """The sequences (source, topic, partition) with a hole, and for how many seconds it has been there."""
        return {place: monotonic() - since for place, since in self._holes.items()}

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Take up each partition where the consumer that is furthest behind stands.

        An error here would end the subscription for good, so what is away is waited for.
        """
        partitions = sorted(assigned)
        while partitions:
            try:
                starts = await self._starts(partitions)
            except (psycopg.Error, KafkaError, OSError) as error:
                log.warning("waiting to take up %d partitions: %s", len(partitions), type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                break
        for partition in partitions:
            assert self._subscriber.consumer is not None
            self._subscriber.consumer.seek(partition, starts[partition])
        self.ready = True

    async def _starts(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        fences = await self._fences()
        async with reader(self._bootstrap) as consumer:
            return {p: await resume_offset(consumer, p, fences, p.topic[self._prefix :]) for p in partitions}

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing to give back: what is in flight is fenced by its position rows."""

    async def _fences(self) -> list[dict[tuple[str, str, int], Fence]]:
        fences = []
        for consumer in self.consumers:
            try:
                async with consumer.pool.connection() as connection, connection.transaction():
                    name = await consumer.consumer(connection)
                    fences.append((await stored_fences(connection, [name]))[name])
            except SupersededError as reason:
                self._stop(consumer, reason)
        return fences

    def _stop(self, consumer: Consumer, reason: Exception) -> None:
        consumer.stopped = str(reason)
        log.critical("%s stopped: %s", consumer.name, reason)

    async def _hear(self, message: KafkaMessage) -> None:
        await self.hear(message.raw_message)

    async def hear(self, records: Sequence[Any]) -> None:
        """Give a batch of records to every consumer that runs."""
        facts = told_facts(records, self._prefix)
        running = [consumer for consumer in self.consumers if not consumer.stopped]
        await asyncio.gather(*(self._give(consumer, facts) for consumer in running))
        self._watch_holes()

    async def _give(self, consumer: Consumer, facts: Sequence[Told]) -> None:
        try:
            await consumer.take(facts)
        except (TooManyParkedError, SupersededError) as reason:
            self._stop(consumer, reason)

    def _watch_holes(self) -> None:
        open_now = {place for consumer in self.consumers for place in consumer.holes}
        self._holes = {place: self._holes.get(place, monotonic()) for place in open_now}
        for place, seconds in self.holes.items():
            if seconds > HOLE_ALARM_SECONDS:
                log.error(
                    "a fact is missing from %s in partition %d of %s for %.0f s", place[0], place[2], place[1], seconds
                )


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
async def reader(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a consumer that belongs to no group, for reading assigned partitions from chosen offsets."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=32 * 1024 * 1024,
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    async with consumer:
        # A task of aiokafka's that is cancelled before it ever ran would end this one too.
        await asyncio.sleep(0)
        yield consumer


async def resume_offset(
    consumer: AIOKafkaConsumer,
    partition: TopicPartition,
    fences: Sequence[dict[tuple[str, str, int], Fence]],
    topic: str,
) -> int:
    """Return the offset to read on from: behind the last record that every consumer has seen.

    Where a remembered record is no longer what stands at its offset, the topic was made anew: 0, and the fences skip
    what was applied.
    """
    own = [[f for (_, t, p), f in one.items() if (t, p) == (topic, partition.partition)] for one in fences]
    remembered = {fence.offset: fence.ce_id for one in own for fence in one if fence.offset >= 0}
    if not own or not all(any(fence.offset >= 0 for fence in one) for one in own):
        return 0
    end = (await consumer.end_offsets([partition]))[partition]
    for offset, ce_id in remembered.items():
        if offset >= end or await _id_at(consumer, partition, offset) != ce_id:
            return 0
    return min(max(fence.offset for fence in one) for one in own) + 1


async def _id_at(consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> str:
    consumer.assign([partition])
    consumer.seek(partition, offset)
    for records in (await consumer.getmany(partition, timeout_ms=READ_MILLISECONDS, max_records=1)).values():
        return str(dict(records[0].headers).get("ce_id", b"").decode())
    return ""


async def _raw_parser(records: Any) -> KafkaMessage:
    """Wrap records as FastStream's message without reading them: Told does that, once."""
    return KafkaMessage(body=b"", raw_message=records, headers={}, consumer=None)  # type: ignore[arg-type]


async def _raw_decoder(message: KafkaMessage) -> Any:
    return message.body
