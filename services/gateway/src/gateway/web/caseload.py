"""Caseload: everybody of a coach, by the questions that are asked every day; the list is in the address, and as CSV."""

import csv
from io import StringIO
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from gateway.web.people import SERVICE
from gateway.web.today import CHANNELS, NEEDS
from gateway.web.visitor import AtPage
from gateway.web.words import N_

READY: Final = (
    ("everybody", N_("Everybody")),
    ("new_to_me", N_("New to me")),
    ("waiting_for_my_reply", N_("Wait for my reply")),
    ("waiting_for_theirs", N_("I wait for theirs")),
    ("overdue_action", N_("Overdue action")),
    ("no_agreed_action", N_("No agreed action")),
    ("no_contact", N_("No contact for 14 days")),
    ("needs_outcome", N_("Meeting without an outcome")),
    ("standard_at_risk", N_("Promise at risk")),
    ("in_work_at_risk", N_("In work, at risk")),
    ("ready_to_exit", N_("Ready to leave")),
    ("unassigned", N_("Without a coach")),
)
SORTS: Final = (
    ("opened", N_("Newest first")),
    ("last_contact", N_("Longest without contact")),
    ("next_due", N_("Next due date")),
    ("end", N_("Nearest end")),
)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

caseload_router = APIRouter(include_in_schema=False)


@caseload_router.get("/caseload")
async def show_caseload(
    visitor: AtPage, ready: str = "everybody", sort: str = "opened", page: int = 1, coach: UUID | None = None
) -> HTMLResponse:
    """Show a page of the caseload by one of the ready filters."""
    query = {"sort": sort, "page": str(page)} | ({"coach": str(coach)} if coach else {})
    shown = await visitor.read(SERVICE, f"/caseload/{ready}", **query)
    of_coach = f"&coach={coach}" if coach else ""
    return visitor.page(
        "caseload.html",
        people=shown["people"],
        further=f"/caseload?ready={ready}&sort={sort}&page={shown['next']}{of_coach}" if shown["next"] else "",
        first=f"/caseload?ready={ready}&sort={sort}{of_coach}" if page > 1 else "",
        ready=ready,
        sort=sort,
        coach=coach or "",
        filters_shown=[
            (f"/caseload?ready={code}&sort={sort}{of_coach}", visitor.say(words), None, code == ready)
            for code, words in READY
        ],
        sorts=[(code, visitor.say(words)) for code, words in SORTS],
        needs={code: visitor.say(words) for code, words in NEEDS.items()},
        channels={code: visitor.say(words) for code, words in CHANNELS.items()},
        staff={str(id_): name for id_, name in visitor.desk.staff.items()},
        coaches=[(str(id_), name) for id_, name in visitor.desk.coaches(visitor.actor.tenant).items()],
    )


@caseload_router.get("/caseload.csv")
async def export_caseload(visitor: AtPage, ready: str = "everybody", sort: str = "opened") -> Response:
    """Give the first page of a list to a spreadsheet; what looks like a formula there is text."""
    shown = await visitor.read(SERVICE, f"/caseload/{ready}", sort=sort)
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(["name", "week", "last_contact", "next_date", "open_actions", "next_due"])
    for one in shown["people"]:
        contact, fixed = one["last_contact"], one["next_date"]
        cells = [one["name"], one["week"], contact and contact["at"], fixed and fixed["on"], one["open_actions"]]
        writer.writerow([_cell(cell) for cell in (*cells, one["next_due"])])
    headers = {"Content-Disposition": 'attachment; filename="caseload.csv"'}
    return Response(table.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
