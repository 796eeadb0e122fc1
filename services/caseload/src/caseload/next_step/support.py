"""Next steps that come from the coach and from work: meetings, messages, check-ins, the plan and its actions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final
from uuid import UUID

from caseload.moment import Now
from caseload.next_step.step import Button, Step, StepRules
from caseload.standing import Noted, Standing
from caseload.today.rules import ends_at
from caseload.today.stuck import is_the_persons
from events.caseload import ActionOwner, ActionStage
from events.meeting import MeetingChannel

A_DAY: Final = timedelta(hours=24)
WAYS: Final = {
    MeetingChannel.IN_PERSON: "in person",
    MeetingChannel.PHONE: "by phone",
    MeetingChannel.VIDEO: "by video",
}


def within_a_day(standing: Standing, now: Now, _rules: StepRules) -> Iterator[Step]:
    """Rule 1: a meeting, an interview or a first day within 24 hours."""
    found = chain(_appointments(standing, now), _meetings(standing, now), _interviews(standing, now))
    yield from (step for _, step in sorted(found, key=lambda pair: (pair[0], pair[1].code)))
    first_days = [(job.starts_on, id_, job) for id_, job in standing.work.jobs.items() if job.starts_on]
    for day, id_, job in sorted(first_days, key=lambda one: one[:2]):
        if now.today <= day <= now.plus(1):
            sentence = f"Your first day at work is {now.named(day)}."
            why = "Check how you get there and what to bring."
            yield Step(1, sentence, why, 10, Button.SEE_DETAILS, id_, job, day)


def answer_coach(standing: Standing, now: Now, rules: StepRules) -> Iterator[Step]:
    """Rule 3: the coach wrote last; what was read asks for an answer for some days only."""
    last = standing.contact.messages[-1] if standing.contact.messages else None
    if last is None or last.by is ActionOwner.PARTICIPANT:
        return
    if not last.read or now.day_of(last.at) >= now.plus(-rules.message_days):
        sentence = "Read your coach's message and answer it."
        yield Step(3, sentence, f"Your coach wrote to you {now.ago(last.at)}.", 5, Button.REPLY, last.message_id, last)


def check_in(standing: Standing, now: Now, _rules: StepRules) -> Iterator[Step]:
    """Rule 5: in work, and somebody asks how it goes."""
    asked = [(job.asked.at, id_, job.asked) for id_, job in standing.work.jobs.items() if job.asked]
    for at, id_, one in sorted(asked, key=lambda pair: pair[:2]):
        why = f"You have been in your job for {one.week} weeks; we asked {now.ago(at)}."
        yield Step(5, "Say how work is going.", why, 2, Button.CHECK_IN, id_, one, one.due)


def plan(standing: Standing, now: Now, _rules: StepRules) -> Iterator[Step]:
    """Rule 6: a plan or a suggestion waits for the person to agree."""
    waits = standing.plan.plan
    if waits and not waits.agreed and ActionOwner.PARTICIPANT not in waits.signed:
        why = f"Your coach wrote it down {now.ago(waits.at)}. It counts when you both agree."
        yield Step(6, "Read your plan and say if you agree.", why, 10, Button.READ_PLAN, waits.plan_id, waits)
    for id_, action in sorted(standing.plan.actions.items(), key=lambda one: (one[1].due, one[0])):
        if action.stage is ActionStage.SUGGESTED and action.by is ActionOwner.COACH:
            why = f"Your coach suggested it {now.ago(action.at)}."
            sentence = "Look at a step that your coach suggests."
            yield Step(6, sentence, why, 5, Button.ANSWER_SUGGESTION, id_, action, action.due)


def action(standing: Standing, now: Now, rules: StepRules) -> Iterator[Step]:
    """Rule 7: an agreed action is due soon, or overdue; an old one is changed or dropped."""
    mine = [(action.due, id_, action) for id_, action in standing.plan.actions.items() if is_the_persons(action)]
    for due, id_, agreed in sorted(mine, key=lambda one: one[:2]):
        if due > now.plus(rules.action_days):
            continue
        if due < now.plus(-rules.overdue_days):
            why = f"It was due {now.named(due)}."
            yield Step(7, "Change this step or drop it?", why, 5, Button.CHANGE_OR_DROP, id_, agreed, due)
        else:
            late = "was" if due < now.today else "is"
            why = f"You agreed it with your coach {now.ago(agreed.at)}; it {late} due {now.ahead(due)}."
            yield Step(7, "Do the step that you agreed.", why, 30, Button.DO_ACTION, id_, agreed, due)


def _appointments(standing: Standing, now: Now) -> Iterator[tuple[datetime, Step]]:
    for id_, appointment in standing.contact.appointments.items():
        if now.moment < ends_at(appointment) and appointment.starts_at <= now.moment + A_DAY:
            told = _meeting("meeting", id_, appointment, appointment.starts_at, appointment.channel, now)
            yield appointment.starts_at, told


def _meetings(standing: Standing, now: Now) -> Iterator[tuple[datetime, Step]]:
    for name, meeting in (("meeting of three", standing.person.handover), ("first meeting", standing.person.meeting)):
        if meeting and now.moment < meeting.starts_at + timedelta(hours=1) <= now.moment + A_DAY + timedelta(hours=1):
            step = _meeting(name, name.replace(" ", "-"), meeting, meeting.starts_at, meeting.channel, now)
            yield meeting.starts_at, step


def _interviews(standing: Standing, now: Now) -> Iterator[tuple[datetime, Step]]:
    for id_, interview in standing.search.open_interviews.items():
        if interview.starts_at:
            if now.moment < interview.starts_at + timedelta(hours=1) <= now.moment + A_DAY + timedelta(hours=1):
                step = _meeting("interview", id_, interview, interview.starts_at, interview.channel, now)
                yield interview.starts_at, step
        elif interview.day and now.today <= interview.day <= now.plus(1):
            sentence = f"Your interview is {now.named(interview.day)}; the time is not known yet."
            step = Step(1, sentence, "Ask when it begins.", 5, Button.SEE_DETAILS, id_, interview, interview.day)
            yield now.beginning_of(interview.day), step


def _meeting(  # noqa: PLR0913  (what a meeting is told by)
    name: str, about: UUID | str, noted: Noted, starts_at: datetime, channel: MeetingChannel | None, now: Now
) -> Step:
    day: date = now.day_of(starts_at)
    way = f", {WAYS[channel]}" if channel else ""
    sentence = f"Your {name} is {now.named(day)} at {now.clock(starts_at)}{way}."
    button = Button.JOIN if channel is MeetingChannel.VIDEO else Button.SEE_DETAILS
    return Step(1, sentence, "If you can't make it, say so here.", 5, button, about, noted, day)
