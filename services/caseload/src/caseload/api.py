"""HTTP routes of the caseload service: who asks for what, and which command or page answers."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from caseload import commands
from caseload.access import COACH, Deed, NotPermittedError, Record, can, require
from caseload.commands import Agreement, Contact
from caseload.desk import AtDesk, ToCase, provider_of
from caseload.pages import CaseloadPage, CasePage, Found, TimelinePage, by_name, case_lines, case_page, timeline_entries
from caseload.views.caseload import (
    CASELOAD,
    CaseSummary,
    Selection,
    actions_of,
    cases_of_people,
    find_case,
    select_cases,
)
from caseload.views.timeline import TIMELINE, Window, entries_of
from chassis.http import Accepted, AtLeast, CurrentActor, ExpectedVersion, etag
from chassis.identity import Actor
from chassis.keyring import Term
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from events.caseload import ActionOwner, Channel
from events.keyring import IndexKind

OPENED_AT_ONCE: Final = 300
ENTRIES_AT_ONCE: Final = 200
LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403}

Words = Annotated[str, Field(min_length=1, max_length=2_000)]
router = APIRouter()


def _selection(
    coach: Annotated[UUID | None, Query(description="Whose; a coach reads their own.")] = None,
    unassigned: Annotated[bool, Query(description="Only cases without a coach.")] = False,  # noqa: FBT002
    after: Annotated[UUID | None, Query(description="Read on after this case.")] = None,
) -> Selection:
    return Selection(coach, unassigned, after, OPENED_AT_ONCE + 1)


Selected = Annotated[Selection, Depends(_selection)]


def _example(**body: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


class Asked(BaseModel):
    """What is sent in a body: nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class CoachAssignment(Asked):
    """Who becomes responsible."""

    model_config = _example(coach_id="8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10")

    coach_id: UUID


class NewAction(Asked):
    """What coach and person agree on: what, where, how and by when."""

    model_config = _example(
        owner="participant", what="Send the CV to three bakeries", where="library", due="2030-03-08"
    )

    owner: ActionOwner
    what: Words
    where: Words | None = None
    how: Words | None = None
    due: date = Field(description="The last day on which it is not late.")


class NewContact(Asked):
    """A contact between coach and person, now or earlier."""

    model_config = _example(occurred_at="2026-03-02T09:30:00Z", channel="phone", note="Ready for Friday's interview.")

    occurred_at: AwareDatetime = Field(gt=LONG_AGO)
    channel: Channel
    note: Words | None = None


class Search(Asked):
    """Words to find a person by, each of them has to match; at least one."""

    model_config = _example(terms={"name": "ada lovelace", "postcode": "YO1 7HH"})

    terms: dict[IndexKind, Words] = Field(min_length=1)


@router.get("/caseload")
async def read_caseload(desk: AtDesk, actor: CurrentActor, at_least: AtLeast, selected: Selected) -> CaseloadPage:
    """Return a caseload: whole and by name up to 300 cases, a longer one in parts, the latest opened first."""
    if actor.role == COACH and selected.coach is None:
        selected = replace(selected, coach=actor.id)
    tenant = provider_of(actor, Deed.LIST_OWN if selected.coach == actor.id else Deed.LIST_ALL)
    async with reading(desk.pool, tenant, CASELOAD, at_least) as connection:
        cases = await select_cases(connection, tenant, selected)
    lines = await case_lines(desk.keyring, cases[:OPENED_AT_ONCE], desk.zone)
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
        require(actor, Deed.READ, _record([case]))
        actions = await actions_of(connection, case_id)
    response.headers["ETag"] = etag(case.version)
    return await case_page(desk.keyring, case, actions, desk.zone)


@router.get("/participants/{participant_id}/timeline")
async def read_timeline(
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    participant_id: UUID,
    before: Annotated[str | None, Query(max_length=64, description="Read on before this entry.")] = None,
) -> TimelinePage:
    """Return what happened to a participant, told by every service, the latest first."""
    tenant = provider_of(actor)
    async with reading(desk.pool, tenant, CASELOAD, at_least) as connection:
        _require_read(actor, await cases_of_people(connection, tenant, [participant_id]))
    async with reading(desk.pool, tenant, TIMELINE, at_least) as connection:
        rows = await entries_of(connection, tenant, participant_id, Window(before=before, limit=ENTRIES_AT_ONCE))
    further = rows[-1].id if len(rows) == ENTRIES_AT_ONCE else None
    return TimelinePage(entries=await timeline_entries(desk.keyring, rows, desk.zone), next=further)


@router.post("/participants/search")
async def search_participants(desk: AtDesk, actor: CurrentActor, search: Search) -> Found:
    """Find participants by name or other words, among those whose cases the reader may see."""
    tenant = provider_of(actor)
    found = await desk.keyring.search(Term(kind, value) for kind, value in search.terms.items())
    async with reading(desk.pool, tenant, CASELOAD) as connection:
        cases = await cases_of_people(connection, tenant, found.persons)
    seen = [case for case in cases if can(actor, Deed.READ, _record([case]))]
    lines = await case_lines(desk.keyring, seen[:OPENED_AT_ONCE], desk.zone)
    page = CaseloadPage(cases=sorted(lines, key=by_name), sorted_by="name")
    return Found(page=page, complete=found.complete and len(seen) <= OPENED_AT_ONCE)


@router.post("/cases/{case_id}/coach", response_model=Accepted)
async def assign_coach(to: ToCase, expected: ExpectedVersion, body: CoachAssignment) -> Response:
    """Make a coach responsible for a case."""
    now = to.desk.store.clock()
    return await to.answer(
        Deed.ASSIGN, expected, lambda session, case: commands.assign_coach(session, case, body.coach_id, now)
    )


@router.post("/cases/{case_id}/actions", status_code=201, response_model=Accepted)
async def agree_action(to: ToCase, expected: ExpectedVersion, body: NewAction) -> Response:
    """Note an action that coach and person agreed on now."""
    now, keyring = to.desk.store.clock(), to.desk.keyring
    agreement = Agreement(uuid4(), now, now.astimezone(to.desk.zone).date(), **body.model_dump())
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.agree_action(session, case, keyring, agreement)
    )


@router.post("/cases/{case_id}/actions/{action_id}/done", response_model=Accepted)
async def finish_action(to: ToCase, expected: ExpectedVersion, action_id: UUID) -> Response:
    """Mark an action as done, for good."""
    now = to.desk.store.clock()
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.finish_action(session, case, action_id, now)
    )


@router.post("/cases/{case_id}/actions/{action_id}/cancel", response_model=Accepted)
async def cancel_action(to: ToCase, expected: ExpectedVersion, action_id: UUID) -> Response:
    """Take an action back that nobody wants any more."""
    now = to.desk.store.clock()
    return await to.answer(
        Deed.WORK, expected, lambda session, case: commands.cancel_action(session, case, action_id, now)
    )


@router.post("/cases/{case_id}/contacts", status_code=201, response_model=Accepted)
async def record_contact(to: ToCase, body: NewContact) -> Response:
    """Note a contact. It contradicts nothing that others do to the case, so no version has to be sent."""
    now, keyring = to.desk.store.clock(), to.desk.keyring
    contact = Contact(coach_id=to.actor.id, **body.model_dump())
    return await to.answer(
        Deed.WORK, None, lambda session, case: commands.record_contact(session, case, keyring, contact, now)
    )


def _record(cases: Sequence[CaseSummary]) -> Record:
    return Record(cases[0].tenant, frozenset(case.coach_id for case in cases))


def _require_read(actor: Actor, cases: Sequence[CaseSummary]) -> None:
    if not cases:
        raise NotFoundError
    require(actor, Deed.READ, _record(cases))
