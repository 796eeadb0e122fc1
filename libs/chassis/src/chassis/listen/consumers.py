"""A consumer is one view or one policy. It takes a batch in one transaction: fences, effect, parking, positions."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Final

import psycopg

from chassis.database import Connection, Pool
from chassis.listen.parking import Breaker, Failure, park, waiting_keys
from chassis.listen.policies import Heard, Policy, give
from chassis.listen.positions import Fences
from chassis.listen.spans import hearing, hearing_batch
from chassis.listen.told import Told
from chassis.listen.views import Folding, View, fold_facts
from chassis.store import ConflictError, Store
from events.fact import UnknownFactError, names_read_as, type_read_as

log = logging.getLogger(__name__)

LONGEST_BACKOFF: Final = 5.0
COMMANDS_AT_ONCE: Final = 8

# A server that shuts down, fails over or loses patience with a transaction says so by internal errors too.
AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError, OSError)


class TransientError(Exception):
    """Something that a consumer needs is away for now: the batch is tried again, nothing is parked."""


class SupersededError(Exception):
    """Another fold of the view than this worker's is live: the worker is of an older or newer release."""


class Consumer(ABC):
    """What views and policies have in common."""

    name: str
    topic: str
    type_names: frozenset[str]
    most_facts = 10_000
    """How many facts one transaction takes."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.stopped: str = ""
        self.holes: set[tuple[str, str, int]] = set()
        self.in_hand: Sequence[Told] = ()
        self.taken: Told | None = None
        self._breaker = Breaker()

    async def take(self, facts: Sequence[Told]) -> None:
        """Apply what is new among the facts, trying again while something is away.

        Raises TooManyParkedError when this looks like a bug.
        """
        self.in_hand = facts
        for first in range(0, len(facts), self.most_facts):
            await self._take_patiently(facts[first : first + self.most_facts])
        self.in_hand, self.taken = (), facts[-1] if facts else self.taken

    async def _take_patiently(self, facts: Sequence[Told]) -> None:
        backoff = 0.05
        while True:
            try:
                async with self.pool.connection() as connection, connection.transaction():
                    await self.take_in(connection, facts)
            except (*AWAY, TransientError) as error:
                log.warning("%s tries again in %.2f s: %s", self.name, backoff, type(error).__name__)
                await asyncio.sleep(backoff)
                backoff = min(2 * backoff, LONGEST_BACKOFF)
            else:
                return

    async def take_in(self, connection: Connection, facts: Sequence[Told]) -> int:
        """Take facts inside the caller's transaction; return how many were new."""
        consumer = await self.consumer(connection)
        fences = await Fences.locked(connection, consumer, (told.place for told in facts))
        fresh = [told for told in fences.sift(facts) if self.hears(told)]
        waiting = await waiting_keys(connection, consumer) if fresh else set()
        ready = [told for told in fresh if told.key not in waiting]
        failures = await self.apply(connection, ready) if ready else []
        self._check(fresh, failures)
        behind = _behind(ready, failures) + [told for told in fresh if told.key in waiting]
        await park(connection, consumer, failures, behind)
        await fences.save(connection)
        self.holes = (self.holes - fences.moved) | fences.holes
        return len(fresh)

    def _check(self, fresh: Sequence[Told], failures: Sequence[Failure]) -> None:
        """Tell poison from a bug. A fact that only a newer release knows is neither."""
        failed = sum(not isinstance(failure.error, UnknownFactError) for failure in failures)
        self._breaker.check(len(fresh), failed)
        self._breaker.count(len(fresh), failed)

    def hears(self, told: Told) -> bool:
        """Whether this consumer has anything to do with a fact."""
        return told.type in self.type_names

    @abstractmethod
    async def consumer(self, connection: Connection) -> str:
        """Return the name under which positions are kept, held for this transaction."""

    @abstractmethod
    async def apply(self, connection: Connection, facts: Sequence[Told]) -> list[Failure]:
        """Bring about the effect of facts; return the first failing fact of each key, whose later facts stay undone."""


def is_away(error: Exception) -> bool:
    """Whether an error says nothing about the facts. A value too large for an index looks like a server's trouble."""
    return isinstance(error, AWAY) and not isinstance(error, psycopg.errors.ProgramLimitExceeded)


def _behind(facts: Sequence[Told], failures: Sequence[Failure]) -> list[Told]:
    """Return the facts that come after the failed one of their key."""
    failed = {failure.told.key: failure.told for failure in failures}
    met: set[str] = set()
    behind = []
    for told in facts:
        if told.key in met:
            behind.append(told)
        elif failed.get(told.key) is told:
            met.add(told.key)
    return behind


class ViewConsumer(Consumer):
    """Folds facts into one generation of a view: the live one, or the one that is being built."""

    def __init__(self, pool: Pool, view: View, building: int | None = None) -> None:
        super().__init__(pool)
        self.view = view
        self.name = view.name
        self.topic = view.topic
        self.type_names = view.type_names
        self.generation = building or 0
        self._fold_hash = view.fold_hash
        self._building = building is not None

    async def consumer(self, connection: Connection) -> str:
        """Return `view#generation`; a switch to another generation waits for this transaction."""
        if not self._building:
            # Having waited for a switch, the first statement sees the old generation gone and not yet the new one.
            live = await self._live(connection) or await self._live(connection)
            if live is None or live[1] != self._fold_hash:
                message = f"another fold of {self.view.name} is live"
                raise SupersededError(message)
            self.generation = live[0]
        return f"{self.view.name}#{self.generation}"

    async def _live(self, connection: Connection) -> tuple[Any, ...] | None:
        query = "select generation, fold_hash from view_version where view = %s and status = 'live' for share"
        return await (await connection.execute(query, [self.view.name], prepare=True)).fetchone()

    async def apply(self, connection: Connection, facts: Sequence[Told]) -> list[Failure]:
        """Fold in memory and write once; what the database refuses is found by halving the batch.

        Raises TooManyParkedError as soon as there is too much of it.
        """
        return await self._apply(connection, facts, len(facts), 0)

    async def _apply(self, connection: Connection, facts: Sequence[Told], of: int, failed: int) -> list[Failure]:
        """Apply some facts `of` a batch in which `failed` keys failed before."""
        try:
            async with connection.transaction():
                return await self._fold(connection, facts)
        except Exception as error:
            if is_away(error):
                raise
            if len(facts) == 1:
                self._breaker.check(of, failed + 1)
                return [Failure(facts[0], error)]
        half = len(facts) // 2
        failures = await self._apply(connection, facts[:half], of, failed)
        poisoned = {failure.told.key for failure in failures}
        rest = [told for told in facts[half:] if told.key not in poisoned]
        return failures + (await self._apply(connection, rest, of, failed + len(failures)) if rest else [])

    async def _fold(self, connection: Connection, facts: Sequence[Told]) -> list[Failure]:
        foldings = [Folding(table, self.generation) for table in self.view.tables]
        with hearing_batch(facts, f"fold {self.name}"):
            for folding in foldings:
                await folding.fetch(connection, facts)
            failures = fold_facts(foldings, facts)
            for folding in foldings:
                await folding.upsert(connection)
        return failures


class PolicyConsumer(Consumer):
    """Gives one command for each fact of its types, each in a transaction of its own; the position follows."""

    # The position's transaction stays open while the commands run, and must not become a long one.
    most_facts = 200

    def __init__(self, pool: Pool, policy: Policy, store: Store, transient: tuple[type[Exception], ...] = ()) -> None:
        super().__init__(pool)
        self.policy = policy
        self.name = policy.consumer
        self.topic = policy.topic
        self._following = {name: one for fact, one in policy.by_fact.items() for name in names_read_as(fact)}
        self.type_names = frozenset(self._following)
        self._store = store
        self._transient: tuple[type[Exception], ...] = (*AWAY, ConflictError, *transient)
        self._slots = asyncio.Semaphore(COMMANDS_AT_ONCE)

    async def consumer(self, _connection: Connection) -> str:
        """Return the policy's written name."""
        return self.name

    async def apply(self, _connection: Connection, facts: Sequence[Told]) -> list[Failure]:
        """React to facts: those of one key in order, several keys at once."""
        by_key: dict[str, list[Told]] = {}
        for told in facts:
            by_key.setdefault(told.key, []).append(told)
        outcomes = await asyncio.gather(*map(self._react_in_order, by_key.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outcome for outcome in outcomes if isinstance(outcome, Failure)]

    async def _react_in_order(self, facts: Sequence[Told]) -> Failure | None:
        for told in facts:
            try:
                async with self._slots:
                    await self._react(told)
            except self._transient as error:
                raise TransientError from error
            except Exception as error:  # noqa: BLE001  (whatever it is, the fact is parked with it)
                return Failure(told, error)
        return None

    def hears(self, told: Told) -> bool:
        """Whether the fact is this policy's, or of a type that a newer release may know to be."""
        return told.type in self.type_names or type_read_as(told.type) is None

    async def _react(self, told: Told) -> None:
        policy = self._following.get(told.type)
        if policy is None:
            _require_known(told)
            return
        heard = Heard(policy.name, told)
        with hearing(told, f"react {policy.name}") as traceparent:
            await give(self._store, policy.ask(told, traceparent), lambda session: policy.reaction(heard, session))


def _require_known(told: Told) -> None:
    if type_read_as(told.type) is None:
        message = f"{told.type} is not known to this release"
        raise UnknownFactError(message)
