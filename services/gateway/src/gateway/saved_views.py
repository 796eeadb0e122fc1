"""Views of a caseload that somebody keeps under a name; the last change of each can be taken back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, LiteralString
from uuid import UUID, uuid4

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from chassis.clock import Clock
from chassis.database import Connection, Pool
from chassis.identity import Actor
from gateway.own_rows import own_rows

USUAL_DAYS: Final = 14
"""What a list counts that counts days, where nobody says otherwise."""
MOST: Final = 20

OWN: Final = """
select id, name, ready, sort, coach_id, days from saved_view
where owner_id = %s and removed_at is null order by made_at, id
"""
COUNT: Final = "select count(*) from saved_view where owner_id = %s and removed_at is null"
KEEP: Final = """
insert into saved_view (id, tenant, owner_id, name, ready, sort, coach_id, days, made_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
RENAME: Final = """
update saved_view set name = %(name)s, name_before = name
where id = %(id)s and owner_id = %(owner)s and removed_at is null returning id
"""
REMOVE: Final = """
update saved_view set removed_at = %(now)s
where id = %(id)s and owner_id = %(owner)s and removed_at is null returning id
"""
TAKE_BACK: Final = """
update saved_view set removed_at = null,
name = case when removed_at is null then coalesce(name_before, name) else name end,
name_before = case when removed_at is null then null else name_before end
where id = %(id)s and owner_id = %(owner)s returning id
"""


class NameTakenError(ValueError):
    """Somebody has a view of this name already."""


class TooManyError(ValueError):
    """Somebody keeps MOST views already."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named question to a caseload; `coach_id` is whose, None for one's own or everybody's; `days` are counted."""

    id: UUID
    name: str
    ready: str
    sort: str
    coach_id: UUID | None
    days: int


class SavedViews:
    """The views that people keep. An owner has a provider: other providers' rows are out of the database's sight."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def of(self, owner: Actor) -> list[SavedView]:
        """Return what somebody keeps, the oldest first."""
        async with self._rows(owner) as connection:
            cursor = connection.cursor(row_factory=class_row(SavedView))
            return await (await cursor.execute(OWN, [owner.id])).fetchall()

    async def keep(  # noqa: PLR0913  (all that a view consists of)
        self, owner: Actor, name: str, ready: str, sort: str, coach: UUID | None, days: int = USUAL_DAYS
    ) -> UUID:
        """Keep a view. Raises NameTakenError, TooManyError."""
        id_ = uuid4()
        async with self._rows(owner) as connection:
            row = await (await connection.execute(COUNT, [owner.id])).fetchone()
            if row and row[0] >= MOST:
                raise TooManyError
            row = (id_, owner.tenant, owner.id, name, ready, sort, coach, days, self._clock())
            await connection.execute(KEEP, row)
        return id_

    async def rename(self, owner: Actor, id: UUID, name: str) -> bool:  # noqa: A002  (as in every aggregate)
        """Give a view another name; return whether it is there. Raises NameTakenError."""
        return await self._change(RENAME, owner, id, name)

    async def remove(self, owner: Actor, id: UUID) -> bool:  # noqa: A002
        """Take a view out of sight; return whether it was there."""
        return await self._change(REMOVE, owner, id)

    async def take_back(self, owner: Actor, id: UUID) -> bool:  # noqa: A002
        """Undo the last renaming or removal; return whether the view is there. Raises NameTakenError."""
        return await self._change(TAKE_BACK, owner, id)

    async def _change(self, statement: LiteralString, owner: Actor, id: UUID, name: str = "") -> bool:  # noqa: A002
        told = {"id": id, "owner": owner.id, "name": name, "now": self._clock()}
        async with self._rows(owner) as connection:
            return await (await connection.execute(statement, told)).fetchone() is not None

    @asynccontextmanager
    async def _rows(self, owner: Actor) -> AsyncIterator[Connection]:
        try:
            async with own_rows(self._pool, owner) as connection:
                yield connection
        except UniqueViolation:
            raise NameTakenError from None
