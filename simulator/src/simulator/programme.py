"""A person's time on the programme, drawn by the numbers: meetings, plan, actions, messages, and the end. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID

from simulator.calendar import LONDON, at_home, in_hours, midnight, slot, working_day
from simulator.deed import Deed, Person
from simulator.jobs import SEARCH_BEGINS, Job, search, work
from simulator.life import DAY, HOUR, Draft, day_of, refer

LENGTH_DAYS: Final = 365
BY_TIMERS: Final = frozenset({"let_go_silent", "ask_how_work_goes", "miss_check_in"})
"""What happens by itself to what was begun, also when the person has left; no action falls due in a closed case."""
REVIEWED_AFTER_DAYS: Final = 22
LEAVES_EARLY: Final = 0.20
LEAVING: Final = ("moved_away", "health", "in_training", "not_reachable", "own_wish", "other")
KEENNESS: Final = (0.5, 0.85, 1.1, 1.4, 1.7)
STAYS_IN_WORK_DAYS: Final = 182


@dataclass(frozen=True, slots=True)
class Span:
    """How long somebody is on the programme."""

    first: date
    last: date


def live(person: Person, referred_on: date, until: datetime) -> Sequence[Deed]:
    """Return everything that a person and those around them do until a moment."""
    rng = Random(f"{person.seed}:{person.number}")  # noqa: S311  (a life is drawn, nothing is kept secret)
    draft = Draft(person, rng, until)
    started = refer(draft, referred_on)
    if started is None:
        return draft.settled()
    span = _span(draft, day_of(started))
    jobs = list(_look_for_work(draft, span))
    _begin(draft, started)
    _meet_regularly(draft, started, span, jobs)
    _write_to_each_other(draft, span)
    _leave(draft, span)
    _drop_what_rests(draft, jobs)
    return draft.settled()


def _span(draft: Draft, first: date) -> Span:
    whole = draft.person.place.stay_days
    if draft.chance(LEAVES_EARLY):
        return Span(first, first + draft.rng.randint(30, whole) * DAY)
    return Span(first, first + (whole - 1) * DAY)


def _look_for_work(draft: Draft, span: Span) -> Iterator[Job]:
    keenness = draft.rng.choice(KEENNESS)
    first = span.first + SEARCH_BEGINS * DAY
    draft.do(at_home(span.first + draft.rng.randint(1, 4) * DAY, draft.rng), "tell_wishes")
    draft.do(at_home(span.first + draft.rng.randint(3, 9) * DAY, draft.rng), "write_cv")
    while job := search(draft, first, span.last, keenness):
        work(draft, job)
        yield job
        if job.last_day is None:
            return
        first = job.last_day + draft.rng.randint(7, 21) * DAY


def _begin(draft: Draft, started: datetime) -> None:
    rng, day = draft.rng, day_of(started)
    draft.do(
        started + timedelta(minutes=6),
        "choose_track",
        track=rng.choices(("work_ready", "supported", "intensive"), (35, 45, 20))[0],
    )
    draft.do(started + timedelta(minutes=9), "assess_needs", barriers=rng.sample(range(10), rng.randint(0, 3)))
    plan, drafted = draft.id("plan"), in_hours(day + rng.randint(1, 6) * DAY, rng)
    draft.do(drafted, "draft_plan", plan=plan)
    for _ in range(rng.randint(1, 2)):
        _agree(draft, drafted + timedelta(minutes=rng.randint(2, 20)))
    draft.do(drafted + timedelta(minutes=25), "sign_plan", plan=plan, by="coach")
    draft.do(
        at_home(day_of(drafted) + rng.choices((1, 3, 12), (70, 22, 8))[0] * DAY, rng),
        "sign_plan",
        plan=plan,
        by="participant",
    )


def _agree(draft: Draft, at: datetime) -> None:
    """Draw an agreed action: done in time, late, or left lying until somebody takes it back."""
    rng, action = draft.rng, draft.id("action")
    owner = "coach" if draft.chance(0.25) else "participant"
    due = working_day(day_of(at) + rng.choice((5, 7, 10, 14)) * DAY)
    draft.do(at, "agree", action=action, owner=owner, due=due)
    in_time, at_all = (0.9, 0.98) if owner == "coach" else (0.72, 0.93)
    draft.do(midnight(due + DAY), "let_fall_due", action=action, due=due)
    fate = rng.random()
    if fate < in_time:
        draft.do(
            in_hours(day_of(at) + rng.randint(1, max(1, (due - day_of(at)).days)) * DAY, rng),
            "finish",
            action=action,
            by=owner,
            due=due,
        )
        return
    late = in_hours(due + rng.randint(1, 10) * DAY, rng)
    if fate < at_all:
        draft.do(late, "finish", action=action, by=owner, due=due)
    else:
        draft.do(late, "cancel_action", action=action, by="coach", due=due)


def _meet_regularly(draft: Draft, started: datetime, span: Span, jobs: Sequence[Job]) -> None:
    """Draw meetings, each booked at the one before. Whoever misses meetings misses more than one."""
    rng = draft.rng
    misses = rng.betavariate(0.9, 0.9 * (1 / draft.numbers.appointment_missed.value - 1))
    booked, day, reviewed = started + timedelta(minutes=12), span.first, span.first
    while True:
        day += (28 if _in_work(jobs, day) else 14) * DAY + rng.randint(-2, 2) * DAY
        meets = slot(day, rng)
        if day_of(meets) >= span.last:
            return
        kind = "in_work_support" if _in_work(jobs, day) else "job_search"
        booked, talked = _meeting(draft, booked, meets, misses, kind)
        if (day_of(meets) - reviewed).days >= REVIEWED_AFTER_DAYS:
            draft.do((talked or _ring(draft, meets)) + timedelta(minutes=2), "review_plan")
            reviewed = day_of(meets)
        if draft.chance(0.3):
            draft.do(
                in_hours(day + rng.randint(5, 9) * DAY, rng),
                "contact",
                channel=rng.choice(("phone", "phone", "message")),
            )


def _ring(draft: Draft, meets: datetime) -> datetime:
    """Have the coach ring somebody whose meeting fell through; return when."""
    at = datetime.combine(working_day(day_of(meets) + 2 * DAY), meets.time(), LONDON)
    draft.do(at, "contact", channel="phone")
    return at


def _in_work(jobs: Sequence[Job], day: date) -> bool:
    return any(job.starts_on <= day and (job.last_day is None or day <= job.last_day) for job in jobs)


Talk = tuple[datetime, datetime | None]
"""When the next meeting is booked, and when the two talked, None where they did not."""


def _meeting(draft: Draft, booked: datetime, meets: datetime, misses: float, kind: str) -> Talk:
    """Draw one meeting; return what follows from it."""
    rng, numbers, appointment = draft.rng, draft.numbers, draft.id("appointment")
    draft.do(booked, "book", appointment=appointment, starts_at=meets, kind=kind)
    if draft.chance(numbers.appointment_cancelled.value):
        early = max(booked + timedelta(minutes=1), meets - timedelta(hours=rng.randint(2, 40)))
        draft.do(early, "cancel", appointment=appointment, by=rng.choice(("participant", "service")))
        return meets + HOUR, None
    noted = meets + HOUR if draft.chance(0.94) else in_hours(day_of(meets) + DAY, rng)
    if draft.chance(misses / (1 - numbers.appointment_cancelled.value)):
        draft.do(noted, "miss", appointment=appointment, acceptable=draft.chance(0.35))
        talked = None
        if draft.chance(0.92):
            talked = in_hours(day_of(meets) + rng.randint(1, 2) * DAY, rng)
            draft.do(talked, "contact", channel="phone")
        return noted + timedelta(minutes=3), talked
    late = numbers.appointment_late.value / (1 - numbers.appointment_missed.value - numbers.appointment_cancelled.value)
    draft.do(noted, "attend", appointment=appointment, late=draft.chance(late))
    if draft.chance(0.45):
        _agree(draft, noted + timedelta(minutes=1))
    return noted + timedelta(minutes=3), meets + HOUR


def _write_to_each_other(draft: Draft, span: Span) -> None:
    rng, day = draft.rng, span.first
    while (day := day + rng.randint(12, 45) * DAY) < span.last:
        asked = at_home(day, rng)
        draft.do(asked, "write", message=draft.id("message"), by="participant")
        answered = in_hours(day_of(asked) + rng.choices((1, 2, 3), (70, 22, 8))[0] * DAY, rng)
        draft.do(answered, "write", message=draft.id("message"), by="coach")


def _leave(draft: Draft, span: Span) -> None:
    early = (span.last - span.first).days < draft.person.place.stay_days - 1
    at = datetime.combine(span.last, time(16, 30), LONDON)
    draft.do(at, "exit_early" if early else "complete", **({"reason": draft.rng.choice(LEAVING)} if early else {}))
    begun = {about for deed in draft.deeds if deed.at <= at for about in _search_and_work_in(deed)}
    draft.deeds = [
        deed
        for deed in draft.deeds
        if deed.at <= at or (deed.name in BY_TIMERS and begun.issuperset(_search_and_work_in(deed)))
    ]


def _search_and_work_in(deed: Deed) -> set[UUID | date]:
    """Return the application, or the first day of the job, that a deed is about."""
    return {deed.words[about] for about in ("application", "starts_on") if about in deed.words}


def _drop_what_rests(draft: Draft, jobs: Sequence[Job]) -> None:
    """Leave out what would happen to applications that rest, because another one was accepted before.

    Nobody applies between the day that they accept a job and the day that they have left it.
    """
    for job in jobs:
        begun = {deed.words["application"]: deed.at for deed in draft.deeds if deed.name == "save_job"}
        resting = {
            one
            for one, at in begun.items()
            if one != job.application and (job.last_day is None or day_of(at) <= job.last_day)
        }
        draft.deeds = [
            deed for deed in draft.deeds if deed.at < job.accepted_at or deed.words.get("application") not in resting
        ]
