"""How far a page has to have heard of that follows a deed about many: kept here, as an address would hold their ids."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor
from gateway.own_rows import own_rows

VALID: Final = timedelta(hours=1)

TIDY: Final = "delete from reached where made_at <= %s"
KEEP: Final = "insert into reached (id, tenant, owner_id, place, made_at) values (%s, %s, %s, %s, %s)"
FIND: Final = "select place from reached where id = %s and owner_id = %s and made_at > %s"


class Reached:
    """Where deeds about many people are readable, by ids that say nothing. Each finds their own, for a while."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def keep(self, owner: Actor, place: str) -> UUID:
        """Keep where something is readable; return the id for it."""
        id_, now = uuid4(), self._clock()
        async with own_rows(self._pool, owner) as connection:
            await connection.execute(TIDY, [now - VALID])
            await connection.execute(KEEP, (id_, owner.tenant, owner.id, place, now))
        return id_

    async def find(self, owner: Actor, id: UUID) -> str:  # noqa: A002  (as in every aggregate)
        """Return where something is readable, nothing for what is not there any more: it is readable by then."""
        async with own_rows(self._pool, owner) as connection:
            row = await (await connection.execute(FIND, (id, owner.id, self._clock() - VALID))).fetchone()
        return str(row[0]) if row else ""
