"""Who coaches a case, and who stands in for a time: read alike by every service whose access hangs on it."""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from events.caseload import CaseCovered, CaseCoverEnded, CoachAssigned

COVER_FACTS: Final = (CaseCovered, CaseCoverEnded)
COACHING_FACTS: Final = (CoachAssigned, *COVER_FACTS)
Coaching = CoachAssigned | CaseCovered | CaseCoverEnded


class Coached(Protocol):
    """A row of a case."""

    coach_id: UUID | None
    cover_id: UUID | None
    cover_begins_at: datetime | None
    cover_ends_at: datetime | None


def take_coaching(row: Coached, fact: Coaching) -> None:
    """Take who is the coach, and who stands in for them; with another coach nobody does any longer."""
    if isinstance(fact, CoachAssigned):
        row.coach_id = fact.coach_id
    cover = fact if isinstance(fact, CaseCovered) else None
    row.cover_id = cover.coach_id if cover else None
    row.cover_begins_at, row.cover_ends_at = (cover.begins_at, cover.ends_at) if cover else (None, None)
