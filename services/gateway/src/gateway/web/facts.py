"""Facts: search them, see what one request brought about, and follow it to its trace."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse

from chassis.problem import ProblemError
from events.catalogue import every_fact
from gateway.access import LEADERS
from gateway.services import Question
from gateway.telling import as_uuid
from gateway.web.admission import AtPage, only
from gateway.web.command import Command
from gateway.web.people import names_of
from gateway.web.performance import ANALYTICS, DRILLS
from gateway.web.visitor import Visitor
from gateway.web.words import N_

LATEST_DAY: Final = date(9999, 12, 30)
FAULTS: Final = {
    "person": N_("This is not the number of a person. Choose one in a list."),
    "since": N_("This is not a day."),
    "until": N_("This is not a day."),
}
_TRACE: Final = re.compile("[0-9a-f]{32}")
_CODE: Final = re.compile("[a-z]+(_[a-z]+)+")
BY_ITSELF: Final = frozenset({"policy", "timer"})
BACK: Final = re.compile(r"/performance/people\?[\w=&.%-]*")
_CAPITAL: Final = re.compile("(?<=[a-z])(?=[A-Z])")

Text = Annotated[str, Form(max_length=200)]
facts_router = APIRouter(include_in_schema=False)

AtFacts = Annotated[Visitor, Depends(only(DRILLS))]


@facts_router.get("/facts")
async def show_search(visitor: AtFacts) -> HTMLResponse:
    """Show what facts can be searched by."""
    return _page(visitor, {}, None, {})


@facts_router.post("/facts")
async def search(  # noqa: PLR0913  (each a field of the form)
    visitor: AtFacts,
    type: Text = "",  # noqa: A002  (the word of the form)
    source: Text = "",
    since: Text = "",
    until: Text = "",
    person: Text = "",
    number: Text = "",
    back: Annotated[str, Form(max_length=500)] = "",
    among: Annotated[Sequence[Text], Form(max_length=50)] = (),
    after: Text = "",
) -> HTMLResponse:
    """Search facts; in the body, for whom a search is about stands in no address.

    `among` are the types by which somebody counts in a `number`.
    """
    told = {"type": type, "source": source, "since": since, "until": until, "person": person.strip(), "number": number}
    asked = {
        "types": [type] if type else list(among) or None,
        "source": source or None,
        "since": _begin_of(visitor, since),
        "until": _begin_of(visitor, until, later=1),
        "person": told["person"] or None,
        "after": after or None,
    }
    body = {name: value for name, value in asked.items() if value is not None}
    command = await visitor.commanded(Question(ANALYTICS, "/facts/search", "POST", body=body))
    if command.answer.status_code not in {200, 422}:
        raise ProblemError(command.answer.status_code, "")
    faults = {} if command.done else _faults(visitor, command)
    found = command.answer.json() if command.done else None
    shown = told | {"among": among, "back": back if BACK.fullmatch(back) else "", "name": await _name(visitor, person)}
    return _page(visitor, shown, found, faults, further=bool(after))


@facts_router.get("/facts/together/{correlation_id}")
async def show_together(visitor: AtPage, correlation_id: str) -> HTMLResponse:
    """Show everything that one request brought about, each fact behind its cause, and where its trace is."""
    chain = await visitor.read(ANALYTICS, f"/correlations/{correlation_id}")
    traced = _TRACE.fullmatch(correlation_id) and visitor.desk.traces
    return visitor.page(
        "together.html",
        facts=[_shown(fact) for fact in chain["facts"]],
        complete=chain["complete"],
        correlation_id=correlation_id,
        trace=f"{visitor.desk.traces}traces/{correlation_id}" if traced else "",
    )


def _page(
    visitor: Visitor,
    told: Mapping[str, Any],
    found: Mapping[str, Any] | None,
    faults: Mapping[str, str],
    *,
    further: bool = False,
) -> HTMLResponse:
    return visitor.page(
        "facts.html",
        status=422 if faults else 200,
        told={name: told.get(name, "") for name in ("type", "source", "since", "until", "person", "number")},
        among=told.get("among", ()),
        back=told.get("back", ""),
        name=told.get("name", ""),
        types=_types(),
        facts=[_shown(fact) for fact in found["facts"]] if found else None,
        next=found["next"] if found else None,
        further=further,
        faults=faults,
    )


async def _name(visitor: Visitor, person: str) -> str:
    """Return who a person is to who may know it, nothing for anybody else."""
    known = as_uuid(person.strip())
    if known is None or visitor.actor.role not in LEADERS:
        return ""
    names, _ = await names_of(visitor, [str(known)])
    return names.get(str(known)) or ""


def _faults(visitor: Visitor, command: Command) -> dict[str, str]:
    """Return what is wrong by field, in words of ours for the fields that somebody types in."""
    faults = command.faults(visitor.say)
    return {name: visitor.say(FAULTS[name]) if name in FAULTS else words for name, words in faults.items()}


@cache
def _types() -> dict[str, list[tuple[str, str]]]:
    """Return what facts there are, by service: their type names, and how they are said."""
    by_service: dict[str, list[tuple[str, str]]] = {}
    for name in every_fact():
        by_service.setdefault(name.split(".")[1], []).append((name, said(name)))
    return by_service


def said(type_name: str) -> str:
    """Return a type of fact in words: `waymark.referrals.ReferralAccepted.v1` is `Referral accepted`."""
    return _CAPITAL.sub(" ", type_name.split(".")[2]).capitalize()


def _shown(fact: Mapping[str, Any]) -> dict[str, Any]:
    """Return a fact as it is shown: what is in it as lines of a name and what it says."""
    data: Sequence[tuple[str, Any]] = list(fact["data"].items())
    lines = [(name.replace("_", " ").capitalize(), _value(value)) for name, value in data if name != "occurred_at"]
    role, _, who = str(fact["actor"]).partition(":")
    who = _apart(who) if role in BY_ITSELF else who
    return {**fact, "said": said(fact["type"]), "lines": lines, "role": role.replace("_", " "), "who": who}


def _apart(code: str) -> str:
    return code.replace("_", " ")


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "-"
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_value(part)}" for name, part in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _apart(value) if isinstance(value, str) and _CODE.fullmatch(value) else str(value)


def _begin_of(visitor: Visitor, day: str, later: int = 0) -> str | None:
    """Return the moment at which a day begins here; what is no day is left for the service to refuse."""
    if not day:
        return None
    try:
        begin = min(date.fromisoformat(day), LATEST_DAY) + timedelta(days=later)
    except ValueError:
        return day
    return datetime.combine(begin, time(), visitor.desk.zone).isoformat()
