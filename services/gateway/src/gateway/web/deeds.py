"""What a reader can do on a page: a form for each deed, made from what the deed has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, Final

from starlette.datastructures import FormData

Options = Sequence[tuple[str, str]]


class Kind(StrEnum):
    """What is asked for, and so how."""

    LINE = "line"
    NOTE = "note"
    DAY = "day"
    MOMENT = "moment"
    NOW = "now"
    NUMBER = "number"
    CHOICE = "choice"
    MANY = "many"
    YES = "yes"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a deed has to know; `options` are codes with their words."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    options: Options = ()
    required: bool = False
    hint: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done: `path` ends the route of the service, `words` are on its button.

    One that `sends` nothing but takes a body gets an empty one.
    """

    code: str
    path: str
    words: str
    fields: tuple[Asked, ...] = ()
    look: str = "second"
    sends: bool = False


CHANNELS: Final[Options] = (("in_person", "In person"), ("phone", "By phone"), ("video", "By video"))


def body_of(deed: Deed, form: FormData, now: datetime) -> dict[str, Any] | None:
    """Return what a deed tells a service, None when it tells nothing; what was left empty is not told.

    `now` is in the zone in which forms are filled in.
    """
    if not deed.fields:
        return {} if deed.sends else None
    told = {asked.name: _value(asked, form, now) for asked in deed.fields}
    return {name: value for name, value in told.items() if value not in (None, "")}


def moment_in(zone: tzinfo | None, text: str) -> str:
    """Return a local date and time of a form with the offset that holds then; what is none is left as it is."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()
    except ValueError:
        return text


def said(deeds: Mapping[str, Deed], allowed: Sequence[str]) -> list[Deed]:
    """Return the deeds that are allowed, in their own order."""
    return [deed for code, deed in deeds.items() if code in allowed]


def _value(asked: Asked, form: FormData, now: datetime) -> Any:
    text = str(form.get(asked.name, "")).strip()
    match asked.kind:
        case Kind.MOMENT:
            return moment_in(now.tzinfo, text) if text else None
        case Kind.NOW:
            return moment_in(now.tzinfo, text) if text else now.isoformat()
        case Kind.YES:
            return text == "yes" if text else None
        case Kind.MANY:
            return [str(one) for one in form.getlist(asked.name)]
        case _:
            return text
