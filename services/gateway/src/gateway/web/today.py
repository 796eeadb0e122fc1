"""Today: who needs the coach and why, one line a person; what is fixed today; and who is on course."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.access import COACH
from gateway.last_visits import LastVisits
from gateway.web.admission import AtPage
from gateway.web.deeds import NOTHING, Refused
from gateway.web.people import DEEDS as OF_PEOPLE
from gateway.web.people import OUTCOMES, SERVICE
from gateway.web.visitor import Visitor
from gateway.web.words import N_

DEEDS: Final = {
    "handle_concern": N_("Look into it"),
    "prepare_interview": N_("Prepare with them"),
    "prepare_first_day": N_("Prepare the first day"),
    "talk_about_offer": N_("Talk about the offer"),
    "contact": N_("Get in touch"),
    "reply": N_("Reply"),
    "keep_promise": N_("Keep your promise"),
    "keep_standard": N_("Keep the promise of the service"),
    "review_plan": N_("Go through the plan"),
    "record_outcome": N_("Say what became of it"),
    "agree_action": N_("Agree an action"),
    "review_cv": N_("Go through the CV"),
    "practise_interview": N_("Practise interviews"),
    "review_action": N_("Go through the action"),
}
WHERE: Final = {
    "handle_concern": "concerns",
    "review_action": "plan",
    "review_plan": "plan",
    "agree_action": "agree-what",
}
"""Where on a person's page a deed is done that is not done in the row; any other begins with the reason, at its top."""
NEEDS: Final = {
    "interpreter": N_("interpreter"),
    "call_only": N_("call only"),
    "no_letters": N_("no letters"),
    "accessible_format": N_("accessible format"),
}
CHANNELS: Final = {
    "in_person": N_("in person"),
    "phone": N_("phone"),
    "video": N_("video"),
    "message": N_("message"),
    "letter": N_("letter"),
}

today_router = APIRouter(include_in_schema=False)


@today_router.get("/today")
async def show_today(visitor: AtPage, coach: UUID | None = None) -> HTMLResponse:
    """Show a coach's day, or that of another coach."""
    return await today_page(visitor, coach)


async def today_page(visitor: Visitor, coach: UUID | None, refused: Refused = NOTHING) -> HTMLResponse:
    """Return the page of a day, with a form that was refused as it was filled in."""
    visits = LastVisits(visitor.desk.pool, visitor.desk.clock)
    own = coach is None and visitor.actor.role == COACH
    since = await visits.since(visitor.actor) if own else None
    query = ({"coach": str(coach)} if coach else {}) | ({"since": since.isoformat()} if since else {})
    today = await visitor.read(SERVICE, "/today", **query)
    changes = today["changes"]
    if own:
        await visits.note(visitor.actor, *(datetime.fromisoformat(changes[end]) for end in ("since", "until")))
    return visitor.page(
        "today.html",
        page=today,
        news_by_person=_by_person(changes["entries"]),
        refused=refused,
        back=f"/today?coach={coach}" if coach else "/today",
        deeds={code: visitor.say(words) for code, words in DEEDS.items()},
        where=WHERE,
        needs={code: visitor.say(words) for code, words in NEEDS.items()},
        channels={code: visitor.say(words) for code, words in CHANNELS.items()},
        whose=str(coach or visitor.actor.id),
        of=visitor.desk.staff.get(coach, "") if coach else "",
        staff=visitor.desk.staff_names,
        deed=OF_PEOPLE,
        outcomes={code: visitor.say(words) for code, (words, _, _) in OUTCOMES.items()},
    )


def _by_person(changes: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return what is new by the person whom it is about, whom the newest is about first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in changes:
        found.setdefault(one["participant_id"], []).append(one)
    return list(found.values())
