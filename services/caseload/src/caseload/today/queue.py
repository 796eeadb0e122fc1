"""Today, the coach's queue: for each person at most one line, by the first rule that matches. There is no hidden score.

Inside a rule the earliest deadline comes first, then who is longest without human contact, then the id. Everybody else
is on course, with the day of the next look.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from caseload.moment import Now
from caseload.standing import Standing
from caseload.today.next_look import Look, next_look
from caseload.today.reason import Reason, TodayRules
from caseload.today.rules import reasons_for

NEVER: Final = float("-inf")
RulesOf = Callable[[UUID], TodayRules]


@dataclass(frozen=True, slots=True)
class Places:
    """How many lines are shown, and how many of them go to who is longest without human contact."""

    shown: int = 12
    for_longest: int = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A person who needs the coach: the reason that decides, and the further ones."""

    standing: Standing
    reason: Reason
    more: tuple[Reason, ...] = ()

    @property
    def id(self) -> UUID:
        """The person."""
        return self.standing.case.participant_id

    @property
    def order(self) -> tuple[int, bool, date, float, UUID]:
        """What lines are in order of."""
        return self.reason.rule, not self.reason.first, self.reason.deadline, without_contact_since(self), self.id


@dataclass(frozen=True, slots=True)
class OnCourse:
    """A person who needs nothing today, and when somebody looks again."""

    standing: Standing
    look: Look


@dataclass(frozen=True, slots=True)
class Today:
    """A coach's day: who is shown, who can wait, who is on course."""

    shown: tuple[Line, ...]
    can_wait: tuple[Line, ...]
    on_course: tuple[OnCourse, ...]


def today_of(caseload: Iterable[Standing], now: Now, rules_of: RulesOf, places: Places = Places()) -> Today:
    """Return the day of a coach with this caseload, by the rules of each one's programme.

    Who left the caseload is in nobody's day.
    """
    queue, on_course = [], []
    for standing in caseload:
        if not standing.case.is_open:
            continue
        rules = rules_of(standing.case.programme_id)
        line = line_of(standing, now, rules)
        if line:
            queue.append(line)
        else:
            on_course.append(OnCourse(standing, next_look(standing, now, rules)))
    queue.sort(key=lambda line: line.order)
    shown = _shown(queue, places)
    can_wait = tuple(line for line in queue if line.id not in shown)
    on_course.sort(key=lambda one: (one.look.on, one.standing.case.participant_id))
    return Today(tuple(line for line in queue if line.id in shown), can_wait, tuple(on_course))


def line_of(standing: Standing, now: Now, rules: TodayRules) -> Line | None:
    """Return the line of a person, None for who needs nothing today or was put off."""
    reasons = reasons_for(standing, now, rules)
    if not reasons or _is_put_off(standing, reasons[0], now):
        return None
    return Line(standing, reasons[0], tuple(reasons[1:]))


def _is_put_off(standing: Standing, reason: Reason, now: Now) -> bool:
    """Whether the coach snoozed this line; a higher rule wakes it."""
    snooze = standing.case.snooze
    return snooze is not None and now.today < snooze.until and reason.rule >= snooze.rule


def _shown(queue: Sequence[Line], places: Places) -> set[UUID]:
    """Return who is shown: the first of the queue, and in the last places those longest without human contact."""
    first = queue[: max(places.shown - places.for_longest, 0)]
    others = sorted(queue[len(first) :], key=lambda line: (without_contact_since(line), line.order))
    return {line.id for line in (*first, *others[: places.shown - len(first)])}


def without_contact_since(line: Line) -> float:
    """Return since when nobody was in contact with a person, as a number; who never was comes first."""
    contact = line.standing.last_contact
    return contact.at.timestamp() if contact else NEVER
