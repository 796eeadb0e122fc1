"""The rules of programmes that have numbers: data, each set with the day from which it holds.

A fact carries what followed from them on its day, so a changed rule rewrites no history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, PositiveInt

from caseload.next_step.step import StepRules
from caseload.today.reason import TodayRules
from chassis.working_days import WorkingDays

HOME: Final = ZoneInfo("Europe/London")
COUNTRY: Final = "GB-ENG"


class PlanAnchor(StrEnum):
    """From when the days run within which a plan is agreed."""

    REFERRAL = "referral"
    START = "start"


class ProgrammeRules(BaseModel):
    """The numbers of a programme from a day on; `*_within` are working days, all others calendar days and weeks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holds_from: date = date.min
    acknowledge_within: PositiveInt = 2
    start_within: PositiveInt = 15
    plan_within: PositiveInt = 20
    plan_anchor: PlanAnchor = PlanAnchor.REFERRAL
    review_days: PositiveInt = 28
    length_days: PositiveInt = 365
    check_in_weeks: tuple[PositiveInt, ...] = (1, 4, 13)
    today: TodayRules = TodayRules()
    next_step: StepRules = StepRules()

    def last_day(self, start: date) -> date:
        """Return the last day of the programme for who starts on a day."""
        return start + timedelta(days=self.length_days - 1)

    def review_by(self, day: date) -> date:
        """Return the last day on which a plan agreed or reviewed on a day is reviewed in time."""
        return day + timedelta(days=self.review_days)

    def check_ins(self, starts_on: date) -> tuple[date, ...]:
        """Return the days on which the weeks of a job are complete after which the person is asked how it goes."""
        return tuple(starts_on + timedelta(weeks=week) for week in self.check_in_weeks)


def _working_days() -> WorkingDays:
    return WorkingDays.of(COUNTRY, HOME)


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules of every programme, and the calendar by which their days are counted."""

    programmes: Mapping[UUID, Sequence[ProgrammeRules]] = field(default_factory=dict)
    calendar: WorkingDays = field(default_factory=_working_days)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the programmes' days."""
        return self.calendar.timezone

    def rules(self, programme_id: UUID | None, day: date) -> ProgrammeRules:
        """Return the rules of a programme that hold on a day: the latest set from before it, else the usual ones."""
        sets = [] if programme_id is None else self.programmes.get(programme_id, ())
        holding = [rules for rules in sets if rules.holds_from <= day]
        return max(holding, key=lambda rules: rules.holds_from, default=ProgrammeRules())
