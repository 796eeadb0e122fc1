"""What facts look like when they are answered: by pseudonyms to who may not know whose they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue
from pydantic_core import from_json

from analytics.pseudonyms import Pseudonyms
from analytics.views.facts import FactRow


class FactEntry(BaseModel):
    """One fact, without anything that is sealed in it."""

    id: str = Field(description="Its aggregate and version.")
    type: str = Field(examples=["waymark.referrals.ReferralAccepted.v1"])
    person: UUID
    source: str
    position: int = Field(description="Its place in what its service told.")
    occurred_at: datetime
    recorded_at: datetime
    correlation_id: str
    caused_by: str = Field(description="The fact that it follows from; empty where somebody asked for it.")
    actor: str
    data: dict[str, JsonValue]

    @classmethod
    def of(cls, row: FactRow, pseudonyms: Pseudonyms | None) -> Self:
        """Return a row for a reader."""
        veiled = pseudonyms.veiled if pseudonyms else str
        return cls(
            id=veiled(row.fact_id),
            type=row.type_name,
            person=pseudonyms.of(row.participant_id) if pseudonyms else row.participant_id,
            source=row.source,
            position=row.position,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            correlation_id=row.correlation_id,
            caused_by=veiled(row.causation_id),
            actor=veiled(row.actor),
            data=from_json(veiled(row.fact)),
        )


class FactsPage(BaseModel):
    """Facts, the earliest learned first."""

    facts: list[FactEntry]
    next: str | None = Field(None, description="Ask for `after` this to read on.")


class ChainEntry(FactEntry):
    """A fact in its chain of causes: `depth` counts the causes that are part of it."""

    depth: int


class Chain(BaseModel):
    """Everything that one request brought about, each fact behind its cause."""

    facts: list[ChainEntry]
    complete: bool = Field(description="Whether this is all of it.")


def in_chain(rows: Sequence[FactRow]) -> list[tuple[FactRow, int]]:
    """Return facts with their depth, each behind the one that caused it, else in the order they were learned."""
    ids = {row.fact_id for row in rows}
    caused: dict[str, list[FactRow]] = {}
    for row in rows:
        caused.setdefault(row.causation_id if row.causation_id in ids else "", []).append(row)
    return list(_below("", caused))


def _below(cause: str, caused: Mapping[str, Sequence[FactRow]]) -> Iterable[tuple[FactRow, int]]:
    waiting = [(row, 0) for row in reversed(caused.get(cause, ()))]
    while waiting:
        row, depth = waiting.pop()
        yield row, depth
        waiting += [(effect, depth + 1) for effect in reversed(caused.get(row.fact_id, ()))]
