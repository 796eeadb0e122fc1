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
from gateway.web.command import Command
from gateway.web.deeds import NOTHING, Deed, Refused, body_of
from gateway.web.doing import Undoes
from gateway.web.people import CLOSED, SERVICE, WHAT, case_of, mark_read, undo_of
from gateway.web.person import step_on
from gateway.web.person_page import STATUSES, STEPS, STEPS_FROM
from gateway.web.refused import DAYLESS, mistaken, refusal
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor
from gateway.web.words import N_, Words

SUGGEST: Final = Deed("suggest", "/suggestions", N_("Propose a step"), WHAT)
ANOTHER_DAY: Final = "another-day"
ASKS: Final[Mapping[str, str]] = {
    "drop": N_("Can we drop this step of the plan: “%(step)s”?"),
    ANOTHER_DAY: N_("Can we do this step of the plan later: “%(step)s”? I can do it by %(day)s."),
}

plan_router = APIRouter(include_in_schema=False)


@plan_router.get("/plan")
async def show_plan(visitor: AtOwnPage) -> HTMLResponse:
    """Show the plan, who does what, and when the next meeting is."""
    return await _plan(visitor)


async def _plan(visitor: Visitor, refused: Refused = NOTHING) -> HTMLResponse:
    page = await _own(visitor)
    appointments = Question(SERVICE, f"/cases/{page['case_id']}/appointments")
    found, missing = await visitor.read_all({"jobs": work.question(page["case_id"]), "appointments": appointments})
    meetings = [] if page["status"] in CLOSED else (found.get("appointments") or {"appointments": []})["appointments"]
    return visitor.page(
        "plan.html",
        refused=refused,
        page=page,
        missing=missing,
        meetings=[one for one in meetings if one["outcome"] == "none" and not one["needs_outcome"]],
        jobs=work.shown(page["file"]["jobs"], found.get("jobs")),
        **work.words(visitor),
        suggest=SUGGEST,
        steps={code: visitor.say(words) for code, words in STEPS.items()},
        steps_from=STEPS_FROM,
        statuses={code: (mark, visitor.say(words)) for code, (mark, words) in STATUSES.items()},
        coach=visitor.desk.staff.get(UUID(page["coach_id"])) if page["coach_id"] else None,
    )


@plan_router.post("/plan/sign")
async def sign(visitor: AtOwnPage) -> Response:
    """Agree to the plan."""
    command = await visitor.command(SERVICE, f"/cases/{await case_of(visitor)}/plan/sign", {})
    return await _planned(visitor, command)


@plan_router.post("/plan/suggest")
async def suggest(visitor: AtOwnPage) -> Response:
    """Propose a step of one's own."""
    case, told = await case_of(visitor), body_of(SUGGEST, await visitor.request.form(), visitor.now)
    command = await visitor.command(SERVICE, f"/cases/{case}{SUGGEST.path}", {"owner": "participant", **(told or {})})
    return await _planned(visitor, command, SUGGEST, partial(undo_of, "agree", case))


@plan_router.post("/plan/jobs/{job_id}/check-ins/{week}")
async def say_how_work_goes(visitor: AtOwnPage, job_id: UUID, week: int) -> Response:
    """Say how one's own work goes."""
    command = await work.check_in(visitor, job_id, week)
    return await _planned(visitor, command, work.CHECK_IN, work.undo_check_in(job_id, week), "work")


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
    rests, day = f"7.{action_id}", _day(visitor, str(form.get("day", "")))
    if wish == ANOTHER_DAY and not day:
        return await _plan(visitor, await mistaken(visitor, {"day": visitor.say(DAYLESS)}))
    asked = visitor.say(ASKS[wish]) % {"step": step["what"] or "", "day": day}
    command = await visitor.command(SERVICE, f"/cases/{case}/messages", {"text": asked})
    if command.done:
        aside = {"step": rests, "reason": "later"}
        await visitor.answers({"aside": Question(SERVICE, f"/cases/{case}/next-step/set-aside", "POST", body=aside)})

    def steps(told: Mapping[str, Any]) -> list[Step]:
        return [*undo_of("message", case, told), Step(SERVICE, f"/cases/{case}/next-step/take-up", {"step": rests})]

    return await _planned(visitor, command, steps=steps, said="asked")


def _day(visitor: Visitor, text: str) -> str:
    """Return a day of a form as people say it, empty for what is none."""
    try:
        return Words(visitor.language, visitor.desk.zone, visitor.now, visitor.say).day(text) if text else ""
    except ValueError:
        return ""


@plan_router.post("/plan/actions/{action_id}/{step}")
async def take_step(visitor: AtOwnPage, action_id: UUID, step: str) -> Response:
    """Move an own action on."""
    command, said, steps = await step_on(visitor, action_id, step)
    return await _planned(visitor, command, steps=steps, said=said)


@plan_router.post("/plan/appointments/{appointment_id}/cancel")
async def cannot_come(visitor: AtOwnPage, appointment_id: UUID) -> Response:
    """Say that one cannot come to a meeting."""
    command = await visitor.command(SERVICE, f"/appointments/{appointment_id}/cancel", {"by": "participant"})
    back = "/home" if (await visitor.request.form()).get("back") == "/home" else "/plan"
    return command.then(back, "cannot-come")


async def _planned(
    visitor: Visitor, command: Command, deed: Deed | None = None, steps: Undoes = lambda _: (), said: str = "done"
) -> Response:
    """Show the plan after a form on it was taken, offering what undoes it, or with the form as it was filled in."""
    if refused := await refusal(visitor, command, deed):
        return await _plan(visitor, refused)
    return await go_on(visitor, command, "/plan", said, steps)


@plan_router.get("/messages")
async def show_messages(visitor: AtPage) -> HTMLResponse:
    """Show a person what they and their coach wrote; show a coach who waits for whom."""
    if visitor.actor.role != JOBSEEKER:
        return await _waiting(visitor)
    return await _messages(visitor)


async def _messages(visitor: Visitor, refused: Refused = NOTHING) -> HTMLResponse:
    page = await _own(visitor)
    shown = await visitor.read(SERVICE, f"/cases/{page['case_id']}/messages")
    await mark_read(visitor, page["case_id"], shown["messages"], "coach")
    return visitor.page(
        "messages.html",
        refused=refused,
        page=page,
        messages=list(reversed(shown["messages"])),
    )


@plan_router.post("/messages")
async def send_message(visitor: AtOwnPage) -> Response:
    """Write to one's coach."""
    text = str((await visitor.request.form()).get("text", ""))
    case = await case_of(visitor)
    command = await visitor.command(SERVICE, f"/cases/{case}/messages", {"text": text})
    if refused := await refusal(visitor, command):
        return await _messages(visitor, refused)
    return await go_on(visitor, command, "/messages", "message", partial(undo_of, "message", case))


async def _own(visitor: Visitor) -> dict[str, Any]:
    page: dict[str, Any] = await visitor.read(SERVICE, f"/participants/{visitor.actor.id}")
    return page


async def _waiting(visitor: Visitor) -> HTMLResponse:
    lists = ("waiting_for_my_reply", "waiting_for_theirs")
    longest_first = {"sort": "wait"}
    found, missing = await visitor.read_all(
        {one: Question(SERVICE, f"/caseload/{one}", query=longest_first) for one in lists}
    )
    mine, theirs = (found.get(one) or {"people": (), "next": None} for one in lists)
    return visitor.page("waiting.html", mine=mine, theirs=theirs, missing=missing)
