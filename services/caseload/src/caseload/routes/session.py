"""Routes of a coach's desk after a meeting: the session box, and service standards."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import Field, model_validator

from caseload.access import Deed
from caseload.commands import session as commands
from caseload.commands import standard as standards
from caseload.commands.session import Attended, Noting, SessionNotes
from caseload.desk import CaseRequest, ToCase
from caseload.forms import Asked, Moment, TakenBack, Words, example
from caseload.routes.action import NewAction
from caseload.routes.appointment import NewAppointment
from caseload.views.standards import STANDARDS, clocks_of
from caseload.work_pages import StandardPage, standard_page
from chassis.http import Accepted, AtLeast, ExpectedVersion
from chassis.listen.reading import reading
from events.caseload import Channel, Standard

MOST_ACTIONS = 20

session_router = APIRouter()


class WhatBecame(StrEnum):
    """What became of a meeting."""

    ATTENDED = "attended"
    LATE = "late"
    MISSED = "missed"
    MISSED_ACCEPTABLY = "missed_acceptably"


class SessionAttendance(Asked):
    """Which appointment it was, and what became of it."""

    model_config = example(appointment_id="8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10", outcome="attended")

    appointment_id: UUID
    outcome: WhatBecame

    @property
    def came(self) -> bool:
        """Whether the person came."""
        return self.outcome in {WhatBecame.ATTENDED, WhatBecame.LATE}


class Note(Asked):
    """What the coach notes; the person may read it when it is `shared`."""

    model_config = example(text="Ready for Friday's interview.", shared=True)

    text: Words
    shared: bool = False


class SessionBox(Asked):
    """What a coach notes after a meeting, all at once: each part may be left out, not all of them.

    A note belongs to a contact: `channel` says how the two spoke where no meeting took place.
    """

    model_config = example(
        attendance={"appointment_id": "8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10", "outcome": "attended"},
        actions=[{"owner": "participant", "what": "Send the CV to three bakeries", "due": "2030-03-08"}],
        note={"text": "Ready for Friday's interview.", "shared": True},
        next={"kind": "review", "starts_at": "2030-03-04T10:00:00Z", "channel": "phone"},
    )

    attendance: SessionAttendance | None = None
    channel: Channel | None = None
    occurred_at: Moment | None = Field(None, description="When the two spoke, if not when the appointment was.")
    actions: tuple[NewAction, ...] = Field((), max_length=MOST_ACTIONS)
    note: Note | None = None
    next: NewAppointment | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.attendance or self.channel or self.actions or self.note or self.next):
            message = "a session notes at least one thing"
            raise ValueError(message)
        if self.note and not self.channel and not (self.attendance and self.attendance.came):
            message = "a note needs the channel by which the two spoke"
            raise ValueError(message)
        return self


class Excuse(Asked):
    """Why a service standard no longer applies."""

    model_config = example(explanation="The person was in hospital all the time.")

    explanation: Words


@session_router.post("/cases/{case_id}/session", status_code=201, response_model=Accepted)
async def note_session(to: ToCase, expected: ExpectedVersion, body: SessionBox) -> Response:
    """Note a whole session in one submit: attendance, actions, a note, the next appointment; all of it or nothing."""
    noting, notes = Noting(to.keyring, to.actor.id, to.now, to.today), _notes(to, body)
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.note_session(session, case, noting, notes)
    )


@session_router.get("/cases/{case_id}/standards")
async def read_standards(to: ToCase, at_least: AtLeast) -> StandardPage:
    """Return what the service promises for a case, the earliest due first."""
    case = await to.case(Deed.READ)
    assert case.referral_id
    async with reading(to.desk.pool, case.tenant, STANDARDS, at_least) as connection:
        return standard_page(await clocks_of(connection, case.referral_id))


@session_router.post("/cases/{case_id}/standards/{standard}/excuse", response_model=Accepted)
async def excuse_standard(to: ToCase, standard: Standard, body: Excuse) -> Response:
    """Say with a reason that a service standard no longer applies to a case."""
    return await to.answer(
        Deed.EXCUSE,
        None,
        lambda session, case: standards.excuse(session, case, to.keyring, standard, body.explanation, to.now),
    )


@session_router.post("/cases/{case_id}/standards/{standard}/excuse/take-back", response_model=Accepted)
async def take_excuse_back(to: ToCase, standard: Standard, body: TakenBack) -> Response:
    """Let a service standard apply again that was excused by mistake."""
    return await to.answer(
        Deed.EXCUSE,
        None,
        lambda session, case: standards.take_excuse_back(session, case, standard, body.version, to.now),
    )


def _notes(to: CaseRequest, body: SessionBox) -> SessionNotes:
    at: dict[str, Any] = {"occurred_at": to.now}
    return SessionNotes(
        contact_id=uuid4(),
        attended=_attended(body.attendance) if body.attendance else None,
        channel=body.channel,
        occurred_at=body.occurred_at,
        note=body.note.text if body.note else None,
        shared=body.note is not None and body.note.shared,
        actions=[{**at, "action_id": uuid4(), **action.model_dump()} for action in body.actions],
        next={**at, "appointment_id": uuid4(), **body.next.model_dump()} if body.next else None,
    )


def _attended(attendance: SessionAttendance) -> Attended:
    return Attended(
        attendance.appointment_id,
        came=attendance.came,
        late=attendance.outcome is WhatBecame.LATE,
        acceptable=attendance.outcome is WhatBecame.MISSED_ACCEPTABLY,
    )
