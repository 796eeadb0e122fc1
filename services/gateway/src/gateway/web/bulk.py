"""Bulk: write to many people or give them a coach; first it is said to whom, and afterwards it can be taken back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from chassis.problem import ProblemError
from gateway.access import LEADERS
from gateway.catalogue import missing
from gateway.services import Question
from gateway.undoing import Step
from gateway.web.admission import AtLeading, AtWork
from gateway.web.caseload import caseload_page
from gateway.web.command import Command, see
from gateway.web.listing import FromList, Listing, Text
from gateway.web.people import SERVICE
from gateway.web.undo import WELL, undo_with
from gateway.web.visitor import Visitor, blank
from gateway.web.words import N_

MOST: Final = 200
DEEDS: Final = frozenset({"message", "assign"})
NOBODY: Final = N_("Tick the people first")
WORDLESS: Final = N_("Write the message")
COACHLESS: Final = N_("Choose the coach")
BACK: Final = re.compile(r"/(caseload|team)(\?[\w=&%-]*)?")
WHY: Final[Mapping[str, str]] = {
    "changed": N_("somebody changed it in between"),
    "not_found": N_("no longer in your list"),
    "not_permitted": N_("not yours to change"),
    "refused": N_("that is not possible now"),
}

bulk_router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """People that something is done with: case ids and names, and the page that they were chosen on."""

    deed: str
    people: Sequence[tuple[str, str]]
    back: str

    @property
    def cases(self) -> list[str]:
        """The ids of their cases."""
        return [case for case, _ in self.people]


@bulk_router.post("/caseload/chosen")
async def check_chosen(visitor: AtWork, listing: FromList, deed: Text) -> HTMLResponse:
    """Ask once more before something is done with those who are ticked in a list."""
    ticked = set(map(str, (await visitor.request.form()).getlist("case")))
    people = [one for one in await _people(visitor, listing) if one[0] in ticked]
    if ticked and not people:
        raise ProblemError(404, "None of them is in this list.")
    if not people:
        return await caseload_page(visitor, listing, {}, {"case": visitor.say(NOBODY)})
    return await _check(visitor, Chosen(_known(deed), people, listing.path), {}, {})


@bulk_router.post("/team/chosen")
async def check_people_of(visitor: AtLeading, deed: Text) -> Response:
    """Ask once more before something is done with everybody of the coaches who are ticked."""
    coaches = [_id(one) for one in (await visitor.request.form()).getlist("coach")]
    people = await _everybody_of(visitor, coaches)
    if not people or len(people) > MOST:
        return see("/team?done=nobody")
    return await _check(visitor, Chosen(_known(deed), people, "/team"), {}, {})


@bulk_router.post("/caseload/message")
async def write_to_many(visitor: AtWork) -> Response:
    """Write the same to everybody who was chosen."""
    form = await visitor.request.form()
    chosen, text = _chosen(form, "message"), str(form.get("text", "")).strip()
    if not text:
        return await _check(visitor, chosen, {}, {"text": visitor.say(WORDLESS)})
    command = await visitor.command(SERVICE, "/messages/bulk", {"case_ids": chosen.cases, "text": text})
    if not command.done:
        return await _check(visitor, chosen, {"text": text}, command.faults(visitor.say))
    sent = [case for case in _cases(command) if case["result"] == "done"]
    messages = [{"case_id": case["case_id"], "message_id": case["message_id"]} for case in sent]
    steps = [Step(SERVICE, "/messages/bulk/withdraw", {"messages": messages})] if messages else []
    return await _told(visitor, chosen, command, steps)


@bulk_router.post("/caseload/assign")
async def assign_many(visitor: AtLeading) -> Response:
    """Give everybody who was chosen to one coach."""
    form = await visitor.request.form()
    chosen, coach = _chosen(form, "assign"), str(form.get("coach_id", ""))
    if not coach:
        return await _check(visitor, chosen, {}, {"coach_id": visitor.say(COACHLESS)})
    command = await visitor.command(SERVICE, "/cases/assign", {"case_ids": chosen.cases, "coach_id": coach})
    if not command.done:
        return await _check(visitor, chosen, {"coach_id": coach}, command.faults(visitor.say))
    moved = [case for case in _cases(command) if case["result"] == "done" and case["before"]]
    before = [{"case_id": case["case_id"], "before": case["before"]} for case in moved]
    steps = [Step(SERVICE, "/cases/assign/undo", {"coach_id": coach, "cases": before})] if before else []
    return await _told(visitor, chosen, command, steps)


def coaches_of(visitor: Visitor, team: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the coaches of a leader's provider: known by name, or with people in the team now."""
    known = {str(id_): name for id_, name in visitor.desk.coaches(visitor.actor.tenant).items()}
    for one in team["coaches"]:
        known.setdefault(one["coach_id"], visitor.desk.staff.get(UUID(one["coach_id"]), one["coach_id"][:8]))
    return [("", visitor.say(N_("Choose"))), *sorted(known.items(), key=lambda coach: coach[1])]


async def _people(visitor: Visitor, listing: Listing) -> list[tuple[str, str]]:
    return _named(visitor, await visitor.read(SERVICE, f"/caseload/{listing.ready}", **listing.query))


async def _everybody_of(visitor: Visitor, coaches: Sequence[UUID]) -> list[tuple[str, str]]:
    """Return the people of coaches, so many of each that a coach with more than MOST makes too many."""
    lists = [Listing(coach=coach, page=page) for coach in coaches for page in (1, 2, 3)]
    asked = {one.path: Question(SERVICE, f"/caseload/{one.ready}", query=one.query) for one in lists}
    found, away = await visitor.read_all(asked) if asked else ({}, [])
    if away:
        raise missing(away)
    return [one for page in found.values() for one in _named(visitor, page)]


def _named(visitor: Visitor, shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    erased = visitor.say(N_("Erased"))
    return [(one["case_id"], one["name"] or erased) for one in shown["people"]]


async def _check(visitor: Visitor, chosen: Chosen, told: Mapping[str, str], errors: Mapping[str, str]) -> HTMLResponse:
    assigns = chosen.deed == "assign" and visitor.actor.role in LEADERS
    return visitor.page(
        "bulk.html",
        status=422 if errors else 200,
        chosen=chosen,
        coaches=coaches_of(visitor, await visitor.read(SERVICE, "/team")) if assigns else [],
        told=blank(told),
        errors=blank(errors),
    )


async def _told(visitor: Visitor, chosen: Chosen, command: Command, steps: Sequence[Step]) -> HTMLResponse:
    names, place = dict(chosen.people), command.place
    failed = [case for case in _cases(command) if case["result"] not in WELL]
    undo = await undo_with(visitor, steps, chosen.back) if steps else None
    return visitor.page(
        "bulk_done.html",
        chosen=chosen,
        count=len(_cases(command)) - len(failed),
        kept=sum(case["result"] == "done" and not case.get("before") for case in _cases(command)),
        failed=[(names.get(case["case_id"], ""), visitor.say(WHY[case["result"]])) for case in failed],
        back=f"{chosen.back}{'&' if '?' in chosen.back else '?'}at_least={place}" if place else chosen.back,
        undo_action=f"/undo/{undo}" if undo else "",
    )


def _cases(command: Command) -> list[dict[str, Any]]:
    return list(command.answer.json()["cases"])


def _chosen(form: FormData, deed: str) -> Chosen:
    """Return whom a form of the check page is about. Raises ProblemError for a form that is none of ours."""
    back = str(form.get("back", ""))
    cases, names = ([str(one) for one in form.getlist(field)] for field in ("case", "name"))
    people = [(str(_id(case)), name) for case, name in zip(cases, names, strict=False)]
    if not 0 < len(people) <= MOST:
        raise ProblemError(422, "Choose 1 to 200 people.")
    return Chosen(deed, people, back if BACK.fullmatch(back) else "/caseload")


def _known(deed: str) -> str:
    if deed not in DEEDS:
        raise ProblemError(422, "There is no such thing to do.")
    return deed


def _id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise ProblemError(422, "There is nobody like that.") from None
