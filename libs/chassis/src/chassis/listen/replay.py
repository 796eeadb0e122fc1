"""Replaying parked facts: those of one key in their order, while the listener waits, so that nothing overtakes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.rows import class_row

from chassis.database import Connection, Pool
from chassis.listen.consumers import Consumer
from chassis.listen.parking import describe, parked_facts, waiting_keys
from chassis.listen.positions import Fences
from events.fact import UnknownFactError, type_read_as

# A policy's facts are commands: the partition is not held for longer than a batch of its own would.
FACTS_AT_ONCE: Final = 200

PLACES: Final = "select distinct '', topic, partition from parked where consumer = %s and key = %s"
LEFT: Final = "select count(*) from parked where consumer = %s and key = %s"
RELEASE: Final = "delete from parked where id = any(%s)"
FAIL_AGAIN: Final = "update parked set error = %s, parked_at = clock_timestamp() where id = %s"
HELD: Final = """
select p.consumer, p.key, p.type, p.error, p.parked_at as since, q.waiting from (
    select min(id) as id, count(*) as waiting from parked
    where %(consumer)s::text is null or consumer = %(consumer)s group by consumer, key
) q join parked p using (id) order by p.parked_at, p.consumer, p.key
"""
QUEUE: Final = """
select consumer, source, position, type, error, parked_at as since from parked where key = %s order by consumer, id
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A key (a surrogate id) that one consumer holds back: the first fact's type and error, and how many facts wait."""

    consumer: str
    key: str
    type: str
    error: str
    since: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Queued:
    """A parked fact of one key; `error` is empty for one that only waits behind another."""

    consumer: str
    source: str
    position: int
    type: str
    error: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Replayed:
    """How far the replay of a key is: facts released, facts left, and the error that holds those back."""

    consumer: str
    key: str
    released: int
    left: int
    error: str


Report = Callable[[Replayed], None]


async def held_keys(pool: Pool, consumer: str | None = None) -> list[Held]:
    """Return what is held back by one consumer, or by all of this service's, longest first."""
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Held)) as cursor:
        return await (await cursor.execute(HELD, {"consumer": consumer})).fetchall()


def reason_by_reason(all_held: Sequence[Held]) -> list[list[Held]]:
    """Put together what one consumer holds back for one reason, in the order in which each began."""
    alike: dict[tuple[str, str, str], list[Held]] = {}
    for held in all_held:
        alike.setdefault((held.consumer, held.type, held.error), []).append(held)
    return list(alike.values())


async def queue_of(pool: Pool, key: str) -> list[Queued]:
    """Return the parked facts of a key, for each consumer in order."""
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Queued)) as cursor:
        return await (await cursor.execute(QUEUE, [key])).fetchall()


async def replay(consumer: Consumer, key: str | None = None, report: Report = lambda _: None) -> list[Replayed]:
    """Handle the parked facts of a key, or of all keys, in order; a fact that fails again keeps its key parked.

    Safe to interrupt and to repeat, and while facts arrive. Raises SupersededError when another fold of the view is
    live, TransientError and psycopg.OperationalError when something is away.
    """
    keys = [key] if key else await _keys(consumer)
    return [await _replay_key(consumer, one, report) for one in keys]


async def replay_known(consumer: Consumer, report: Report = lambda _: None) -> list[Replayed]:
    """Replay the keys that were parked by an older release because it did not know the type of a fact."""
    async with consumer.pool.connection() as connection, connection.transaction():
        name = await consumer.consumer(connection)
    return [
        await _replay_key(consumer, held.key, report)
        for held in await held_keys(consumer.pool, name)
        if held.error.startswith(UnknownFactError.__name__) and type_read_as(held.type)
    ]


async def _keys(consumer: Consumer) -> list[str]:
    async with consumer.pool.connection() as connection, connection.transaction():
        return sorted(await waiting_keys(connection, await consumer.consumer(connection)))


async def _replay_key(consumer: Consumer, key: str, report: Report) -> Replayed:
    """Release facts, a transaction at a time: the listener may queue more of them in between."""
    released = 0
    while True:
        async with consumer.pool.connection() as connection, connection.transaction():
            step = await _release(connection, consumer, key)
        released += step.released
        sofar = Replayed(step.consumer, key, released, step.left, step.error)
        report(sofar)
        if step.error or not step.left:
            return sofar


async def _release(connection: Connection, consumer: Consumer, key: str) -> Replayed:
    """Keep the listener out of the key's partition, and only then read and handle what waits."""
    name = await consumer.consumer(connection)
    places = await (await connection.execute(PLACES, [name, key])).fetchall()
    await Fences.locked(connection, name, [(source, topic, partition) for source, topic, partition in places])
    waiting = await parked_facts(connection, name, key, FACTS_AT_ONCE)
    failures = await consumer.apply(connection, [one.told for one in waiting]) if waiting else []
    failed = [one.told for one in waiting].index(failures[0].told) if failures else len(waiting)
    error = describe(failures[0].error) if failures else ""
    await connection.execute(RELEASE, [[one.id for one in waiting[:failed]]])
    if failures:
        await connection.execute(FAIL_AGAIN, [error, waiting[failed].id])
    row = await (await connection.execute(LEFT, [name, key])).fetchone() or (0,)
    return Replayed(name, key, failed, row[0], error)
