"""What a provider does with referrals: confirm, look, answer, meet, start, each with what the referrer will read."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.access import LEADERS
from gateway.undoing import Step
from gateway.web.admission import AtLeading, AtWork
from gateway.web.deeds import CHANNELS, NOTHING, Asked, Deed, Kind, Refused, body_of, said
from gateway.web.refused import incomplete, refusal
from gateway.web.standing import NO_STARTS, REJECTIONS, said_stages
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor
from gateway.web.words import N_

SERVICE: Final = "referrals"
OPEN: Final = (
    ("submitted", N_("New")),
    ("acknowledged", N_("Confirmed")),
    ("under_assessment", N_("Being looked at")),
    ("waitlisted", N_("Waiting list")),
    ("accepted", N_("Accepted")),
    ("initial_meeting_booked", N_("First meeting booked")),
    ("failed_to_attend", N_("Missed")),
)
WHO: Final = (("provider", N_("We do")), ("participant", N_("The person does")))
EXPLAIN: Final = Asked("explanation", N_("In your words"), Kind.NOTE, hint=N_("The referrer reads this"))
FINAL: Final = N_("You cannot undo this. If they are sent again, the new referral leads back to this one.")
ASKERS: Final = (("participant", N_("The person")), ("provider", N_("We, the provider")))
MEETING: Final = (
    Asked("meets_at", N_("When?"), Kind.MOMENT, required=True),
    Asked("channel", N_("How?"), Kind.CHOICE, CHANNELS, value="in_person"),
)
DEEDS: Final[Mapping[str, Deed]] = {
    deed.code: deed
    for deed in (
        Deed("acknowledge", "acknowledge", N_("Confirm that it arrived"), look=""),
        Deed("assess", "assess", N_("Begin to look at it"), look=""),
        Deed("accept", "accept", N_("Take the person on"), (Asked("coach_id", N_("Coach"), Kind.CHOICE),)),
        Deed("waitlist", "waitlist", N_("Put on the waiting list")),
        Deed(
            "reject",
            "reject",
            N_("Do not take the person on"),
            (Asked("reason", N_("Why?"), Kind.CHOICE, REJECTIONS, value="no_capacity"), EXPLAIN),
        ),
        Deed("handover", "handover", N_("Arrange the handover"), MEETING),
        Deed("handover-held", "handover/held", N_("The handover took place")),
        Deed(
            "initial-meeting",
            "initial-meeting",
            N_("Book the first meeting"),
            (*MEETING, Asked("place", N_("Where, or a link"))),
        ),
        Deed("initial-meeting-held", "initial-meeting/held", N_("They came"), look=""),
        Deed("initial-meeting-missed", "initial-meeting/missed", N_("They did not come")),
        Deed(
            "initial-meeting-cancel",
            "initial-meeting/cancel",
            N_("Call the first meeting off"),
            (Asked("by", N_("Who calls it off?"), Kind.CHOICE, WHO, value="provider"),),
        ),
        Deed("start", "start", N_("Start"), (Asked("start_date", N_("First day"), Kind.DAY, required=True),)),
        Deed(
            "did-not-start",
            "did-not-start",
            N_("They do not start"),
            (Asked("reason", N_("Why?"), Kind.CHOICE, NO_STARTS, value="other"), EXPLAIN),
        ),
        Deed(
            "duplicate-settle",
            "duplicate/settle",
            N_("Settle whether we know them"),
            (Asked("same_person", N_("Is it the same person?"), Kind.YES, (("yes", N_("Yes")), ("no", N_("No")))),),
        ),
        Deed(
            "withdraw",
            "withdraw",
            N_("Withdraw this referral"),
            (
                Asked("by", N_("Who asks for it?"), Kind.CHOICE, ASKERS, required=True),
                Asked("explanation", N_("Why?"), Kind.NOTE, required=True, hint=N_("The referrer reads this")),
            ),
            "danger",
            warning=FINAL,
        ),
    )
}

incoming_router = APIRouter(include_in_schema=False)


@incoming_router.get("/incoming")
async def list_incoming(visitor: AtWork, stage: str = "submitted", after: UUID | None = None) -> HTMLResponse:
    """Show the referrals at a stage, the newest first."""
    query = {"stage": stage} | ({"after": str(after)} if after else {})
    page = await visitor.read(SERVICE, "/referrals", **query)
    filters = [(f"/incoming?stage={code}", visitor.say(words), None, code == stage) for code, words in OPEN]
    return visitor.page(
        "incoming.html", page=page, stage=stage, filters_shown=filters, stages=said_stages(visitor), after=after
    )


@incoming_router.get("/incoming/{referral_id}")
async def show_incoming(visitor: AtWork, referral_id: UUID) -> HTMLResponse:
    """Show one referral, with what may follow."""
    return await _one(visitor, referral_id)


@incoming_router.post("/incoming/{referral_id}/two-people")
async def part(visitor: AtLeading, referral_id: UUID) -> Response:
    """Say that two records that are one person's are two people's after all."""
    referral = await visitor.read(SERVICE, f"/referrals/{referral_id}")
    other = str((await visitor.request.form()).get("other", ""))
    merged = {one["participant_id"]: one["merged_with"] for one in await _aliases(visitor, referral)}
    if other not in merged:
        raise ProblemError(409, "The two are not one person any more.")
    path, body = f"/participants/{merged[other]}/merge", {"other_participant_id": other}
    command = await visitor.command(SERVICE, f"{path}/take-back", body)
    return await go_on(
        visitor, command, f"/incoming/{referral_id}", "taken-back", lambda _: [Step(SERVICE, path, body)]
    )


@incoming_router.post("/incoming/{referral_id}/{code}")
async def answer(visitor: AtWork, referral_id: UUID, code: str) -> Response:
    """Do what follows."""
    if code not in DEEDS:
        raise ProblemError(404, "There is nothing here.")
    deed = DEEDS[code]
    form = await visitor.request.form()
    if deed.is_dangerous and (left_out := await incomplete(visitor, deed)):
        return await _one(visitor, referral_id, left_out)
    body = body_of(deed, form, visitor.now)
    command = await visitor.command(SERVICE, f"/referrals/{referral_id}/{deed.path}", body)
    if refused := await refusal(visitor, command, deed):
        return await _one(visitor, referral_id, refused)
    return command.then(f"/incoming/{referral_id}", "answered")


async def _one(visitor: Visitor, referral_id: UUID, refused: Refused = NOTHING) -> HTMLResponse:
    referral = await visitor.read(SERVICE, f"/referrals/{referral_id}")
    deeds = said(DEEDS, [one.replace("/", "-") for one in referral["allowed"]])
    return visitor.page(
        "incoming_one.html",
        refused=refused.among([deed.code for deed in deeds]),
        referral=referral,
        aliases=await _aliases(visitor, referral),
        leads=visitor.actor.role in LEADERS,
        deeds=[_with_coaches(visitor, deed) for deed in deeds if not deed.is_dangerous],
        last_deeds=[deed for deed in deeds if deed.is_dangerous],
        programme=visitor.desk.programmes.get(UUID(referral["programme_id"]), referral["programme_id"]),
        referrer=visitor.desk.staff.get(UUID(referral["referrer_id"]), referral["referrer_id"]),
        stages=said_stages(visitor),
    )


async def _aliases(visitor: Visitor, referral: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the other records of the person who is referred."""
    found = await visitor.read(SERVICE, f"/participants/{referral['participant_id']}/aliases")
    return list(found["aliases"])


def _with_coaches(visitor: Visitor, deed: Deed) -> Deed:
    if deed.code != "accept":
        return deed
    coaches = tuple((str(coach), name) for coach, name in visitor.desk.coaches(visitor.actor.tenant).items())
    options = (*coaches, ("", N_("Later")))
    return Deed(deed.code, deed.path, deed.words, (Asked("coach_id", N_("Coach"), Kind.CHOICE, options),), "")
