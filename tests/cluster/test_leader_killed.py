"""Of three brokers the one that leads is killed under load: nothing is lost, told twice or out of order."""

import asyncio
import time
from collections import Counter
from functools import partial

from aiokafka import TopicPartition

from chassis.listen.feed import reader
from events.envelope import JOURNEY
from tests.guarantees.ground import Ground, until
from tests.guarantees.nursery import Nursery, kill
from tests.guarantees.test_2_relay import has_stored, has_told, start_relay, stored
from tests.guarantees.topic import assert_told, records
from tests.guarantees.writers import write

from .cluster import Broker

FACTS = 30_000
PATIENCE_SECONDS = 120


async def leader(ground: Ground) -> int:
    async with reader(ground.bootstrap) as consumer:
        partition = TopicPartition(ground.prefix + JOURNEY, 0)
        consumer.assign([partition])
        await consumer.position(partition)
        number: int = consumer._client.cluster.leader_for_partition(partition)
        return number


async def test_a_leader_killed_under_load_loses_doubles_and_reorders_nothing(
    ground: Ground, brokers: dict[int, Broker], nursery: Nursery
) -> None:
    writers = [nursery.start(write, ground.application, seed, FACTS // 2) for seed in range(2)]
    telling = start_relay(nursery, ground)
    await until(partial(has_told, ground, 2_000), seconds=PATIENCE_SECONDS)

    victim = brokers[await leader(ground)]
    victim.kill()
    killed, before = time.monotonic(), await stored(ground)
    await until(partial(has_told, ground, before + 500), seconds=PATIENCE_SECONDS)
    pause = time.monotonic() - killed
    await asyncio.to_thread(victim.start)

    await until(partial(has_stored, ground, FACTS), seconds=PATIENCE_SECONDS)
    for writer in writers:
        kill(writer)
    await until(partial(has_told, ground, await stored(ground)), seconds=PATIENCE_SECONDS)
    await ground.all_told()
    assert telling.is_running()
    kill(telling)

    count = await assert_told(ground)
    times = Counter(told.id for told in await records(ground))
    print(f"{count} facts; the leader's death held them up for {pause:.1f} s")  # noqa: T201
    assert set(times.values()) == {1}
