"""Cover: a coach who stands in for another for a time, and does in the case what its coach may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from chassis.aggregate import Refusal
from events.caseload import CaseCovered


class CoverIsOver(Refusal):
    """A coach stands in until a day that is still to come."""


class CoverForThemselves(Refusal):
    """A coach does not stand in for themselves."""

    about = "covering_id"


class NobodyToCoverFor(Refusal):
    """The case has no coach for whom another could stand in."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Who stands in, from a moment to another."""

    coach_id: UUID
    begins_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, coach_id: UUID | None, begins_at: datetime | None, ends_at: datetime | None) -> Self | None:
        """Return the cover that a row keeps, None for none."""
        return cls(coach_id, begins_at, ends_at) if coach_id and begins_at and ends_at else None

    def holds_at(self, moment: datetime) -> bool:
        """Whether the coach stands in at a moment: it ends by itself."""
        return self.begins_at <= moment < self.ends_at


def require_cover(covered: CaseCovered, coach_id: UUID | None, now: datetime) -> None:
    """Refuse a cover that makes no sense for the coach of a case."""
    if coach_id is None:
        raise NobodyToCoverFor(str(NobodyToCoverFor.__doc__))
    if covered.coach_id == coach_id:
        raise CoverForThemselves(str(CoverForThemselves.__doc__))
    if covered.ends_at <= now or covered.ends_at <= covered.begins_at:
        raise CoverIsOver(str(CoverIsOver.__doc__))


def coaches_at(coach_id: UUID | None, cover: Cover | None, moment: datetime) -> frozenset[UUID | None]:
    """Return who coaches a case at a moment: its coach, and who stands in."""
    return frozenset({coach_id, cover.coach_id} if cover and cover.holds_at(moment) else {coach_id})
