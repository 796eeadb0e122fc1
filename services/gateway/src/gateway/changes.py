"""Live changes: one consumer of the journey in this process, and a stream for each reader of what they may see.

A stream's place is one offset for each partition of the journey, so that a reader who comes back misses nothing.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from chassis.ask import Place, encode_places
from chassis.identity import Actor
from chassis.listen.feed import reader, told_facts
from chassis.listen.history import ends_of
from chassis.listen.told import Told
from events.caseload import CaseCovered, CaseCoverEnded, CoachAssigned
from events.envelope import JOURNEY, PARTITIONS
from events.referrals import ReferralSubmitted
from gateway.access import COACH, JOBSEEKER, LEADERS, REFERRER

LONGEST_QUEUE: Final = 2_000
MOST_REPLAYED: Final = 20_000
POLL_MILLISECONDS: Final = 100
FOLLOW_MILLISECONDS: Final = 500
AGAIN_SECONDS: Final = 1.0
_PLACE: Final = re.compile(rf"[0-9]{{1,18}}(\.[0-9]{{1,18}}){{{PARTITIONS - 1}}}", re.ASCII)

Offsets = list[int]

_log = logging.getLogger(__name__)


class HubAwayError(ConnectionError):
    """The journey is not heard at the moment."""


class TooFarBehindError(Exception):
    """More was told since than is worth replaying: who comes back reads everything anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a reader is told: a person's views moved, or the person is theirs no longer."""

    event: str
    participant_id: UUID
    source: str = ""
    at_least: str = ""

    def data(self) -> dict[str, str]:
        """Return it as JSON."""
        told = {"participant_id": str(self.participant_id), "source": self.source, "at_least": self.at_least}
        return {name: value for name, value in told.items() if value}


@dataclass(slots=True)
class Sight:
    """Whom a reader sees: everybody of a provider, or persons, each for the cases that make them theirs.

    `once` are the persons of a coach before, who learns when they are gone; `covered` are the cases in which a coach
    stands in for another.
    """

    actor: Actor
    people: dict[UUID, set[UUID]] = field(default_factory=dict)
    once: frozenset[UUID] = frozenset()
    covered: set[UUID] = field(default_factory=set)

    def see(self, told: Told) -> Change | None:
        """Return what a reader learns of a fact, and let them see more or less from there on."""
        fact = told.fact if told.type in _MOVING else None
        if self.actor.role == COACH and isinstance(fact, CoachAssigned | CaseCovered | CaseCoverEnded):
            return self._coached(told, fact)
        if isinstance(fact, ReferralSubmitted) and self.actor.role == REFERRER and fact.referrer_id == self.actor.id:
            self.people.setdefault(told.subject, set()).add(told.aggregate_id)
        return _moved(told) if self._sees(told) else None

    def recall(self, told: Told) -> Change | None:
        """Return what a reader who was away learns of a fact, by whom they see now."""
        if self._sees(told):
            return _moved(told)
        lost = told.type == CoachAssigned.type_name and told.subject in self.once
        return Change("gone", told.subject) if lost else None

    def _sees(self, told: Told) -> bool:
        if self.actor.role in LEADERS:
            return told.tenant is not None and told.tenant == self.actor.tenant
        if self.actor.role == JOBSEEKER:
            return told.subject == self.actor.id
        return told.subject in self.people and (self.actor.role == COACH or told.source == "referrals")

    def _coached(self, told: Told, fact: CoachAssigned | CaseCovered | CaseCoverEnded) -> Change | None:
        case, cases = told.aggregate_id, self.people.setdefault(told.subject, set())
        had = bool(cases)
        if isinstance(fact, CoachAssigned) or case in self.covered:
            self.covered.discard(case)
            cases.discard(case)
        if not isinstance(fact, CaseCoverEnded) and fact.coach_id == self.actor.id:
            self._take(told, fact)
        if cases:
            return _moved(told)
        del self.people[told.subject]
        return Change("gone", told.subject) if had else None

    def _take(self, told: Told, fact: CoachAssigned | CaseCovered) -> None:
        """See a case from here on; one whose cover begins later is seen by who asks then."""
        if isinstance(fact, CaseCovered):
            if fact.begins_at > told.recorded_at:
                return
            self.covered.add(told.aggregate_id)
        self.people[told.subject].add(told.aggregate_id)


_MOVING: Final = frozenset(fact.type_name for fact in (CoachAssigned, CaseCovered, CaseCoverEnded, ReferralSubmitted))


def _moved(told: Told) -> Change:
    place = Place(told.source, told.topic, told.partition, told.position, told.key)
    return Change("moved", told.subject, told.source, encode_places([place]))


class Subscription:
    """The facts that one stream has not taken yet. Who reads too slowly is let go, and comes back."""

    def __init__(self, start: Offsets) -> None:
        self.start = start
        self._queue: asyncio.Queue[Told | None] = asyncio.Queue(LONGEST_QUEUE)

    def offer(self, told: Told | None) -> bool:
        """Give a fact to the stream, None for its end; return whether it takes more."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            told = None
        self._queue.put_nowait(told)
        return told is not None

    async def take(self) -> Told | None:
        """Return the next fact, None when there are no more."""
        return await self._queue.get()


class Hub:
    """Hears the journey from its end, and gives each fact to every stream."""

    def __init__(self, bootstrap: str, topic_prefix: str) -> None:
        self._bootstrap = bootstrap
        self._prefix = topic_prefix
        self._next: Offsets = []
        self._last: dict[tuple[str, int], Place] = {}
        self._streams: set[Subscription] = set()

    async def run(self) -> None:
        """Hear until cancelled; when Kafka is away, all streams end and begin anew when it is back."""
        while True:
            try:
                async with reader(self._bootstrap, FOLLOW_MILLISECONDS) as kafka:
                    await self._hear(kafka)
            except (KafkaError, OSError) as away:
                _log.warning("the journey is not heard: %s", type(away).__name__)
            finally:
                self._end()
            await asyncio.sleep(AGAIN_SECONDS)

    def subscribe(self) -> Subscription:
        """Return a stream of everything that is told from now on. Raises HubAwayError."""
        if not self._next:
            raise HubAwayError
        stream = Subscription(list(self._next))
        self._streams.add(stream)
        return stream

    def unsubscribe(self, stream: Subscription) -> None:
        """Forget a stream."""
        self._streams.discard(stream)

    @property
    def heard(self) -> list[Place]:
        """The place of the last fact of each source in each partition that was heard here."""
        return list(self._last.values())

    async def replay(self, since: Offsets, until: Offsets) -> AsyncIterator[Told]:
        """Yield what was told from one place to another, in the order of each partition. Raises TooFarBehindError."""
        behind = {number: begin for number, begin in enumerate(since) if begin < until[number]}
        if sum(until[number] - begin for number, begin in behind.items()) > MOST_REPLAYED:
            raise TooFarBehindError
        async with reader(self._bootstrap) as kafka:
            for number, begin in behind.items():
                async for told in self._part(kafka, TopicPartition(self._topic, number), begin, until[number]):
                    yield told

    @property
    def _topic(self) -> str:
        return self._prefix + JOURNEY

    async def _part(
        self, kafka: AIOKafkaConsumer, partition: TopicPartition, begin: int, end: int
    ) -> AsyncIterator[Told]:
        kafka.assign([partition])
        kafka.seek(partition, begin)
        while await kafka.position(partition) < end:
            for records in (await kafka.getmany(partition, timeout_ms=POLL_MILLISECONDS)).values():
                for told in self._facts([record for record in records if record.offset < end]):
                    yield told

    async def _hear(self, kafka: AIOKafkaConsumer) -> None:
        ends = await ends_of(kafka, self._topic)
        for partition, end in ends.items():
            kafka.seek(partition, end)
        self._next = [end for _, end in sorted(ends.items(), key=lambda item: item[0].partition)]
        while self._next:
            for partition, records in (await kafka.getmany(timeout_ms=POLL_MILLISECONDS)).items():
                for told in self._facts(records):
                    self._last[told.source, told.partition] = Place(
                        told.source, told.topic, told.partition, told.position, key=""
                    )
                    self._streams = {stream for stream in self._streams if stream.offer(told)}
                self._next[partition.partition] = records[-1].offset + 1

    def _facts(self, records: Sequence[Any]) -> list[Told]:
        """Return the facts that are about somebody."""
        return [told for told in told_facts(records, len(self._prefix)) if told.word("ce_subject")]

    def _end(self) -> None:
        self._next, self._last = [], {}
        for stream in self._streams:
            stream.offer(None)
        self._streams.clear()


def written(offsets: Offsets) -> str:
    """Return a stream's place as the text of an event's id."""
    return ".".join(map(str, offsets))


def place_of(text: str) -> Offsets | None:
    """Return the place that an event's id names, None for any other text."""
    return [int(part) for part in text.split(".")] if _PLACE.fullmatch(text) else None
