"""Team and standards: how much each coach carries, who has none, and which promises of the service come near."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.web.people import SERVICE
from gateway.web.visitor import AtPage
from gateway.web.words import N_

STANDARDS: Final = {
    "acknowledge": N_("confirm the referral"),
    "start": N_("begin with them"),
    "plan": N_("agree a plan"),
}

team_router = APIRouter(include_in_schema=False)


@team_router.get("/team")
async def show_team(visitor: AtPage) -> HTMLResponse:
    """Show the load of each coach."""
    team = await visitor.read(SERVICE, "/team")
    return visitor.page("team.html", team=team, staff=_staff(visitor))


@team_router.get("/standards")
async def show_standards(visitor: AtPage) -> HTMLResponse:
    """Show the promises that are broken within seven days unless somebody acts."""
    team = await visitor.read(SERVICE, "/team")
    standards = {code: visitor.say(words) for code, words in STANDARDS.items()}
    return visitor.page("standards.html", team=team, staff=_staff(visitor), standards=standards)


def _staff(visitor: AtPage) -> dict[str, str]:
    return {str(id_): name for id_, name in visitor.desk.staff.items()}
