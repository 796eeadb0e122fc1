"""The journey of a participant through every service: one row for each fact, kept as it was told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.catalogue import every_fact


@dataclass
class TimelineRow:
    """One fact of a journey: `fact` is its JSON, sealed where it is personal."""

    id: str
    participant_id: UUID
    tenant: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    type_name: str
    fact: str


def fact_touched(told: Told) -> str:
    """Return the id of the fact: it has a row of its own."""
    return told.id


def fold_timeline(_row: TimelineRow | None, told: Told) -> TimelineRow:
    """Keep a fact."""
    return TimelineRow(
        id=told.id,
        participant_id=told.subject,
        tenant=told.tenant,
        occurred_at=told.fact.occurred_at,
        recorded_at=told.recorded_at,
        actor=told.word("actor"),
        type_name=told.type,
        fact=told.record.value.decode(),
    )


TIMELINE = View(
    name="timeline",
    facts=tuple(every_fact().values()),
    tables=(Table("timeline", TimelineRow, fact_touched, fold_timeline, indexes=("participant_id, occurred_at",)),),
)
