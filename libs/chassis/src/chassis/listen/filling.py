"""Folding one partition of a topic in memory and copying the rows into the tables of a new generation."""

from collections.abc import Sequence
from typing import Any

from chassis.database import Connection
from chassis.listen.parking import Breaker, Failure, park
from chassis.listen.positions import Fences
from chassis.listen.told import Told
from chassis.listen.views import Folding, View, fold_facts


class Filling:
    """The rows, fences and parked facts that one partition gives a generation of a view."""

    def __init__(self, view: View, generation: int, breaker: Breaker) -> None:
        self._consumer = f"{view.name}#{generation}"
        self._type_names = view.type_names
        self._foldings = [Folding(table, generation) for table in view.tables]
        self._memories: list[dict[Any, tuple[Any, ...]]] = [{} for _ in self._foldings]
        self._fences = Fences.fresh(self._consumer)
        self._failures: dict[str, Failure] = {}
        self._behind: list[Told] = []
        self._breaker = breaker

    def take(self, facts: Sequence[Told]) -> None:
        """Fold facts that come next.

        Raises TooManyParkedError when this looks like a bug.
        """
        fresh = [told for told in self._fences.sift(facts) if told.type in self._type_names]
        ready = [told for told in fresh if told.key not in self._failures] if self._failures else fresh
        self._behind += [told for told in fresh if told.key in self._failures]
        failures = self._fold(ready)
        self._breaker.check(len(fresh), len(failures))
        self._breaker.count(len(fresh), len(failures))
        for failure in failures:
            self._failures[failure.told.key] = failure
            key, offset = failure.told.key, failure.told.offset
            self._behind += [told for told in ready if told.key == key and told.offset > offset]

    def _fold(self, facts: Sequence[Told]) -> list[Failure]:
        for folding, memory in zip(self._foldings, self._memories, strict=True):
            folding.recall(facts, memory)
        failures = fold_facts(self._foldings, facts)
        for folding, memory in zip(self._foldings, self._memories, strict=True):
            folding.remember(memory)
        return failures

    async def write(self, connection: Connection) -> None:
        """Copy everything in, in the caller's transaction."""
        for folding, memory in zip(self._foldings, self._memories, strict=True):
            await folding.copy(connection, memory)
        await park(connection, self._consumer, self._failures.values(), self._behind)
        await Fences.locked(connection, self._consumer, self._fences.places)
        await self._fences.save(connection)
