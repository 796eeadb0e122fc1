"""HTTP routes from a number to its people, and to their facts."""

import base64
import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from analytics.access import Deed, Scope, is_pseudonymous, require
from analytics.cohorts import (
    OUTCOME_BITS,
    OUTCOMES,
    WORK,
    Person,
    funnel_place,
    funnel_tally,
    outcome_place,
    outcome_tally,
    outcomes,
    reached,
)
from analytics.contracts import Book
from analytics.counting import Question, matches, table_of
from analytics.desk import Asked, AskedFor, AtDesk, Desk, people_asked_for
from analytics.fact_pages import Chain, ChainEntry, FactEntry, FactsPage, in_chain
from analytics.pages import DrillEntry, DrillPage, WorkDone, milestones, named
from analytics.pseudonyms import Pseudonyms
from analytics.views.facts import FACTS, FactQuery, FactRow, participants, search_facts
from analytics.views.journeys import JOURNEYS
from analytics.views.standings import BIT, COUNTED_BY, NUMBERS
from chassis.http import AtLeast, CurrentActor
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.problem import ProblemError
from chassis.store import NotFoundError

PEOPLE_AT_ONCE: Final = 200
FACTS_AT_ONCE: Final = 100
CHAIN_AT_ONCE: Final = 1_000
_FACT_ID: Final = re.compile(r"[0-9a-f-]{36}:[0-9]+")

router = APIRouter()


class CountedIn(StrEnum):
    """Where a number stands: who is referred counts in the funnel, who started in the outcomes."""

    FUNNEL = "funnel"
    OUTCOMES = "outcomes"


class FactSearch(BaseModel):
    """Which facts: all that is given has to match."""

    model_config = ConfigDict(
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra={"examples": [{"types": ["waymark.referrals.ReferralAccepted.v1"]}]},
    )

    types: list[Annotated[str, Field(max_length=100)]] | None = Field(None, max_length=50, description="Type names.")
    source: Annotated[str, Field(max_length=30)] | None = Field(None, description="Told by this service.")
    since: AwareDatetime | None = Field(None, description="Learned at this time or later.")
    until: AwareDatetime | None = Field(None, description="Learned before this time.")
    correlation_id: Annotated[str, Field(max_length=64)] | None = Field(None, description="Brought about together.")
    person: UUID | None = Field(None, description="About this participant; an analyst gives the pseudonym.")
    after: Annotated[str, Field(max_length=200)] | None = Field(None, description="Read on after this.")


@router.get("/drill")
async def drill(  # noqa: PLR0913  (each a parameter of the query)
    desk: AtDesk,
    at_least: AtLeast,
    asked: AskedFor,
    number: Annotated[str, Query(max_length=50, description="The name of a number, as it stands in its table.")],
    table: Annotated[CountedIn, Query(description="The table that the number stands in.")] = CountedIn.FUNNEL,
    after: Annotated[UUID | None, Query(description="Read on after this case.")] = None,
) -> DrillPage:
    """Return the people behind a number; none where a number is hidden from who asks."""
    asked.may(Deed.SEE_PEOPLE)
    names = NUMBERS if table is CountedIn.FUNNEL else OUTCOMES
    if number not in names:
        raise ProblemError(422, f"There is no such number; there are {', '.join(names)}.")
    (people,) = await people_asked_for(desk, asked, at_least)
    if asked.question.hides and _is_hidden(people, number, table, desk, asked):
        return DrillPage(number=number, hidden=True, counted_by=_counted_by(number), people=[])
    pseudonyms = desk.pseudonyms() if asked.question.hides else None
    return _drilled(_behind(people, number, table, desk, asked), number, after, pseudonyms, desk.book)


def _is_hidden(people: list[Person], number: str, table: CountedIn, desk: Desk, asked: Asked) -> bool:
    tally, bits = (funnel_tally, BIT) if table is CountedIn.FUNNEL else (outcome_tally, OUTCOME_BITS)
    question = Question(asked.question.where, None, hides=True)
    return table_of(tally(people, asked.as_of.day, desk.teams), bits, question).total.cells[number] is None


def _behind(people: list[Person], number: str, table: CountedIn, desk: Desk, asked: Asked) -> list[Person]:
    place_of, bits_of = (funnel_place, reached) if table is CountedIn.FUNNEL else (outcome_place, outcomes)
    bit = (BIT if table is CountedIn.FUNNEL else OUTCOME_BITS)[number]
    return [
        person
        for person in people
        if (place := place_of(person.standing, desk.teams))
        and matches(place, asked.question.where)
        and bits_of(person, asked.as_of.day) & bit
    ]


def _drilled(
    people: list[Person], number: str, after: UUID | None, pseudonyms: Pseudonyms | None, book: Book
) -> DrillPage:
    of_work = number in (*WORK, "projected")
    by_case = {named(person.standing.case_id, pseudonyms): person for person in people}
    cases = sorted(case for case in by_case if after is None or case > after)
    page = cases[:PEOPLE_AT_ONCE]
    entries = [
        DrillEntry(
            person=named(standing.participant_id, pseudonyms),
            case=case,
            coach=standing.coach_id and named(standing.coach_id, pseudonyms),
            started_on=standing.started_on,
            milestones=milestones(days),
            needs=book.needs(number, standing.programme_id, standing.started_on)
            if of_work and standing.started_on
            else None,
            jobs=[WorkDone.of(job) for job in jobs] if of_work else [],
        )
        for case in page
        for standing, days, jobs in [by_case[case]]
    ]
    return DrillPage(
        number=number,
        hidden=False,
        counted_by=_counted_by(number),
        people=entries,
        count=len(by_case),
        next=page[-1] if len(cases) > len(page) else None,
    )


def _counted_by(number: str) -> list[str]:
    return [fact.type_name for fact in COUNTED_BY[number]]


@router.post("/facts/search")
async def search(desk: AtDesk, actor: CurrentActor, at_least: AtLeast, search: FactSearch) -> FactsPage:
    """Return facts by type, time, person and what they belong together with; nothing sealed is ever shown."""
    require(actor, Deed.SEE_PEOPLE, Scope(actor.tenant))
    person = await _person(desk, actor, search.person)
    if search.person and person is None:
        return FactsPage(facts=[])
    window = (search.since, search.until, search.correlation_id)
    query = FactQuery(search.types, search.source, *window, person, _place(search.after))
    async with reading(desk.pool, actor.tenant, FACTS, at_least) as connection:
        rows = await search_facts(connection, query, FACTS_AT_ONCE + 1)
    page = rows[:FACTS_AT_ONCE]
    pseudonyms = desk.pseudonyms() if is_pseudonymous(actor) else None
    further = _token(page[-1]) if len(rows) > FACTS_AT_ONCE else None
    return FactsPage(facts=[FactEntry.of(row, pseudonyms) for row in page], next=further)


@router.get("/correlations/{correlation_id}")
async def read_correlation(
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    correlation_id: Annotated[str, Path(pattern=r"^[0-9A-Za-z:_-]{1,64}$")],
) -> Chain:
    """Return everything that one request brought about, in every service, each fact behind its cause."""
    require(actor, Deed.SEE_PEOPLE, Scope(actor.tenant))
    async with reading(desk.pool, actor.tenant, FACTS, at_least) as connection:
        rows = await search_facts(connection, FactQuery(correlation_id=correlation_id), CHAIN_AT_ONCE + 1)
    if not rows:
        raise NotFoundError
    pseudonyms = desk.pseudonyms() if is_pseudonymous(actor) else None
    entries = [
        ChainEntry(**FactEntry.of(row, pseudonyms).model_dump(), depth=depth)
        for row, depth in in_chain(rows[:CHAIN_AT_ONCE])
    ]
    return Chain(facts=entries, complete=len(rows) <= CHAIN_AT_ONCE)


async def _person(desk: Desk, actor: Actor, person: UUID | None) -> UUID | None:
    """Return the participant whom a reader means."""
    if person is None or not is_pseudonymous(actor):
        return person
    async with reading(desk.pool, actor.tenant, JOURNEYS) as connection:
        return desk.pseudonyms().find(person, await participants(connection))


def _token(row: FactRow) -> str:
    place = json.dumps([row.recorded_at.isoformat(), row.fact_id])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(token: str | None) -> tuple[datetime, str] | None:
    """Return where to read on. Raises ProblemError for a text that no page gave."""
    if token is None:
        return None
    try:
        recorded, fact_id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return datetime.fromisoformat(recorded).astimezone(UTC), _FACT_ID.fullmatch(fact_id)[0]  # type: ignore[index]
    except (ValueError, TypeError, OverflowError) as broken:
        raise ProblemError(422, "after is not what an earlier page gave.") from broken
