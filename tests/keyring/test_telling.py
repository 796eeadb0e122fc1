"""An erasure is told on the journey of every id of the person, also when Kafka was away when it was asked."""

import secrets
from pathlib import Path
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from chassis.listen.told import Told
from chassis.topics import make_topics
from events.envelope import JOURNEY
from events.keyring import PersonErased
from waymark.local.kafka import Kafka

from .conftest import Home
from .running import RunningKeyring


async def test_an_erasure_asked_while_kafka_is_away_is_told_once_when_it_is_back(
    home: Home, kafka: Kafka, tmp_path: Path
) -> None:
    service = RunningKeyring(home, tmp_path, prefix=f"{secrets.token_hex(4)}.")
    person, alias = uuid4(), uuid4()
    await make_topics(kafka.bootstrap, service.prefix, partitions=24)

    service.start()
    async with service.client() as keyring, service.client_of_person("operator") as operator:
        await keyring.sealers([person, alias])
        await operator.erase(person, [alias])
    assert service.stop() == 0

    service.kafka, service.role = kafka.bootstrap, "all"
    service.start()
    async with service.client_of_person("operator") as operator:
        await operator.erase(person, [alias, later := uuid4()])
    told = await first_facts(kafka, service.prefix + JOURNEY, count=3)
    assert service.stop() == 0

    assert {(one.key, one.subject) for one in told} == {(str(one), one) for one in (person, alias, later)}
    assert {one.source for one in told} == {"keyring"}


async def first_facts(kafka: Kafka, topic: str, count: int) -> list[Told]:
    """Return the first facts of a topic, all of them erasures."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    async with consumer:
        told = [Told(await consumer.getone()) for _ in range(count)]
    assert all(isinstance(one.fact, PersonErased) for one in told)
    return told
