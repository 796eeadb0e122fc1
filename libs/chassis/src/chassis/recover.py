"""After a restore from an older backup: what Kafka carries and the store lacks is found, and copied back.

A restored store would give positions out again that Kafka already carries. So a service reads on from the relay's saved
offsets before it takes commands, and does not start while facts of its own are missing.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from chassis.clock import system_clock
from chassis.database import Connection
from chassis.listen.feed import reader, told_facts
from chassis.listen.told import Told
from chassis.relay import LOCK
from chassis.topics import FORGETTING, TOPICS

log = logging.getLogger(__name__)

POLL_MILLISECONDS: Final = 500
RETRY_SECONDS: Final = 1.0
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)

STORED: Final = """
select notification_id, originator_id || ':' || originator_version from stored_events
where notification_id = any(%b::bigint[])
    or (originator_id, originator_version) in (select * from unnest(%b::uuid[], %b::bigint[]))
"""
RESTORE_FACT: Final = """
insert into stored_events (originator_id, originator_version, topic, state, notification_id, occurred_at, recorded_at,
    subject, tenant, told_on, correlation, causation, traceparent, actor, command)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
RESTORE_COMMAND: Final = "insert into command values (%s, %s, %s, %s, %s) on conflict do nothing"
MOVE_SEQUENCE: Final = "select setval('stored_events_notification_id_seq', greatest(%s, (select last_value \
from stored_events_notification_id_seq)))"


class StoreBehindError(Exception):
    """The store lacks facts that it told: it was restored from a backup that is older than they are."""


class StoreDivergedError(Exception):
    """The store and Kafka disagree on a fact: commands were taken before the store was recovered."""


class ServiceRunsError(Exception):
    """The service that is to be recovered still runs."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many facts and answers to commands were copied back, and the last position that was ever told."""

    facts: int
    commands: int
    position: int


async def require_whole(conninfo: str, source: str, bootstrap: str, topic_prefix: str = "") -> None:
    """Check that the store has every fact that the service `source` ever told, once Kafka is there to be asked.

    Raises StoreBehindError with one line that says what to do, StoreDivergedError when it is too late for that.
    """
    while True:
        try:
            return await _require_whole(conninfo, source, bootstrap, topic_prefix)
        except (KafkaError, OSError) as away:
            log.warning("%s waits for Kafka before it starts: %s", source, type(away).__name__)
            await asyncio.sleep(RETRY_SECONDS)


async def _require_whole(conninfo: str, source: str, bootstrap: str, topic_prefix: str) -> None:
    async with await _connect(conninfo) as connection:
        missing = await missing_facts(connection, source, bootstrap, topic_prefix)
    if missing:
        message = f"{len(missing)} facts that were told are missing from the store: run `waymark recover {source}`"
        raise StoreBehindError(message)


async def recover(conninfo: str, source: str, bootstrap: str, topic_prefix: str = "") -> Recovered:
    """Copy back what the store lacks, byte for byte, with the answers of its commands and its claims.

    Raises ServiceRunsError while its relay runs, StoreDivergedError, and aiokafka's errors when Kafka is away.
    """
    async with await _connect(conninfo) as connection:
        row = await (await connection.execute("select pg_try_advisory_lock(%s)", [LOCK])).fetchone()
        if row != (True,):
            message = f"{source} runs: stop it first"
            raise ServiceRunsError(message)
        missing = await missing_facts(connection, source, bootstrap, topic_prefix)
        async with connection.transaction():
            return await _restore(connection, missing)


async def missing_facts(connection: Connection, source: str, bootstrap: str, topic_prefix: str) -> list[Told]:
    """Return the service's own facts behind the relay's saved offsets that the store does not have, by position."""
    missing: dict[int, Told] = {}
    async with reader(bootstrap) as kafka:
        for topic in TOPICS:
            async for facts in _own_facts(connection, kafka, topic, topic_prefix, source):
                missing |= {told.position: told for told in await _not_stored(connection, facts)}
    return [missing[position] for position in sorted(missing)]


async def _own_facts(
    connection: Connection, kafka: AIOKafkaConsumer, topic: str, prefix: str, source: str
) -> AsyncIterator[list[Told]]:
    """Yield what this service told on a topic since the relay saved its place, in batches.

    What a topic may have forgotten, its service may have forgotten too: it is not missed.
    """
    query = "select partition, kafka_offset from relay_position where topic = %s"
    saved: dict[int, int] = dict(await (await connection.execute(query, [topic])).fetchall())
    partitions = [TopicPartition(prefix + topic, number) for number in await _partitions(kafka, prefix + topic)]
    ends = await kafka.end_offsets(partitions)
    starts = {partition: saved.get(partition.partition, -1) + 1 for partition in partitions}
    waiting = [partition for partition in partitions if starts[partition] < ends[partition]]
    kafka.assign(waiting)
    for partition in waiting:
        kafka.seek(partition, starts[partition])
    remembered_since = system_clock() - FORGETTING[topic] if topic in FORGETTING else LONG_AGO
    while waiting:
        for records in (await kafka.getmany(timeout_ms=POLL_MILLISECONDS)).values():
            own = [told for told in told_facts(records, len(prefix)) if told.source == source]
            if own := [told for told in own if told.recorded_at >= remembered_since]:
                yield own
        waiting = [partition for partition in waiting if await kafka.position(partition) < ends[partition]]


async def _partitions(kafka: AIOKafkaConsumer, topic: str) -> Sequence[int]:
    metadata = await kafka._client.fetch_all_metadata()  # noqa: SLF001  (the consumer only knows subscribed topics)
    return sorted(metadata.partitions_for_topic(topic) or ())


async def _not_stored(connection: Connection, facts: Sequence[Told]) -> list[Told]:
    positions = [told.position for told in facts]
    ids = [_id_of(told) for told in facts]
    cursor = await connection.cursor(binary=True).execute(STORED, [positions, *map(list, zip(*ids, strict=True))])
    stored: dict[int, str] = dict(await cursor.fetchall())
    places = {fact_id: position for position, fact_id in stored.items()}
    for told in facts:
        if stored.get(told.position, told.id) != told.id or places.get(told.id, told.position) != told.position:
            message = f"the store and Kafka disagree on fact {told.id}: commands were taken before it was recovered"
            raise StoreDivergedError(message)
    return [told for told in facts if told.position not in stored]


def _id_of(told: Told) -> tuple[UUID, int]:
    aggregate, _, version = told.id.rpartition(":")
    return UUID(aggregate), int(version)


async def _restore(connection: Connection, missing: Sequence[Told]) -> Recovered:
    for told in missing:
        await connection.execute(RESTORE_FACT, _columns(told))
    commands = [told for told in missing if told.word("command")]
    positions: dict[str | None, list[int]] = {}
    restored = 0
    for told in commands:
        key, *whole = json.loads(told.word("command"))
        positions.setdefault(key, []).append(told.position)
        if whole:
            await _restore_command(connection, told, key, whole, positions.pop(key))
            restored += key is not None
    last = missing[-1].position if missing else 0
    if missing:
        await connection.execute(MOVE_SEQUENCE, [last])
    return Recovered(len(missing), restored, last)


async def _restore_command(
    connection: Connection, told: Told, key: str | None, whole: Sequence[Any], positions: Sequence[int]
) -> None:
    fingerprint, answer, claims, released = whole
    if key is not None:
        row = [key, bytes.fromhex(fingerprint), answer, list(positions), told.recorded_at]
        await connection.execute(RESTORE_COMMAND, row)
    await connection.execute("delete from claim where key = any(%s)", [list(released)])
    for claim, owner in claims.items():
        await connection.execute("insert into claim values (%s, %s)", [claim, UUID(owner)])


def _columns(told: Told) -> list[Any]:
    return [
        *_id_of(told),
        told.type,
        told.record.value,
        told.position,
        datetime.fromisoformat(told.word("ce_time")),
        told.recorded_at,
        told.word("ce_subject") or None,
        told.tenant,
        told.topic,
        told.word("correlation_id"),
        told.word("causation_id"),
        told.word("ce_traceparent") or told.word("traceparent"),
        told.word("actor"),
        told.word("command") or None,
    ]


async def _connect(conninfo: str) -> Connection:
    scoped = psycopg.conninfo.make_conninfo(conninfo, options="-c waymark.tenant=*")
    return await psycopg.AsyncConnection.connect(scoped, autocommit=True)
