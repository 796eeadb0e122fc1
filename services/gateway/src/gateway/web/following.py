"""Following a referral without an account: a link that its referrer makes shows where it stands, and nobody's name."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.status_links import VALID, StatusLinks
from gateway.web.admission import AtPage
from gateway.web.referring import SERVICE, AtReferring
from gateway.web.standing import stages_and_endings
from gateway.web.visitor import Visitor

MADE: Final = 201
GONE: Final = 410

following_router = APIRouter(include_in_schema=False)


@following_router.post("/my-referrals/{referral_id}/link")
async def share(visitor: AtReferring, referral_id: UUID) -> HTMLResponse:
    """Make a link to where a referral stands and show it, once."""
    referral = await visitor.read(SERVICE, f"/referrals/{referral_id}")
    secret = await _links(visitor).make(visitor.actor, referral_id)
    link = str(visitor.request.url_for("show_status", secret=secret))
    return visitor.page("status_link.html", status=MADE, referral=referral, link=link, until=visitor.now + VALID)


@following_router.get("/status/{secret}")
async def show_status(visitor: AtPage, secret: str) -> HTMLResponse:
    """Show where a referral stands, to whoever holds its link."""
    followed = await _links(visitor).find(secret)
    if followed is None:
        return visitor.page("status.html", status=GONE, referral=None)
    path = f"/referrals/{followed.referral_id}/standing"
    standing = await visitor.known_as(followed.reader).read(SERVICE, path)
    return visitor.page("status.html", referral=standing, **stages_and_endings(visitor))


def _links(visitor: Visitor) -> StatusLinks:
    return StatusLinks(visitor.desk.pool, visitor.desk.clock)
