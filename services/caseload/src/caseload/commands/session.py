"""The session box: what a coach notes after a meeting, in one submit over a case and its appointments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from caseload.appointment import Appointment
from caseload.case import Case, person_of
from caseload.commands.appointment import booked
from caseload.commands.target import CREATED, Target, Wording
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import NotFoundError, Session
from events.caseload import ActionAgreed, Channel, ContactRecorded
from events.meeting import MeetingChannel

CHANNELS: Final = {
    MeetingChannel.IN_PERSON: Channel.IN_PERSON,
    MeetingChannel.PHONE: Channel.PHONE,
    MeetingChannel.VIDEO: Channel.VIDEO,
}


@dataclass(frozen=True, slots=True)
class Attended:
    """What became of the appointment: the person came, late or not, or did not come."""

    appointment_id: UUID
    came: bool
    late: bool = False
    acceptable: bool = False


@dataclass(frozen=True, slots=True)
class SessionNotes:
    """Everything that a coach notes at once. `channel` is how the two spoke, where no appointment says it.

    `actions` and `next` are the fields of the facts that follow, in plain words.
    """

    contact_id: UUID
    attended: Attended | None
    channel: Channel | None
    occurred_at: datetime | None
    note: str | None
    shared: bool
    actions: Sequence[Mapping[str, Any]]
    next: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Noting:
    """Who notes it, when, and with what the words are sealed."""

    keyring: Keyring
    coach_id: UUID
    now: datetime
    today: date


async def note_session(session: Session, target: Target, noting: Noting, notes: SessionNotes) -> Answer:
    """Store all of it or nothing."""
    case = await target.load(session)
    appointment = await _outcome(session, case, noting, notes.attended) if notes.attended else None
    contact = await _record_contact(case, appointment, noting, notes)
    ids = contact | await _agree(case, noting, notes.actions)
    following = await booked(case, noting.keyring, noting.coach_id, notes.next) if notes.next else None
    if following:
        ids["appointment"] = str(following.id)
    return await session.save(case, *filter(None, (appointment, following)), status=CREATED, ids=ids)


async def _outcome(session: Session, case: Case, noting: Noting, attended: Attended) -> Appointment:
    appointment = await session.load(Appointment, attended.appointment_id)
    if appointment.case_id != case.id:
        raise NotFoundError(Appointment.__name__)
    if attended.came:
        appointment.attend(noting.now, late=attended.late)
    else:
        appointment.miss(noting.now, acceptable=attended.acceptable, coach_id=noting.coach_id)
    return appointment


async def _record_contact(
    case: Case, appointment: Appointment | None, noting: Noting, notes: SessionNotes
) -> dict[str, str]:
    """Note that the two spoke: when the person came, or by the channel that the coach names."""
    came = appointment is not None and notes.attended is not None and notes.attended.came
    met = appointment if came else None
    channel = notes.channel or (CHANNELS[met.channel] if met else None)
    if channel is None:
        return {}
    fields = {
        "contact_id": notes.contact_id,
        "occurred_at": notes.occurred_at or (met.starts_at if met else noting.now),
        "channel": channel,
        "coach_id": noting.coach_id,
        "note": notes.note,
        "shared": notes.shared,
    }
    contact = Wording(ContactRecorded, fields).sealed(await noting.keyring.sealer(person_of(case)))
    case.record_contact(contact, noting.now)
    return {"contact": str(notes.contact_id)}


async def _agree(case: Case, noting: Noting, actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    for fields in actions:
        agreed = Wording(ActionAgreed, fields).sealed(await noting.keyring.sealer(person_of(case)))
        case.agree(agreed, noting.today)
    return {f"action_{number}": str(fields["action_id"]) for number, fields in enumerate(actions, start=1)}
