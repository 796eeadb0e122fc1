"""Whom a reader of live changes sees, fact by fact; and the folds behind it."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.identity import Actor
from chassis.listen.told import Told
from events.caseload import CaseCovered, CaseCoverEnded, CaseOpened, CaseResumed, CoachAssigned
from events.fact import Fact
from events.referrals import ReferralAcknowledged, ReferralSubmitted
from events.sealed import Sealed
from gateway.changes import Change, Sight, Subscription, place_of, written
from gateway.views.people import PEOPLE, CaredRow
from tests.journey import Journey, Line

NOW = datetime(2026, 9, 7, 10, tzinfo=UTC)
ADA, BEA, NORTHWAY, BRIGHTPATH, CASE, OTHER_CASE = (uuid4() for _ in range(6))
AMIR, BRIDGET, IRENA = Actor(uuid4(), "coach", NORTHWAY), Actor(uuid4(), "coach", NORTHWAY), Actor(uuid4(), "referrer")
LEADER = Actor(uuid4(), "team_leader", NORTHWAY)
NAME = Sealed(f"sealed:1:{uuid4()}:{ADA}:waymark.referrals.ReferralSubmitted.v1:name:c2VhbGVk")
CHANGED = CaseResumed(occurred_at=NOW)
HEARD = Journey()


def assigned(coach: Actor) -> CoachAssigned:
    return CoachAssigned(occurred_at=NOW, coach_id=coach.id)


def told(fact: Fact, aggregate: UUID = CASE, person: UUID = ADA, tenant: UUID = NORTHWAY) -> Told:
    return HEARD.heard(Line(fact, aggregate, person, tenant))


def event(change: Change | None) -> str:
    return change.event if change else ""


def test_a_coach_sees_their_people_and_nobody_elses() -> None:
    sight = Sight(AMIR, {ADA: {CASE}})

    assert event(sight.see(told(CHANGED))) == "moved"
    assert event(sight.see(told(CHANGED, person=BEA))) == ""


def test_a_person_is_gone_with_their_last_case() -> None:
    sight = Sight(AMIR, {ADA: {CASE, OTHER_CASE}})

    seen = [event(sight.see(told(fact, case))) for fact, case in (
        (assigned(BRIDGET), CASE), (CHANGED, CASE), (assigned(BRIDGET), OTHER_CASE), (CHANGED, CASE),
    )]  # fmt: skip

    assert seen == ["moved", "moved", "gone", ""]


def test_a_person_who_comes_is_seen_from_there_on() -> None:
    sight = Sight(BRIDGET)

    assert [event(sight.see(told(fact))) for fact in (CHANGED, assigned(BRIDGET), CHANGED)] == ["", "moved", "moved"]


def covered(coach: Actor, begins: int = 0) -> CaseCovered:
    begins_at = NOW + timedelta(days=begins)
    return CaseCovered(occurred_at=NOW, coach_id=coach.id, begins_at=begins_at, ends_at=NOW + timedelta(days=9))


def test_who_stands_in_sees_the_people_until_that_is_over() -> None:
    for over in (CaseCoverEnded(occurred_at=NOW), covered(IRENA), assigned(IRENA)):
        sight, coach = Sight(BRIDGET), Sight(AMIR, {ADA: {CASE}})
        facts: list[Fact] = [covered(BRIDGET), CHANGED, over, CHANGED]

        assert [event(sight.see(told(fact))) for fact in facts] == ["moved", "moved", "gone", ""]
        assert [event(coach.see(told(fact))) for fact in facts[:2]] == ["moved", "moved"]


def test_who_stands_in_later_sees_nobody_yet() -> None:
    sight = Sight(BRIDGET)

    assert [event(sight.see(told(fact))) for fact in (covered(BRIDGET, 3650), CHANGED)] == ["", ""]


def test_who_was_away_learns_that_a_person_is_gone_and_of_no_stranger() -> None:
    sight = Sight(AMIR, once=frozenset({ADA}))

    assert event(sight.recall(told(assigned(BRIDGET)))) == "gone"
    assert event(sight.recall(told(assigned(BRIDGET), person=BEA))) == ""
    assert event(sight.recall(told(CHANGED))) == ""


def test_a_leader_sees_everybody_of_their_provider() -> None:
    sight = Sight(LEADER)

    assert event(sight.see(told(CHANGED))) == "moved"
    assert event(sight.see(told(CHANGED, tenant=BRIGHTPATH))) == ""


def test_a_referrer_sees_referrals_of_theirs_and_nothing_of_the_case() -> None:
    places = {"participant_id": ADA, "programme_id": uuid4(), "provider_id": NORTHWAY, "referrer_id": IRENA.id}
    submitted = ReferralSubmitted(occurred_at=NOW, acknowledge_by=NOW.date(), name=NAME, **places)
    sight, other = Sight(IRENA), Sight(Actor(uuid4(), "referrer"))

    seen = [event(sight.see(told(fact))) for fact in (submitted, ReferralAcknowledged(occurred_at=NOW), CHANGED)]

    assert seen == ["moved", "moved", ""]
    assert event(other.see(told(submitted))) == ""


def test_an_event_says_where_to_read_and_not_what_happened() -> None:
    change = Sight(AMIR, {ADA: {CASE}}).see(told(CHANGED))

    assert change is not None
    assert change.data().keys() == {"participant_id", "source", "at_least"}
    ((source, topic, _, _, key),) = json.loads(urlsafe_b64decode(change.data()["at_least"] + "=="))
    assert (source, topic, key) == ("caseload", "waymark.journey", str(ADA))


@given(some.lists(some.integers(0, 10**17), min_size=24, max_size=24))
def test_a_place_is_read_as_it_was_written(offsets: list[int]) -> None:
    assert place_of(written(offsets)) == offsets


@pytest.mark.parametrize("text", ["", "7", "7" * 500, ".".join("7" * 23), ".".join("7" * 25), ".".join("٣" * 24)])
def test_any_other_text_is_no_place(text: str) -> None:
    assert place_of(text) is None


async def test_who_reads_too_slowly_is_let_go() -> None:
    stream = Subscription([0])
    fact = told(CHANGED)

    while stream.offer(fact):
        pass

    assert await stream.take() is None


@given(some.lists(some.sampled_from([AMIR, BRIDGET]), max_size=6))
def test_a_case_knows_its_coach_and_those_before(coaches: list[Actor]) -> None:
    table = PEOPLE.tables[1]
    places = {"participant_id": ADA, "provider_id": NORTHWAY, "programme_id": uuid4(), "referral_id": uuid4()}
    row: CaredRow | None = None

    for fact in (CaseOpened(occurred_at=NOW, **places), *map(assigned, coaches)):
        row = table.fold(row, told(fact))

    assert row is not None
    changes = [coach.id for number, coach in enumerate(coaches) if number == 0 or coaches[number - 1] != coach]
    assert (*row.earlier_coaches, row.coach_id) == (tuple(changes) if changes else (None,))


@pytest.mark.parametrize(
    "over", [CaseCoverEnded(occurred_at=NOW), assigned(IRENA)], ids=lambda fact: type(fact).__name__
)
def test_a_case_knows_who_stands_in_until_that_is_over(over: Fact) -> None:
    table, ends_at = PEOPLE.tables[1], NOW + timedelta(days=7)
    covered = CaseCovered(occurred_at=NOW, coach_id=BRIDGET.id, begins_at=NOW, ends_at=ends_at)
    row = table.fold(table.fold(None, told(assigned(AMIR))), told(covered))

    assert (row.coach_id, row.cover_id, row.cover_ends_at) == (AMIR.id, BRIDGET.id, ends_at)
    assert table.fold(row, told(over)).cover_id is None
