"""The Participant page: the whole person in one view, which is also the screen of the meeting itself."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.undoing import Step
from gateway.web.admission import AtLeading, AtWork
from gateway.web.command import Command
from gateway.web.deeds import body_of
from gateway.web.doing import Undoes, answered
from gateway.web.people import (
    BOOK,
    EXCUSE,
    HANDLE,
    MOVE,
    MOVE_MEETING,
    OUTCOMES,
    SERVICE,
    STANDARDS,
    case_of,
    undo_of,
)
from gateway.web.person_page import STEPS, Looking, person_page
from gateway.web.refused import AGAIN
from gateway.web.session_box import PLACES, UNREADABLE, Again, body_of_session, missing_in, undo_of_session
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor

TAKE_BACK: Final = "take-back"
TAKEN_BACK: Final = frozenset({"came", "late", "missed", "excused"})
STAYS: Final = ("channel", "place", "link", "minutes")
"""What of a meeting is as it was when it gets another time."""

person_router = APIRouter(include_in_schema=False)


@person_router.get("/people/{participant_id}")
async def show_person(visitor: AtWork, participant_id: UUID, looking: Annotated[Looking, Depends()]) -> HTMLResponse:
    """Show a person, as they stand or stood on a day."""
    return await person_page(visitor, participant_id, looking)


@person_router.post("/people/{participant_id}/actions/{action_id}/due")
async def move_date(visitor: AtWork, participant_id: UUID, action_id: UUID) -> Response:
    """Give an action another due date; a day that is not over yet can be had back."""
    form = await visitor.request.form()
    path, was = f"/cases/{await case_of(visitor)}/actions/{action_id}{MOVE.path}", _day(str(form.get("was", "")))
    command = await visitor.command(SERVICE, path, body_of(MOVE, form, visitor.now))

    def steps(told: Mapping[str, Any]) -> list[Step]:
        if was is None or was < visitor.now.date():
            return []
        return [Step(SERVICE, path, {"due": was.isoformat()}, str(told["version"]))]

    return await answered(visitor, participant_id, command, MOVE, steps)


def _day(text: str) -> date | None:
    """Return the day that a form tells, None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@person_router.post("/people/{participant_id}/concerns/{concern_id}/handled")
async def handle_concern(visitor: AtWork, participant_id: UUID, concern_id: UUID) -> Response:
    """Note that a worry about somebody's safety was dealt with, and how."""
    case = await case_of(visitor)
    path = f"/cases/{case}/safety-concerns/{concern_id}{HANDLE.path}"
    command = await visitor.command(SERVICE, path, body_of(HANDLE, await visitor.request.form(), visitor.now))
    steps = partial(undo_of, HANDLE.code, case, concern=concern_id)
    return await answered(visitor, participant_id, command, HANDLE, steps)


@person_router.post("/people/{participant_id}/concerns/{concern_id}/take-back")
async def take_handling_back(visitor: AtWork, participant_id: UUID, concern_id: UUID) -> Response:
    """Say that a worry was not dealt with after all: it is one again."""
    path = f"/cases/{await case_of(visitor)}/safety-concerns/{concern_id}{HANDLE.path}/take-back"
    command = await visitor.command(SERVICE, path, await _taken_back(visitor, "handled"))
    return await answered(visitor, participant_id, command, said="taken-back")


@person_router.post("/people/{participant_id}/actions/{action_id}/{step}")
async def take_step(visitor: AtWork, participant_id: UUID, action_id: UUID, step: str) -> Response:
    """Move an action on."""
    command, said, steps = await step_on(visitor, action_id, step)
    return await answered(visitor, participant_id, command, steps=steps, said=said)


async def step_on(visitor: Visitor, action_id: UUID, step: str) -> tuple[Command, str, Undoes]:
    """Move an action on, or take back that it was; return what became of it, what is said about it and undoes it."""
    form, case = await visitor.request.form(), await case_of(visitor)
    path = f"/cases/{case}/actions/{action_id}/{step}"
    if step == TAKE_BACK:
        return await visitor.command(SERVICE, path, await _taken_back(visitor, "stepped")), "taken-back", lambda _: ()
    if step not in STEPS:
        raise ProblemError(404, "There is nothing here.")
    command = await visitor.command(SERVICE, path, {} if step == "agree" else None)
    # Who takes back an own suggestion suggests anew: nobody undoes that.
    return command, "done", partial(undo_of, "" if form.get("own") else "action", case, action=action_id)


async def _taken_back(visitor: Visitor, field: str) -> dict[str, int]:
    """Return what names the fact that a form takes back, none that there is where the form tells no version."""
    told = str((await visitor.request.form()).get(field, ""))
    return {"version": int(told) if told.isdecimal() else 0}


@person_router.post("/people/{participant_id}/book")
async def book(visitor: AtWork, participant_id: UUID) -> Response:
    """Book a meeting."""
    case, body = await case_of(visitor), body_of(BOOK, await visitor.request.form(), visitor.now)
    command = await visitor.command(SERVICE, f"/cases/{case}/appointments", body)
    return await answered(visitor, participant_id, command, BOOK, partial(undo_of, "book", case))


@person_router.post("/people/{participant_id}/standards/{standard}/excuse")
async def excuse_standard(visitor: AtLeading, participant_id: UUID, standard: str) -> Response:
    """Say why a promise no longer applies to somebody."""
    if standard not in STANDARDS:
        raise ProblemError(404, "There is nothing here.")
    path = f"/cases/{await case_of(visitor)}/standards/{standard}/excuse"
    command = await visitor.command(SERVICE, path, body_of(EXCUSE, await visitor.request.form(), visitor.now))

    def steps(told: Mapping[str, Any]) -> list[Step]:
        return [Step(SERVICE, f"{path}/take-back", {"version": told["version"]})]

    return await answered(visitor, participant_id, command, EXCUSE, steps)


@person_router.post("/people/{participant_id}/session")
async def note_session(visitor: AtWork, participant_id: UUID) -> Response:
    """Note a session, all of it or nothing; show what was filled in again where something is wrong."""
    form = await visitor.request.form()
    case, body = await case_of(visitor), body_of_session(form, visitor)
    told, status = {name: str(value) for name, value in form.items()}, UNREADABLE
    errors = {place: visitor.say(words) for place, words in missing_in(body)}
    if not errors:
        command = await visitor.command(SERVICE, f"/cases/{case}/session", body)
        status = command.answer.status_code
        if status not in AGAIN:
            steps = partial(undo_of_session, case, form)
            return await go_on(visitor, command, f"/people/{participant_id}", "session", steps)
        errors = {PLACES.get(place, place): words for place, words in command.faults(visitor.say).items()}
    return await person_page(visitor, participant_id, again=Again(told, errors, status))


@person_router.post("/people/{participant_id}/appointments/{appointment_id}/{code}")
async def tell_outcome(visitor: AtWork, participant_id: UUID, appointment_id: UUID, code: str) -> Response:
    """Say what became of a meeting."""
    if code not in OUTCOMES:
        raise ProblemError(404, "There is nothing here.")
    _, deed, body = OUTCOMES[code]
    path = f"/appointments/{appointment_id}"
    command = await visitor.command(SERVICE, f"{path}/{deed}", body or None)

    def steps(told: Mapping[str, Any]) -> list[Step]:
        return [] if code not in TAKEN_BACK else [Step(SERVICE, f"{path}/correct", version=str(told["version"]))]

    return await answered(visitor, participant_id, command, steps=steps)


@person_router.post("/people/{participant_id}/appointments/{appointment_id}/to/another-time")
async def move_meeting(visitor: AtWork, participant_id: UUID, appointment_id: UUID) -> Response:
    """Give a meeting another time; where and how stay as they are. A time that is still to come can be had back."""
    form = await visitor.request.form()
    stays = {name: str(form[name]) for name in STAYS if form.get(name)}
    moved = {**(body_of(MOVE_MEETING, form, visitor.now) or {}), **stays}
    command = await visitor.command(SERVICE, f"/appointments/{appointment_id}{MOVE_MEETING.path}", moved)
    was = _moment(str(form.get("was", "")))
    code = MOVE_MEETING.code if was and was > visitor.now else ""
    steps = partial(undo_of, code, "", appointment=appointment_id)
    return await answered(visitor, participant_id, command, MOVE_MEETING, steps)


def _moment(text: str) -> datetime | None:
    """Return the moment that a form tells, None for what is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@person_router.post("/people/{participant_id}/contacts/{contact_id}/take-back")
async def take_contact_back(visitor: AtWork, participant_id: UUID, contact_id: UUID) -> Response:
    """Say that a contact was noted by mistake: it stays on the timeline, struck through."""
    path = f"/cases/{await case_of(visitor)}/contacts/{contact_id}/entered-in-error"
    return await answered(visitor, participant_id, await visitor.command(SERVICE, path), said="taken-back")
