"""Who looked at whose record, for the person whose it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.envelope import ACCESS
from events.gateway import RecordOpened, RecordRefused


@dataclass(slots=True)
class LookRow:
    """A look at a person's record; `refused` is why it was not shown."""

    id: UUID
    participant_id: UUID
    reader_id: UUID
    role: str
    what: str
    looked_at: datetime
    refused: str | None = None


def fold(_row: LookRow | None, told: Told) -> LookRow:
    """Take a look, which is all there ever is of it."""
    fact = told.fact
    assert isinstance(fact, RecordOpened | RecordRefused)
    refused = fact.reason if isinstance(fact, RecordRefused) else None
    place = (told.aggregate_id, fact.participant_id, fact.reader_id)
    return LookRow(*place, fact.role, fact.what, fact.occurred_at, refused)


def _look_id(told: Told) -> UUID:
    return told.aggregate_id


WHO_LOOKED: Final = View(
    name="who_looked",
    facts=(RecordOpened, RecordRefused),
    tables=(Table("look", LookRow, _look_id, fold, indexes=("participant_id, looked_at, id",)),),
    topic=ACCESS,
)

PAGE: Final = """
select * from look where participant_id = %(person)s and reader_id <> %(person)s
and (
    %(after)s::uuid is null
    or (looked_at, id) < (select last.looked_at, last.id from look last where last.id = %(after)s)
)
order by looked_at desc, id desc limit %(limit)s
"""


async def page(connection: Connection, person: UUID, after: UUID | None, limit: int) -> list[LookRow]:
    """Return others' looks at a person's record, the newest first."""
    cursor = connection.cursor(row_factory=class_row(LookRow))
    return await (await cursor.execute(PAGE, {"person": person, "after": after, "limit": limit})).fetchall()
