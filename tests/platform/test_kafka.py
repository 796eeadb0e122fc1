"""Kafka comes back at the same address with what it held, after a stop and after a kill."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from waymark.local.kafka import Kafka


@pytest.fixture
def broker(platform_folder: Path) -> Iterator[Kafka]:
    broker = Kafka(platform_folder / "another-kafka")
    broker.start()
    yield broker
    broker.stop()


async def test_what_was_acknowledged_outlives_a_kill_and_a_restart(broker: Kafka) -> None:
    address = broker.bootstrap
    async with _admin(broker) as admin:
        await admin.create_topics([NewTopic("kept", num_partitions=3, replication_factor=1)])
    async with AIOKafkaProducer(bootstrap_servers=address, acks="all") as producer:
        await producer.send_and_wait("kept", b"a fact", partition=0)
    broker.kill()
    broker.start()
    broker.restart()
    assert broker.bootstrap == address
    consumer = AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest")
    async with consumer:
        consumer.assign([TopicPartition("kept", 0)])
        assert (await consumer.getone()).value == b"a fact"
        assert await _partitions(broker, "kept") == 3


async def test_the_same_data_is_served_on_another_port(broker: Kafka, platform_folder: Path) -> None:
    async with _admin(broker) as admin:
        await admin.create_topics([NewTopic("moved", num_partitions=2, replication_factor=1)])
    broker.stop()
    moved = Kafka(platform_folder / "another-kafka")
    moved.start()
    assert moved.bootstrap != broker.bootstrap
    assert await _partitions(moved, "moved") == 2
    moved.stop()


async def _partitions(broker: Kafka, topic: str) -> int:
    async with _admin(broker) as admin:
        (described,) = await admin.describe_topics([topic])
    return len(described["partitions"])


@asynccontextmanager
async def _admin(broker: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
