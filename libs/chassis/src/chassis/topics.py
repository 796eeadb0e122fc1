"""The topics of the platform: they keep everything for ever, but activity; their partitions never change."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import BrokerNotAvailableError, NodeNotReadyError, TopicAlreadyExistsError, for_code

from events.envelope import ACCESS, ACTIVITY, JOURNEY, MARKET, PARTITIONS, PROGRAMME

TOPICS: Final = (JOURNEY, PROGRAMME, MARKET, ACCESS, ACTIVITY)
THIRTEEN_MONTHS: Final = timedelta(days=397)
FORGETTING: Final[Mapping[str, timedelta]] = {ACTIVITY: THIRTEEN_MONTHS}
"""The topics that lose what is older than this."""
LOOKS: Final = 100
LOOKS_APART_SECONDS: Final = 0.1


async def make_topics(bootstrap: str, prefix: str = "", partitions: int = PARTITIONS, replicas: int = 1) -> None:
    """Make the topics that are not there yet.

    Raises aiokafka.errors.KafkaError.
    """
    topics = [NewTopic(prefix + topic, partitions, replicas, topic_configs=_kept(topic)) for topic in TOPICS]
    for _ in range(LOOKS):
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            if await _is_led(admin):
                return await _make(admin, topics)
        finally:
            await admin.close()
        await asyncio.sleep(LOOKS_APART_SECONDS)
    raise BrokerNotAvailableError


async def _make(admin: AIOKafkaAdminClient, topics: Sequence[NewTopic]) -> None:
    answer = await admin.create_topics(topics)
    errors = [for_code(code) for _, code, *_ in answer.topic_errors if code]
    if wrong := [error for error in errors if error is not TopicAlreadyExistsError]:
        raise wrong[0]


async def _is_led(admin: AIOKafkaAdminClient) -> bool:
    """Return whether a broker that has just started knows that it is there: it answers before, as one of none."""
    try:
        told = await admin.describe_cluster()
    except NodeNotReadyError:
        return False
    return told["controller_id"] in {broker["node_id"] for broker in told["brokers"]}


def _kept(topic: str) -> dict[str, str]:
    kept = FORGETTING.get(topic)
    milliseconds = kept // timedelta(milliseconds=1) if kept else -1
    return {"retention.ms": str(milliseconds), "retention.bytes": "-1", "cleanup.policy": "delete"}
