"""What is asked of appointments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from caseload.appointment import Appointment
from caseload.case import Case, person_of
from caseload.commands.target import CREATED, Target, Wording
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import Session, StaleVersionError
from events.caseload import AppointmentBooked, AppointmentCancelled, AppointmentRescheduled


@dataclass(frozen=True, slots=True)
class AppointmentTarget:
    """The appointment that a command is for; `permit` raises when who asks may not do it in its case."""

    appointment_id: UUID
    permit: Callable[[Case], None]
    expected: int | None = None

    async def load(self, session: Session) -> Appointment:
        """Return the appointment for who may change it; who may not is not told its version."""
        appointment = await session.load(Appointment, self.appointment_id)
        self.permit(await session.load(Case, appointment.case_id))
        if self.expected is not None and self.expected != appointment.version:
            raise StaleVersionError(self.expected, appointment.version)
        return appointment


async def booked(case: Case, keyring: Keyring, asking: UUID, fields: Mapping[str, Any]) -> Appointment:
    """Return a new appointment with the case's coach, or with who books it when there is none."""
    case.life.require_open()
    whose = {"case_id": case.id, "participant_id": case.subject, "provider_id": case.tenant}
    fields = {**fields, **whose, "coach_id": case.coach_id or asking}
    appointment_id = fields.pop("appointment_id")
    fact = Wording(AppointmentBooked, fields).sealed(await keyring.sealer(person_of(case)))
    return Appointment.book(appointment_id, fact)


async def book(session: Session, target: Target, keyring: Keyring, asking: UUID, fields: Mapping[str, Any]) -> Answer:
    """Book an appointment in a case."""
    appointment = await booked(await target.load(session), keyring, asking, fields)
    return await session.save(appointment, status=CREATED, ids={"appointment": str(appointment.id)})


async def reschedule(
    session: Session, target: AppointmentTarget, keyring: Keyring, moved: Wording[AppointmentRescheduled]
) -> Answer:
    """Give an appointment another time or place."""
    appointment = await target.load(session)
    appointment.reschedule(moved.sealed(await keyring.sealer(_person(appointment))))
    return await session.save(appointment)


async def take_move_back(
    session: Session, target: AppointmentTarget, keyring: Keyring, version: int, now: datetime
) -> Answer:
    """Move an appointment back to where it was before the move at that version, its words sealed for the new fact."""
    appointment = await target.load(session)
    before = appointment.before_move(version)
    place, link = await keyring.open_many([before.place, before.link])
    fields = {"occurred_at": now, **before._asdict(), "place": place, "link": link}
    sealer = await keyring.sealer(_person(appointment))
    appointment.reschedule(Wording(AppointmentRescheduled, fields).sealed(sealer))
    return await session.save(appointment)


async def attend(session: Session, target: AppointmentTarget, now: datetime, *, late: bool) -> Answer:
    """Note that the person came."""
    appointment = await target.load(session)
    appointment.attend(now, late=late)
    return await session.save(appointment)


async def miss(
    session: Session, target: AppointmentTarget, coach_id: UUID, now: datetime, *, acceptable: bool
) -> Answer:
    """Note that the person did not come."""
    appointment = await target.load(session)
    appointment.miss(now, acceptable=acceptable, coach_id=coach_id)
    return await session.save(appointment)


async def cancel(
    session: Session, target: AppointmentTarget, keyring: Keyring, cancelled: Wording[AppointmentCancelled]
) -> Answer:
    """Call an appointment off."""
    appointment = await target.load(session)
    appointment.cancel(cancelled.sealed(await keyring.sealer(_person(appointment))))
    return await session.save(appointment)


async def correct(session: Session, target: AppointmentTarget, now: datetime) -> Answer:
    """Take a wrong outcome back."""
    appointment = await target.load(session)
    appointment.correct(now)
    return await session.save(appointment)


def _person(appointment: Appointment) -> UUID:
    assert appointment.subject
    return appointment.subject
