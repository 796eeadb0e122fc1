"""What was done with a page and can be taken back for a while: which services are asked to undo it, and how."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor
from gateway.own_rows import own_rows

VALID: Final = timedelta(hours=1)

TIDY: Final = "delete from undoable where made_at <= %s"
REMEMBER: Final = """
insert into undoable (id, tenant, owner_id, steps, back, made_at) values (%s, %s, %s, %s, %s, %s)
"""
FIND: Final = """
select steps, back from undoable where id = %s and owner_id = %s and undone_at is null and made_at > %s
"""
DONE: Final = "update undoable set undone_at = %s where id = %s and owner_id = %s"


@dataclass(frozen=True, slots=True)
class Step:
    """A route of a service that undoes something, with what it is told: ids, and no word of anybody."""

    service: str
    path: str
    body: dict[str, Any] | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Undoable:
    """The steps that undo something, and the page to go back to."""

    steps: tuple[Step, ...]
    back: str


class Undoing:
    """What people can take back. Each of them finds their own, until it is undone or VALID has passed."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def remember(self, owner: Actor, steps: Sequence[Step], back: str) -> UUID:
        """Keep how something is undone; return the id by which it is."""
        id_, now = uuid4(), self._clock()
        row = (id_, owner.tenant, owner.id, Jsonb([asdict(step) for step in steps]), back, now)
        async with own_rows(self._pool, owner) as connection:
            await connection.execute(TIDY, [now - VALID])
            await connection.execute(REMEMBER, row)
        return id_

    async def find(self, owner: Actor, id: UUID) -> Undoable | None:  # noqa: A002  (as in every aggregate)
        """Return how something is undone, None for what is not there (any more) or is somebody else's."""
        async with own_rows(self._pool, owner) as connection:
            row = await (await connection.execute(FIND, (id, owner.id, self._clock() - VALID))).fetchone()
        return Undoable(tuple(Step(**step) for step in row[0]), row[1]) if row else None

    async def undone(self, owner: Actor, id: UUID) -> None:  # noqa: A002
        """Note that it was undone: nobody asks again."""
        async with own_rows(self._pool, owner) as connection:
            await connection.execute(DONE, (self._clock(), id, owner.id))
