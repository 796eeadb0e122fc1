"""Parked facts: what a consumer could not handle waits here, and later facts of the same key wait behind it."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from chassis.database import Connection
from chassis.listen.told import Told

MOST_PARKED: Final = 0.01
FEWEST_PARKED: Final = 20
WINDOW_SECONDS: Final = 60.0

PARK: Final = """
insert into parked (consumer, key, topic, partition, kafka_offset, headers, value, error)
values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing
"""
WAITING: Final = "select id, key, topic, partition, kafka_offset, headers, value from parked where consumer = %s"


class TooManyParkedError(Exception):
    """More than 1 % of a minute's facts cannot be handled: that is a bug, not poison. The consumer stops."""


class Failure(NamedTuple):
    """A fact that its consumer could not handle, and why."""

    told: Told
    error: Exception


async def waiting_keys(connection: Connection, consumer: str) -> set[str]:
    """Return the message keys that have parked facts."""
    cursor = await connection.execute("select distinct key from parked where consumer = %s", [consumer])
    return {key for (key,) in await cursor.fetchall()}


async def park(connection: Connection, consumer: str, failures: Iterable[Failure], followers: Iterable[Told]) -> None:
    """Park what failed, with its error, and the facts that have to wait behind."""
    rows = [_row(consumer, told, describe(error)) for told, error in failures]
    rows += [_row(consumer, told, "") for told in followers]
    rows.sort(key=lambda row: (row[2], row[3], row[4]))
    if rows:
        await connection.cursor().executemany(PARK, rows)


def describe(error: Exception) -> str:
    """Return an error in one line that shows no value that a fact carried."""
    cause = getattr(error, "errors", None)
    if callable(cause):
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in cause(include_input=False))
        return f"{type(error).__name__}: {faults}"
    sqlstate = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {sqlstate}" if sqlstate else f"{type(error).__name__}: {error}"[:300]


def _row(consumer: str, told: Told, error: str) -> tuple[Any, ...]:
    headers = [[name, value.decode()] for name, value in told.record.headers]
    place = (told.topic, told.partition, told.offset)
    return (consumer, told.key, *place, headers, told.record.value, error)


@dataclass(frozen=True, slots=True)
class Parked:
    """A fact taken back from parking; `told` is as it was heard."""

    id: int
    told: Told


async def parked_facts(connection: Connection, consumer: str, key: str) -> list[Parked]:
    """Return the parked facts of one key in the order they were told."""
    cursor = await connection.execute(WAITING + " and key = %s order by id", [consumer, key])
    return [_parked(*row) for row in await cursor.fetchall()]


def _parked(id: int, key: str, topic: str, partition: int, offset: int, headers: Any, value: bytes) -> Parked:  # noqa: A002, PLR0913
    words = [(name, text.encode()) for name, text in headers]
    record = SimpleNamespace(
        key=key.encode(), topic=topic, partition=partition, offset=offset, headers=words, value=bytes(value)
    )
    return Parked(id, Told(record))


async def release(connection: Connection, parked: Sequence[Parked]) -> None:
    """Take handled facts out of parking."""
    await connection.execute("delete from parked where id = any(%s)", [[one.id for one in parked]])


class Breaker:
    """Tells poison from a bug: how many of a minute's facts failed."""

    def __init__(self) -> None:
        self._minute: deque[tuple[float, int, int]] = deque()

    def check(self, handled: int, failed: int) -> None:
        """Count a batch.

        Raises TooManyParkedError when at least FEWEST_PARKED and more than MOST_PARKED of the last minute's facts failed.
        """
        now = monotonic()
        self._minute.append((now, handled, failed))
        while self._minute[0][0] < now - WINDOW_SECONDS:
            self._minute.popleft()
        all_handled = sum(entry[1] for entry in self._minute)
        all_failed = sum(entry[2] for entry in self._minute)
        if all_failed >= FEWEST_PARKED and all_failed > MOST_PARKED * all_handled:
            message = f"{all_failed} of {all_handled} facts in the last minute could not be handled"
            raise TooManyParkedError(message)
