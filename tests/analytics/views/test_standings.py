"""How journeys stood on a day, from prepared rows, is what a plain fold of their facts says."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from analytics.cohorts import funnel_tally, people_of
from analytics.contracts import Book, packaged
from analytics.counting import PEOPLE, Dimension, Question, table_of
from analytics.outcome_rules import Spell, Terms, stretches
from analytics.views.standings import BIT, AsOf, By, spells, standard_counts, standings
from chassis.database import Connection
from chassis.listen.told import Told
from events.caseload import (
    CaseExitedEarly,
    CaseReactivated,
    CoachAssigned,
    ExitReason,
    JobEnded,
    JobNotStarted,
    JobRecorded,
    JobTermsRevised,
    PlanAgreed,
    Standard,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
)
from events.jobsearch import ApplicationSent
from events.referrals import (
    InitialMeetingHeld,
    ParticipantStarted,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralEnteredInError,
)
from tests.analytics.conftest import Tables
from tests.analytics.telling import Journey, Line, Teller, told

LONDON = ZoneInfo("Europe/London")
FIRST = date(2025, 3, 3)
COACHES = [UUID(int=21), UUID(int=22)]
PROVIDERS = [UUID(int=31), UUID(int=32)]
BOOK = Book(packaged(), {}, "restart")


@some.composite
def lines(draw: some.DrawFn, journey: Journey) -> list[Line]:
    """Draw what happens to a person."""
    if draw(some.booleans()):
        return journey.referred()
    found = journey.started(draw(some.sampled_from(COACHES)), draw(some.integers(3, 30)))
    if draw(some.booleans()):
        found += journey.planned(draw(some.integers(10, 60)))
    for after in draw(some.lists(some.integers(10, 300), max_size=3, unique=True)):
        found += journey.applied(after)
    for after in draw(some.lists(some.integers(20, 300), max_size=2, unique=True)):
        last = draw(some.none() | some.integers(after, after + 200))
        found += journey.worked(after, last)
        if draw(some.integers(0, 3)) == 0:
            found.append((JobNotStarted(occurred_at=journey.at(after + 1)), found[-1][1]))
    if draw(some.integers(0, 3)) == 0:
        found.append((CaseExitedEarly(occurred_at=journey.at(200), reason=ExitReason.HEALTH), journey.case))
        if draw(some.booleans()):
            found.append((CaseReactivated(occurred_at=journey.at(210)), journey.case))
    if draw(some.integers(0, 5)) == 0:
        found.append(
            (CoachAssigned(occurred_at=journey.at(100), coach_id=draw(some.sampled_from(COACHES))), journey.case)
        )
    if draw(some.integers(0, 5)) == 0:
        found.append((ReferralEnteredInError(occurred_at=journey.at(60)), journey.referral))
    return found


@dataclass(frozen=True)
class History:
    """Journeys with what is heard of each."""

    heard: dict[Journey, list[Told]]
    arrived: list[Told]


@some.composite
def histories(draw: some.DrawFn) -> History:
    """Draw journeys whose facts are learned late, and arrive in any order that keeps each service's own."""
    teller = Teller()
    heard = {}
    for number in range(draw(some.integers(1, 6))):
        day = FIRST + timedelta(days=draw(some.integers(0, 60)))
        journey = Journey(UUID(int=100 + number), draw(some.sampled_from(PROVIDERS)), day)
        facts = draw(lines(journey))
        late = draw(some.lists(some.integers(0, 40), min_size=len(facts), max_size=len(facts)))
        heard[journey] = told(journey, facts, teller, late)
    queues: dict[str, list[Told]] = {}
    for facts_of_one in heard.values():
        for each in facts_of_one:
            queues.setdefault(each.source, []).append(each)
    order = draw(some.permutations([source for source, queue in queues.items() for _ in queue]))
    iterators = {source: iter(queue) for source, queue in queues.items()}
    return History(heard, [next(iterators[source]) for source in order])


def plain(journey: Journey, heard: Sequence[Told], as_of: AsOf) -> tuple[UUID | None, set[str]] | None:
    """Return the coach and the numbers that a journey counts in, fact by fact; None where it does not count."""
    by_occurred = as_of.by is By.OCCURRED_AT
    known = [one for one in heard if (one.fact.occurred_at if by_occurred else one.recorded_at) < as_of.cutoff]
    undone = {one.aggregate_id for one in (heard if by_occurred else known) if isinstance(one.fact, JobNotStarted)}
    in_error = any(isinstance(one.fact, ReferralEnteredInError) for one in (heard if by_occurred else known))
    if in_error or not any(one.aggregate_id == journey.referral and one.id.endswith(":1") for one in known):
        return None
    numbers, coach = {"referred"}, None
    kinds = {ReferralAcknowledged: "acknowledged", ReferralAccepted: "accepted", InitialMeetingHeld: "first_meeting"}
    kinds |= {PlanAgreed: "plan_agreed", ApplicationSent: "applied"}
    for one in sorted(known, key=lambda each: (each.fact.occurred_at, each.position)):
        fact = one.fact
        if type(fact) in kinds:
            numbers.add(kinds[type(fact)])
        elif isinstance(fact, ParticipantStarted) and fact.start_date <= as_of.day:
            numbers.add("started")
        elif isinstance(fact, CaseExitedEarly):
            numbers.add("left")
        elif isinstance(fact, CaseReactivated):
            numbers.discard("left")
    assigned = [one for one in known if isinstance(one.fact, CoachAssigned)]
    if assigned:
        at = max(assigned, key=lambda one: (one.fact.occurred_at, one.position))
        coach = at.fact.coach_id  # type: ignore[attr-defined]
    undone |= over_before_the_start(heard if by_occurred else known)
    jobs = [one for one in known if isinstance(one.fact, JobRecorded) and one.aggregate_id not in undone]
    began = [one.fact.starts_on for one in jobs if one.fact.starts_on <= as_of.day]  # type: ignore[attr-defined]
    if "started" in numbers and began:
        numbers.add("first_earnings")
    return coach, numbers


def over_before_the_start(heard: Sequence[Told]) -> set[UUID]:
    """Return the jobs that ended before the person started: they earned nothing since."""
    started_on = max((one.fact.start_date for one in heard if isinstance(one.fact, ParticipantStarted)), default=FIRST)
    ended = {one.aggregate_id: one.fact.last_day for one in heard if isinstance(one.fact, JobEnded)}
    return {job for job, last_day in ended.items() if last_day < started_on}


async def counted(connection: Connection, as_of: AsOf, coach: UUID | None) -> dict[str, int]:
    """Return the numbers as the service counts them."""
    people = people_of(await standings(connection, as_of), await spells(connection, as_of), BOOK)
    where = {Dimension.COACH: coach} if coach else {}
    total = table_of(funnel_tally(people, as_of.day, {}), BIT, Question(where, None, hides=False)).total
    return {name: count for name, count in total.cells.items() if count}


@pytest.mark.parametrize("by", By)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), after=some.integers(0, 500), coach=some.sampled_from([None, *COACHES]))
def test_counts_as_of_a_day_are_those_of_a_plain_fold(
    tables: Tables, history: History, after: int, coach: UUID | None, by: By
) -> None:
    as_of = AsOf(FIRST + timedelta(days=after), by, LONDON)
    tables.fill(history.arrived)
    expected: Counter[str] = Counter()
    for journey, heard in history.heard.items():
        found = plain(journey, heard, as_of)
        if found and coach in {None, found[0]}:
            expected.update([PEOPLE, *found[1]])
    found_by_service = tables.run(counted(tables.connection, as_of, coach))
    checked = {PEOPLE, "referred", "acknowledged", "accepted", "first_meeting", "started", "plan_agreed", "applied"}
    checked |= {"left", "first_earnings"}
    assert {name: count for name, count in found_by_service.items() if name in checked} == dict(expected)


def revised(journey: Journey, told_on: int, holds_from: int, **terms: float | bool) -> Line:
    """Return other terms of the job that began on day 30."""
    fact = JobTermsRevised(occurred_at=journey.at(told_on), from_day=journey.at(holds_from).date(), **terms)
    return fact, uuid5(journey.person, "job 30")


def the_job(tables: Tables, heard: list[Told], journey: Journey, as_of: AsOf) -> Spell:
    """Return the one job of a person as it stood."""
    tables.fill(heard)
    (spell,) = tables.run(spells(tables.connection, as_of))[journey.case]
    return spell


def test_hours_and_pay_that_a_revision_does_not_tell_stay_as_they_were(tables: Tables) -> None:
    journey = Journey(UUID(int=100), PROVIDERS[0], FIRST)
    own, longer = revised(journey, 50, 45, self_employed=True), revised(journey, 60, 60, hours_a_week=37.5)
    heard = told(journey, [*journey.started(COACHES[0]), *journey.worked(30), own, longer], Teller())
    spell = the_job(tables, heard, journey, AsOf(FIRST + timedelta(days=90), By.OCCURRED_AT, LONDON))
    assert spell.self_employed
    assert spell.terms == (
        Terms(journey.at(30).date(), 30, 20_000),
        Terms(journey.at(45).date(), 30, 20_000),
        Terms(journey.at(60).date(), 37.5, 20_000),
    )


def test_whether_somebody_works_for_themselves_is_what_was_told_last_not_what_holds_from_the_latest_day(
    tables: Tables,
) -> None:
    journey = Journey(UUID(int=100), PROVIDERS[0], FIRST)
    wrong, right = revised(journey, 50, 60, self_employed=True), revised(journey, 55, 45, self_employed=False)
    heard = told(journey, [*journey.started(COACHES[0]), *journey.worked(30), wrong, right], Teller())
    days = [AsOf(FIRST + timedelta(days=after), By.RECORDED_AT, LONDON) for after in (49, 50, 54, 55, 90)]
    found = [the_job(tables, heard, journey, as_of).self_employed for as_of in days]
    assert found == [False, True, True, False, False]


def test_of_terms_from_the_same_day_those_hold_that_were_told_last(tables: Tables) -> None:
    journey = Journey(UUID(int=100), PROVIDERS[0], FIRST)
    terms = [revised(journey, 40 + number, 40, hours_a_week=number) for number in range(1, 13)]
    heard = told(journey, [*journey.started(COACHES[0]), *journey.worked(30), *terms], Teller())
    spell = the_job(tables, heard, journey, AsOf(FIRST + timedelta(days=90), By.OCCURRED_AT, LONDON))
    assert [held.hours_a_week for held in spell.terms] == [30, *range(1, 13)]
    *_, last = stretches([spell], journey.at(90).date())
    assert last.hours == 12


@pytest.mark.parametrize("by", By)
def test_a_promise_is_excused_from_the_day_of_an_excuse_until_that_is_taken_back(tables: Tables, by: By) -> None:
    journey, start = Journey(UUID(int=100), PROVIDERS[0], FIRST), Standard.START
    kept_late = StandardMet(occurred_at=journey.at(30), standard=start, on=journey.at(30).date(), in_time=False)
    lines: list[Line] = [
        (StandardExcused(occurred_at=journey.at(22), standard=start), journey.case),
        (StandardExcuseTakenBack(occurred_at=journey.at(24), standard=start, taken_back=2), journey.case),
        (StandardExcused(occurred_at=journey.at(26), standard=start), journey.case),
        (kept_late, journey.case),
        (StandardExcuseTakenBack(occurred_at=journey.at(40), standard=start, taken_back=4), journey.case),
    ]
    late = 3 if by is By.RECORDED_AT else 0
    tables.fill(told(journey, [*journey.referred(), *lines], Teller(), [0, 0, 3, 3, 3, 3, 3]))
    days = [AsOf(FIRST + timedelta(days=late + after), by, LONDON) for after in (18, 22, 24, 26, 30, 40)]
    found = [tables.run(standard_counts(tables.connection, as_of)) for as_of in days]
    states = [(count.state, count.promises) for (count,) in found]
    assert states == [(state, 1) for state in ("running", "excused", "breached", "excused", "excused", "late")]
