"""Aggregates decide facts and fold them. The eventsourcing library keeps identity, version and what is pending."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast
from uuid import UUID

from eventsourcing import domain
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic

from events.envelope import JOURNEY
from events.fact import Fact, read


class Refusal(Exception):  # noqa: N818  (it is an answer, not an error)
    """A command that the rules turn down; `allowed` names what could be asked instead.

    `about` names the field of the command that the rules turn down, where it is one: a class of refusals says it.
    `repeated` tells that an earlier command with the same key was turned down.
    """

    outcome = "refused"
    about: str = ""

    def __init__(self, reason: str, allowed: Iterable[str] = (), *, about: str = "", repeated: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.allowed = tuple(allowed)
        self.about = about or self.about
        self.repeated = repeated


@dataclass(frozen=True)
class Recorded(domain.AggregateEvent):
    """One fact at its place in the life of one aggregate."""

    fact: Fact

    def apply(self, aggregate: Any) -> None:
        """Fold the fact."""
        aggregate.fold(self.fact)


@dataclass(frozen=True)
class Began(Recorded, domain.AggregateCreated):
    """The first of them."""


class Aggregate(domain.Aggregate):
    """Something with an identity whose state is the fold of its facts.

    `subject` is the person it is about, `tenant` whose it is; both are folded from the first fact, one of `begins_with`
    or, where a life begins in several ways, of `also_begins_with`.
    """

    begins_with: ClassVar[type[Fact]]
    also_begins_with: ClassVar[tuple[type[Fact], ...]] = ()
    told_on: ClassVar[str] = JOURNEY

    subject: UUID | None = None
    tenant: UUID | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for first in (cls.begins_with, *cls.also_begins_with):
            _begun_by[first] = cls

    @classmethod
    def begin(cls, id: UUID, fact: Fact) -> Self:  # noqa: A002  (the library's own word)
        """Return a new aggregate whose first fact is `fact`."""
        return cls._create(Began, id=id, fact=fact, timestamp=fact.occurred_at)

    def record(self, fact: Fact) -> None:
        """Decide a fact: it is folded now and stored when the aggregate is saved."""
        self.trigger_event(Recorded, fact=fact, timestamp=fact.occurred_at)

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state. Never refuses, never computes policy."""
        raise TypeError(type(self).__name__ + " does not fold " + type(fact).__name__)


_begun_by: dict[type[Fact], type[Aggregate]] = {}


class FactMapper(Mapper[UUID]):
    """A stored event is the fact and nothing else: its type name is the topic, its JSON the state."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return the fact of a recorded event as it is stored."""
        fact: Fact = domain_event.fact
        state = fact.model_dump_json(exclude_none=True).encode()
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, fact.type_name, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Return a stored fact at its place."""
        fact = read(stored_event.topic, stored_event.state)
        id, version = cast("UUID", stored_event.originator_id), stored_event.originator_version  # noqa: A001
        return _recorded(id, version, fact) if version > 1 else _began(id, fact)


def replay(id: UUID, rows: Iterable[tuple[str, bytes]]) -> Aggregate | None:  # noqa: A002
    """Return the aggregate that these (type name, fact as JSON) rows tell, oldest first; None for no rows.

    The same as the library's repository does, without an event object around each fact.
    """
    aggregate: Aggregate | None = None
    for type_name, state in rows:
        fact = read(type_name, state)
        if aggregate is None:
            aggregate = _began(id, fact).mutate(None)
            continue
        aggregate.fold(fact)
        aggregate.version += 1
        aggregate.modified_on = fact.occurred_at
    return aggregate


def _began(id: UUID, fact: Fact) -> Began:  # noqa: A002
    topic = get_topic(_begun_by[type(fact)])
    return Began(originator_id=id, originator_version=1, timestamp=fact.occurred_at, originator_topic=topic, fact=fact)


def _recorded(id: UUID, version: int, fact: Fact) -> Recorded:  # noqa: A002
    return Recorded(originator_id=id, originator_version=version, timestamp=fact.occurred_at, fact=fact)
