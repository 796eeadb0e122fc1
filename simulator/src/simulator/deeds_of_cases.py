"""What happens in a case, by the commands of the caseload service."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from caseload.case import Case
from caseload.commands import action, appointment, case, conversation, standard
from caseload.commands.appointment import AppointmentTarget
from caseload.commands.target import Target, Wording
from caseload.service_standards import ServiceStandards
from events.caseload import (
    ActionAgreed,
    ActionOwner,
    AppointmentCancelled,
    AppointmentKind,
    BarrierTheme,
    CancelledBy,
    CaseExitedEarly,
    Channel,
    ContactRecorded,
    ExitReason,
    NeedsAssessed,
    PlanDrafted,
    Standard,
    Track,
    TrackChosen,
    standards_of,
)
from events.meeting import MeetingChannel
from simulator.calendar import LONDON
from simulator.context import Asked, Context, Doing
from simulator.people import ANSWERS, GOALS, NOTES, QUESTIONS, STEPS, words

MINUTES: Final = 45
OFFICE: Final = "The programme's office, first floor"

Said = Mapping[str, Any]


def choose_track(context: Context, at: datetime, said: Said) -> Asked:
    """Decide how much self-service leads."""
    fields = {"occurred_at": at, "coach_id": context.person.place.coach, "track": Track(said["track"])}
    chosen = Wording(TrackChosen, {**fields, "reason": "As we agreed at our first meeting."})
    return _work(context, lambda session: case.choose_track(session, _target(context), context.keyring, chosen))


def assess_needs(context: Context, at: datetime, said: Said) -> Asked:
    """Note what stands between the person and work."""
    barriers = tuple(list(BarrierTheme)[number] for number in sorted(said["barriers"]))
    fields = {"occurred_at": at, "barriers": barriers, "contact_needs": (), "summary": None}
    needs = Wording(NeedsAssessed, {**fields, "coach_id": context.person.place.coach})
    return _work(context, lambda session: case.assess_needs(session, _target(context), context.keyring, needs))


def draft_plan(context: Context, at: datetime, said: Said) -> Asked:
    """Write the plan down."""
    goal = words(context.person, GOALS, "goal")
    drafted = Wording(PlanDrafted, {"occurred_at": at, "plan_id": said["plan"], "goal": goal})
    return _work(context, lambda session: action.draft_plan(session, _target(context), context.keyring, drafted))


def sign_plan(context: Context, at: datetime, said: Said) -> Asked:
    """Sign the plan."""
    by = ActionOwner(said["by"])
    return _work(
        context,
        lambda session: action.sign_plan(session, _target(context), context.terms, said["plan"], by, at),
        "jobseeker" if by is ActionOwner.PARTICIPANT else "coach",
    )


def review_plan(context: Context, at: datetime, _said: Said) -> Asked:
    """Go through the plan together."""
    return _work(
        context,
        lambda session: action.review_plan(session, _target(context), context.keyring, context.terms, at, None),
    )


def agree(context: Context, at: datetime, said: Said) -> Asked:
    """Agree an action."""
    what, where, how = words(context.person, STEPS, str(said["action"]))
    fields = {"occurred_at": at, "action_id": said["action"], "owner": ActionOwner(said["owner"]), "due": said["due"]}
    agreed = Wording(ActionAgreed, {**fields, "what": what, "where": where, "how": how})
    return _work(
        context, lambda session: action.agree_action(session, _target(context), context.keyring, agreed, _day(at))
    )


def finish(context: Context, at: datetime, said: Said) -> Asked:
    """Finish an action."""
    return _step(context, at, said, action.FINISH)


def cancel_action(context: Context, at: datetime, said: Said) -> Asked:
    """Take an action back."""
    return _step(context, at, said, action.CANCEL)


def let_fall_due(context: Context, _at: datetime, said: Said) -> Asked:
    """Note that an action is late, as the timer does."""
    late_on = said["due"] + timedelta(days=1)
    passed = datetime.combine(late_on, time(), LONDON)
    return _work(
        context,
        lambda session: action.let_action_fall_due(session, _target(context), said["action"], late_on, passed),
    )


def book(context: Context, at: datetime, said: Said) -> Asked:
    """Book a meeting."""
    fields = {
        "appointment_id": said["appointment"],
        "occurred_at": at,
        "kind": AppointmentKind(said["kind"]),
        "starts_at": said["starts_at"],
        "minutes": MINUTES,
        "channel": MeetingChannel.IN_PERSON,
        "place": OFFICE,
        "link": None,
    }
    coach = context.person.place.coach
    return _work(context, lambda session: appointment.book(session, _target(context), context.keyring, coach, fields))


def attend(context: Context, at: datetime, said: Said) -> Asked:
    """Note that the person came."""
    target = _appointment(said["appointment"])
    return _work(context, lambda session: appointment.attend(session, target, at, late=said["late"]))


def miss(context: Context, at: datetime, said: Said) -> Asked:
    """Note that the person did not come."""
    target, coach = _appointment(said["appointment"]), context.person.place.coach
    return _work(context, lambda session: appointment.miss(session, target, coach, at, acceptable=said["acceptable"]))


def cancel(context: Context, at: datetime, said: Said) -> Asked:
    """Call a meeting off."""
    by = CancelledBy(said["by"])
    cancelled = Wording(AppointmentCancelled, {"occurred_at": at, "by": by, "reason": None})
    target = _appointment(said["appointment"])
    return _work(
        context,
        lambda session: appointment.cancel(session, target, context.keyring, cancelled),
        "jobseeker" if by is CancelledBy.PARTICIPANT else "coach",
    )


def contact(context: Context, at: datetime, said: Said) -> Asked:
    """Note a contact."""
    fields = {"occurred_at": at, "channel": Channel(said["channel"]), "coach_id": context.person.place.coach}
    note, contact_id = words(context.person, NOTES, at.isoformat()), context.person.id(f"contact {at.isoformat()}")
    noted = Wording(ContactRecorded, {**fields, "contact_id": contact_id, "note": note, "shared": None})
    return _work(context, lambda session: case.record_contact(session, _target(context), context.keyring, noted, at))


def write(context: Context, at: datetime, said: Said) -> Asked:
    """Write to the other one."""
    by, role = ActionOwner(said["by"]), "jobseeker" if said["by"] == "participant" else "coach"
    texts = QUESTIONS if by is ActionOwner.PARTICIPANT else ANSWERS
    fields = {
        "occurred_at": at,
        "message_id": said["message"],
        "by": by,
        "author_id": context.asking(role),
        "text": words(context.person, texts, str(said["message"])),
    }
    return _work(context, lambda session: conversation.send(session, _target(context), context.keyring, fields), role)


def complete(context: Context, at: datetime, _said: Said) -> Asked:
    """Close the case of somebody who went the whole way."""
    return _work(context, lambda session: case.complete(session, _target(context), _day(at), at))


def exit_early(context: Context, at: datetime, said: Said) -> Asked:
    """Close the case of somebody who leaves before the end."""
    fields = {"occurred_at": at, "reason": ExitReason(said["reason"]), "explanation": None}
    exited = Wording(CaseExitedEarly, fields)
    return _work(context, lambda session: case.exit_early(session, _target(context), context.keyring, exited, _day(at)))


def warn_of_standard(context: Context, at: datetime, said: Said) -> Asked:
    """Note that little time is left for a promise, as the timer does."""
    promised, day = Standard(said["standard"]), _day(at)
    return _let_time_pass(context, lambda standards: standards.warn(promised, day, at))


def breach_standard(context: Context, at: datetime, said: Said) -> Asked:
    """Note that the last day of a promise passed, as the timer does."""
    promised, day = Standard(said["standard"]), _day(at)
    return _let_time_pass(context, lambda standards: standards.breach(promised, day, at))


DEEDS: Final[Mapping[str, Doing]] = {
    one.__name__: one
    for one in (
        choose_track, assess_needs, draft_plan, sign_plan, review_plan, agree, finish, cancel_action, let_fall_due,
        book, attend, miss, cancel, contact, write, complete, exit_early,
        warn_of_standard, breach_standard,
    )
}  # fmt: skip


def _let_time_pass(context: Context, decision: Callable[[ServiceStandards], None]) -> Asked:
    standards_id = standards_of(context.person.referral)
    return _work(context, lambda session: standard.let_time_pass(session, standards_id, decision))


def _work(context: Context, work: Any, role: str = "coach") -> Asked:
    return context.asked("caseload", role, work)


def _step(context: Context, at: datetime, said: Said, step: action.Step) -> Asked:
    by = ActionOwner(said["by"])
    return _work(context, lambda session: action.take_step(session, _target(context), step, said["action"], by, at))


def _target(context: Context) -> Target:
    return Target(context.case_id, _permitted)


def _appointment(appointment_id: UUID) -> AppointmentTarget:
    return AppointmentTarget(appointment_id, _permitted)


def _permitted(_case: Case) -> None:
    """Who acts in a simulated life may."""


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()
