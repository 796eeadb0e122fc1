"""Fences: which facts a consumer has applied, held under a row lock while it applies more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.topics import FORGETTING

Place = tuple[str, str, int]

MAKE: Final = """
insert into heard_position (consumer, source, topic, partition)
select %b, * from unnest(%b::text[], %b::text[], %b::int[]) order by 3, 4, 2 on conflict do nothing
"""
LOCK: Final = """
select source, topic, partition, position, kafka_offset, ce_id from heard_position
where consumer = %b and (source, topic, partition) in (select * from unnest(%b::text[], %b::text[], %b::int[]))
order by topic, partition, source for update
"""
SAVE: Final = """
update heard_position h set position = x.position, kafka_offset = x.kafka_offset, ce_id = x.ce_id
from unnest(%b::text[], %b::text[], %b::int[], %b::bigint[], %b::bigint[], %b::text[])
    as x (source, topic, partition, position, kafka_offset, ce_id)
where h.consumer = %b and h.source = x.source and h.topic = x.topic and h.partition = x.partition
"""
STORED: Final = """
select consumer, source, topic, partition, position, kafka_offset, ce_id from heard_position where consumer = any(%s)
"""


def partition_of(place: Place) -> Place:
    """Return the place that stands for the whole partition, whatever the source."""
    return ("", *place[1:])


def _forgotten(place: Place, fence: "Fence") -> bool:
    """Whether what was told before belongs to what its topic forgets."""
    return place[1] in FORGETTING and not fence.position


@dataclass(slots=True)
class Fence:
    """Up to `position` all is applied; the record of it was last seen at `offset` with the id `ce_id`."""

    position: int
    offset: int
    ce_id: str
    seen: Told | None = None


class _Unheard(dict[Place, Fence]):
    def __missing__(self, place: Place) -> Fence:
        self[place] = Fence(0, -1, "")
        return self[place]


class Fences:
    """The fences of one consumer for the places of one batch, locked until the transaction ends."""

    def __init__(self, consumer: str, fences: dict[Place, Fence]) -> None:
        self._consumer = consumer
        self._fences = fences
        self.holes: set[Place] = set()
        self.moved: set[Place] = set()

    @classmethod
    async def locked(cls, connection: Connection, consumer: str, places: Iterable[Place]) -> "Fences":
        """Make the rows that are not there yet, lock them and their partitions', and only then read them."""
        wanted = set(places)
        wanted |= {partition_of(place) for place in wanted}
        columns = [list(column) for column in zip(*sorted(wanted), strict=True)] or [[], [], []]
        cursor = connection.cursor(binary=True)
        await cursor.execute(MAKE, (consumer, *columns), prepare=True)
        await cursor.execute(LOCK, (consumer, *columns), prepare=True)
        rows = await cursor.fetchall()
        return cls(consumer, {(source, topic, partition): Fence(*rest) for source, topic, partition, *rest in rows})

    @classmethod
    def fresh(cls, consumer: str) -> "Fences":
        """Return fences of a consumer that has applied nothing, locked by nobody."""
        return cls(consumer, _Unheard())

    @property
    def places(self) -> list[Place]:
        """The places with a fence."""
        return list(self._fences)

    def sift(self, facts: Iterable[Told]) -> list[Told]:
        """Return the facts that come next and move the fences behind them.

        A fact at or below its fence was applied before. One whose predecessor is above it lies behind a hole: it is let
        go without moving the fence, because the relay will tell the missing fact and this one again. Only what a
        forgetting topic has lost before the first fact heard is nothing to wait for.
        """
        fresh = []
        for told in facts:
            place = told.place
            fence = self._fences[place]
            if told.position > fence.position:
                if told.previous > fence.position and not _forgotten(place, fence):
                    self.holes.add(place)
                    continue
                fence.position = told.position
                self.moved.add(place)
                self.holes.discard(place)
                fresh.append(told)
            fence.seen = told
        return fresh

    async def save(self, connection: Connection) -> None:
        """Write the moved fences back."""
        moved = [
            (*place, fence.position, fence.seen.offset, fence.seen.id)
            for place, fence in self._fences.items()
            if fence.seen is not None
        ]
        if moved:
            columns = [list(column) for column in zip(*moved, strict=True)]
            await connection.cursor(binary=True).execute(SAVE, (*columns, self._consumer), prepare=True)


async def stored_fences(connection: Connection, consumers: Sequence[str]) -> dict[str, dict[Place, Fence]]:
    """Return every fence of some consumers, as committed."""
    fences: dict[str, dict[Place, Fence]] = {consumer: {} for consumer in consumers}
    for consumer, source, topic, partition, *rest in await (
        await connection.execute(STORED, [[*consumers]])
    ).fetchall():
        fences[consumer][source, topic, partition] = Fence(*rest)
    return fences
