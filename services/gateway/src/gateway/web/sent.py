"""What became of everybody who was sent: lists by stage, found by name, one by one, and taken back."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from gateway.access import REFERRER
from gateway.services import Question
from gateway.web.admission import AtPage
from gateway.web.command import see
from gateway.web.deeds import NOTHING, Refused
from gateway.web.finding import kind_of
from gateway.web.referring import SERVICE
from gateway.web.refused import refusal
from gateway.web.standing import said_stages, stages_and_endings
from gateway.web.visitor import Visitor
from gateway.web.words import N_

ORDERS: Final = (("newest", N_("Newest first")), ("oldest", N_("Oldest first")))

sent_router = APIRouter(include_in_schema=False)


@sent_router.get("/my-referrals")
async def list_referrals(
    visitor: AtPage, stage: str = "", order: str = "newest", after: UUID | None = None
) -> HTMLResponse:
    """Show what became of everybody who was sent, or of those at one stage, with how many stand where."""
    asked = ({"stage": stage} if stage else {}) | {"order": order}
    page = await visitor.read(SERVICE, "/referrals", **asked, **({"after": str(after)} if after else {}))
    counts = (await visitor.read(SERVICE, "/referral-counts"))["stages"]
    marks = {code: words for code, (_, words) in said_stages(visitor).items() if code in counts or code == stage}
    shown = [("", visitor.say(N_("Everybody")), sum(counts.values()))]
    shown += [(code, words, counts.get(code, 0)) for code, words in marks.items()]
    return visitor.page(
        "my_referrals.html",
        page=page,
        sought="",
        anybody=bool(counts),
        filters_shown=[(_list(code, order), words, count, code == stage) for code, words, count in shown],
        orders=[(_list(stage, code), visitor.say(words), None, code == order) for code, words in ORDERS],
        first=_list(stage, order) if after else "",
        further=f"{_list(stage, order)}&after={page['next']}" if page["next"] else "",
        **stages_and_endings(visitor),
    )


@sent_router.post("/my-referrals/find")
async def find_referrals(visitor: AtPage) -> Response:
    """Show those who are found among whom one sent by a name, a phone number or what else one knows."""
    sought = str((await visitor.request.form()).get("sought", "")).strip()
    if not sought:
        return see("/my-referrals")
    question = Question(SERVICE, "/referrals/search", "POST", body={"terms": {kind_of(sought): sought}})
    page = (await visitor.answered(question)).json()
    return visitor.page(
        "my_referrals.html",
        page=page,
        sought=sought,
        complete=page["complete"],
        anybody=True,
        first="",
        further="",
        **stages_and_endings(visitor),
    )


@sent_router.get("/my-referrals/{referral_id}")
async def show_referral(visitor: AtPage, referral_id: UUID) -> HTMLResponse:
    """Show one referral: where it stands, the reason, and what comes next."""
    return await _one(visitor, referral_id)


@sent_router.post("/my-referrals/{referral_id}/withdraw")
async def withdraw(visitor: AtPage, referral_id: UUID) -> Response:
    """Take a referral back."""
    form = await visitor.request.form()
    body = {name: str(form[name]) for name in ("by", "explanation") if form.get(name)}
    answer = await visitor.command(SERVICE, f"/referrals/{referral_id}/withdraw", body)
    if refused := await refusal(visitor, answer):
        return await _one(visitor, referral_id, refused)
    return answer.then("/my-referrals", "withdrawn")


def _list(stage: str, order: str) -> str:
    """Return the address of a list of referrals."""
    return f"/my-referrals?{urlencode(({'stage': stage} if stage else {}) | {'order': order})}"


async def _one(visitor: Visitor, referral_id: UUID, refused: Refused = NOTHING) -> HTMLResponse:
    referral = await visitor.read(SERVICE, f"/referrals/{referral_id}")
    return visitor.page(
        "my_referral.html",
        refused=refused,
        referral=referral,
        follows=visitor.actor.role == REFERRER,
        **stages_and_endings(visitor),
    )
