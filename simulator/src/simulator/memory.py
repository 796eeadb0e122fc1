"""A store that keeps the aggregates of a few people in memory, and writes what they decided in one transaction.

Commands run against it as against the real one, where each waits for the database twice. What is written is the same:
each command is one call of append_facts, with its own moment, actor, key and causes.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal, replay
from chassis.ask import Answer, Ask
from chassis.database import Pool
from chassis.store import APPEND, NotFoundError, Session, StaleVersionError, Store, Work
from simulator.calendar import Clock

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Decided:
    """A fact that was just decided, as it is stored, and the command that brought it about."""

    source: str
    row: tuple[Any, ...]
    ask: Ask
    recorded_at: datetime


@dataclass
class Held:
    """What some people have decided so far in one service."""

    aggregates: dict[UUID, Aggregate] = field(default_factory=dict)
    facts: dict[UUID, list[tuple[str, bytes]]] = field(default_factory=dict)
    commands: list[Sequence[object]] = field(default_factory=list)
    count: int = 0


class MemoryStore(Store):
    """The facts of one service while they are simulated; `heard` is told of each as it is decided."""

    def __init__(self, pool: Pool, source: str, clock: Clock, heard: Callable[[Decided], None]) -> None:
        super().__init__(pool, source, clock)
        self.heard = heard
        self.held = Held()

    async def execute(self, ask: Ask, work: Work) -> Answer:
        """Run a command; a refusal leaves everything as it was, and is raised."""
        session = MemorySession(self, ask)
        try:
            return await work(session)
        except Refusal:
            session.undo()
            raise

    @asynccontextmanager
    async def flushing(self) -> AsyncIterator[int]:
        """Write what was decided, all or nothing, and forget it; say how many facts there were.

        It is committed where the context ends. What an earlier run wrote, before it was broken off, is not written
        again.
        """
        held, self.held = self.held, Held()
        if not held.commands or await self._is_written(next(iter(held.facts))):
            yield held.count
            return
        async with self.pool.connection() as connection, connection.transaction():
            async with connection.pipeline():
                cursor = connection.cursor(binary=True)
                for arguments in held.commands:
                    await cursor.execute(APPEND, arguments, prepare=True)
            yield held.count
        self.appended()

    async def _is_written(self, first: UUID) -> bool:
        query = "select exists (select from stored_events where originator_id = %s)"
        async with self.pool.connection() as connection:
            return (await (await connection.execute(query, [first])).fetchone()) == (True,)


class MemorySession(Session):
    """One command at work on aggregates in memory."""

    def __init__(self, store: MemoryStore, ask: Ask) -> None:
        super().__init__(store, ask)
        self._memory = store
        self._loaded: set[UUID] = set()

    async def load(self, kind: type[A], id: UUID, expected: int | None = None) -> A:  # noqa: A002
        """Return an aggregate as it stands. Raises NotFoundError, StaleVersionError."""
        aggregate = self._memory.held.aggregates.get(id)
        if not isinstance(aggregate, kind):
            raise NotFoundError(kind.__name__)
        if expected is not None and aggregate.version != expected:
            raise StaleVersionError(expected, aggregate.version)
        self._loaded.add(id)
        return aggregate

    async def about(self, kind: type[A], person: UUID) -> list[A]:
        """Return a person's aggregates of one kind, oldest first."""
        held = self._memory.held.aggregates.values()
        found = [one for one in held if isinstance(one, kind) and one.subject == person]
        self._loaded.update(one.id for one in found)
        return found

    async def recall(self) -> None:
        """Find no earlier answer: a simulated life is lived once."""

    async def append(
        self,
        aggregates: Iterable[Aggregate],
        answer: Answer,
        claims: Mapping[str, UUID] = {},
        releases: tuple[str, ...] = (),
    ) -> Answer:
        """Keep what was decided."""
        decided = list(aggregates)
        self._memory.held.aggregates.update((one.id, one) for one in decided)
        return await super().append(decided, answer, claims, releases)

    async def _write(
        self, rows: list[Any], answer: Answer, claims: Mapping[str, UUID], releases: tuple[str, ...]
    ) -> list[int]:
        held = self._memory.held
        arguments = self._arguments(rows, answer, claims, releases)
        held.commands.append(arguments)
        held.count += len(rows)
        recorded = max(filter(None, (self._memory.clock(), self._ask.not_before)))
        for row in rows:
            held.facts.setdefault(row[0], []).append((row[2], row[3]))
            self._memory.heard(Decided(self._memory.source, row, self._ask, recorded))
        return list(range(len(rows)))

    def undo(self) -> None:
        """Take aggregates back to what was kept of them."""
        held = self._memory.held
        for id in self._loaded:  # noqa: A001
            if held.aggregates[id].pending_events:
                restored = replay(id, held.facts[id])
                assert restored
                held.aggregates[id] = restored
