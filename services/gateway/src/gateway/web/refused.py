"""A form that was refused: its page shows it again, open and as it was filled in, with what is wrong by field."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from gateway.web.command import Command
from gateway.web.deeds import NOTHING, TOP, Asked, Deed, Kind, Refused
from gateway.web.visitor import Visitor
from gateway.web.words import N_

AGAIN: Final = frozenset({409, 412, 413, 415, 422})
"""What who sent a form can mend, or has to look at again."""
MISTAKEN: Final = 422
AS_THEY_ARE: Final[Mapping[str, str]] = {}
NUMBERLESS: Final = N_("Write a number, like 16 or 37.5")
DAYLESS: Final = N_("Write a day, like 2026-03-31")
EMPTY: Final = N_("Fill this in")


async def refusal(
    visitor: Visitor, command: Command, deed: Deed | None = None, called: Mapping[str, str] = AS_THEY_ARE
) -> Refused:
    """Return how the form that was sent is shown again: NOTHING where it was taken, or where that does not help.

    `called` are fields that the form calls otherwise than the service. What is wrong with none of them is said above.
    """
    status = command.answer.status_code
    if status not in AGAIN:
        return NOTHING
    told = await _told(visitor)
    asked = {one.name: one for one in (deed.fields if deed else ()) if one.kind is not Kind.HIDDEN}
    places = asked if deed else told
    found = {called.get(place, place): words for place, words in command.faults(visitor.say).items()}
    if status == MISTAKEN:
        found = {
            place: (_plainly(visitor, asked.get(place), told.get(place, ())) if place in places else "") or words
            for place, words in found.items()
        }
    return await _again(visitor, {place if place in places else TOP: words for place, words in found.items()}, status)


async def mistaken(visitor: Visitor, errors: Mapping[str, str]) -> Refused:
    """Return how the form that was sent is shown again, where its page itself sees what is wrong, by field."""
    return await _again(visitor, errors, MISTAKEN) if errors else NOTHING


async def incomplete(visitor: Visitor, deed: Deed) -> Refused:
    """Return how a form is shown again in which something that its page asks for was left empty."""
    told = await _told(visitor)
    left_out = [one.name for one in deed.fields if one.required and not "".join(told.get(one.name, ())).strip()]
    return await mistaken(visitor, dict.fromkeys(left_out, visitor.say(EMPTY)))


async def _again(visitor: Visitor, errors: Mapping[str, str], status: int) -> Refused:
    form = str((await visitor.request.form()).get("form", ""))
    return Refused(form, await _told(visitor), errors, status)


async def _told(visitor: Visitor) -> dict[str, list[str]]:
    form = await visitor.request.form()
    return {name: [str(value) for value in form.getlist(name)] for name in form}


def _plainly(visitor: Visitor, asked: Asked | None, told: Sequence[str]) -> str:
    """Return what is wrong with a field in words for whom it is asked of, nothing where the service says it best."""
    text = "".join(told).strip()
    if not text:
        return visitor.say(EMPTY)
    if asked is None:
        return ""
    if asked.kind is Kind.NUMBER and not _is_number(text):
        return visitor.say(NUMBERLESS)
    dated = asked.kind in {Kind.DAY, Kind.MOMENT, Kind.NOW}
    return visitor.say(DAYLESS) if dated and not _is_day(text[:10]) else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
