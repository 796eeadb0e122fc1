"""HTTP routes that show cases: who asks for what, and which page answers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from caseload.access import COACH, Deed, NotPermittedError, Record, can, require
from caseload.desk import AtDesk, Desk, provider_of
from caseload.forms import Asked, Words, example
from caseload.pages import CaseloadPage, CasePage, Found, by_name, case_lines, case_page
from caseload.views.caseload import (
    CASELOAD,
    CaseSummary,
    Selection,
    actions_of,
    cases_of_people,
    find_case,
    select_cases,
)
from chassis.http import AtLeast, CurrentActor, etag
from chassis.identity import Actor
from chassis.keyring import Term
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from events.keyring import IndexKind

OPENED_AT_ONCE: Final = 300
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403}

router = APIRouter()


async def _selection(
    coach: Annotated[UUID | None, Query(description="Whose; a coach reads their own.")] = None,
    unassigned: Annotated[bool, Query(description="Only cases without a coach.")] = False,  # noqa: FBT002
    after: Annotated[UUID | None, Query(description="Read on after this case.")] = None,
) -> Selection:
    return Selection(coach, unassigned, after, OPENED_AT_ONCE + 1)


Selected = Annotated[Selection, Depends(_selection)]


class Search(Asked):
    """Words to find a person by, each of them has to match; at least one."""

    model_config = example(terms={"name": "ada lovelace", "postcode": "YO1 7HH"})

    terms: dict[IndexKind, Words] = Field(min_length=1)


class People(Asked):
    """Some participants."""

    model_config = example(participant_ids=["5f0c7c1e-8f3e-4c57-9b8f-0d3a4b1f6a11"])

    participant_ids: list[UUID] = Field(min_length=1, max_length=OPENED_AT_ONCE)


@router.get("/caseload")
async def read_caseload(desk: AtDesk, actor: CurrentActor, at_least: AtLeast, selected: Selected) -> CaseloadPage:
    """Return a caseload: whole and by name up to 300 cases, a longer one in parts, the latest opened first."""
    if actor.role == COACH and selected.coach is None:
        selected = replace(selected, coach=actor.id)
    tenant = provider_of(actor, Deed.LIST_OWN if selected.coach == actor.id else Deed.LIST_ALL)
    async with reading(desk.pool, tenant, CASELOAD, at_least) as connection:
        cases = await select_cases(connection, tenant, selected)
    lines = await case_lines(desk.keyring, cases[:OPENED_AT_ONCE], desk.zone, desk.today())
    if selected.after is None and len(cases) <= OPENED_AT_ONCE:
        return CaseloadPage(cases=sorted(lines, key=by_name), sorted_by="name")
    further = lines[-1].case_id if len(cases) > OPENED_AT_ONCE else None
    return CaseloadPage(cases=lines, sorted_by="opened_on", next=further)


@router.get("/cases/{case_id}")
async def read_case(
    desk: AtDesk, actor: CurrentActor, at_least: AtLeast, case_id: UUID, response: Response
) -> CasePage:
    """Return a case with what was agreed in it; ETag carries its version."""
    tenant = provider_of(actor)
    async with reading(desk.pool, tenant, CASELOAD, at_least) as connection:
        case = await find_case(connection, tenant, case_id)
        if case is None:
            raise NotFoundError
        require(actor, Deed.READ, _record(desk, case))
        actions = await actions_of(connection, case_id)
    response.headers["ETag"] = etag(case.version)
    return await case_page(desk.keyring, case, actions, desk.zone, desk.today())


@router.post("/participants/search")
async def search_participants(desk: AtDesk, actor: CurrentActor, search: Search) -> Found:
    """Find participants by name or other words, among those whose cases the reader may see."""
    tenant = provider_of(actor)
    found = await desk.keyring.search(Term(kind, value) for kind, value in search.terms.items())
    async with reading(desk.pool, tenant, CASELOAD) as connection:
        cases = await cases_of_people(connection, tenant, found.persons)
    seen = _seen(desk, actor, cases)
    return Found(page=await _shown(desk, seen), complete=found.complete and len(seen) <= OPENED_AT_ONCE)


@router.post("/cases/search")
async def read_cases_of(desk: AtDesk, actor: CurrentActor, at_least: AtLeast, people: People) -> CaseloadPage:
    """Return the cases of some participants by name, of those whose cases the reader may see."""
    tenant = provider_of(actor)
    async with reading(desk.pool, tenant, CASELOAD, at_least) as connection:
        cases = await cases_of_people(connection, tenant, people.participant_ids)
    return await _shown(desk, _seen(desk, actor, cases))


def _seen(desk: Desk, actor: Actor, cases: Iterable[CaseSummary]) -> list[CaseSummary]:
    return [case for case in cases if can(actor, Deed.READ, _record(desk, case))]


async def _shown(desk: Desk, cases: Sequence[CaseSummary]) -> CaseloadPage:
    lines = await case_lines(desk.keyring, cases[:OPENED_AT_ONCE], desk.zone, desk.today())
    return CaseloadPage(cases=sorted(lines, key=by_name), sorted_by="name")


def _record(desk: Desk, case: CaseSummary) -> Record:
    return Record(case.tenant, case.coaches_at(desk.store.clock()))
