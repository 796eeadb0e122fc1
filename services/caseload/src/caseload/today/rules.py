"""The rules of Today, each a plain function of how a person stands and of now. Rule 8 has a module of its own.

Every reason is a sentence that names its fact and its age.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from caseload.case_status import Status
from caseload.moment import Now, counted, written
from caseload.standing import (
    ApplicationState,
    Appointment,
    Interview,
    Message,
    Noted,
    Standing,
)
from caseload.step_names import about_of, step_name
from caseload.today.reason import Deed, Reason, TodayRules
from caseload.today.stuck import stuck
from events.caseload import ActionOwner, CheckInMood, SetAsideReason, Standard

PROMISES: Final = {
    Standard.ACKNOWLEDGE: "acknowledge the referral",
    Standard.START: "start",
    Standard.PLAN: "agree the plan",
}
Rule = Callable[[Standing, Now, TodayRules], Iterator[Reason]]


def reasons_for(standing: Standing, now: Now, rules: TodayRules) -> list[Reason]:
    """Return every reason to look at a person, the one that decides first; none once the case is closed."""
    if not standing.case.is_open:
        return []
    found = [reason for rule in RULES for reason in rule(standing, now, rules)]
    return sorted(found, key=lambda reason: (reason.rule, not reason.first, reason.deadline, reason.fact))


def safety(standing: Standing, now: Now, _rules: TodayRules) -> Iterator[Reason]:
    """Rule 1: a safety concern is not handled yet."""
    for id_, concern in standing.case.concerns.items():
        sentence = f"A safety concern was raised {now.ago(concern.at)} and is not handled yet."
        yield replace(Reason.of(1, sentence, concern, Deed.HANDLE_CONCERN, now.day_of(concern.at)), about=id_)


def soon(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    """Rule 2: an interview, a first day or an answer is near and unprepared."""
    for interview in standing.search.open_interviews.values():
        day = day_of_interview(interview, now)
        if not interview.prepared and day and now.today <= day <= now.plus(rules.soon):
            sentence = f"The interview {now.ahead(day)} is not prepared; it was noted {now.ago(interview.at)}."
            yield Reason.of(2, sentence, interview, Deed.PREPARE_INTERVIEW, day)
    for job in standing.work.jobs.values():
        day = job.starts_on
        if day and now.today <= day <= now.plus(rules.soon) and not standing.touched_since(job.at):
            sentence = f"A job begins {now.ahead(day)}; nobody was in contact since it was noted {now.ago(job.at)}."
            yield Reason.of(2, sentence, job, Deed.PREPARE_FIRST_DAY, day)
    for offer in standing.search.open_applications.values():
        day = offer.answer_by if offer.state is ApplicationState.OFFERED else None
        if day and now.today <= day <= now.plus(rules.soon):
            sentence = f"An offer has to be answered by {now.named(day)}; it came {now.ago(offer.at)}."
            yield Reason.of(2, sentence, offer, Deed.TALK_ABOUT_OFFER, day)


def in_work(standing: Standing, now: Now, _rules: TodayRules) -> Iterator[Reason]:
    """Rule 3: work goes badly, is not heard of, or ended, and nobody was in contact since."""
    answered, missed, ended = standing.work.answered, standing.work.missed, standing.work.ended
    if answered and answered.mood is CheckInMood.DIFFICULT and not standing.touched_since(answered.at):
        sentence = f"Work is difficult: the check-in of week {answered.week} said so {now.ago(answered.at)}."
        yield Reason.of(3, sentence, answered, Deed.CONTACT, now.day_of(answered.at))
    if missed and not standing.touched_since(missed.at) and not (answered and answered.at >= missed.at):
        sentence = f"The check-in of week {missed.week} got no answer; that was noted {now.ago(missed.at)}."
        yield Reason.of(3, sentence, missed, Deed.CONTACT, now.day_of(missed.at))
    if ended and not standing.touched_since(ended.at):
        sentence = f"A job ended; that was noted {now.ago(ended.at)}, and nobody was in contact since."
        yield Reason.of(3, sentence, ended, Deed.CONTACT, now.day_of(ended.at))


def waiting(standing: Standing, now: Now, _rules: TodayRules) -> Iterator[Reason]:
    """Rule 4: the person waits for a reply or for help, or a promise of the coach is due."""
    if unanswered := waiting_messages(standing):
        first = unanswered[0]
        sentence = f"{counted(len(unanswered), 'message')} without a reply, the first written {now.ago(first.at)}."
        yield Reason.of(4, sentence, first, Deed.REPLY, now.day_of(first.at))
    for code, step in standing.plan.set_aside.items():
        if step.reason is SetAsideReason.NEED_HELP and not standing.touched_since(step.at):
            about = about_of(code)
            action = standing.plan.actions.get(about) if about else None
            sentence = f"Help was asked for {now.ago(step.at)}: {step_name(code)}."
            reason = Reason.of(4, sentence, step, Deed.CONTACT, now.day_of(step.at))
            yield replace(reason, words=action.words if action else None)
    for id_, action in standing.plan.actions.items():
        if action.owner is ActionOwner.COACH and action.is_under_way and action.due <= now.today:
            sentence = f"What you promised was due {now.named(action.due)}; it was agreed {now.ago(action.at)}."
            reason = Reason.of(4, sentence, action, Deed.KEEP_PROMISE, action.due)
            yield replace(reason, words=action.words, about=id_, version=standing.case.version)


def missed(standing: Standing, now: Now, _rules: TodayRules) -> Iterator[Reason]:
    """Rule 5: an appointment was missed and nobody was in contact since, a second one in a row first."""
    in_a_row = missed_in_a_row(standing)
    if not in_a_row or standing.touched_since(in_a_row[-1].at):
        return
    last = in_a_row[-1]
    sentence = f"An appointment was missed {now.ago(last.at)} and nobody was in contact since."
    if len(in_a_row) > 1:
        sentence = (
            f"{len(in_a_row)} appointments in a row were missed, the last {now.ago(last.at)}; "
            "nobody was in contact since."
        )
    reason = Reason.of(5, sentence, last, Deed.CONTACT, now.day_of(last.at))
    yield replace(reason, first=len(in_a_row) > 1)


def standards(standing: Standing, now: Now, _rules: TodayRules) -> Iterator[Reason]:
    """Rule 6: a service standard is breached, or little of its time is left."""
    for name, running in standing.plan.standards.items():
        if now.today < running.warn_on:
            continue
        told = running.breached or running.warned or running
        ends = "ended" if now.today > running.due else "ends"
        time = f"The time to {PROMISES[name]} {ends} {now.ahead(running.due)}"
        sentence = f"{time}; it was promised {now.ago(running.at)}."
        yield Reason.of(6, sentence, told, Deed.KEEP_STANDARD, running.due)


def review(standing: Standing, now: Now, _rules: TodayRules) -> Iterator[Reason]:
    """Rule 6, too: the day has come by which the two were to look at the plan again."""
    plan = standing.plan.plan
    if plan is None or plan.review_by is None or now.today < plan.review_by or standing.case.rests(now.today):
        return
    told = plan.reviewed or plan.agreed or plan
    last = f"it was {'last looked at' if plan.reviewed else 'agreed'} {now.ago(told.at)}"
    was = f"was to be looked at again by {written(plan.review_by)}"
    due = "is to be looked at again today" if plan.review_by == now.today else was
    yield Reason.of(6, f"The plan {due}; {last}.", told, Deed.REVIEW_PLAN, plan.review_by)


def without_outcome(standing: Standing, now: Now, _rules: TodayRules) -> Iterator[Reason]:
    """Rule 7: an appointment is over and nobody said what became of it."""
    for id_, appointment in standing.contact.appointments.items():
        if ends_at(appointment) <= now.moment:
            sentence = f"An appointment {now.ago(appointment.starts_at)} has no outcome."
            reason = Reason.of(7, sentence, appointment, Deed.RECORD_OUTCOME, now.day_of(appointment.starts_at))
            yield replace(reason, about=id_, version=appointment.version)
    meeting = standing.person.meeting
    if meeting and meeting.starts_at < now.moment and standing.case.status(now.today) is Status.AWAITING_START:
        sentence = f"The first meeting {now.ago(meeting.starts_at)} has no outcome."
        reason = Reason.of(7, sentence, meeting, Deed.RECORD_OUTCOME, now.day_of(meeting.starts_at))
        yield replace(reason, about=standing.person.referral_id)


def contact_due(standing: Standing, now: Now, rules: TodayRules) -> Iterator[Reason]:
    """Rule 9: the interval between two contacts is over."""
    if standing.case.rests(now.today):
        return
    last = contact_counts_from(standing)
    due = now.day_of(last.at) + timedelta(days=rules.contact)
    if due <= now.today:
        what = "The last contact was" if standing.last_contact else "Nobody was in contact since the case was opened"
        yield Reason.of(9, f"{what} {now.ago(last.at)}{_not_met(standing, now, rules)}.", last, Deed.CONTACT, due)


def _not_met(standing: Standing, now: Now, rules: TodayRules) -> str:
    """Return since when the two did not meet, as the end of a sentence, where that is longer than it should be."""
    last, met = standing.last_contact, standing.last_in_person
    since = (met or standing.case.opened).at
    if last is None or (now.today - now.day_of(since)).days < rules.in_person:
        return ""
    if met is None:
        return ", and nobody met in person yet"
    return ", in person" if met == last else f", the last meeting in person {now.ago(met.at)}"


def contact_counts_from(standing: Standing) -> Noted:
    """Return what the interval between two contacts counts from: the last one, or that the case was opened."""
    return standing.last_contact or standing.case.opened


def waiting_messages(standing: Standing) -> Sequence[Message]:
    """Return the person's messages that nobody answered, the oldest first."""
    unanswered: list[Message] = []
    for message in standing.contact.messages:
        unanswered = [*unanswered, message] if message.by is ActionOwner.PARTICIPANT else []
    return unanswered


def missed_in_a_row(standing: Standing) -> list[Noted]:
    """Return the meetings that were missed since the last one that took place, the latest last."""
    settled = [(one.appointment.starts_at, one.attended, one) for one in standing.contact.settled.values()]
    held = [starts_at for starts_at, attended, _ in settled if attended]
    held += [standing.person.met.at] if standing.person.met else []
    last_held = max(held, default=None)
    found: list[tuple[datetime, Noted]] = [(at, one) for at, attended, one in settled if not attended]
    if standing.person.meeting_missed:
        found.append((standing.person.meeting_missed.at, standing.person.meeting_missed))
    since = [(at, one) for at, one in found if last_held is None or at > last_held]
    return [one for _, one in sorted(since, key=lambda pair: (pair[0], pair[1].fact))]


def day_of_interview(interview: Interview, now: Now) -> date | None:
    """Return the day of an interview, None while it has none."""
    return now.day_of(interview.starts_at) if interview.starts_at else interview.day


def ends_at(appointment: Appointment) -> datetime:
    """Return when an appointment is over."""
    return appointment.starts_at + timedelta(minutes=appointment.minutes)


RULES: Final[tuple[Rule, ...]] = (
    safety,
    soon,
    in_work,
    waiting,
    missed,
    standards,
    review,
    without_outcome,
    stuck,
    contact_due,
)
