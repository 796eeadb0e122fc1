"""How far behind this process's consumers are, what they hold back, which stopped: read only when somebody asks."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from aiokafka import AIOKafkaConsumer
from prometheus_client.core import GaugeMetricFamily, Metric

from chassis.clock import system_clock
from chassis.database import Pool
from chassis.listen.consumers import Consumer, ViewConsumer
from chassis.listen.feed import Listener
from chassis.metrics import measuring

GAUGES: Final[Mapping[str, tuple[str, str]]] = {
    "consumer_lag_seconds": ("consumer", "Age of the oldest fact that it has not taken; 0 when there is none."),
    "consumer_stopped": ("consumer", "1 where it stopped itself: a bug, or a worker of another release."),
    "consumer_holes": ("consumer", "Sequences in which a fact is missing, so that it waits for the relay."),
    "view_age_seconds": ("view", "How old what it shows may be: its lag, or the silence of the broker."),
    "parked_facts": ("consumer", "Facts that it could not handle, and those that wait behind them."),
    "parked_keys": ("consumer", "People, or other keys, whose facts wait."),
    "parked_seconds": ("consumer", "How long the first of them has been waiting."),
    "unread_records": ("topic", "Records that this process has not read yet."),
    "broker_silence_seconds": ("topic", "How long ago the broker last answered for some partition of this process."),
}
PARKED: Final = """
select split_part(consumer, '#', 1), count(*), count(distinct key),
    extract(epoch from clock_timestamp() - min(parked_at))::float8
from parked group by 1
"""

_watched: list[Listener] = []


class _Gauges(dict[str, GaugeMetricFamily]):
    def __init__(self) -> None:
        super().__init__(
            {name: GaugeMetricFamily(f"waymark_{name}", text, labels=[of]) for name, (of, text) in GAUGES.items()}
        )

    def set(self, name: str, of: str, value: float) -> None:
        self[name].add_metric([of], value)


class Reach(NamedTuple):
    """How many records a listener has not read, and for how many seconds the broker has not answered it."""

    unread: int
    silence: float


@contextmanager
def watching(listeners: Sequence[Listener]) -> Iterator[None]:
    """Let whoever asks this process see how these listeners are, while the context lasts."""
    _watched.extend(listeners)
    try:
        with measuring(partial(measure, listeners)):
            yield
    finally:
        for listener in listeners:
            _watched.remove(listener)


def stopped_consumers() -> list[str]:
    """Return the names of the consumers of this process that stopped themselves."""
    return sorted({consumer.name for listener in _watched for consumer in listener.consumers if consumer.stopped})


async def measure(listeners: Sequence[Listener]) -> Iterable[Metric]:
    """Return how some listeners are."""
    gauges = _Gauges()
    now = system_clock()
    for listener in listeners:
        reach = await reach_of(listener.kafka)
        if reach:
            gauges.set("unread_records", listener.topic, reach.unread)
            gauges.set("broker_silence_seconds", listener.topic, reach.silence)
        for consumer in listener.consumers:
            _measure(gauges, consumer, reach, now)
    for pool in {consumer.pool for listener in listeners for consumer in listener.consumers}:
        await _measure_parked(gauges, pool)
    return gauges.values()


def _measure(gauges: _Gauges, consumer: Consumer, reach: Reach | None, now: datetime) -> None:
    lag = _lag(consumer, reach, now)
    gauges.set("consumer_lag_seconds", consumer.name, lag)
    gauges.set("consumer_stopped", consumer.name, bool(consumer.stopped))
    gauges.set("consumer_holes", consumer.name, len(consumer.holes))
    if isinstance(consumer, ViewConsumer) and reach:
        gauges.set("view_age_seconds", consumer.name, age_of(consumer, reach, now))


def age_of(consumer: Consumer, reach: Reach | None, now: datetime) -> float:
    """Return for how many seconds a view may not show what was told: its lag, or the silence of the broker."""
    return max(_lag(consumer, reach, now), reach.silence if reach else 0.0)


def _lag(consumer: Consumer, reach: Reach | None, now: datetime) -> float:
    """Return the age of the oldest fact in hand; where more is known to come, of the last one that was taken."""
    if consumer.in_hand:
        oldest = min(told.word("recorded_at") for told in consumer.in_hand)
        return (now - datetime.fromisoformat(oldest)).total_seconds()
    if consumer.taken and reach and reach.unread:
        return (now - consumer.taken.recorded_at).total_seconds()
    return 0.0


async def reach_of(kafka: AIOKafkaConsumer | None) -> Reach | None:
    """Return how far a Kafka consumer has read what is assigned to it, None until the broker has answered for that."""
    if kafka is None:
        return None
    answered = [partition for partition in kafka.assignment() if kafka.highwater(partition) is not None]
    if not answered:
        return None
    unread = sum([kafka.highwater(partition) - await kafka.position(partition) for partition in answered])
    oldest = min(kafka.last_poll_timestamp(partition) for partition in answered)
    return Reach(unread, max(time.time() - oldest / 1000, 0.0))


async def _measure_parked(gauges: _Gauges, pool: Pool) -> None:
    async with pool.connection() as connection:
        rows = await (await connection.execute(PARKED)).fetchall()
    for consumer, facts, keys, seconds in rows:
        gauges.set("parked_facts", consumer, facts)
        gauges.set("parked_keys", consumer, keys)
        gauges.set("parked_seconds", consumer, seconds)
