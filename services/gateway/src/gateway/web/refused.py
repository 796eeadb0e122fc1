"""A form that was refused: its page shows it again, open and as it was filled in, with what is wrong by field."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from starlette.datastructures import FormData

from gateway.web.command import Command
from gateway.web.deeds import TOP, Asked, Deed, Kind, Refused
from gateway.web.visitor import Visitor
from gateway.web.words import N_

AGAIN: Final = frozenset({409, 412, 422})
"""What who sent a form can mend, or has to look at again."""
REFUSED: Final = 409
AHEAD: Final = ("due", "until", "starts_at")
"""What is a day to come: one that has passed is what a refusal is about, which names no field."""
NUMBERLESS: Final = N_("Write a number, like 16 or 37.5")
DAYLESS: Final = N_("Write a day, like 2026-03-31")
EMPTY: Final = N_("Fill this in")


def refusal(visitor: Visitor, command: Command, form: FormData, deed: Deed | None = None) -> Refused | None:
    """Return how the form of a deed is shown again, None for one that was taken or that looking again does not help."""
    status = command.answer.status_code
    if status not in AGAIN:
        return None
    asked = {one.name: one for one in (deed.fields if deed else ()) if one.kind is not Kind.HIDDEN}
    told = {name: [str(value) for value in form.getlist(name)] for name in asked}
    found = command.faults(visitor.say)
    if status == REFUSED and TOP in found:
        found = {_passed(told, visitor.now.date()): found[TOP]}
    else:
        found = {
            place: _plainly(visitor, asked[place], told[place]) or words if place in asked else words
            for place, words in found.items()
        }
    errors = {place if place in asked else TOP: words for place, words in found.items()}
    return Refused(str(form.get("form", "")) if deed else "", told, errors, status)


def _passed(told: Mapping[str, Sequence[str]], today: date) -> str:
    """Return the field that asks for a day to come and holds one that is over."""
    dated = ((name, "".join(told.get(name, ()))[:10]) for name in AHEAD)
    return next((name for name, day in dated if _is_day(day) and date.fromisoformat(day) < today), TOP)


def _plainly(visitor: Visitor, asked: Asked, told: Sequence[str]) -> str:
    """Return what is wrong with a field in words for whom it is asked of, nothing where the service says it best."""
    text = "".join(told).strip()
    if not text:
        return visitor.say(EMPTY)
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
