"""Routes of appointments: book one, move it, say what became of it, and put it into a calendar."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from caseload.access import Deed, NotPermittedError
from caseload.commands import appointment as commands
from caseload.commands.appointment import AppointmentTarget
from caseload.commands.target import Wording
from caseload.desk import Asking, Asks, ToCase
from caseload.forms import Asked, Link, Moment, TakenBack, Words, example
from caseload.invitation import MEDIA_TYPE, invitation, method_of
from caseload.pages import AppointmentPage, appointment_page
from caseload.views.appointments import APPOINTMENTS, appointments_of
from chassis.http import Accepted, AtLeast, ExpectedVersion
from chassis.listen.reading import reading
from events.caseload import ActionOwner, AppointmentCancelled, AppointmentKind, AppointmentRescheduled, CancelledBy
from events.meeting import MeetingChannel

appointment_router = APIRouter()


class Meeting(Asked):
    """When, for how long, and where: a place, or the link of any video provider."""

    model_config = example(starts_at="2030-03-04T10:00:00Z", minutes=45, channel="in_person", place="Room 2")

    starts_at: Moment
    minutes: Annotated[int, Field(ge=5, le=480)] = 30
    channel: MeetingChannel
    place: Words | None = None
    link: Link | None = None


class NewAppointment(Meeting):
    """What for, when and where coach and person meet."""

    model_config = example(
        kind="review", starts_at="2030-03-04T10:00:00Z", minutes=45, channel="video", link="https://meet.example/room"
    )

    kind: AppointmentKind


class Attendance(Asked):
    """Whether the person came late."""

    model_config = example(late=False)

    late: bool = False


class Absence(Asked):
    """Whether the reason for not coming is one that the service accepts."""

    model_config = example(acceptable=True)

    acceptable: bool = False


class Cancellation(Asked):
    """Who called the appointment off, why, and when if earlier. A person speaks for themselves."""

    model_config = example(by="service", reason="The coach is ill.")

    by: CancelledBy | None = None
    reason: Words | None = None
    occurred_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class AppointmentRequest(Asking):
    """A request to change an appointment."""

    appointment_id: UUID

    def target(self, deed: Deed, expected: int | None) -> AppointmentTarget:
        """Return the appointment for this actor. Raises NotPermittedError for who never has to do with one."""
        return AppointmentTarget(self.appointment_id, self.permit(deed), expected)


async def _appointment_request(asking: Asks, appointment_id: UUID) -> AppointmentRequest:
    return AppointmentRequest(asking.desk, asking.actor, asking.ask, asking.now, appointment_id)


ToAppointment = Annotated[AppointmentRequest, Depends(_appointment_request)]


@appointment_router.post("/cases/{case_id}/appointments", status_code=201, response_model=Accepted)
async def book_appointment(to: ToCase, body: NewAppointment) -> Response:
    """Book an appointment. It contradicts nothing that others do to the case, so no version has to be sent."""
    fields = {"occurred_at": to.now, "appointment_id": uuid4(), **body.model_dump()}
    return await to.answer(
        Deed.WORK, None, lambda session, case: commands.book(session, case, to.keyring, to.actor.id, fields)
    )


@appointment_router.get("/cases/{case_id}/appointments")
async def read_appointments(to: ToCase, at_least: AtLeast) -> AppointmentPage:
    """Return the appointments of a case, the latest first."""
    case = await to.case(Deed.READ_SHARED)
    async with reading(to.desk.pool, case.tenant, APPOINTMENTS, at_least) as connection:
        rows = await appointments_of(connection, case.id)
    return await appointment_page(to.keyring, rows, to.now)


@appointment_router.get("/appointments/{appointment_id}/invitation.ics", response_class=Response)
async def read_invitation(to: ToAppointment) -> Response:
    """Return the appointment for a calendar (RFC 5545): the same UID for ever, and a SEQUENCE that counts up."""
    target = to.target(Deed.READ_SHARED, None)
    appointment = await target.load(to.reader)
    place, link = await to.keyring.open_many([appointment.place, appointment.link])
    media_type = f"{MEDIA_TYPE}; method={method_of(appointment)}; charset=utf-8"
    return Response(invitation(appointment, place, link), media_type=media_type)


@appointment_router.post("/appointments/{appointment_id}/reschedule", response_model=Accepted)
async def reschedule_appointment(to: ToAppointment, expected: ExpectedVersion, body: Meeting) -> Response:
    """Give an appointment another time or place."""
    target = to.target(Deed.WORK, expected)
    moved = Wording(AppointmentRescheduled, {"occurred_at": to.now, **body.model_dump()})
    return await to.run(lambda session: commands.reschedule(session, target, to.keyring, moved))


@appointment_router.post("/appointments/{appointment_id}/reschedule/take-back", response_model=Accepted)
async def take_move_back(to: ToAppointment, body: TakenBack) -> Response:
    """Move an appointment back that was moved by mistake, while the time that it had is still to come."""
    target = to.target(Deed.WORK, None)
    return await to.run(lambda session: commands.take_move_back(session, target, to.keyring, body.version, to.now))


@appointment_router.post("/appointments/{appointment_id}/attended", response_model=Accepted)
async def attend_appointment(to: ToAppointment, expected: ExpectedVersion, body: Attendance) -> Response:
    """Say that the person came."""
    target = to.target(Deed.WORK, expected)
    return await to.run(lambda session: commands.attend(session, target, to.now, late=body.late))


@appointment_router.post("/appointments/{appointment_id}/missed", response_model=Accepted)
async def miss_appointment(to: ToAppointment, expected: ExpectedVersion, body: Absence) -> Response:
    """Say that the person did not come."""
    target = to.target(Deed.WORK, expected)
    return await to.run(lambda session: commands.miss(session, target, to.actor.id, to.now, acceptable=body.acceptable))


@appointment_router.post("/appointments/{appointment_id}/cancel", response_model=Accepted)
async def cancel_appointment(to: ToAppointment, expected: ExpectedVersion, body: Cancellation) -> Response:
    """Call an appointment off: never a no-show."""
    target = to.target(Deed.TAKE_PART, expected)
    fields = {"by": _called_off_by(to, body.by), "reason": body.reason, "occurred_at": to.earlier(body.occurred_at)}
    cancelled = Wording(AppointmentCancelled, fields)
    return await to.run(lambda session: commands.cancel(session, target, to.keyring, cancelled))


@appointment_router.post("/appointments/{appointment_id}/correct", response_model=Accepted)
async def correct_appointment(to: ToAppointment, expected: ExpectedVersion) -> Response:
    """Take a wrong outcome back."""
    target = to.target(Deed.WORK, expected)
    return await to.run(lambda session: commands.correct(session, target, to.now))


def _called_off_by(to: Asking, by: CancelledBy | None) -> CancelledBy:
    if to.by is ActionOwner.COACH:
        return by or CancelledBy.SERVICE
    if by is CancelledBy.SERVICE:
        message = "a person speaks for nobody else"
        raise NotPermittedError(message)
    return CancelledBy.PARTICIPANT
