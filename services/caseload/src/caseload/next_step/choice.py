"""A person's one next step: the first of thirteen rules that has something to say.

Home shows it, the coach sees the same, and nudges agree with it. Work is never invented.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from caseload.moment import Now
from caseload.next_step.search import chase, course, finish_application, look_at_jobs, offer, prepare_interview, profile
from caseload.next_step.step import Button, Step, StepRules
from caseload.next_step.support import action, answer_coach, check_in, plan, within_a_day
from caseload.standing import Noted, Standing
from caseload.today.next_look import next_look
from caseload.today.reason import TodayRules

UP_TO_DATE: Final = 13
ACKNOWLEDGED_FOR: Final = timedelta(hours=48)
StepRule = Callable[[Standing, Now, StepRules], Iterable[Step]]

WHILE_RESTING: Final[tuple[StepRule, ...]] = (within_a_day, offer, answer_coach)
RULES: Final[tuple[StepRule, ...]] = (
    *WHILE_RESTING,
    prepare_interview,
    check_in,
    plan,
    action,
    finish_application,
    chase,
    profile,
    course,
)


@dataclass(frozen=True, slots=True)
class PutOff:
    """A step that would be shown if the person had not set it aside, and the day on which it comes back."""

    step: Step
    until: date


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step that is shown, and a refusal to be acknowledged before it, if there was one in the last 48 hours.

    `put_off` are the steps that were set aside.
    """

    step: Step
    refused: Noted | None = None
    put_off: tuple[PutOff, ...] = ()


def next_step(standing: Standing, now: Now, rules: StepRules, looks: TodayRules, fitting_jobs: int = 0) -> NextStep:
    """Return a person's next step; `fitting_jobs` is how many new vacancies fit, which only the market knows."""
    found = _found(standing, now, rules, fitting_jobs)
    put_off = tuple(PutOff(step, until) for step in found if (until := _aside_until(standing, step, now)))
    shown = (step for step in found if not _aside_until(standing, step, now))
    step = next(shown, None) or _nothing(standing, now, looks, put_off)
    return NextStep(step, refused_lately(standing, now), put_off)


def refused_lately(standing: Standing, now: Now) -> Noted | None:
    """Return an employer's refusal of the last 48 hours: it is acknowledged before anything is asked."""
    refused = standing.search.refused
    return refused if refused and refused.at > now.moment - ACKNOWLEDGED_FOR else None


def is_set_aside(standing: Standing, step: Step, now: Now) -> bool:
    """Whether the person cannot do a step now: it is not shown before its day."""
    return _aside_until(standing, step, now) is not None


def _aside_until(standing: Standing, step: Step, now: Now) -> date | None:
    found = standing.plan.set_aside.get(step.code)
    return found.until if found and now.today < found.until else None


def _found(standing: Standing, now: Now, rules: StepRules, fitting_jobs: int) -> Sequence[Step]:
    """Return everything that there is to do, what comes first first, set aside or not."""
    if not standing.case.is_open:
        return ()
    resting = standing.case.rests(now.today)
    found = [step for rule in (WHILE_RESTING if resting else RULES) for step in rule(standing, now, rules)]
    return found if resting else [*found, *look_at_jobs(fitting_jobs, rules)]


def _nothing(standing: Standing, now: Now, looks: TodayRules, put_off: Sequence[PutOff]) -> Step:
    """Return what is said where nothing is left to do now, and honestly why."""
    if not standing.case.is_open:
        return Step(UP_TO_DATE, "There is nothing to do.", "Your time on the programme is over.", 0, Button.NOTHING)
    if standing.case.rests(now.today):
        until = standing.case.pause.until if standing.case.pause else None
        sentence = f"You have a break until {now.named(until)}." if until else "You have a break."
        return Step(UP_TO_DATE, sentence, "Nothing is expected of you meanwhile.", 0, Button.NOTHING, due=until)
    if put_off:
        first = min(one.until for one in put_off)
        many = len(put_off) > 1
        sentence = "You have put off all of these." if many else "You have put off the one step that there is."
        why = f"{'The first comes' if many else 'It comes'} back {now.ahead(first)}."
        return Step(UP_TO_DATE, sentence, why, 0, Button.NOTHING, due=first)
    look = next_look(standing, now, looks)
    sentence = f"You're up to date until {now.named(look.on)}."
    return Step(UP_TO_DATE, sentence, "There is nothing that you have to do now.", 0, Button.NOTHING, due=look.on)
