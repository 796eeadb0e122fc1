"""The topics of the platform: they keep everything for ever, and their partitions never change."""

from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from events.envelope import ACCESS, JOURNEY, MARKET, PARTITIONS, PROGRAMME

TOPICS: Final = (JOURNEY, PROGRAMME, MARKET, ACCESS)
FOR_EVER: Final = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


async def make_topics(bootstrap: str, prefix: str = "", partitions: int = PARTITIONS, replicas: int = 1) -> None:
    """Make the topics that are not there yet.

    Raises aiokafka.errors.KafkaError.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        topics = [NewTopic(prefix + topic, partitions, replicas, topic_configs=FOR_EVER) for topic in TOPICS]
        answer = await admin.create_topics(topics)
        errors = [for_code(code) for _, code, *_ in answer.topic_errors if code]
        if wrong := [error for error in errors if error is not TopicAlreadyExistsError]:
            raise wrong[0]
    finally:
        await admin.close()
