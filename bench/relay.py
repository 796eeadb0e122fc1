"""relay: stored facts told on the journey, beside the same messages sent raw by aiokafka's send_batch."""

import asyncio
import gc
import time
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.measure import Machine, Result, Service, collecting_seldom, fill, service
from chassis.packing import BATCH_BYTES
from chassis.relay import Relay
from events.envelope import JOURNEY, PARTITIONS

FACTS = 100_000
PEOPLE = 5_000
GOAL = 0.60

Message = tuple[bytes, bytes, list[tuple[str, bytes]]]


def run(machine: Machine) -> list[Result]:
    """Tell the facts, read the messages back, and send them again raw."""
    value, peer = asyncio.run(_measure(machine))
    name = "aiokafka send_batch of the same messages"
    return [Result("relay", value, "facts/s", name, peer, f"≥ {GOAL:.2f} ×", value >= GOAL * peer)]


async def _measure(machine: Machine) -> tuple[float, float]:
    async with service(machine, "relay") as own:
        await fill(own.store, FACTS, PEOPLE)
        with collecting_seldom():
            value = await _tell(own)
        messages = await read_back(own)
        # The peer is not to pay for the collector's walks through messages that only this benchmark holds.
        gc.freeze()
        peer = max([await _send_raw(own, messages) for _ in range(2)])
        gc.unfreeze()
        return round(value), round(peer)


async def _tell(own: Service) -> float:
    relay = Relay(own.application, "relay", own.bootstrap, own.prefix)
    began = time.perf_counter()
    task = asyncio.create_task(relay.run())
    try:
        await told(own)
        return FACTS / (time.perf_counter() - began)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def told(own: Service) -> None:
    """Wait until the relay has saved the last fact as told."""
    query = "select (select position from relay_cursor) = (select max(notification_id) from stored_events)"
    while True:
        async with own.pool.connection() as connection:
            row = await (await connection.execute(query)).fetchone()
        if row == (True,):
            return
        await asyncio.sleep(0.02)


async def read_back(own: Service) -> dict[int, list[Message]]:
    """Return what was told, by partition."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=own.bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=8 << 20
    )
    async with consumer:
        partitions = [TopicPartition(own.prefix + JOURNEY, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        total = sum((await consumer.end_offsets(partitions)).values())
        messages: dict[int, list[Message]] = {number: [] for number in range(PARTITIONS)}
        while total:
            for partition, records in (await consumer.getmany(timeout_ms=500)).items():
                total -= len(records)
                messages[partition.partition] += [(r.key, r.value, list(r.headers)) for r in records]
        return messages


async def _send_raw(own: Service, messages: dict[int, list[Message]]) -> float:
    producer = AIOKafkaProducer(
        bootstrap_servers=own.bootstrap, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES
    )
    topic = own.prefix + "waymark.market"
    async with producer:
        began = time.perf_counter()
        sent: list[Any] = []
        for partition, some in messages.items():
            batch = producer.create_batch()
            for key, value, headers in some:
                if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                    sent.append(await producer.send_batch(batch, topic, partition=partition))
                    batch = producer.create_batch()
                    batch.append(key=key, value=value, timestamp=None, headers=headers)
            sent.append(await producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)
        return sum(map(len, messages.values())) / (time.perf_counter() - began)
