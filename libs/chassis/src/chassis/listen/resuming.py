"""Where to read on: behind the record last seen, if it is still there, else from the first one."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.listen.positions import Fence, Place

READ_SECONDS: Final = 10


async def resume_offsets(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], fences: Sequence[dict[Place, Fence]], prefix: int
) -> dict[TopicPartition, int]:
    """Return for each partition the offset to read on from: behind the last record that every consumer has seen.

    Where a remembered record is no longer what stands at its offset, the topic was made anew: 0, and the fences skip
    what was applied.
    """
    own = {partition: [_fences_in(partition, one, prefix) for one in fences] for partition in partitions}
    seen = {p: {fence.offset: fence.ce_id for one in of_all for fence in one} for p, of_all in own.items()}
    anew = await _made_anew(consumer, seen)
    return {
        partition: 0
        if partition in anew or not (of_all and all(of_all))
        else min(max(fence.offset for fence in one) for one in of_all) + 1
        for partition, of_all in own.items()
    }


def _fences_in(partition: TopicPartition, fences: dict[Place, Fence], prefix: int) -> list[Fence]:
    """Return the fences of a partition whose last record was seen."""
    place = (partition.topic[prefix:], partition.partition)
    return [fence for (_, *where), fence in fences.items() if tuple(where) == place and fence.offset >= 0]


async def _made_anew(consumer: AIOKafkaConsumer, seen: dict[TopicPartition, dict[int, str]]) -> set[TopicPartition]:
    """Return the partitions that do not hold any more, at the same offsets, the records with the ids that were seen.

    What a forgetting topic has lost since then is no sign of that.
    """
    begins, ends = await consumer.beginning_offsets(list(seen)), await consumer.end_offsets(list(seen))
    anew = {partition for partition, ids in seen.items() if max(ids, default=-1) >= ends[partition]}
    seen = {p: {offset: id_ for offset, id_ in ids.items() if offset >= begins[p]} for p, ids in seen.items()}
    while left := {partition: ids for partition, ids in seen.items() if ids and partition not in anew}:
        found = await _ids_at(consumer, {partition: max(ids) for partition, ids in left.items()})
        anew |= {partition for partition, ids in left.items() if found[partition] != ids.pop(max(ids))}
    return anew


async def _ids_at(consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> dict[TopicPartition, str]:
    consumer.assign(list(offsets))
    for partition, offset in offsets.items():
        consumer.seek(partition, offset)
    ids: dict[TopicPartition, str] = {}
    async with asyncio.timeout(READ_SECONDS):
        while missing := offsets.keys() - ids.keys():
            record = await consumer.getone(*missing)
            ids[TopicPartition(record.topic, record.partition)] = dict(record.headers).get("ce_id", b"").decode()
    return ids
