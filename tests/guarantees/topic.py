"""A topic as it lies on the broker, and whether a service's facts are all there, in order."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from aiokafka import TopicPartition

from chassis.listen.feed import reader, told_facts
from chassis.listen.told import Told
from chassis.relay import Relay
from chassis.store import partition_of
from events.envelope import JOURNEY

from .conftest import PARTITIONS
from .ground import Ground

STORED = """
select notification_id, originator_id, originator_version, coalesce(subject, originator_id)::text, state
from stored_events order by notification_id
"""
Line = tuple[int, str, str, bytes]


async def relay(application: str, bootstrap: str, prefix: str) -> None:
    """Tell facts, as a process."""
    await Relay(application, "caseload", bootstrap, prefix).run()


async def records(ground: Ground) -> list[Told]:
    """Return everything that the journey carries, each partition in its order."""
    found: list[Told] = []
    topic = ground.prefix + JOURNEY
    async with reader(ground.bootstrap) as consumer:
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        while sum(ends.values()) > len(found):
            for batch in (await consumer.getmany(timeout_ms=1_000)).values():
                found += told_facts(batch, len(ground.prefix))
            await asyncio.sleep(0)
    return found


async def assert_told(ground: Ground) -> int:
    """Check that the journey is what the store holds, to the byte, for whoever skips what was told before.

    Returns the number of facts.
    """
    expected: dict[int, list[Line]] = {}
    versions: Counter[str] = Counter()
    for position, aggregate, version, key, state in await ground.rows(STORED):
        versions[aggregate] += 1
        assert version == versions[aggregate]
        expected.setdefault(partition_of(key, PARTITIONS), []).append((position, f"{aggregate}:{version}", key, state))
    assert heard(told for told in await records(ground) if told.source == ground.source) == expected
    return versions.total()


def heard(told: Iterable[Told]) -> dict[int, list[Line]]:
    """Return what a fence lets through of each partition; each fact must name the one before it."""
    lines: dict[int, list[Line]] = {}
    for one in told:
        line = lines.setdefault(one.partition, [])
        fence = line[-1][0] if line else 0
        if one.previous <= fence < one.position:
            assert one.previous == fence
            line.append((one.position, one.id, one.key, one.record.value))
    return lines
