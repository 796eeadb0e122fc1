"""A person's one next step: the first of thirteen rules that has something to say.

Home shows it, the coach sees the same, and nudges agree with it. Work is never invented.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
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
class NextStep:
    """The step that is shown, and a refusal to be acknowledged before it, if there was one in the last 48 hours."""

    step: Step
    refused: Noted | None = None


def next_step(standing: Standing, now: Now, rules: StepRules, looks: TodayRules, fitting_jobs: int = 0) -> NextStep:
    """Return a person's next step; `fitting_jobs` is how many new vacancies fit, which only the market knows."""
    return NextStep(_step(standing, now, rules, looks, fitting_jobs), refused_lately(standing, now))


def refused_lately(standing: Standing, now: Now) -> Noted | None:
    """Return an employer's refusal of the last 48 hours: it is acknowledged before anything is asked."""
    refused = standing.search.refused
    return refused if refused and refused.at > now.moment - ACKNOWLEDGED_FOR else None


def is_set_aside(standing: Standing, step: Step, now: Now) -> bool:
    """Whether the person cannot do a step now: it is not shown before its day."""
    found = standing.plan.set_aside.get(step.code)
    return found is not None and now.today < found.until


def _step(standing: Standing, now: Now, rules: StepRules, looks: TodayRules, fitting_jobs: int) -> Step:
    if not standing.case.is_open:
        return Step(UP_TO_DATE, "There is nothing to do.", "Your time on the programme is over.", 0, Button.NOTHING)
    resting = standing.case.rests(now.today)
    found = [step for rule in (WHILE_RESTING if resting else RULES) for step in rule(standing, now, rules)]
    if not resting:
        found += look_at_jobs(fitting_jobs, rules)
    shown = (step for step in found if not is_set_aside(standing, step, now))
    return next(shown, None) or _up_to_date(standing, now, looks)


def _up_to_date(standing: Standing, now: Now, looks: TodayRules) -> Step:
    if standing.case.rests(now.today):
        until = standing.case.pause.until if standing.case.pause else None
        sentence = f"You have a break until {now.named(until)}." if until else "You have a break."
        return Step(UP_TO_DATE, sentence, "Nothing is expected of you meanwhile.", 0, Button.NOTHING, due=until)
    look = next_look(standing, now, looks)
    sentence = f"You're up to date until {now.named(look.on)}."
    return Step(UP_TO_DATE, sentence, "There is nothing that you have to do now.", 0, Button.NOTHING, due=look.on)
