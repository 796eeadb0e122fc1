"""Every fact of the journey, for search and export: what is personal is left out before it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.catalogue import every_fact
from events.sealed import sealed_fields


@dataclass
class FactRow:
    """One fact: `fact` is its JSON without the sealed fields."""

    fact_id: str
    participant_id: UUID
    tenant: UUID | None
    type_name: str
    source: str
    position: int
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: str
    causation_id: str
    actor: str
    fact: str


def fact_touched(told: Told) -> str:
    """Return the id of the fact: it has a row of its own."""
    return told.id


def fold_fact(_row: FactRow | None, told: Told) -> FactRow:
    """Keep a fact without what is sealed in it."""
    sealed = set(sealed_fields(type(told.fact)))
    return FactRow(
        fact_id=told.id,
        participant_id=told.subject,
        tenant=told.tenant,
        type_name=told.type,
        source=told.source,
        position=told.position,
        occurred_at=told.fact.occurred_at,
        recorded_at=told.recorded_at,
        correlation_id=told.word("correlation_id"),
        causation_id=told.word("causation_id"),
        actor=told.word("actor"),
        fact=told.fact.model_dump_json(exclude=sealed, exclude_none=True),
    )


FACTS: Final = View(
    name="facts",
    facts=tuple(every_fact().values()),
    tables=(
        Table(
            "told_fact",
            FactRow,
            fact_touched,
            fold_fact,
            indexes=(
                "recorded_at, fact_id",
                "type_name, recorded_at, fact_id",
                "participant_id, recorded_at, fact_id",
                "correlation_id",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class FactQuery:
    """Which facts: all that is given has to match. `after` is the last fact of the page before."""

    types: Sequence[str] | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    correlation_id: str | None = None
    participant_id: UUID | None = None
    after: tuple[datetime, str] | None = None


CONDITIONS: Final = {
    "types": "type_name = any(%(types)s)",
    "source": "source = %(source)s",
    "since": "recorded_at >= %(since)s",
    "until": "recorded_at < %(until)s",
    "correlation_id": "correlation_id = %(correlation_id)s",
    "participant_id": "participant_id = %(participant_id)s",
    "after": "(recorded_at, fact_id) > (%(after_time)s, %(after_id)s)",
}


async def search_facts(connection: Connection, query: FactQuery, limit: int) -> list[FactRow]:
    """Return the facts that match, the earliest learned first."""
    given = {name: value for name in CONDITIONS if (value := getattr(query, name)) is not None}
    arguments: Mapping[str, object] = {
        **{name: list(value) if name == "types" else value for name, value in given.items() if name != "after"},
        **({"after_time": query.after[0], "after_id": query.after[1]} if query.after else {}),
        "limit": limit,
    }
    statement = "select * from told_fact where true"
    for name in given:
        statement += f" and {CONDITIONS[name]}"
    statement += " order by recorded_at, fact_id limit %(limit)s"
    async with connection.cursor(row_factory=class_row(FactRow)) as cursor:
        return await (await cursor.execute(statement, arguments)).fetchall()


async def participants(connection: Connection) -> list[UUID]:
    """Return everybody whom the reader's rows are about."""
    rows = await (await connection.execute("select distinct participant_id from journey")).fetchall()
    return [row[0] for row in rows]
