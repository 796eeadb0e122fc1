"""Home: the one next step of a person who looks for work, why it helps, and what else is fixed."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.home import home, record, with_new_jobs
from gateway.undoing import Step
from gateway.web.admission import AtOwnPage
from gateway.web.ahead import ahead_of, promises, this_week
from gateway.web.onward import onward
from gateway.web.undo import go_on
from gateway.web.words import N_

JOBS: Final = 3
TODAY: Final = 1
"""The rule of a next step that is a meeting, an interview or a first day within a day."""
SHOWN: Final = ("jobs", "applications", "nudges", "week")
SET_ASIDE: Final = (
    ("later", N_("Later")),
    ("need_help", N_("I need help")),
    ("not_right", N_("It is not right for me")),
)
BUTTONS: Final[Mapping[str, tuple[str, str]]] = {
    "join": (N_("See when and where"), ""),
    "see_details": (N_("See when and where"), ""),
    "answer_offer": (N_("Answer the offer"), "/applications/{about}"),
    "reply": (N_("Answer"), "/messages"),
    "prepare": (N_("Prepare"), "/courses/interview"),
    "check_in": (N_("Say how it goes"), "/plan#work"),
    "read_plan": (N_("Read the plan"), "/plan#goal"),
    "answer_suggestion": (N_("Look at it"), "/plan#action-{about}"),
    "do_action": (N_("Show me"), "/plan#action-{about}"),
    "change_or_drop": (N_("Change it or drop it"), "/plan#action-{about}"),
    "finish_application": (N_("Finish it"), "/applications/{about}"),
    "chase": (N_("Ask for news"), "/applications/{about}"),
    "mark_silent": (N_("Close it"), "/applications/{about}?move=silent#move"),
    "tell_wishes": (N_("Say what you want"), "/me"),
    "write_cv": (N_("Write it"), "/cv"),
    "go_on_learning": (N_("Go on"), "/courses"),
    "see_jobs": (N_("See them"), "/jobs"),
    "nothing": ("", ""),
}
"""What a step's button says and where it leads; that of a meeting leads to what lies ahead, if that has a page."""

NUDGES: Final[Mapping[str, str]] = {
    "agree_an_action": "/plan",
    "chase_an_application": "/applications/{about}",
    "prepare_an_interview": "/courses/interview",
}

home_router = APIRouter(include_in_schema=False)


@home_router.get("/home")
async def show_home(visitor: AtOwnPage) -> HTMLResponse:
    """Show the one next step, and what stands around it; of one thing only the step speaks, and no nudge beside it."""
    me = visitor.actor.id
    asked = {part: home(me)[part] for part in SHOWN} | {"participant": record(me)["participant"]}
    found, missing = await visitor.read_all(asked)
    found = await with_new_jobs(visitor.answers, me, found)
    person, jobs, step = found.get("participant") or {}, _jobs(found), (found.get("participant") or {}).get("next_step")
    ahead = ahead_of(person, _applications(found), visitor.now)
    fixed = next((one for one in ahead if step and step["rule"] == TODAY and one.about == step["about"]), None)
    words, path = BUTTONS[step["button"]] if step else ("", "")
    path = fixed.path if fixed else path.format(about=step["about"] if step else "")
    names = jobs | _actions(person)
    return visitor.page(
        "home.html",
        step=step,
        put_off=[one | {"named": names.get(str(one["about"]))} for one in step["put_off"]] if step else [],
        fixed=fixed,
        button=(visitor.say(words), path) if words and path else None,
        reasons=[(code, visitor.say(reason)) for code, reason in SET_ASIDE],
        ahead=[one for one in ahead if this_week(one, visitor.now.date())],
        later=[one for one in ahead if not this_week(one, visitor.now.date())],
        unsent=[one for one in _applications(found) if one["stage"] == "preparing"][:JOBS],
        week=next(iter((found.get("week") or {}).get("weeks", ())), None),
        has_coach=bool(person.get("coach_id")),
        coach=visitor.desk.staff.get(UUID(person["coach_id"])) if person.get("coach_id") else None,
        meeting=next((one for one in ahead if one.kind == "meeting"), None),
        promises=promises(person, "coach"),
        about=names.get(str(step["about"])) if step else None,
        jobs=(found.get("jobs") or {}).get("hits", [])[:JOBS],
        nudges=[one for one in _nudges(found, jobs) if not step or one["about_id"] != step["about"]],
        missing=missing,
    )


@home_router.post("/home/set-aside")
async def set_aside(visitor: AtOwnPage) -> Response:
    """Set the step aside for three days; the next one speaks."""
    form = await visitor.request.form()
    case = (await visitor.read("caseload", f"/participants/{visitor.actor.id}"))["case_id"]
    body = {"step": str(form.get("step", "")), "reason": str(form.get("reason", "later"))}
    command = await visitor.command("caseload", f"/cases/{case}/next-step/set-aside", body)
    said = "help-asked" if body["reason"] == "need_help" else "set-aside"
    said = said if command.place else "set-aside-already"
    steps = [Step("caseload", f"/cases/{case}/next-step/take-up", {"step": body["step"]})]
    return await go_on(visitor, command, "/home", said, lambda _told: steps)


@home_router.post("/home/take-up")
async def take_up(visitor: AtOwnPage) -> Response:
    """Show a step again that was set aside."""
    form = await visitor.request.form()
    case = (await visitor.read("caseload", f"/participants/{visitor.actor.id}"))["case_id"]
    path, body = f"/cases/{case}/next-step/take-up", {"step": str(form.get("step", ""))}
    return (await visitor.command("caseload", path, body)).then("/home", "taken-up")


@home_router.post("/home/nudges/{nudge_id}/{deed}")
async def answer_nudge(visitor: AtOwnPage, nudge_id: UUID, deed: str) -> Response:
    """Go where a nudge leads, which notes that it was seen, or put it away."""
    if deed not in {"seen", "dismiss"}:
        raise ProblemError(404, "There is nothing here.")
    form = await visitor.request.form()
    command = await visitor.command("nudges", f"/nudges/{nudge_id}/{deed}")
    if deed == "dismiss":
        return command.then("/home", "put-away")
    return command.then(onward(str(form.get("to", "")), "/home"))


def _nudges(found: Mapping[str, Any], jobs: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the nudges that were not opened yet, each with the job that it is about and where it leads."""
    nudges = (found.get("nudges") or {}).get("nudges", ())
    return [
        {**one, "job": jobs.get(one["about_id"]), "to": NUDGES[one["kind"]].format(about=one["about_id"])}
        for one in nudges
        if one["state"] == "sent"
    ]


def _jobs(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the titles of jobs by the application, or the interview, that is about them."""
    applications = _applications(found)
    jobs = {one["application_id"]: ", ".join(filter(None, (one["title"], one["employer"]))) for one in applications}
    return jobs | {one["next_interview"]["interview_id"]: one["title"] for one in applications if one["next_interview"]}


def _actions(person: Mapping[str, Any]) -> dict[str, str]:
    """Return the words of what was agreed or proposed, by the action that is about it."""
    return {one["action_id"]: one["what"] for one in person.get("file", {}).get("promises", ()) if one["what"]}


def _applications(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((found.get("applications") or {}).get("applications", ()))
