"""Saved views of the caseload: kept under a name, renamed, removed, and each change taken back."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.problem import ProblemError
from gateway.saved_views import NameTakenError, TooManyError
from gateway.web.admission import AtWork
from gateway.web.caseload import caseload_page, kept_views, list_of
from gateway.web.command import see
from gateway.web.listing import FromList, Listing, Text
from gateway.web.words import N_

LONGEST: Final = 60
UNNAMED: Final = N_("Give the view a name")
TOO_LONG: Final = N_("Use 60 letters at most")
TAKEN: Final = N_("You have a view of this name: choose another one")
TOO_MANY: Final = N_("You keep 20 views: remove one first")

saved_router = APIRouter(include_in_schema=False)


@saved_router.post("/caseload/views")
async def keep_view(visitor: AtWork, listing: FromList, name: Text = "") -> Response:
    """Keep a list under a name."""
    views, wrong = kept_views(visitor), _wrong(name.strip())
    try:
        if not wrong:
            await views.keep(visitor.actor, name.strip(), listing.ready, listing.sort, listing.coach, listing.days)
    except NameTakenError:
        wrong = TAKEN
    except TooManyError:
        wrong = TOO_MANY
    if wrong:
        return await caseload_page(visitor, listing, {"name": name}, {"name": visitor.say(wrong)})
    return see(f"{listing.path}&done=view-kept")


@saved_router.post("/caseload/views/{view}/rename")
async def rename_view(visitor: AtWork, view: UUID, listing: FromList, new_name: Text = "") -> Response:
    """Give a view another name."""
    wrong = _wrong(new_name.strip())
    try:
        there = bool(wrong) or await kept_views(visitor).rename(visitor.actor, view, new_name.strip())
    except NameTakenError:
        there, wrong = True, TAKEN
    if wrong:
        return await caseload_page(visitor, listing, {"new_name": new_name}, {"new_name": visitor.say(wrong)})
    return _back(listing.path, view, "view-renamed", there=there)


@saved_router.post("/caseload/views/{view}/remove")
async def remove_view(visitor: AtWork, view: UUID) -> Response:
    """Remove a view."""
    there = await kept_views(visitor).remove(visitor.actor, view)
    return _back(Listing().path, view, "view-removed", there=there)


@saved_router.post("/caseload/views/{view}/undo")
async def take_back(visitor: AtWork, view: UUID) -> Response:
    """Take the last change of a view back, and show the view."""
    views = kept_views(visitor)
    try:
        there = await views.take_back(visitor.actor, view)
    except NameTakenError:
        raise ProblemError(409, "Another view has this name now.") from None
    kept = [one for one in await views.of(visitor.actor) if one.id == view] if there else []
    if not kept:
        raise ProblemError(404, "There is no such view.")
    return see(f"{list_of(kept[0]).path}&done=taken-back")


def _wrong(name: str) -> str:
    return UNNAMED if not name else TOO_LONG if len(name) > LONGEST else ""


def _back(path: str, view: UUID, done: str, *, there: bool) -> Response:
    if not there:
        raise ProblemError(404, "There is no such view.")
    return see(f"{path}&{urlencode({'done': done, 'view': str(view)})}")
