"""Team and standards: how much each coach carries, who has none, who covers whom, and which promises come near."""

from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from gateway.services import Question
from gateway.undoing import Step
from gateway.web.admission import AtLeading, AtPage
from gateway.web.bulk import coaches_of
from gateway.web.deeds import NOTHING, Refused
from gateway.web.people import SERVICE, STANDARDS
from gateway.web.refused import mistaken, refusal
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor
from gateway.web.words import N_

REFERRALS: Final = "referrals"
AHEAD: Final = timedelta(days=7)
ASKED: Final = ("coach_id", "covering_id", "first_day", "last_day")
INCOMPLETE: Final = N_("Say this too")
SAME: Final = N_("Choose somebody else: this coach is away")

team_router = APIRouter(include_in_schema=False)


@team_router.get("/team")
async def show_team(visitor: AtPage) -> HTMLResponse:
    """Show the load of each coach, and who covers whom."""
    return await _team(visitor)


@team_router.post("/team/cover")
async def let_cover(visitor: AtLeading) -> Response:
    """Let a coach look after the people of one who is away."""
    form = await visitor.request.form()
    told = {name: str(form.get(name, "")).strip() for name in ASKED}
    errors = {name: visitor.say(INCOMPLETE) for name, value in told.items() if not value}
    if not errors and told["coach_id"] == told["covering_id"]:
        errors = {"covering_id": visitor.say(SAME)}
    if errors:
        return await _team(visitor, await mistaken(visitor, errors))
    command = await visitor.command(SERVICE, "/cover", told)
    if refused := await refusal(visitor, command):
        return await _team(visitor, refused)
    steps = [Step(SERVICE, "/cover/end", {"coach_id": told["coach_id"]})]
    return await go_on(visitor, command, "/team", "covered", lambda _told: steps)


@team_router.post("/team/cover/end")
async def end_cover(visitor: AtLeading) -> Response:
    """Say that a coach is back."""
    form = await visitor.request.form()
    command = await visitor.command(SERVICE, "/cover/end", {"coach_id": str(form.get("coach_id", ""))})
    return command.then("/team", "done")


@team_router.get("/standards")
async def show_standards(visitor: AtPage) -> HTMLResponse:
    """Show the promises that are broken within seven days unless somebody acts."""
    team = await visitor.read(SERVICE, "/team")
    standards = {code: visitor.say(words) for code, words in STANDARDS.items()}
    asked = await _to_confirm(visitor)
    return visitor.page("standards.html", team=team, staff=visitor.desk.staff_names, standards=standards, **asked)


async def _to_confirm(visitor: Visitor) -> dict[str, Any]:
    """Return the referrals that nobody has confirmed by their last day, as far as that is near, and who is missing."""
    found, missing = await visitor.read_all({"counts": Question(REFERRALS, "/referral-counts")})
    until = (visitor.now.date() + AHEAD).isoformat()
    days = found["counts"]["to_confirm"] if found else []
    return {"to_confirm": [one for one in days if one["acknowledge_by"] <= until], "missing": missing}


async def _team(visitor: Visitor, refused: Refused = NOTHING) -> HTMLResponse:
    team = await visitor.read(SERVICE, "/team")
    covers = await visitor.read(SERVICE, "/cover")
    coaches = coaches_of(visitor, team)
    return visitor.page(
        "team.html",
        refused=refused,
        team=team,
        covers=covers["covers"],
        coaches=coaches,
        idle=[name for id_, name in coaches if id_ and id_ not in {one["coach_id"] for one in team["coaches"]}],
        names=dict(coaches) | visitor.desk.staff_names,
        staff=visitor.desk.staff_names,
        **await _to_confirm(visitor),
    )
