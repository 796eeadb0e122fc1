"""The event store: aggregates in, facts out. The tables are those of the eventsourcing library (store.sql)."""

import json
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeVar
from uuid import UUID

from psycopg.errors import DeadlockDetected, UniqueViolation

from chassis.aggregate import Aggregate, FactMapper, Refusal, replay
from chassis.ask import Answer, Ask, Place, furthest
from chassis.clock import Clock, system_clock
from chassis.database import ALL_TENANTS, Pool
from chassis.metrics import count_command
from events.envelope import PARTITIONS
from events.fact import names_read_as

LARGEST_FACT: Final = 256 * 1024
SCOPE: Final = "select set_config('waymark.tenant', %b, true)"
LOAD_MANY: Final = """
select originator_id, topic, state from stored_events where originator_id = any(%b)
order by originator_id, originator_version
"""
LOAD: Final = "select * from load_facts(%b, %b, %b)"
ABOUT: Final = "select aggregates_about(%b, %b, %b::text[])"
APPEND: Final = (
    "select append_facts(%b, %b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::timestamptz[], %b::uuid[], \
%b::uuid[], %b::text[], %b, %b, %b, %b, %b, %b, %b, %b, %b::text[], %b::text[], %b::uuid[], %b::text[])"
)

A = TypeVar("A", bound=Aggregate)
Work = Callable[["Session"], Awaitable[Answer]]


class StoreError(Exception):
    """What the store cannot do, each kind with a name of its own; `outcome` is how a command ended by it."""

    outcome = "failed"


class NotFoundError(StoreError):
    """No such aggregate, or not this tenant's."""

    outcome = "not found"


class StaleVersionError(StoreError):
    """The caller decided on `expected`, the aggregate is at `actual` by now."""

    outcome = "stale"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"version {expected} was expected, {actual} is there")
        self.expected, self.actual = expected, actual


class ConflictError(StoreError):
    """Somebody else wrote to the same aggregate at the same time: load again and decide again."""

    outcome = "conflict"


class ClaimTakenError(StoreError):
    """A key that must be unique is reserved by another aggregate."""

    outcome = "claim taken"


class KeyReusedError(StoreError):
    """The same idempotency key came with another request."""

    outcome = "key reused"


class FactTooLargeError(StoreError):
    """A fact of more than 256 KB."""

    outcome = "too large"


class _AnsweredError(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def partition_of(key: str, partitions: int = PARTITIONS) -> int:
    """Return the partition of a message key: CRC-32, librdkafka's `consistent` partitioner."""
    return zlib.crc32(key.encode()) % partitions


class Store:
    """The facts of one service, `source`."""

    def __init__(self, pool: Pool, source: str, clock: Clock = system_clock, partitions: int = PARTITIONS) -> None:
        self.pool = pool
        self.source = source
        self.clock = clock
        self.partitions = partitions
        self.appended: Callable[[], None] = lambda: None

    async def execute(self, ask: Ask, work: Work) -> Answer:
        """Run a command once: the same key again appends nothing and answers as the first time.

        `work` loads, decides and saves through the session that it is given, and returns what `save` returned. A
        refusal is kept under the key as the answer and raised. Raises the errors of this module.
        """
        try:
            answer = await self._execute(ask, work)
        except Exception as error:
            count_command(ask.actor, getattr(error, "outcome", "failed"))
            raise
        count_command(ask.actor, "repeated" if answer.repeated else "accepted")
        return answer

    async def _execute(self, ask: Ask, work: Work) -> Answer:
        session = Session(self, ask)
        try:
            return await work(session)
        except _AnsweredError as earlier:
            return _raise_refused(earlier.answer)
        except Refusal as refusal:
            if not ask.key:
                raise
            answer = Answer(409, refusal=refusal.reason, allowed=refusal.allowed, about=refusal.about)
            return _raise_refused(await session.append([], answer), refusal)

    async def ids_told_on(self, topic: str) -> list[UUID]:
        """Return every aggregate that has told a fact on a topic, of all tenants; reads the whole store."""
        query = "select distinct originator_id from stored_events where told_on = %b order by 1"
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute(SCOPE, (ALL_TENANTS,))
            return [id for (id,) in await (await connection.execute(query, (topic,))).fetchall()]  # noqa: A001

    async def answered(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return those of the keys under which commands were answered before, each with its fingerprint."""
        query = "select key, fingerprint from command where key = any(%b)"
        async with self.pool.connection() as connection:
            cursor = await connection.cursor(binary=True).execute(query, (list(keys),))
            return dict(await cursor.fetchall())


class Session:
    """One command at work: everything it loads and saves is scoped to who asks."""

    def __init__(self, store: Store, ask: Ask) -> None:
        self._store = store
        self._ask = ask
        self._scope = str(ask.tenant) if ask.tenant else ALL_TENANTS

    async def load(self, kind: type[A], id: UUID, expected: int | None = None) -> A:  # noqa: A002
        """Return an aggregate as its facts tell it.

        Raises NotFoundError, and StaleVersionError when it is not at the version that the caller expects.
        """
        rows = await self._read(id)
        aggregate = replay(id, ((row[0], row[1]) for row in rows))
        if not isinstance(aggregate, kind):
            raise NotFoundError(kind.__name__)
        if expected is not None and aggregate.version != expected:
            raise StaleVersionError(expected, aggregate.version)
        return aggregate

    async def about(self, kind: type[A], person: UUID) -> list[A]:
        """Return a person's aggregates of one kind, oldest first."""
        names = [name for first in (kind.begins_with, *kind.also_begins_with) for name in names_read_as(first)]
        arguments = (self._scope, person, names)
        async with self._store.pool.connection() as connection:
            rows = await (await connection.cursor(binary=True).execute(ABOUT, arguments)).fetchall()
        return [await self.load(kind, id) for (id,) in rows]  # noqa: A001  (the library's own word)

    async def load_many(self, kind: type[A], ids: Sequence[UUID]) -> dict[UUID, A]:
        """Return those aggregates that are there, by id, in one round trip; one of another kind is not there."""
        async with self._store.pool.connection() as connection, connection.transaction():
            await connection.execute(SCOPE, (self._scope,))
            cursor = await connection.cursor(binary=True).execute(LOAD_MANY, (list(ids),))
            rows = await cursor.fetchall()
        told = groupby(rows, key=itemgetter(0))
        found = ((id, replay(id, ((row[1], row[2]) for row in facts))) for id, facts in told)  # noqa: A001
        return {id: aggregate for id, aggregate in found if isinstance(aggregate, kind)}  # noqa: A001

    async def recall(self) -> None:
        """Answer as the first time if this command ran before, ahead of work that costs or leaves traces elsewhere."""
        if self._ask.key:
            await self._read(None)

    async def _read(self, id: UUID | None) -> list[tuple[Any, ...]]:  # noqa: A002
        async with self._store.pool.connection() as connection:
            cursor = await connection.cursor(binary=True).execute(LOAD, (self._scope, id, self._ask.key))
            rows = await cursor.fetchall()
        if rows and rows[0][2] is not None:
            raise _AnsweredError(self._repeated(*rows[0]))
        return rows

    async def save(
        self,
        *aggregates: Aggregate,
        status: int = 200,
        ids: Mapping[str, str] | None = None,
        claims: Mapping[str, UUID] | None = None,
        releases: Iterable[str] = (),
    ) -> Answer:
        """Store what the aggregates decided, all or nothing, with claims (key → owner) reserved and released.

        Raises ConflictError, ClaimTakenError, KeyReusedError, FactTooLargeError.
        """
        answer = Answer(status, dict(ids or {}), aggregates[0].version if aggregates else None)
        return await self.append(aggregates, answer, claims or {}, tuple(releases))

    async def append(
        self,
        aggregates: Iterable[Aggregate],
        answer: Answer,
        claims: Mapping[str, UUID] = {},
        releases: tuple[str, ...] = (),
    ) -> Answer:
        """Store facts and answer in one transaction; `answer` gets its places here."""
        rows = [_row(aggregate, event) for aggregate in aggregates for event in aggregate.collect_events()]
        rows.sort(key=lambda row: (row[0], row[1]))
        if not (rows or self._ask.key or claims or releases):
            return answer
        answer = replace(answer, places=self._places(rows))
        try:
            positions = await self._write(rows, answer, claims, releases)
        except UniqueViolation as violation:
            return await self._resolve(violation)
        except DeadlockDetected as deadlock:
            raise ConflictError from deadlock
        self._store.appended()
        return _at(answer, positions)

    async def _write(
        self, rows: list["_Row"], answer: Answer, claims: Mapping[str, UUID], releases: tuple[str, ...]
    ) -> list[int]:
        arguments = self._arguments(rows, answer, claims, releases)
        async with self._store.pool.connection() as connection:
            cursor = await connection.cursor(binary=True).execute(APPEND, arguments)
            row = await cursor.fetchone()
        return row[0] if row else []

    def _arguments(
        self, rows: list["_Row"], answer: Answer, claims: Mapping[str, UUID], releases: tuple[str, ...]
    ) -> tuple[object, ...]:
        """Return what append_facts is called with."""
        ask = self._ask
        recorded = max(filter(None, (self._store.clock(), ask.not_before)))
        return (
            self._scope,
            *([row[column] for row in rows] for column in range(8)),
            recorded,
            ask.correlation_id,
            ask.causation_id,
            ask.traceparent,
            ask.actor,
            ask.key,
            ask.fingerprint,
            answer.stored(),
            self._commands(len(rows), answer, claims, releases),
            list(claims),
            list(claims.values()),
            list(releases),
        )

    def _commands(
        self, count: int, answer: Answer, claims: Mapping[str, UUID], releases: tuple[str, ...]
    ) -> Sequence[str | None]:
        """Return what a restored store needs to answer this command again (see recover): whole with its last fact."""
        if not (count and (self._ask.key or claims or releases)):
            return [None] * count
        owners = {key: str(owner) for key, owner in claims.items()}
        whole = [self._ask.key, self._ask.fingerprint.hex(), answer.stored(), owners, releases]
        return [json.dumps([self._ask.key])] * (count - 1) + [json.dumps(whole)]

    def _places(self, rows: list["_Row"]) -> tuple[Place, ...]:
        """Return where the last fact of each message key goes; for now its index instead of its position."""
        last = {(row[7], str(row[5] or row[0])): index for index, row in enumerate(rows)}
        source, count = self._store.source, self._store.partitions
        return tuple(Place(source, topic, partition_of(key, count), index, key) for (topic, key), index in last.items())

    async def _resolve(self, violation: UniqueViolation) -> Answer:
        """Say which uniqueness a write ran into: an earlier command with this key, a claim, or another writer."""
        if self._ask.key:
            async with self._store.pool.connection() as connection:
                query = "select answer, null, fingerprint, positions from command where key = %b"
                row = await (await connection.cursor(binary=True).execute(query, (self._ask.key,))).fetchone()
            if row:
                return _raise_refused(self._repeated(*row))
        if violation.diag.constraint_name == "claim_pkey":
            raise ClaimTakenError(_kind_of_claim(violation)) from violation
        raise ConflictError from violation

    def _repeated(self, stored: str, _state: None, fingerprint: bytes, positions: list[int]) -> Answer:
        if fingerprint != self._ask.fingerprint:
            raise KeyReusedError
        return replace(_at(Answer.restored(stored), positions), repeated=True)


_Row = tuple[UUID, int, str, bytes, object, UUID | None, UUID | None, str]
_mapper = FactMapper(None)  # type: ignore[arg-type]


def _row(aggregate: Aggregate, event: Any) -> _Row:
    stored = _mapper.to_stored_event(event)
    if len(stored.state) > LARGEST_FACT:
        message = f"{stored.topic} has {len(stored.state)} bytes, at most {LARGEST_FACT} are stored"
        raise FactTooLargeError(message)
    version = stored.originator_version
    place = (aggregate.subject, aggregate.tenant, aggregate.told_on)
    return (aggregate.id, version, stored.topic, stored.state, event.fact.occurred_at, *place)


def _kind_of_claim(violation: UniqueViolation) -> str:
    """Return what kind of claim was taken: the word before its first colon."""
    detail = violation.diag.message_detail or ""
    return detail.partition("=(")[2].partition(":")[0]


def _at(answer: Answer, positions: list[int]) -> Answer:
    """Return an answer with its places; of more than a token takes, the last of each partition."""
    places = tuple(place._replace(position=positions[place.position]) for place in answer.places)
    return replace(answer, places=places if len(places) <= PARTITIONS else furthest(places))


def _raise_refused(answer: Answer, refusal: Refusal | None = None) -> Answer:
    """Return an accepted answer; a refused one is raised again as the refusal it was."""
    if answer.refusal:
        earlier = Refusal(answer.refusal, answer.allowed, about=answer.about, repeated=answer.repeated)
        raise (refusal or earlier) from None
    return answer
