"""What a reader can do on a page: a form for each deed, made from what the deed has to know."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

    One that `sends` nothing but takes a body gets an empty one. `warning` is what is said before it is done.
    """

    code: str
    path: str
    words: str
    fields: tuple[Asked, ...] = ()
    look: str = "second"
    sends: bool = False
    warning: str = ""

    @property
    def is_dangerous(self) -> bool:
        """Whether it stands apart from what else can be done, and last."""
        return self.look == "danger"


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: what was filled in, and what is wrong by field, TOP for what is about none.

    `form` is the form's own id, empty for a button and for the form of a page that has one.
    """

    form: str = ""
    told: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def __bool__(self) -> bool:
        return self is not NOTHING

    @property
    def text(self) -> Mapping[str, str]:
        """What was filled in, by field, empty where nothing was."""
        return defaultdict(str, {name: "".join(values[:1]) for name, values in self.told.items()})

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong, by the id of the element that it is about."""
        whole, apart = (f"deed-{self.form}", f"{self.form}-") if self.form else ("main", "")
        return {whole if place == TOP else f"{apart}{place}": words for place, words in self.errors.items()}

    def of(self, form: str) -> "Refused":
        """Return what is to be shown in a form: nothing, where it is another one that was refused."""
        return self if form == self.form else NOTHING

    def among(self, forms: Collection[str]) -> "Refused":
        """Return what a page with these forms shows: one that is no longer there is spoken of above them all."""
        return self if not self.form or self.form in forms else replace(self, form="")

    def error(self, name: str) -> str:
        """Return what is wrong with a field."""
        return self.errors.get(name, "")

    def value(self, name: str, otherwise: str) -> str:
        """Return what was filled into a field, what it holds `otherwise` in a form that nobody sent."""
        return "".join(self.told.get(name, ())[:1]) if self else otherwise

    def values(self, name: str) -> Sequence[str]:
        """Return everything that was ticked."""
        return self.told.get(name, ())


TOP: Final = "top"
NOTHING: Final = Refused()
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
