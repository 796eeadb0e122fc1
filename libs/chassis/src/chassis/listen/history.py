"""Reading a topic from its first record to what is its end now, apart from any consumer group."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

READ_MILLISECONDS: Final = 200
BATCH_RECORDS: Final = 20_000


async def partitions_of(kafka: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    """Return the partitions of a topic, none when there is no such topic."""
    # The consumer's own method knows the topics only that it is subscribed to.
    metadata = await kafka._client.fetch_all_metadata()  # noqa: SLF001
    return [TopicPartition(topic, number) for number in sorted(metadata.partitions_for_topic(topic) or ())]


async def history(kafka: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> AsyncIterator[list[Any]]:
    """Yield the records that partitions hold by now, each list from one partition and in its order."""
    kafka.assign(list(partitions))
    ends = {partition: end for partition, end in (await kafka.end_offsets(list(partitions))).items() if end}
    for partition in partitions:
        kafka.seek(partition, 0)
    while ends:
        batches = await kafka.getmany(*ends, timeout_ms=READ_MILLISECONDS, max_records=BATCH_RECORDS)
        for partition, records in batches.items():
            yield [record for record in records if record.offset < ends[partition]]
        ends = {partition: end for partition, end in ends.items() if await kafka.position(partition) < end}
