"""Reading a topic from its first record, apart from any consumer group."""

from collections.abc import AsyncIterator
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

READ_MILLISECONDS: Final = 200
BATCH_RECORDS: Final = 20_000


async def ends_of(kafka: AIOKafkaConsumer, topic: str) -> dict[TopicPartition, int]:
    """Return the end of each partition of a topic by now; none when there is no such topic."""
    # The consumer's own method knows the topics only that it is subscribed to.
    metadata = await kafka._client.fetch_all_metadata()  # noqa: SLF001
    partitions = [TopicPartition(topic, number) for number in sorted(metadata.partitions_for_topic(topic) or ())]
    kafka.assign(partitions)
    return dict(await kafka.end_offsets(partitions)) if partitions else {}


async def history(kafka: AIOKafkaConsumer, partition: TopicPartition, end: int) -> AsyncIterator[list[Any]]:
    """Yield the records of one partition from the first one to `end`, in their order."""
    kafka.assign([partition])
    kafka.seek(partition, 0)
    while await kafka.position(partition) < end:
        batches = await kafka.getmany(partition, timeout_ms=READ_MILLISECONDS, max_records=BATCH_RECORDS)
        for records in batches.values():
            yield records if records[-1].offset < end else [record for record in records if record.offset < end]
