"""What becomes of a form about a person: back to where it was sent from, which shows it again where it is refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.problem import ProblemError
from gateway.undoing import Step
from gateway.web.admission import AtWork
from gateway.web.command import Command
from gateway.web.deeds import Deed, Refused, body_of
from gateway.web.people import DEEDS, SERVICE, back_of, case_of, undo_of
from gateway.web.person_page import person_page
from gateway.web.refused import refusal
from gateway.web.today import today_page
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor

SAYS: Final[Mapping[str, str]] = {"contact": "contact", "snooze": "snoozed", "message": "message"}

doing_router = APIRouter(include_in_schema=False)

Undoes = Callable[[Mapping[str, Any]], Sequence[Step]]


@doing_router.post("/people/{participant_id}/{code}")
async def do(visitor: AtWork, participant_id: UUID, code: str) -> Response:
    """Do something with a person's case, and go back to where it was asked for."""
    if code not in DEEDS:
        raise ProblemError(404, "There is nothing here.")
    deed, case, form = DEEDS[code], await case_of(visitor), await visitor.request.form()
    command = await visitor.command(SERVICE, f"/cases/{case}{deed.path}", body_of(deed, form, visitor.now))
    # What is reactivated is active: somebody who rested would not rest again.
    rested = code == "exit" and form.get("stands") not in {"active", "in_work"}

    def steps(told: Mapping[str, Any]) -> list[Step]:
        return undo_of("" if rested else code, case, told)

    return await answered(visitor, participant_id, command, deed, steps, SAYS.get(code, "done"))


async def answered(  # noqa: PLR0913  (whose form it was, what became of it, and what is said)
    visitor: Visitor,
    participant_id: UUID,
    command: Command,
    deed: Deed | None = None,
    steps: Undoes = lambda _: (),
    said: str = "done",
) -> Response:
    """Go back after a form was taken, offering what undoes it; show it again, as it was filled in, where it was not."""
    back = await back_of(visitor, participant_id)
    if refused := await refusal(visitor, command, deed):
        return await _again(visitor, participant_id, back, refused)
    return await go_on(visitor, command, back, said, steps)


async def _again(visitor: Visitor, participant_id: UUID, back: str, refused: Refused) -> Response:
    """Show Today again where a form was sent from there, and else the person, on whose page every form is."""
    place = urlsplit(back)
    if place.path != "/today":
        return await person_page(visitor, participant_id, refused=refused)
    try:
        coach = UUID(parse_qs(place.query).get("coach", [""])[0])
    except ValueError:
        coach = None
    return await today_page(visitor, coach, refused)
