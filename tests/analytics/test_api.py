"""Numbers, the people behind them and their facts, asked of the running service."""

import hashlib
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyarrow.parquet as pq
import pytest

from events.caseload import CaseEnteredInError, JobOutcomeCorrected
from events.keyring import PersonErased
from events.referrals import ReferralAccepted
from tests.analytics.running import EAST, WEST, Platform, eventually
from tests.analytics.telling import Journey

SPRING = date(2025, 3, 3)


@pytest.fixture(scope="module")
def provider() -> UUID:
    """A provider whom no other test knows."""
    return uuid4()


@pytest.fixture(scope="module")
def programme() -> UUID:
    """A programme that no other test knows."""
    return uuid4()


@pytest.fixture(scope="module")
def journeys(platform: Platform, provider: UUID, programme: UUID) -> list[Journey]:
    """Tell of twelve people: eight with a coach of East, three of West, one who was only referred."""
    told = []
    for number in range(12):
        journey = Journey(uuid4(), provider, SPRING + timedelta(days=number), programme)
        lines = journey.referred() if number == 11 else journey.started(EAST if number < 8 else WEST)
        lines += journey.planned(20) if number < 9 else []
        lines += journey.applied(25) if number < 8 else []
        lines += journey.worked(40) if number < 6 else []
        platform.tell(journey, lines, late_days=5, correlation_id=journey.person.hex, causation_id="")
        told.append(journey)
    with platform.client("provider_manager", provider) as client:
        eventually(lambda: client.get("/funnel"), lambda page: page["total"]["people"] == 12)
        eventually(lambda: client.post("/facts/search", json={"types": [ReferralAccepted.type_name]}), _has(11))
    return told


def _has(count: int) -> Any:
    return lambda page: len(page["facts"]) == count


@pytest.fixture
def manager(platform: Platform, provider: UUID, journeys: list[Journey]) -> Iterator[httpx.Client]:
    """The manager of the provider, once everything is counted."""
    assert journeys
    with platform.client("provider_manager", provider) as client:
        yield client


@pytest.fixture
def analyst(platform: Platform, journeys: list[Journey]) -> Iterator[httpx.Client]:
    """An analyst, once everything is counted."""
    assert journeys
    with platform.client("analyst") as client:
        yield client


def get(client: httpx.Client, path: str, **parameters: object) -> Any:
    answer = client.get(path, params={name: str(value) for name, value in parameters.items()})
    assert answer.is_success, answer.text
    return answer.json()


def test_a_funnel_tells_how_far_people_came(manager: httpx.Client) -> None:
    numbers = get(manager, "/funnel")["total"]["numbers"]
    reached = ("referred", "acknowledged", "accepted", "first_meeting", "started", "plan_agreed", "applied")
    assert [numbers[name] for name in reached] == [12, 11, 11, 11, 11, 9, 8]
    assert (numbers["first_earnings"], numbers["in_week_13"], numbers["outcome"]) == (6, 6, 6)


def test_a_past_day_is_told_as_it_was_and_as_it_was_known(manager: httpx.Client) -> None:
    day = SPRING + timedelta(days=12)
    happened = get(manager, "/funnel", as_of=day)["total"]["numbers"]
    known = get(manager, "/funnel", as_of=day, by="recorded_at")["total"]["numbers"]
    assert (happened["referred"], happened["started"]) == (12, 3)
    assert (known["referred"], known["started"]) == (8, 0)


def test_groups_are_told_apart_and_add_up(manager: httpx.Client) -> None:
    page = get(manager, "/funnel", apart="team")
    assert {group["key"]: group["people"] for group in page["groups"]} == {"East": 8, "West": 3, None: 1}


def test_an_analyst_sees_no_small_group_nor_what_would_give_it_away(analyst: httpx.Client, programme: UUID) -> None:
    page = get(analyst, "/funnel", apart="team", programme=programme)
    assert page["total"]["people"] == 12
    assert all(group["people"] is None for group in page["groups"])
    assert get(analyst, "/funnel", team="West", programme=programme)["total"]["people"] is None
    assert get(analyst, "/drill", number="started", team="West", programme=programme) == {
        "number": "started",
        "hidden": True,
        "counted_by": ["waymark.referrals.ParticipantStarted.v1"],
        "people": [],
        "count": None,
        "next": None,
    }


def test_outcomes_come_as_a_curve_since_the_start_beside_the_profile(manager: httpx.Client) -> None:
    page = get(manager, "/outcomes", as_of=SPRING + timedelta(days=100))["total"]
    assert (page["numbers"]["started"], page["numbers"]["outcome"], page["numbers"]["projected"]) == (11, 0, 6)
    assert not page["mature"]
    assert page["complete_months"] == 2
    assert page["curve"][2] == {"month": 2, "first_earnings": round(6 / 11, 4), "outcome": 0.0}
    assert page["curve"][3]["first_earnings"] is None
    assert page["profile"]["outcome"] == 0.25
    assert get(manager, "/outcomes")["total"]["mature"]


def test_a_standard_is_counted_with_its_target(manager: httpx.Client) -> None:
    starts = next(one for one in get(manager, "/standards")["total"] if one["standard"] == "start")
    assert (starts["numbers"]["kept"], starts["numbers"]["breached"], starts["target"]) == (11, 1, 0.99)
    assert starts["share_kept"] == round(11 / 12, 4)


def test_another_contract_lists_whose_outcome_differs(manager: httpx.Client) -> None:
    page = get(manager, "/outcomes/replay", contract="fair-start-scotland")
    assert (page["before"], page["after"], page["differing"]) == (6, 6, 6)
    assert all(one["before"] != one["after"] for one in page["differences"])
    assert manager.get("/outcomes/replay", params={"contract": "none"}).status_code == 422


def test_a_number_leads_to_its_people_and_to_their_facts(manager: httpx.Client, journeys: list[Journey]) -> None:
    page = get(manager, "/drill", number="applied")
    people = page["people"]
    assert page["count"] == 8
    assert {person["person"] for person in people} == {str(journey.person) for journey in journeys[:8]}
    why = {"person": people[0]["person"], "types": page["counted_by"]}
    (fact,) = manager.post("/facts/search", json=why).json()["facts"]
    assert fact["type"] == "waymark.jobsearch.ApplicationSent.v1"
    found = manager.post("/facts/search", json={"person": people[0]["person"]}).json()["facts"]
    assert len(found) > 10
    assert found == sorted(found, key=lambda fact: fact["recorded_at"])


def test_behind_a_number_of_work_stand_the_jobs_and_what_the_contract_asks_for(manager: httpx.Client) -> None:
    people = get(manager, "/drill", number="outcome", table="outcomes")["people"]
    assert people
    assert all(person["needs"].startswith("Pay of £") and person["jobs"] for person in people)
    (weeks, *_) = get(manager, "/drill", number="in_week_13", table="outcomes")["people"]
    assert weeks["needs"].startswith("13 weeks in work.")


def test_an_analyst_finds_the_same_person_by_a_pseudonym_and_nothing_sealed(
    analyst: httpx.Client, journeys: list[Journey], programme: UUID
) -> None:
    people = get(analyst, "/drill", number="applied", programme=programme)["people"]
    assert len(people) == 8
    answer = analyst.post("/facts/search", json={"person": people[0]["person"]})
    facts = answer.json()["facts"]
    assert {fact["person"] for fact in facts} == {people[0]["person"]}
    assert "sealed:" not in answer.text
    assert not any(str(journey.person) in answer.text for journey in journeys)
    assert any(fact["data"].get("programme_id") == str(programme) for fact in facts)


def test_facts_are_found_by_the_service_that_told_them(manager: httpx.Client) -> None:
    found = manager.post("/facts/search", json={"source": "jobsearch"}).json()["facts"]
    assert {fact["type"].split(".")[1] for fact in found} == {"jobsearch"}


def test_facts_are_read_on_page_by_page(manager: httpx.Client) -> None:
    first = manager.post("/facts/search", json={}).json()
    second = manager.post("/facts/search", json={"after": first["next"]}).json()
    assert len(first["facts"]) == 100
    assert second["facts"]
    assert not {fact["id"] for fact in first["facts"]} & {fact["id"] for fact in second["facts"]}
    assert manager.post("/facts/search", json={"after": "nonsense"}).status_code == 422


def test_what_one_request_brought_about_is_told_behind_its_causes(platform: Platform, manager: httpx.Client) -> None:
    journey = Journey(uuid4(), uuid4(), SPRING)
    correlation = uuid4().hex
    platform.tell(journey, journey.referred()[:1], correlation_id=correlation)
    cause = f"{journey.referral}:1"
    platform.tell(journey, journey.referred()[1:], correlation_id=correlation, causation_id=cause)
    with platform.client("provider_manager", journey.tenant) as elsewhere:
        path = f"/correlations/{correlation}"
        chain = eventually(lambda: elsewhere.get(path), lambda page: len(page["facts"]) == 2)
    assert [(fact["depth"], fact["caused_by"]) for fact in chain["facts"]] == [(0, ""), (1, cause)]
    assert manager.get(f"/correlations/{correlation}").status_code == 404


def test_what_was_entered_in_error_counts_until_that_was_learned(platform: Platform) -> None:
    journey = Journey(uuid4(), uuid4(), SPRING)
    with platform.client("provider_manager", journey.tenant) as client:
        platform.tell(journey, journey.started(EAST))
        eventually(lambda: client.get("/funnel"), lambda page: page["total"]["people"] == 1)
        platform.tell(journey, [(CaseEnteredInError(occurred_at=journey.at(30)), journey.case)])
        eventually(lambda: client.get("/funnel"), lambda page: page["total"]["people"] == 0)
        known = [get(client, "/funnel", as_of=journey.at(days).date(), by="recorded_at") for days in (29, 30)]
        happened = get(client, "/funnel", as_of=journey.at(29).date())
    assert [page["total"]["people"] for page in [*known, happened]] == [1, 0, 0]


def test_the_end_of_a_job_counts_until_it_was_learned_to_be_wrong(platform: Platform) -> None:
    journey = Journey(uuid4(), uuid4(), SPRING)
    *started, (recorded, job), (ended, _) = [*journey.started(EAST), *journey.worked(30, 60)]
    with platform.client("provider_manager", journey.tenant) as client:
        platform.tell(journey, [*started, (recorded, job), (ended, job)])
        eventually(lambda: client.get("/funnel"), lambda page: page["total"]["numbers"]["first_earnings"] == 1)
        assert get(client, "/funnel")["total"]["numbers"]["in_week_13"] == 0
        platform.tell(journey, [(JobOutcomeCorrected(occurred_at=journey.at(140)), job)])
        eventually(lambda: client.get("/funnel"), lambda page: page["total"]["numbers"]["in_week_13"] == 1)
        known = [get(client, "/funnel", as_of=journey.at(days).date(), by="recorded_at") for days in (139, 140)]
        happened = get(client, "/funnel", as_of=journey.at(139).date())
    assert [page["total"]["numbers"]["in_week_13"] for page in [*known, happened]] == [0, 1, 1]


def test_counts_stay_when_a_person_is_erased(platform: Platform) -> None:
    journey = Journey(uuid4(), uuid4(), SPRING)
    platform.tell(journey, journey.started(EAST))
    with platform.client("provider_manager", journey.tenant) as client:
        before = eventually(lambda: client.get("/funnel"), lambda page: page["total"]["numbers"]["started"] == 1)
        platform.tell(journey, [(PersonErased(occurred_at=journey.at(50)), journey.person)])
        search = {"types": [PersonErased.type_name]}
        eventually(lambda: client.post("/facts/search", json=search), _has(1))
        assert client.get("/funnel").json() == before


def test_a_coach_reads_their_own_numbers(platform: Platform, provider: UUID, manager: httpx.Client) -> None:
    assert get(manager, "/funnel")["total"]["people"] == 12
    with platform.client("coach", provider, WEST) as coach:
        assert get(coach, "/funnel")["total"]["people"] == 3
        assert coach.get("/funnel", params={"coach": str(EAST)}).status_code == 403
        assert coach.get("/drill", params={"number": "started"}).status_code == 403


def test_a_day_that_has_not_come_is_refused(manager: httpx.Client) -> None:
    assert manager.get("/funnel", params={"as_of": "2999-01-01"}).status_code == 422


def test_facts_are_exported_pseudonymous_by_month_with_a_manifest(
    analyst: httpx.Client, journeys: list[Journey]
) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    asked = analyst.post("/exports", headers=key)
    assert asked.status_code == 202, asked.text
    assert analyst.post("/exports", headers=key).json()["id"] == asked.json()["id"]
    done = eventually(lambda: analyst.get(f"/exports/{asked.json()['id']}"), lambda job: job["state"] == "done")
    assert done in analyst.get("/exports").json()["exports"]
    manifest = done["manifest"]
    assert done["total"] == done["done"] == manifest["facts"]
    assert {place["source"] for place in manifest["as_of"]} >= {"referrals", "caseload", "jobsearch"}
    people: set[str] = set()
    for file in manifest["files"]:
        content = analyst.get(f"/exports/{done['id']}/months/{file['month']}").content
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        table = pq.read_table(io.BytesIO(content))
        assert table.num_rows == file["facts"]
        assert b"sealed:" not in content
        people.update(table.column("person").to_pylist())
        assert {f"{moment:%Y-%m}" for moment in table.column("recorded_at").to_pylist()} == {file["month"]}
    assert len(people) >= len(journeys)
    assert not people & {str(journey.person) for journey in journeys}


def test_an_export_or_a_month_that_is_not_there_is_not_found(analyst: httpx.Client) -> None:
    assert analyst.get(f"/exports/{uuid4()}").status_code == 404
    assert analyst.get(f"/exports/{uuid4()}/months/2025-03").status_code == 404
