"""A way in for a person: a link that works once, made by who looks after them, to be handed or sent."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from chassis.identity import Actor
from chassis.problem import ProblemError
from gateway.access import JOBSEEKER, Deed, can
from gateway.desk import AtDesk
from gateway.sign_in_links import VALID
from gateway.web.admission import AtWork
from gateway.web.people import SERVICE

MADE: Final = 201

inviting_router = APIRouter(include_in_schema=False)


@inviting_router.post("/people/{participant_id}/way-in")
async def invite(visitor: AtWork, desk: AtDesk, participant_id: UUID) -> HTMLResponse:
    """Make a link and show it, once: only its digest is kept. Raises ProblemError 403 and 404."""
    person = await visitor.read(SERVICE, f"/participants/{participant_id}")
    if not can(visitor.actor, Deed.LINK, participant_id, await desk.carers(visitor.actor, participant_id)):
        raise ProblemError(403, "Only who looks after somebody brings them in.")
    secret = await desk.links.make(Actor(participant_id, JOBSEEKER, visitor.actor.tenant), visitor.actor)
    link = str(visitor.request.url_for("show_link", secret=secret))
    return visitor.page("way_in.html", status=MADE, person=person, link=link, until=visitor.now + VALID)
