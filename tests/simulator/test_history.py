"""A simulated history is made of the services' own facts, refused by no rule, the same for the same seed and end."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from events.caseload import CaseOpened, JobRecorded, case_of
from events.jobsearch import JobWishesTold
from events.referrals import ReferralAccepted
from simulator.calendar import LONDON
from simulator.deed import Place
from simulator.history import Arrivals, Plan
from simulator.world import SERVICES
from tests.simulator.running import Ground, Opened

UNTIL = datetime(2026, 3, 2, 7, 30, tzinfo=LONDON)
PLACES = (
    Place(UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4), mandatory=True, stay_days=365),
    Place(UUID(int=5), UUID(int=6), UUID(int=7), UUID(int=4), mandatory=False, stay_days=300),
)
PLAN = Plan("test", 30, UNTIL, [Arrivals(place, 1) for place in PLACES])


@pytest.fixture(scope="module")
def history(ground: Ground) -> dict[str, Opened]:
    """Live the history once; return what each service stored."""
    assert ground.live(PLAN) == []
    return {service: ground.opened(service) for service in SERVICES}


def test_people_go_through_every_service(history: dict[str, Opened]) -> None:
    kinds = Counter(fact["type"].split(".")[2] for facts in history.values() for fact in facts.values())
    assert kinds["ReferralSubmitted"] == PLAN.people
    assert kinds["ParticipantStarted"] in range(15, 30)
    expected = {"PlanAgreed", "AppointmentAttended", "ApplicationSent", "InterviewInvited", "MessageSent", "CvWritten"}
    assert expected <= kinds.keys()


def test_people_say_where_they_want_to_work_and_most_for_how_many_hours(history: dict[str, Opened]) -> None:
    told = [fact for fact in history["jobsearch"].values() if fact["type"] == JobWishesTold.type_name]
    assert len({fact["town"] for fact in told} - {None}) > 1
    assert all(fact["town"] for fact in told)
    assert sum(fact["hours_least"] is not None for fact in told) > len(told) / 2


def test_policies_have_reacted_under_the_keys_that_a_running_service_would_use(
    ground: Ground, history: dict[str, Opened]
) -> None:
    accepted = {place[0] for place, fact in history["referrals"].items() if fact["type"] == ReferralAccepted.type_name}
    stored = ground.stored("caseload")
    opened = [row for row in stored if row[2] == CaseOpened.type_name]
    assert {str(row[0]) for row in opened} == {str(case_of(UUID(referral))) for referral in accepted}
    assert all(f'"policy:when_referral_accepted_open_case:{row[5]}"' in row[6] for row in opened)
    assert any(row[2] == JobRecorded.type_name for row in stored)


def test_nothing_is_learned_before_it_happened_or_after_the_end(history: dict[str, Opened]) -> None:
    late = [
        fact
        for facts in history.values()
        for fact in facts.values()
        if not fact["occurred_at"] <= fact["recorded_at"] < UNTIL + timedelta(seconds=1)
    ]
    assert late == []


def test_the_same_seed_and_end_give_the_same_facts(ground: Ground, history: dict[str, Opened]) -> None:
    ground.forget()
    ground.live(PLAN)
    assert {service: ground.opened(service) for service in SERVICES} == history


def test_a_history_that_is_there_is_not_written_twice(ground: Ground, history: dict[str, Opened]) -> None:
    ground.live(PLAN)
    assert {service: len(ground.stored(service)) for service in SERVICES} == {
        service: len(facts) for service, facts in history.items()
    }
