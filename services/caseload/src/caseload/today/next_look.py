"""When a coach looks again at a person who needs nothing today, and why then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from caseload.moment import Now
from caseload.standing import ApplicationState, Standing
from caseload.today.reason import TodayRules
from caseload.today.rules import contact_counts_from, day_of_interview
from caseload.today.stuck import is_the_persons, silent_since
from events.caseload import ActionOwner

WHILE_RESTING: Final = 28


@dataclass(frozen=True, slots=True)
class Look:
    """The day of the next look, and why then."""

    on: date
    why: str


def next_look(standing: Standing, now: Now, rules: TodayRules) -> Look:
    """Return the next day on which something falls due; while it all lies in the past, tomorrow."""
    if standing.case.snooze and now.today < standing.case.snooze.until:
        return Look(standing.case.snooze.until, "It was put off until then.")
    to_come = [look for look in _looks(standing, now, rules) if look.on > now.today]
    return min(to_come, key=lambda look: (look.on, look.why), default=Look(now.plus(1), "Something may have changed."))


def _looks(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Look]:
    yield from _search(standing, now, rules)
    yield from _work(standing, rules)
    yield from _meetings(standing, now)
    yield from _promised(standing)
    if standing.case.rests(now.today):
        yield _after_the_rest(standing, now)
    else:
        yield from _counted(standing, now, rules)


def _search(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Look]:
    before = timedelta(days=rules.soon)
    for interview in standing.search.open_interviews.values():
        if day := day_of_interview(interview, now):
            yield Look(day if interview.prepared else day - before, "An interview is near.")
    for offer in standing.search.open_applications.values():
        if offer.state is ApplicationState.OFFERED and offer.answer_by:
            yield Look(offer.answer_by - before, "An offer has to be answered.")


def _work(standing: Standing, rules: TodayRules) -> Iterator[Look]:
    for job in standing.work.jobs.values():
        if job.starts_on:
            yield Look(job.starts_on - timedelta(days=rules.soon), "A job begins.")
        for week, day in job.check_ins.items():
            yield Look(day, f"The check-in of week {week} falls due.")


def _meetings(standing: Standing, now: Now) -> Iterator[Look]:
    for appointment in standing.contact.appointments.values():
        yield Look(now.day_of(appointment.starts_at), "There is an appointment.")
    for meeting in (standing.person.handover, standing.person.meeting):
        if meeting:
            yield Look(now.day_of(meeting.starts_at), "There is a meeting.")


def _promised(standing: Standing) -> Iterator[Look]:
    for action in standing.plan.actions.values():
        if action.owner is ActionOwner.COACH and action.is_under_way:
            yield Look(action.due, "What you promised is due.")
    for running in standing.plan.standards.values():
        yield Look(running.warn_on, "Little time is left to keep a service standard.")
    if standing.case.ends_on:
        yield Look(standing.case.ends_on, "The programme ends.")


def _after_the_rest(standing: Standing, now: Now) -> Look:
    pause = standing.case.pause
    assert pause
    if pause.until and pause.until >= now.today:
        return Look(pause.until + timedelta(days=1), "The rest is over.")
    rested = (now.today - now.day_of(pause.at)).days
    return Look(now.plus(WHILE_RESTING - rested % WHILE_RESTING), "The case rests: every four weeks somebody asks.")


def _counted(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Look]:
    last = contact_counts_from(standing)
    yield Look(now.day_of(last.at) + timedelta(days=rules.contact), "A contact falls due.")
    if standing.plan.plan and standing.plan.plan.review_by:
        yield Look(standing.plan.plan.review_by, "The plan is to be looked at again.")
    if standing.case.start_date is None:
        return
    yield Look(standing.case.start_date, "The programme begins.")
    for action in filter(is_the_persons, standing.plan.actions.values()):
        yield Look(action.due + timedelta(days=rules.overdue), "An action would be long overdue.")
    if standing.works(now.today):
        return
    if not standing.plan.first_agreed:
        day = standing.case.start_date + timedelta(days=rules.without_action)
        yield Look(day, "An action should have been agreed.")
    if heard := silent_since(standing):
        yield Look(now.day_of(heard.at) + timedelta(days=rules.silent), "Nothing may have been heard of the person.")
