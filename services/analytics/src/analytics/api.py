"""HTTP routes of the analytics service that answer with numbers."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query

from analytics.access import Deed, NotPermittedError
from analytics.cohorts import (
    OUTCOME_BITS,
    Person,
    complete_months,
    differences,
    funnel_tally,
    outcome_place,
    outcome_tally,
    profile_of,
)
from analytics.counting import FIELD, Group, Key, Place, Question, Tally, matches, table_of
from analytics.desk import Asked, AskedFor, AtDesk, Desk, people_asked_for
from analytics.hiding import is_small
from analytics.pages import (
    FunnelPage,
    OutcomeNumbers,
    OutcomesPage,
    ReplayPage,
    StandardsPage,
    outcome_numbers,
    replayed,
    standard_numbers,
    with_steps_hidden,
)
from analytics.views.journeys import JOURNEYS
from analytics.views.standings import BIT, NUMBERS, StandardCount, standard_counts
from chassis.http import AtLeast
from chassis.listen.reading import reading
from chassis.problem import ProblemError
from events.caseload import Standard

AT_ONCE: Final = 200
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403}
STATES: Final = {name: 1 << place for place, name in enumerate(("kept", "late", "breached", "running", "excused"))}

router = APIRouter()


@router.get("/funnel")
async def read_funnel(desk: AtDesk, at_least: AtLeast, asked: AskedFor) -> FunnelPage:
    """Return how many were referred and how far they came by the end of a day."""
    asked.may(Deed.COUNT)
    (people,) = await people_asked_for(desk, asked, at_least)
    table = table_of(funnel_tally(people, asked.as_of.day, desk.teams), BIT, asked.question)
    return FunnelPage.of(table, NUMBERS, asked.as_of, asked.question.apart)


@router.get("/outcomes")
async def read_outcomes(desk: AtDesk, at_least: AtLeast, asked: AskedFor) -> OutcomesPage:
    """Return who came into work and whose work lasted, of those who started; a young cohort is marked as not mature."""
    asked.may(Deed.COUNT)
    (people,) = await people_asked_for(desk, asked, at_least)
    table = table_of(outcome_tally(people, asked.as_of.day, desk.teams), OUTCOME_BITS, asked.question)
    members = _members(people, desk, asked.question)
    everybody = [person for some in members.values() for person in some]
    groups = [_outcomes(group, members[group.key], desk, asked) for group in table.groups]
    total = _outcomes(table.total, everybody, desk, asked)
    apart = asked.question.apart
    return OutcomesPage(as_of=asked.as_of.day, by=asked.as_of.by, apart=apart, total=total, groups=groups)


def _members(people: Iterable[Person], desk: Desk, question: Question) -> dict[Key, list[Person]]:
    """Return those who started and are asked for, by group."""
    found: dict[Key, list[Person]] = {}
    for person in people:
        place = outcome_place(person.standing, desk.teams)
        if place and matches(place, question.where):
            found.setdefault(_key(place, question), []).append(person)
    return found


def _key(place: Place, question: Question) -> Key:
    return place[FIELD[question.apart]] if question.apart else None


def _outcomes(group: Group, some: Sequence[Person], desk: Desk, asked: Asked) -> OutcomeNumbers:
    starts = {person.standing.started_on for person in some if person.standing.started_on}
    complete = complete_months(starts, asked.as_of.day)
    shown = with_steps_hidden(group) if asked.question.hides else group
    return outcome_numbers(shown, complete, profile_of(some, desk.book))


@router.get("/outcomes/replay")
async def replay_outcomes(
    desk: AtDesk,
    at_least: AtLeast,
    asked: AskedFor,
    contract: Annotated[str, Query(max_length=100, description="The name of the other contract.")],
    after: Annotated[int, Query(ge=0, le=10_000_000, description="Read on after so many differences.")] = 0,
) -> ReplayPage:
    """Return what the outcomes would be under another contract, and whose differ: what was claimed stands as it is."""
    asked.may(Deed.COUNT if asked.question.hides else Deed.SEE_PEOPLE)
    if contract not in desk.book.names:
        raise ProblemError(422, f"There is no such contract; there are {', '.join(desk.book.names)}.")
    own, other = await people_asked_for(desk, asked, at_least, None, contract)
    before, later = (
        table_of(outcome_tally(some, asked.as_of.day, desk.teams), OUTCOME_BITS, asked.question)
        for some in (own, other)
    )
    found = differences(*(_asked_only(people, desk, asked.question) for people in (own, other)))
    hidden = asked.question.hides and (before.total.hidden or is_small(len(found)))
    shown = [] if hidden else found[after : after + AT_ONCE]
    return ReplayPage(
        as_of=asked.as_of.day,
        by=asked.as_of.by,
        apart=None,
        contract=contract,
        people=before.total.cells["people"],
        before=before.total.cells["outcome"],
        after=later.total.cells["outcome"],
        differing=None if hidden else len(found),
        differences=replayed(shown, desk.pseudonyms() if asked.question.hides else None),
        next=after + AT_ONCE if len(found) > after + AT_ONCE and not hidden else None,
    )


def _asked_only(people: Iterable[Person], desk: Desk, question: Question) -> list[Person]:
    return [person for some in _members(people, desk, question).values() for person in some]


@router.get("/standards")
async def read_standards(desk: AtDesk, at_least: AtLeast, asked: AskedFor) -> StandardsPage:
    """Return how the service's timed promises were kept by the end of a day."""
    asked.may(Deed.COUNT)
    async with reading(desk.pool, asked.actor.tenant, JOURNEYS, at_least) as connection:
        counts = await standard_counts(connection, asked.as_of)
    tables = {each: table_of(_tally(counts, each, desk), STATES, asked.question) for each in Standard}
    target = {each: desk.book.version(None, asked.as_of.day).standards.get(each) for each in Standard}
    total = [standard_numbers(each, table.total, target[each]) for each, table in tables.items()]
    groups = [standard_numbers(each, group, target[each]) for each, table in tables.items() for group in table.groups]
    apart = asked.question.apart
    return StandardsPage(as_of=asked.as_of.day, by=asked.as_of.by, apart=apart, total=total, groups=groups)


def _tally(counts: Iterable[StandardCount], standard: Standard, desk: Desk) -> Tally:
    return [
        (_place(one, desk.teams.get(one.coach_id) if one.coach_id else None), STATES[one.state], one.promises)
        for one in counts
        if one.standard == standard
    ]


def _place(one: StandardCount, team: str | None) -> Place:
    return Place(one.programme_id, one.tenant, team, one.coach_id, one.referred_in)
