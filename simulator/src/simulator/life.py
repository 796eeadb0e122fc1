"""One person's life from the referral on, drawn by the numbers: a list of deeds, and nothing done yet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from caseload.programme_rules import ProgrammeRules
from caseload.service_standards import warning_day
from simulator.calendar import LONDON, in_hours, midnight, slot, working_days_later
from simulator.deed import Deed, Person
from simulator.numbers import NUMBERS, Numbers

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass
class Draft:
    """The deeds of one person as they are drawn, and what the drawing has to remember."""

    person: Person
    rng: Random
    until: datetime
    numbers: Numbers = NUMBERS
    deeds: list[Deed] = field(default_factory=list)
    made: int = 0

    def do(self, at: datetime, name: str, **words: Any) -> None:
        """Have something done at a moment."""
        self.deeds.append(Deed(at, len(self.deeds), name, words))

    def chance(self, probability: float) -> bool:
        """Whether something happens that has this probability."""
        return self.rng.random() < probability

    def id(self, what: str) -> UUID:
        """Return the id of the next thing of a kind."""
        self.made += 1
        return self.person.id(f"{what} {self.made}")

    def soon(self, at: datetime, most_hours: float) -> datetime:
        """Return a moment within some hours."""
        return at + timedelta(minutes=self.rng.randint(1, int(60 * most_hours)))

    def settled(self) -> Sequence[Deed]:
        """Return what is done by the end, in order."""
        return sorted(deed for deed in self.deeds if deed.at < self.until)


def day_of(moment: datetime) -> date:
    """Return the day of a moment."""
    return moment.astimezone(LONDON).date()


REJECTED: Final = ("not_eligible", "not_interested", "hired_elsewhere", "in_training", "not_mobile", "no_capacity")


def refer(draft: Draft, referred_on: date) -> datetime | None:
    """Draw the way from the referral to the start; return the moment of the start, None where there is none."""
    rng, place = draft.rng, draft.person.place
    at = in_hours(referred_on, rng)
    draft.do(at, "submit")
    _let_time_pass(draft, day_of(at))
    at = in_hours(working_days_later(day_of(at), rng.choices((1, 2, 4), (70, 28, 2))[0]), rng)
    draft.do(at, "acknowledge")
    at = draft.soon(at, 4)
    draft.do(at, "assess")
    at = in_hours(working_days_later(day_of(at), rng.randint(1, 3)), rng)
    if not draft.chance(_taken_on(draft)):
        if draft.chance(0.6):
            draft.do(at, "reject", reason=rng.choice(REJECTED))
        else:
            draft.do(at, "withdraw")
        return None
    draft.do(at, "accept")
    if draft.chance(0.7 if not place.mandatory else 0.3):
        at = _hand_over(draft, at)
    return _meet(draft, at)


def _let_time_pass(draft: Draft, day: date) -> None:
    """Draw the days on which little time is left for each promise of the service, or none, as its timers find them."""
    rules = ProgrammeRules()
    within = {"acknowledge": rules.acknowledge_within, "start": rules.start_within, "plan": rules.plan_within}
    for standard, days in within.items():
        due = working_days_later(day, days)
        warned = min(due, working_days_later(day, warning_day(days)))
        draft.do(midnight(warned), "warn_of_standard", standard=standard)
        draft.do(midnight(due + DAY), "breach_standard", standard=standard)


def _taken_on(draft: Draft) -> float:
    """Return how likely a referral is accepted, so that the share of all that start is the known one."""
    numbers = draft.numbers
    started = numbers.start_mandatory if draft.person.place.mandatory else numbers.start_voluntary
    lost = numbers.first_meeting_missed.value * (1 - numbers.missed_come_later.value)
    return started.value / (1 - lost)


def _hand_over(draft: Draft, at: datetime) -> datetime:
    meets = slot(working_days_later(day_of(at), draft.rng.randint(1, 3)), draft.rng)
    draft.do(at + timedelta(minutes=10), "arrange_handover", meets_at=meets, channel="video")
    draft.do(meets + HOUR, "hold_handover")
    return meets + HOUR


def _meet(draft: Draft, at: datetime) -> datetime | None:
    rng = draft.rng
    meets = slot(working_days_later(day_of(at), rng.randint(2, 6)), rng)
    draft.do(draft.soon(at, 1), "book_first_meeting", meets_at=meets)
    if draft.chance(draft.numbers.first_meeting_missed.value):
        draft.do(meets + HOUR, "miss_first_meeting")
        if not draft.chance(draft.numbers.missed_come_later.value):
            draft.do(in_hours(working_days_later(day_of(meets), rng.randint(4, 8)), rng), "not_start")
            return None
        again = slot(working_days_later(day_of(meets), rng.randint(2, 4)), rng)
        draft.do(draft.soon(meets + HOUR, 2), "book_first_meeting", meets_at=again)
        meets = again
    draft.do(meets + HOUR, "hold_first_meeting")
    started = meets + HOUR + timedelta(minutes=5)
    draft.do(started, "start")
    return started
