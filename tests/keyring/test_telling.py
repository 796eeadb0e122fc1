"""An erasure is told on the journey of every id of the person, also when Kafka was away when it was asked."""

import secrets
from pathlib import Path
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from chassis.topics import make_topics
from events.envelope import JOURNEY, Envelope
from events.fact import read
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
    told = await first_messages(kafka, service.prefix + JOURNEY, count=3)
    assert service.stop() == 0

    assert {(key, envelope.subject) for key, envelope in told} == {(str(one), one) for one in (person, alias, later)}
    assert {envelope.source for _, envelope in told} == {"keyring"}


async def first_messages(kafka: Kafka, topic: str, count: int) -> list[tuple[str, Envelope]]:
    """Return the key and envelope of each message, all of them erasures."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    async with consumer:
        messages = [await consumer.getone() for _ in range(count)]
    envelopes = [Envelope.of(message.headers) for message in messages]
    for envelope, message in zip(envelopes, messages, strict=True):
        assert isinstance(read(envelope.type, message.value), PersonErased)
    return [(message.key.decode(), envelope) for message, envelope in zip(messages, envelopes, strict=True)]
