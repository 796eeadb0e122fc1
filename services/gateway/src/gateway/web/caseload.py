"""Caseload: everybody of a coach, by the questions that are asked every day; the list is in the address, and as CSV."""

import csv
from collections.abc import Awaitable, Callable, Mapping
from io import StringIO
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.access import LEADERS, STAFF
from gateway.home import UP_TO_DATE, fitting, with_new_jobs
from gateway.saved_views import SavedView, SavedViews
from gateway.telling import parts
from gateway.web.admission import AtPage, AtWork
from gateway.web.listing import READY, AskedFor, Listing
from gateway.web.people import SERVICE, STANDS
from gateway.web.today import CHANNELS, NEEDS
from gateway.web.visitor import Visitor, blank

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
WRONG: Final = 422
COLUMNS: Final = (
    "name",
    "coach",
    "week",
    "last_contact",
    "channel",
    "next_date",
    "what",
    "open_actions",
    "next_due",
)

caseload_router = APIRouter(include_in_schema=False)


@caseload_router.get("/caseload")
async def show_caseload(visitor: AtPage, asked: AskedFor) -> HTMLResponse:
    """Show a page of the caseload by one of the ready filters."""
    return await caseload_page(visitor, asked, {}, {})


async def caseload_page(
    visitor: Visitor, asked: Listing, told: Mapping[str, str], errors: Mapping[str, str]
) -> HTMLResponse:
    """Return a page of the caseload; `told` and `errors` are of a form on it that could not be taken."""
    shown = await visitor.read(SERVICE, f"/caseload/{asked.ready}", **asked.query)
    kept = await kept_views(visitor).of(visitor.actor)
    peek = await _peek(visitor, asked.peek) if asked.peek else None
    return visitor.page(
        "caseload.html",
        status=WRONG if errors else 200,
        people=shown["people"],
        further=asked.but(page=shown["next"]).path if shown["next"] else "",
        first=asked.but().path if asked.page > 1 else "",
        asked=asked,
        filters_shown=[
            (asked.filtered(code).path, visitor.say(words) % {"days": asked.days}, None, code == asked.ready)
            for code, words in READY
        ],
        sorts=[(code, visitor.say(words)) for code, words in asked.sorts],
        kept=[(list_of(one).path, one.name, None, list_of(one) == asked.but()) for one in kept],
        peek=peek,
        leads=visitor.actor.role in LEADERS,
        keeping=next((one for one in kept if list_of(one) == asked.but()), None),
        told=blank(told),
        errors=blank(errors),
        **_words(visitor),
        **_undo(visitor),
    )


@caseload_router.get("/caseload.csv")
async def export_caseload(visitor: AtPage, asked: AskedFor) -> Response:
    """Give a whole list to a spreadsheet; what looks like a formula there is text."""

    async def read(page: int) -> Any:
        return await visitor.read(SERVICE, f"/caseload/{asked.ready}", **asked.but(page=page).query)

    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for one in await everybody(read):
        writer.writerow([_cell(cell) for cell in _cells(visitor, one)])
    headers = {"Content-Disposition": 'attachment; filename="caseload.csv"'}
    return Response(table.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def everybody(read: Callable[[int], Awaitable[Any]]) -> list[Any]:
    """Return everybody of a list that is read a page at a time, each person once."""
    people: dict[str, Any] = {}
    page: int | None = 1
    while page:
        shown = await read(page)
        people |= {one["participant_id"]: one for one in shown["people"]}
        page = shown["next"]
    return list(people.values())


def _cells(visitor: Visitor, one: Mapping[str, Any]) -> list[object]:
    """Return a person's row of the table."""
    contact, fixed = one["last_contact"] or {}, one["next_date"] or {}
    coach = visitor.desk.staff.get(UUID(one["coach_id"]), one["coach_id"]) if one["coach_id"] else ""
    channel = visitor.say(CHANNELS[contact["channel"]]) if contact else ""
    agreed = [one["open_actions"], one["next_due"]]
    return [one["name"], coach, one["week"], contact.get("at"), channel, fixed.get("on"), fixed.get("what"), *agreed]


@caseload_router.get("/people/{participant_id}/peek")
async def peek_person(visitor: AtWork, participant_id: UUID) -> HTMLResponse:
    """Show a look at one person, to be put beside a list."""
    return visitor.page("peek.html", alone=await _peek(visitor, participant_id), **_words(visitor))


async def _peek(visitor: Visitor, participant: UUID) -> Any:
    """Return a person's page, with the step that their Home shows."""
    page = await visitor.read(SERVICE, f"/participants/{participant}")
    if page["next_step"]["rule"] != UP_TO_DATE:
        return page
    asked = {"jobs": fitting(participant)}
    found, _ = parts(asked, await visitor.answers(asked))
    return (await with_new_jobs(visitor.answers, participant, {"participant": page} | found))["participant"]


def kept_views(visitor: Visitor) -> SavedViews:
    """Return the views that staff keep. Raises ProblemError for anybody else."""
    if visitor.actor.role not in STAFF or visitor.actor.tenant is None:
        raise ProblemError(403, "Views are kept by coaches and leaders.")
    return SavedViews(visitor.desk.pool, visitor.desk.clock)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def list_of(view: SavedView) -> Listing:
    """Return the list that a view keeps."""
    return Listing(view.ready, view.sort, view.coach_id, days=view.days)


def _words(visitor: Visitor) -> dict[str, Any]:
    return {
        "needs": {code: visitor.say(words) for code, words in NEEDS.items()},
        "channels": {code: visitor.say(words) for code, words in CHANNELS.items()},
        "standings": {code: (mark, visitor.say(words)) for code, (mark, words) in STANDS.items()},
        "staff": visitor.desk.staff_names,
        "coaches": [(str(id_), name) for id_, name in visitor.desk.coaches(visitor.actor.tenant).items()],
    }


def _undo(visitor: Visitor) -> dict[str, Any]:
    """Return how the last change of a saved view is taken back, where there was one."""
    try:
        view = UUID(visitor.request.query_params.get("view", ""))
    except ValueError:
        return {}
    return {"undo_action": f"/caseload/views/{view}/undo"}
