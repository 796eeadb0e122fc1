"""How coach and person are in touch, for Today: contacts, appointments and messages."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final
from uuid import UUID

from caseload.standing import Json
from caseload.views.person_rows import Folds, file_of, instant, later, noted, person_touched
from chassis.listen.told import Told
from chassis.listen.views import Table
from events.caseload import (
    ActionOwner,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
    Channel,
    ContactRecorded,
    ContactRecordedInError,
    MessageRead,
    MessageSent,
    MessageWithdrawn,
)

CONTACTS_KEPT: Final = 6
SETTLED_KEPT: Final = 6
MESSAGES_KEPT: Final = 8


@dataclass
class ContactStandingRow:
    """The latest contacts recorded, appointments without an outcome, the latest with one, and the latest messages.

    What is too old to be kept, and so to be taken back, leaves in `contact` what was the latest of it, and in
    `in_person` the latest at which the two met.
    The scalars say of the documents what lists are selected by; `last_message_by` is who waits for a reply,
    `unanswered_since` when they wrote the first message that the other has not replied to, of those that are kept.
    """

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    last_contact_at: datetime | None = None
    last_in_person_at: datetime | None = None
    last_message_by: str | None = None
    unanswered_since: datetime | None = None
    next_over_at: datetime | None = None
    contact: Json | None = None
    in_person: Json | None = None
    contacts: Json = field(default_factory=dict)
    active: Json | None = None
    appointments: Json = field(default_factory=dict)
    settled: Json = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)


def contact_touched(told: Told) -> UUID | None:
    """Return the row that a fact touches."""
    return person_touched(told, FOLDS)


def fold_contact_standing(row: ContactStandingRow | None, told: Told) -> ContactStandingRow:
    """Take a fact into how the two are in touch."""
    if row is None:
        assert told.tenant
        row = ContactStandingRow(file_of(told.subject, told.tenant), told.subject, told.tenant)
    FOLDS[type(told.fact)](row, told.fact, told)
    _sum_up(row)
    return row


def _contacted(row: ContactStandingRow, fact: ContactRecorded, told: Told) -> None:
    row.contacts[str(fact.contact_id or told.id)] = noted(told) | {"channel": fact.channel}
    if len(row.contacts) > CONTACTS_KEPT:
        _keep(row, row.contacts.pop(_oldest(row.contacts)))


def _keep(row: ContactStandingRow, contact: Json) -> None:
    row.contact = later(row.contact, contact)
    if contact["channel"] == Channel.IN_PERSON:
        row.in_person = later(row.in_person, contact)


def _oldest(contacts: Json) -> str:
    return min(contacts, key=lambda id_: (contacts[id_]["at"], id_))


def _taken_back(row: ContactStandingRow, fact: ContactRecordedInError, _told: Told) -> None:
    row.contacts.pop(str(fact.contact_id), None)


def _booked(row: ContactStandingRow, fact: AppointmentBooked, told: Told) -> None:
    row.appointments[str(told.aggregate_id)] = noted(told) | {"kind": fact.kind} | _when(fact, told)


def _rescheduled(row: ContactStandingRow, fact: AppointmentRescheduled, told: Told) -> None:
    if appointment := row.appointments.get(str(told.aggregate_id)):
        appointment |= noted(told) | _when(fact, told)


def _when(fact: AppointmentBooked | AppointmentRescheduled, told: Told) -> Json:
    words = {"place": fact.place, "link": fact.link, "version": told.version}
    return {"starts_at": instant(fact.starts_at), "minutes": fact.minutes, "channel": fact.channel, **words}


def _attended(row: ContactStandingRow, _fact: AppointmentAttended, told: Told) -> None:
    _settle(row, told, attended=True)
    row.active = later(row.active, noted(told))


def _missed(row: ContactStandingRow, _fact: AppointmentMissed, told: Told) -> None:
    _settle(row, told, attended=False)


def _settle(row: ContactStandingRow, told: Told, *, attended: bool) -> None:
    if appointment := row.appointments.pop(str(told.aggregate_id), None):
        appointment["version"] = told.version
        outcome = noted(told) | {"attended": attended, "appointment": appointment}
        row.settled[str(told.aggregate_id)] = outcome
    if len(row.settled) > SETTLED_KEPT:
        _let_go(row, row.settled.pop(min(row.settled, key=lambda id_: row.settled[id_]["appointment"]["starts_at"])))


def _let_go(row: ContactStandingRow, settled: Json) -> None:
    """An outcome that is no longer kept is corrected no more: a meeting stays a contact."""
    if settled["attended"]:
        _keep(row, _as_contact(settled))


def _cancelled(row: ContactStandingRow, _fact: AppointmentCancelled, told: Told) -> None:
    row.appointments.pop(str(told.aggregate_id), None)


def _corrected(row: ContactStandingRow, _fact: AppointmentOutcomeCorrected, told: Told) -> None:
    if settled := row.settled.pop(str(told.aggregate_id), None):
        row.appointments[str(told.aggregate_id)] = settled["appointment"] | {"version": told.version}


def _sent(row: ContactStandingRow, fact: MessageSent, told: Told) -> None:
    row.messages.append(noted(told) | {"message_id": str(fact.message_id), "by": fact.by, "read": False})
    if len(row.messages) > MESSAGES_KEPT:
        oldest = row.messages.pop(0)
        if oldest["by"] == ActionOwner.COACH:
            _keep(row, _written(oldest))
    if fact.by is ActionOwner.PARTICIPANT:
        row.active = later(row.active, noted(told))


def _read(row: ContactStandingRow, fact: MessageRead, _told: Told) -> None:
    for message in row.messages:
        message["read"] = message["read"] or message["message_id"] == str(fact.message_id)


def _withdrawn(row: ContactStandingRow, fact: MessageWithdrawn, _told: Told) -> None:
    row.messages = [message for message in row.messages if message["message_id"] != str(fact.message_id)]


def _sum_up(row: ContactStandingRow) -> None:
    contacts = [*row.contacts.values(), *(kept for kept in (row.contact, row.in_person) if kept)]
    contacts += [_as_contact(settled) for settled in row.settled.values() if settled["attended"]]
    contacts += [_written(message) for message in row.messages if message["by"] == ActionOwner.COACH]
    met = [contact for contact in contacts if contact["channel"] == Channel.IN_PERSON]
    row.last_contact_at, row.last_in_person_at = _latest_of(contacts), _latest_of(met)
    row.last_message_by = row.messages[-1]["by"] if row.messages else None
    row.unanswered_since = _unanswered_since(row)
    row.next_over_at = min(map(_over_at, row.appointments.values()), default=None)


def _unanswered_since(row: ContactStandingRow) -> datetime | None:
    waiting = list(takewhile(lambda message: message["by"] == row.last_message_by, reversed(row.messages)))
    return datetime.fromisoformat(waiting[-1]["at"]) if waiting else None


def _as_contact(settled: Json) -> Json:
    held = settled["appointment"]
    return {"fact": settled["fact"], "at": held["starts_at"], "channel": held["channel"]}


def _written(message: Json) -> Json:
    return {"fact": message["fact"], "at": message["at"], "channel": Channel.MESSAGE}


def _over_at(appointment: Json) -> datetime:
    return datetime.fromisoformat(appointment["starts_at"]) + timedelta(minutes=appointment["minutes"])


def _latest_of(contacts: list[Json]) -> datetime | None:
    latest = max((contact["at"] for contact in contacts), default=None)
    return datetime.fromisoformat(latest) if latest else None


FOLDS: Final[Folds[ContactStandingRow]] = {
    ContactRecorded: _contacted,
    ContactRecordedInError: _taken_back,
    AppointmentBooked: _booked,
    AppointmentRescheduled: _rescheduled,
    AppointmentAttended: _attended,
    AppointmentMissed: _missed,
    AppointmentCancelled: _cancelled,
    AppointmentOutcomeCorrected: _corrected,
    MessageSent: _sent,
    MessageRead: _read,
    MessageWithdrawn: _withdrawn,
}
CONTACT_STANDING: Final = Table("today_contact", ContactStandingRow, contact_touched, fold_contact_standing)
