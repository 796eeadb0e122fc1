"""Looking for work and being in it, drawn by the numbers. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from simulator.calendar import at_home, in_hours, midnight, weeks
from simulator.life import DAY, Draft, day_of

HOURLY_PAY: Final = (12.21, 12.6, 13.1, 14.0, 15.5)
HOURS_A_WEEK: Final = ((16.0, 20.0, 25.0, 30.0, 37.5), (15, 20, 20, 15, 30))
BROKERED: Final = 0.06
ASKED_AFTER_WEEKS: Final = (1, 4, 13)
ANSWERS_CHECK_IN: Final = 0.85
PREPARES: Final = 0.8
CHASES: Final = 0.25
UNANSWERED_DAYS: Final = 60
SEARCH_BEGINS: Final = 10
ENDS: Final = ("resigned", "dismissed", "redundant", "contract_ended", "health")
LEAVES_BY_WEEK: Final = ((4, 0.13), (13, 0.12), (26, 0.15), (52, 0.15))
"""Which share of all who begin leaves up to each of these weeks; leaving is most likely in the first four."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job from its first day on; `last_day` is None where it goes on."""

    application: UUID
    accepted_at: datetime
    starts_on: date
    last_day: date | None
    hours: float
    pay_a_year: float


def search(draft: Draft, first: date, last: date, keenness: float) -> Job | None:
    """Draw applications week by week until a job is accepted; return it, None where there is none by the last day."""
    accepted: Job | None = None
    for week in weeks(first, last):
        if accepted and day_of(accepted.accepted_at) < week:
            break
        if draft.chance(min(1.0, draft.numbers.active_weeks.value * keenness)):
            for _ in range(_poisson_above_none(draft.rng, draft.numbers.applications_a_week.value)):
                offered = _apply(draft, at_home(week + draft.rng.randrange(7) * DAY, draft.rng), last)
                if offered and (accepted is None or offered.accepted_at < accepted.accepted_at):
                    accepted = offered
    return accepted


def _poisson_above_none(rng: Random, mean: float) -> int:
    """Return how many applications an active week has: at least one, `mean` on average."""
    extra, more = 0, mean - 1
    while rng.random() < more / (1 + more):
        extra += 1
    return 1 + extra


def _apply(draft: Draft, at: datetime, last: date) -> Job | None:
    rng, numbers = draft.rng, draft.numbers
    application, brokered = draft.id("application"), draft.chance(BROKERED)
    draft.do(at, "save_job", application=application, brokered=brokered)
    sent = draft.soon(at, 30)
    draft.do(sent, "send", application=application)
    if draft.chance((numbers.invited_brokered if brokered else numbers.invited).value):
        return _interview(draft, application, sent, last)
    _wait(draft, application, sent)
    if not draft.chance(numbers.never_answered.value / (1 - numbers.invited.value)):
        draft.do(in_hours(day_of(sent) + rng.randint(4, 25) * DAY, rng), "turn_down", application=application)
    elif draft.chance(CHASES):
        chased = at_home(day_of(sent) + 15 * DAY, rng)
        draft.do(chased, "chase", application=application)
        _wait(draft, application, chased)
    return None


def _wait(draft: Draft, application: UUID, since: datetime) -> None:
    """Draw the day on which an application is closed if nobody has answered by then, as its timer finds it."""
    draft.do(midnight(day_of(since) + UNANSWERED_DAYS * DAY), "let_go_silent", application=application, since=since)


def _interview(draft: Draft, application: UUID, sent: datetime, last: date) -> Job | None:
    rng = draft.rng
    invited = in_hours(day_of(sent) + rng.randint(3, 14) * DAY, rng)
    meets = in_hours(day_of(invited) + rng.randint(3, 9) * DAY, rng)
    interview = draft.id("interview")
    draft.do(invited, "invite", application=application, interview=interview, starts_at=meets)
    if draft.chance(PREPARES):
        before = at_home(max(day_of(invited), day_of(meets) - rng.randint(1, 2) * DAY), rng)
        draft.do(max(before, invited + timedelta(minutes=5)), "prepare", application=application, interview=interview)
    draft.do(meets + timedelta(hours=1), "hold_interview", application=application, interview=interview)
    decided = in_hours(day_of(meets) + rng.randint(1, 7) * DAY, rng)
    if not draft.chance(draft.numbers.offered.value):
        draft.do(decided, "turn_down", application=application)
        return None
    draft.do(decided, "offer", application=application, answer_by=day_of(decided) + 7 * DAY)
    answered = at_home(day_of(decided) + rng.randint(1, 3) * DAY, rng)
    if not draft.chance(draft.numbers.offer_accepted.value) or day_of(answered) > last:
        draft.do(answered, "decline", application=application)
        return None
    return _job(draft, application, answered)


def _job(draft: Draft, application: UUID, accepted: datetime) -> Job:
    rng = draft.rng
    starts = day_of(accepted) + rng.randint(5, 18) * DAY
    hours = rng.choices(*HOURS_A_WEEK)[0]
    pay = round(rng.choice(HOURLY_PAY) * hours * 52, 2)
    return Job(application, accepted, starts, _last_day(starts, rng), hours, pay)


def _last_day(starts: date, rng: Random) -> date | None:
    """Return when somebody leaves a job, None where they stay longer than is looked at."""
    drawn, first = rng.random(), 0
    for week, share in LEAVES_BY_WEEK:
        if drawn < share:
            return starts + rng.randint(first * 7 + 1, week * 7 - 1) * DAY
        drawn, first = drawn - share, week
    return None


def work(draft: Draft, job: Job) -> None:
    """Draw what follows from a job: it is accepted, asked about after some weeks, and may end."""
    taken = {"starts_on": job.starts_on, "hours": job.hours, "pay": job.pay_a_year}
    draft.do(job.accepted_at, "accept_offer", application=job.application, **taken)
    for week in ASKED_AFTER_WEEKS:
        if job.last_day is None or job.starts_on + week * 7 * DAY <= job.last_day:
            _ask_after(draft, job, week)
    if job.last_day:
        told = in_hours(job.last_day + draft.rng.randint(1, 4) * DAY, draft.rng)
        reason = draft.rng.choice(ENDS)
        draft.do(told, "end_job", starts_on=job.starts_on, last_day=job.last_day, reason=reason)
        draft.do(in_hours(day_of(told) + draft.rng.randint(0, 2) * DAY, draft.rng), "contact", channel="phone")


def _ask_after(draft: Draft, job: Job, week: int) -> None:
    day = job.starts_on + week * 7 * DAY
    which = {"starts_on": job.starts_on, "week": week}
    draft.do(midnight(day), "ask_how_work_goes", **which)
    draft.do(midnight(day + 7 * DAY), "miss_check_in", **which)
    if draft.chance(ANSWERS_CHECK_IN):
        mood = draft.rng.choices(("good", "mixed", "difficult"), (70, 22, 8))[0]
        draft.do(in_hours(day + draft.rng.randint(0, 4) * DAY, draft.rng), "check_in", mood=mood, **which)
