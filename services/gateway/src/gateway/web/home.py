"""Home: the one next step of a person who looks for work, why it helps, and what else is fixed this week."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.home import home
from gateway.services import Question
from gateway.web.visitor import AtPage
from gateway.web.words import N_

JOBS: Final = 3
SET_ASIDE: Final = (
    ("later", N_("Later")),
    ("need_help", N_("I need help")),
    ("not_right", N_("It is not right for me")),
)
BUTTONS: Final[Mapping[str, tuple[str, str]]] = {
    "join": (N_("See when and where"), "/plan"),
    "see_details": (N_("See when and where"), "/applications"),
    "answer_offer": (N_("Answer the offer"), "/applications/{about}"),
    "reply": (N_("Answer"), "/messages"),
    "prepare": (N_("Prepare"), "/courses/interview"),
    "check_in": (N_("Say how it goes"), "/plan"),
    "read_plan": (N_("Read the plan"), "/plan"),
    "answer_suggestion": (N_("Look at it"), "/plan"),
    "do_action": (N_("Show me"), "/plan"),
    "change_or_drop": (N_("Change it or drop it"), "/plan"),
    "finish_application": (N_("Finish it"), "/applications/{about}"),
    "chase": (N_("Ask for news"), "/applications/{about}"),
    "mark_silent": (N_("Close it"), "/applications/{about}"),
    "tell_wishes": (N_("Say what you want"), "/me"),
    "write_cv": (N_("Write it"), "/cv"),
    "go_on_learning": (N_("Go on"), "/courses"),
    "see_jobs": (N_("See them"), "/jobs"),
    "nothing": ("", ""),
}

home_router = APIRouter(include_in_schema=False)


@home_router.get("/home")
async def show_home(visitor: AtPage) -> HTMLResponse:
    """Show the one next step, and what stands around it."""
    me = visitor.actor.id
    matches = Question("jobsearch", f"/participants/{me}/matches")
    found, missing = await visitor.read_all({**home(me), "matches": matches})
    step = found.get("next_step")
    words, path = BUTTONS[step["button"]] if step else ("", "")
    return visitor.page(
        "home.html",
        step=step,
        button=(visitor.say(words), path.format(about=step["about"])) if step and words else None,
        reasons=[(code, visitor.say(reason)) for code, reason in SET_ASIDE],
        ahead=_ahead(found),
        jobs=(found.get("matches") or {}).get("hits", [])[:JOBS],
        nudges=[one for one in (found.get("nudges") or {}).get("nudges", ()) if one.get("state") == "sent"],
        missing=missing,
        case=await _case(visitor, me),
    )


@home_router.post("/home/set-aside")
async def set_aside(visitor: AtPage) -> Response:
    """Set the step aside for three days; the next one speaks."""
    form = await visitor.request.form()
    case = await _case(visitor, visitor.actor.id)
    if case is None:
        raise ProblemError(404, "There is nothing here.")
    body = {"step": str(form.get("step", "")), "reason": str(form.get("reason", "later"))}
    return (await visitor.command("caseload", f"/cases/{case['case_id']}/next-step/set-aside", body)).then(
        "/home", "set-aside"
    )


async def _case(visitor: AtPage, participant: UUID) -> dict[str, Any] | None:
    found, _ = await visitor.read_all({"person": Question("caseload", f"/participants/{participant}")})
    return found.get("person")


def _ahead(found: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the interviews ahead, each with its job."""
    applications = (found.get("applications") or {}).get("applications", ())
    return [(str(one["title"] or ""), one) for one in applications if one["next_interview"]]
