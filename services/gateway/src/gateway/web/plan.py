"""Plan and messages of a person: what both agreed, what may be proposed, and writing to the coach."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.access import JOBSEEKER
from gateway.services import Question
from gateway.undoing import Step
from gateway.web import work
from gateway.web.admission import AtOwnPage, AtPage
from gateway.web.people import A_PLACE, A_WAY, CLOSED, SERVICE, case_of, mark_read, undo_of
from gateway.web.person import step_on
from gateway.web.person_page import STATUSES, STEPS, STEPS_FROM
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor, blank
from gateway.web.words import N_, Words

WRONG: Final = 422
ASKS: Final[Mapping[str, str]] = {
    "drop": N_("Can we drop this step of the plan: “%(step)s”?"),
    "another-day": N_("Can we do this step of the plan later: “%(step)s”? I can do it by %(day)s."),
}

plan_router = APIRouter(include_in_schema=False)


@plan_router.get("/plan")
async def show_plan(visitor: AtOwnPage) -> HTMLResponse:
    """Show the plan, who does what, and when the next meeting is."""
    return await _plan(visitor, {}, {})


async def _plan(visitor: Visitor, told: Mapping[str, str], errors: Mapping[str, str]) -> HTMLResponse:
    page = await _own(visitor)
    appointments = Question(SERVICE, f"/cases/{page['case_id']}/appointments")
    found, missing = await visitor.read_all({"jobs": work.question(page["case_id"]), "appointments": appointments})
    meetings = [] if page["status"] in CLOSED else (found.get("appointments") or {"appointments": []})["appointments"]
    return visitor.page(
        "plan.html",
        status=WRONG if errors else 200,
        page=page,
        missing=missing,
        meetings=[one for one in meetings if one["outcome"] == "none" and not one["needs_outcome"]],
        jobs=work.shown(page["file"]["jobs"], found.get("jobs")),
        **work.words(visitor),
        told=blank(told),
        errors=blank(errors),
        hints={"where": visitor.say(A_PLACE), "how": visitor.say(A_WAY)},
        steps={code: visitor.say(words) for code, words in STEPS.items()},
        steps_from=STEPS_FROM,
        statuses={code: (mark, visitor.say(words)) for code, (mark, words) in STATUSES.items()},
        coach=visitor.desk.staff.get(UUID(page["coach_id"])) if page["coach_id"] else None,
    )


@plan_router.post("/plan/sign")
async def sign(visitor: AtOwnPage) -> Response:
    """Agree to the plan."""
    command = await visitor.command(SERVICE, f"/cases/{await case_of(visitor)}/plan/sign", {})
    return command.then("/plan", "done")


@plan_router.post("/plan/suggest")
async def suggest(visitor: AtOwnPage) -> Response:
    """Propose a step of one's own."""
    form = await visitor.request.form()
    body = {name: str(form[name]) for name in ("what", "where", "how", "due") if form.get(name)}
    path = f"/cases/{await case_of(visitor)}/suggestions"
    command = await visitor.command(SERVICE, path, {"owner": "participant", **body})
    if command.answer.status_code == WRONG:
        return await _plan(visitor, body, command.faults(visitor.say))
    return await go_on(visitor, command, "/plan", "done", partial(undo_of, "agree", await case_of(visitor)))


@plan_router.post("/plan/jobs/{job_id}/check-ins/{week}")
async def say_how_work_goes(visitor: AtOwnPage, job_id: UUID, week: int) -> Response:
    """Say how one's own work goes."""
    form, command = await visitor.request.form(), await work.check_in(visitor, job_id, week)
    if command.answer.status_code == WRONG:
        faults = {f"{job_id}-{place}": words for place, words in command.faults(visitor.say).items()}
        return await _plan(visitor, {"word": str(form.get("word", ""))}, faults)
    return await go_on(visitor, command, "/plan", "work", work.undo_check_in(job_id, week))


@plan_router.post("/plan/actions/{action_id}/ask/{wish}")
async def ask_coach(visitor: AtOwnPage, action_id: UUID, wish: str) -> Response:
    """Ask the coach to drop a step or to give it another day: what both agreed, the coach alone changes.

    The question is a message, which the coach's Today shows; the step rests meanwhile, and comes back in three days.
    """
    if wish not in ASKS:
        raise ProblemError(404, "There is nothing here.")
    form, case = await visitor.request.form(), await case_of(visitor)
    page = await _own(visitor)
    step = next((one for one in page["file"]["promises"] if one["action_id"] == str(action_id)), None)
    if step is None:
        raise ProblemError(404, "There is nothing here.")
    rests = f"7.{action_id}"
    asked = visitor.say(ASKS[wish]) % {"step": step["what"] or "", "day": _day(visitor, str(form.get("day", "")))}
    command = await visitor.command(SERVICE, f"/cases/{case}/messages", {"text": asked})
    if command.done:
        aside = {"step": rests, "reason": "later"}
        await visitor.answers({"aside": Question(SERVICE, f"/cases/{case}/next-step/set-aside", "POST", body=aside)})

    def steps(told: Mapping[str, Any]) -> list[Step]:
        return [*undo_of("message", case, told), Step(SERVICE, f"/cases/{case}/next-step/take-up", {"step": rests})]

    return await go_on(visitor, command, "/plan", "asked", steps)


def _day(visitor: Visitor, text: str) -> str:
    """Return a day of a form as people say it. Raises ProblemError for one that was chosen and is none."""
    try:
        return Words(visitor.language, visitor.desk.zone, visitor.now, visitor.say).day(text) if text else ""
    except ValueError:
        raise ProblemError(422, "That is no day.") from None


@plan_router.post("/plan/actions/{action_id}/{step}")
async def take_step(visitor: AtOwnPage, action_id: UUID, step: str) -> Response:
    """Move an own action on."""
    return await step_on(visitor, action_id, step, "/plan")


@plan_router.post("/plan/appointments/{appointment_id}/cancel")
async def cannot_come(visitor: AtOwnPage, appointment_id: UUID) -> Response:
    """Say that one cannot come to a meeting."""
    command = await visitor.command(SERVICE, f"/appointments/{appointment_id}/cancel", {"by": "participant"})
    back = "/home" if (await visitor.request.form()).get("back") == "/home" else "/plan"
    return command.then(back, "cannot-come")


@plan_router.get("/messages")
async def show_messages(visitor: AtPage) -> HTMLResponse:
    """Show a person what they and their coach wrote; show a coach who waits for whom."""
    if visitor.actor.role != JOBSEEKER:
        return await _waiting(visitor)
    return await _messages(visitor, "", {})


async def _messages(visitor: Visitor, text: str, errors: Mapping[str, str]) -> HTMLResponse:
    page = await _own(visitor)
    shown = await visitor.read(SERVICE, f"/cases/{page['case_id']}/messages")
    await mark_read(visitor, page["case_id"], shown["messages"], "coach")
    return visitor.page(
        "messages.html",
        status=WRONG if errors else 200,
        page=page,
        messages=list(reversed(shown["messages"])),
        text=text,
        errors=blank(errors),
    )


@plan_router.post("/messages")
async def send_message(visitor: AtOwnPage) -> Response:
    """Write to one's coach."""
    text = str((await visitor.request.form()).get("text", ""))
    case = await case_of(visitor)
    command = await visitor.command(SERVICE, f"/cases/{case}/messages", {"text": text})
    if command.answer.status_code == WRONG:
        return await _messages(visitor, text, command.faults(visitor.say))
    return await go_on(visitor, command, "/messages", "message", partial(undo_of, "message", case))


async def _own(visitor: Visitor) -> dict[str, Any]:
    page: dict[str, Any] = await visitor.read(SERVICE, f"/participants/{visitor.actor.id}")
    return page


async def _waiting(visitor: Visitor) -> HTMLResponse:
    lists = ("waiting_for_my_reply", "waiting_for_theirs")
    found, missing = await visitor.read_all({one: Question(SERVICE, f"/caseload/{one}") for one in lists})
    people = [(found.get(one) or {}).get("people", []) for one in lists]
    return visitor.page("waiting.html", mine=people[0], theirs=people[1], missing=missing)
