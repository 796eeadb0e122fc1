"""The journey as other services' relays would tell it: what a service under test hears of services that do not run."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer

from chassis.ask import Place
from chassis.listen.told import Told
from chassis.store import partition_of
from events.envelope import JOURNEY
from events.fact import Fact
from tests.envelope import Envelope


class Line(NamedTuple):
    """One fact of a person's journey: whose aggregate tells it, about whom, and of which provider."""

    fact: Fact
    aggregate: UUID
    person: UUID
    provider: UUID


@dataclass
class Journey:
    """Tells facts, each as the next of its aggregate and of the service that its type names."""

    kafka: str = ""
    prefix: str = ""
    positions: dict[str, int] = field(default_factory=dict)
    previous: dict[tuple[str, int], int] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    def tell(self, *lines: Line) -> list[Place]:
        """Tell facts on the topic; return, when the broker has them, what a reader has to have reached."""
        return asyncio.run(self._tell(lines))

    async def _tell(self, lines: Sequence[Line]) -> list[Place]:
        reached: dict[tuple[str, int], Place] = {}
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for line in lines:
                key, envelope = str(line.person), self.envelope(line)
                partition = partition_of(key)
                reached[envelope.source, partition] = Place(envelope.source, JOURNEY, partition, envelope.position, key)
                await producer.send(
                    self.prefix + JOURNEY,
                    line.fact.model_dump_json(exclude_none=True).encode(),
                    key=key.encode(),
                    partition=partition,
                    headers=envelope.headers(),
                )
            await producer.flush()
        return list(reached.values())

    def heard(self, line: Line) -> Told:
        """Return a fact as a listener hears it, without a broker."""
        record = SimpleNamespace(
            topic=JOURNEY,
            partition=0,
            offset=0,
            key=str(line.person).encode(),
            headers=self.envelope(line).headers(),
            value=line.fact.model_dump_json(exclude_none=True).encode(),
        )
        return Told(record)

    def envelope(self, line: Line) -> Envelope:
        """Return what travels around the next fact."""
        fact, aggregate, person, provider = line
        source, partition = fact.type_name.split(".")[1], partition_of(str(person))
        position = self.positions[source] = self.positions.get(source, 0) + 1
        previous = self.previous.get((source, partition), 0)
        self.previous[source, partition] = position
        version = self.versions[aggregate] = self.versions.get(aggregate, 0) + 1
        return Envelope(
            id=f"{aggregate}:{version}",
            source=source,
            type=fact.type_name,
            subject=person,
            time=fact.occurred_at,
            recorded_at=fact.occurred_at,
            position=position,
            previous=previous,
            correlation_id=uuid4().hex,
            causation_id="",
            actor=f"test:{source}",
            tenant=provider,
        )
