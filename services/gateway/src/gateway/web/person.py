"""The Participant page: the whole person in one view, which is also the screen of the meeting itself."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.access import LEADERS
from gateway.home import UP_TO_DATE, fitting, with_new_jobs
from gateway.services import Question
from gateway.undoing import Step
from gateway.web import work
from gateway.web.admission import AtLeading, AtPage, AtWork
from gateway.web.deeds import CHANNELS, Asked, Deed, Kind, body_of, moment_in
from gateway.web.people import (
    CLOSED,
    DEEDS,
    IN_LIFE,
    NEEDS,
    SERVICE,
    STANDARDS,
    STANDS,
    TRACKS,
    WAYS,
    mark_read,
    undo_of,
)
from gateway.web.session_box import (
    AGAIN,
    PLACES,
    UNREADABLE,
    Again,
    body_of_session,
    missing_in,
    session_box,
    undo_of_session,
)
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor, blank
from gateway.web.words import N_

KINDS: Final = (
    ("referral", N_("Referral")),
    ("case", N_("Case")),
    ("plan", N_("Plan")),
    ("contact", N_("Contact")),
    ("search", N_("Job search")),
    ("work", N_("Work")),
    ("learning", N_("Courses")),
    ("standards", N_("Promises of the service")),
    ("nudges", N_("Nudges")),
)
STEPS: Final[Mapping[str, str]] = {
    "agree": N_("Agree"),
    "begin": N_("Begin"),
    "done": N_("Done"),
    "standby": N_("Let it rest"),
    "resume": N_("Go on"),
    "cancel": N_("Drop it"),
}
STEPS_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "suggested": ("agree", "cancel"),
    "agreed": ("done", "begin", "standby", "cancel"),
    "in_progress": ("done", "standby", "cancel"),
    "standby": ("resume", "done", "cancel"),
}
STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "suggested": ("soon", N_("Suggested")),
    "agreed": ("calm", N_("Agreed")),
    "in_progress": ("calm", N_("In progress")),
    "standby": ("calm", N_("Resting")),
    "done": ("good", N_("Done")),
    "cancelled": ("calm", N_("Dropped")),
}
APPLICATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "saved": ("calm", N_("Thinking about it")),
    "interested": ("calm", N_("Thinking about it")),
    "preparing": ("calm", N_("Getting it ready")),
    "sent": ("soon", N_("Sent, no answer yet")),
    "acknowledged": ("soon", N_("They have it, no answer yet")),
    "interview": ("good", N_("Interview")),
    "offered": ("good", N_("Offer")),
    "accepted": ("good", N_("Taken")),
}
BOOK: Final = Deed(
    "book",
    "/appointments",
    N_("Book a meeting"),
    (
        Asked("starts_at", N_("When?"), Kind.MOMENT, required=True),
        Asked(
            "kind",
            N_("What for?"),
            Kind.CHOICE,
            (
                ("review", N_("Review")),
                ("job_search", N_("Job search")),
                ("in_work_support", N_("Support in work")),
                ("other", N_("Something else")),
            ),
            value="review",
        ),
        Asked("channel", N_("How?"), Kind.CHOICE, CHANNELS, value="in_person"),
        Asked("place", N_("Where?")),
        Asked("link", N_("Link for a video meeting")),
    ),
)
EXCUSE: Final = Deed(
    "excuse",
    "/excuse",
    N_("It no longer applies"),
    (Asked("explanation", N_("Why?"), required=True),),
)
BACK: Final = re.compile(r"/(today|plan|diary)(\?[\w=&-]*)?(#[\w-]*)?")
TAKE_BACK: Final = "take-back"
OUTCOMES: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "came": (N_("They came"), "attended", {"late": False}),
    "late": (N_("They came late"), "attended", {"late": True}),
    "missed": (N_("They did not come"), "missed", {"acceptable": False}),
    "excused": (N_("Did not come, with a good reason"), "missed", {"acceptable": True}),
    "correct": (N_("That was wrong"), "correct", {}),
    "call-off": (N_("Call it off"), "cancel", {"by": "service"}),
    "they-cannot": (N_("They cannot come"), "cancel", {"by": "participant"}),
}
TAKEN_BACK: Final = frozenset({"came", "late", "missed", "excused"})

person_router = APIRouter(include_in_schema=False)


@person_router.get("/people/{participant_id}")
async def show_person(
    visitor: AtWork, participant_id: UUID, as_of: str = "", by: str = "occurred_at", kind: str = ""
) -> HTMLResponse:
    """Show a person, as they stand or stood on a day."""
    return await _page(visitor, participant_id, {"as_of": as_of, "by": by} if as_of else {}, kind)


@person_router.post("/people/{participant_id}/actions/{action_id}/{step}")
async def take_step(visitor: AtWork, participant_id: UUID, action_id: UUID, step: str) -> Response:
    """Move an action on."""
    return await step_on(visitor, action_id, step, await _back(visitor, participant_id))


async def step_on(visitor: Visitor, action_id: UUID, step: str, back: str) -> Response:
    """Move an action on, or take back that it was, and go back to a page."""
    form, case = await visitor.request.form(), await case_of(visitor)
    path = f"/cases/{case}/actions/{action_id}/{step}"
    if step == TAKE_BACK:
        stepped = str(form.get("stepped", ""))
        command = await visitor.command(SERVICE, path, {"version": int(stepped) if stepped.isdecimal() else 0})
        return command.then(back, "taken-back")
    if step not in STEPS:
        raise ProblemError(404, "There is nothing here.")
    command = await visitor.command(SERVICE, path, {} if step == "agree" else None)
    # Who takes back an own suggestion suggests anew: nobody undoes that.
    steps = partial(undo_of, "" if form.get("own") else "action", case, action=action_id)
    return await go_on(visitor, command, back, "done", steps)


@person_router.post("/people/{participant_id}/book")
async def book(visitor: AtWork, participant_id: UUID) -> Response:
    """Book a meeting."""
    form = await visitor.request.form()
    case = await case_of(visitor)
    command = await visitor.command(SERVICE, f"/cases/{case}/appointments", body_of(BOOK, form, visitor.now))
    return await go_on(visitor, command, f"/people/{participant_id}", "done", partial(undo_of, "book", case))


@person_router.post("/people/{participant_id}/standards/{standard}/excuse")
async def excuse_standard(visitor: AtLeading, participant_id: UUID, standard: str) -> Response:
    """Say why a promise no longer applies to somebody."""
    if standard not in STANDARDS:
        raise ProblemError(404, "There is nothing here.")
    path = f"/cases/{await case_of(visitor)}/standards/{standard}/excuse"
    command = await visitor.command(SERVICE, path, body_of(EXCUSE, await visitor.request.form(), visitor.now))
    return await go_on(
        visitor,
        command,
        f"/people/{participant_id}",
        "done",
        lambda told: [Step(SERVICE, f"{path}/take-back", {"version": told["version"]})],
    )


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
    return await _page(visitor, participant_id, {}, again=Again(told, errors, status))


@person_router.post("/people/{participant_id}/appointments/{appointment_id}/{code}")
async def tell_outcome(visitor: AtWork, participant_id: UUID, appointment_id: UUID, code: str) -> Response:
    """Say what became of a meeting."""
    if code not in OUTCOMES:
        raise ProblemError(404, "There is nothing here.")
    _, deed, body = OUTCOMES[code]
    path, back = f"/appointments/{appointment_id}", await _back(visitor, participant_id)
    command = await visitor.command(SERVICE, f"{path}/{deed}", body or None)

    def steps(told: Mapping[str, Any]) -> list[Step]:
        return [] if code not in TAKEN_BACK else [Step(SERVICE, f"{path}/correct", version=str(told["version"]))]

    return await go_on(visitor, command, back, "done", steps)


@person_router.post("/people/{participant_id}/appointments/{appointment_id}/to/another-time")
async def move_meeting(visitor: AtWork, participant_id: UUID, appointment_id: UUID) -> Response:
    """Give a meeting another time; where and how stay as they are."""
    form = await visitor.request.form()
    place = {name: str(form[name]) for name in ("channel", "place", "link", "minutes") if form.get(name)}
    moved = {"starts_at": moment_in(visitor.now.tzinfo, str(form.get("starts_at", ""))), **place}
    command = await visitor.command(SERVICE, f"/appointments/{appointment_id}/reschedule", moved)
    return command.then(f"/people/{participant_id}", "done")


@person_router.post("/people/{participant_id}/contacts/{contact_id}/take-back")
async def take_contact_back(visitor: AtWork, participant_id: UUID, contact_id: UUID) -> Response:
    """Say that a contact was noted by mistake: it stays on the timeline, struck through."""
    case = await case_of(visitor)
    command = await visitor.command(SERVICE, f"/cases/{case}/contacts/{contact_id}/entered-in-error")
    return command.then(f"/people/{participant_id}", "taken-back")


async def case_of(visitor: AtPage) -> UUID:
    """Return the case that a form is about. Raises ProblemError where it names none."""
    try:
        return UUID(str((await visitor.request.form()).get("case", "")))
    except ValueError:
        raise ProblemError(422, "The case is missing.") from None


async def _page(
    visitor: Visitor, participant_id: UUID, asked: Mapping[str, str], kind: str = "", again: Again | None = None
) -> HTMLResponse:
    """Return the page, with a session box as it was filled in where it could not be kept."""
    page = await visitor.read(SERVICE, f"/participants/{participant_id}", **asked)
    case = page["case_id"]
    more = {
        "messages": Question(SERVICE, f"/cases/{case}/messages"),
        "appointments": Question(SERVICE, f"/cases/{case}/appointments"),
    }
    if not asked:
        more["jobs"] = work.question(case)
        if page["next_step"]["rule"] == UP_TO_DATE:
            more["fitting"] = fitting(participant_id)
    if kind:
        more["timeline"] = Question(SERVICE, f"/participants/{participant_id}/timeline", query={"kind": kind})
    found, missing = await visitor.read_all(more)
    known = {"participant": page, "jobs": found.get("fitting")}
    page = (await with_new_jobs(visitor.answers, participant_id, known))["participant"]
    appointments = (found.get("appointments") or {}).get("appointments", [])
    messages = (found.get("messages") or {}).get("messages", [])
    if not asked:
        await mark_read(visitor, case, messages, "participant")
    return visitor.page(
        "person.html",
        status=again.status if again else 200,
        page=page,
        timeline_entries=(found.get("timeline") or {"entries": page["timeline"]})["entries"],
        messages=list(reversed(messages)),
        appointments=appointments,
        jobs=work.shown(page["file"]["jobs"], found.get("jobs")),
        **work.words(visitor),
        box=session_box(visitor, appointments, again),
        kinds=[("", visitor.say(N_("Everything"))), *((code, visitor.say(words)) for code, words in KINDS)],
        kind=kind,
        deeds=[*DEEDS.values(), BOOK],
        **_life(visitor, page["status"]),
        standards={code: visitor.say(words) for code, words in STANDARDS.items()},
        excuse=EXCUSE if visitor.actor.role in LEADERS else None,
        deed=DEEDS,
        book=BOOK,
        needs={code: visitor.say(words) for code, words in NEEDS},
        tracks={code: visitor.say(words) for code, words in TRACKS},
        channels={code: visitor.say(words) for code, words in WAYS},
        steps={code: visitor.say(words) for code, words in STEPS.items()},
        steps_from=STEPS_FROM,
        statuses={code: (mark, visitor.say(words)) for code, (mark, words) in STATUSES.items()},
        applications={code: (mark, visitor.say(words)) for code, (mark, words) in APPLICATIONS.items()},
        outcomes={code: visitor.say(words) for code, (words, _, _) in OUTCOMES.items()},
        staff={str(id_): name for id_, name in visitor.desk.staff.items()},
        missing=missing,
        errors=blank({}),
    )


def _life(visitor: Visitor, status: str) -> dict[str, Any]:
    """Return how a case that does not go on as usual is shown, and what can be done about it where it stands."""
    stands, is_closed = STANDS.get(status), status in CLOSED
    usual = ("concern",) if is_closed else ("track", "needs", "concern")
    return {
        "stands": (stands[0], visitor.say(stands[1])) if stands else None,
        "is_closed": is_closed,
        "in_life": (*usual, *IN_LIFE.get(status, ())),
    }


async def _back(visitor: AtPage, participant_id: UUID) -> str:
    back = str((await visitor.request.form()).get("back", ""))
    return back if BACK.fullmatch(back) else f"/people/{participant_id}"
