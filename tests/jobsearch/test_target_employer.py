"""Target employers: whom person and coach want to get to know, spoken to, and to be spoken to again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.aggregate import Recorded, Refusal
from events.jobsearch import EmployerApproached, EmployerDropped, EmployerTargeted, OfferMade
from events.sealed import Sealed
from jobsearch.target_employer import (
    ApproachInTheFuture,
    EmployerIsDropped,
    NextApproachInThePast,
    TargetEmployer,
)
from tests.jobsearch.running import Person, Platform, SpeaksAs, asked, eventually, read_after

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)
PERSON, PROVIDER, EMPLOYER = (UUID(int=number) for number in range(1, 4))
NAME = Sealed(f"sealed:1:{PERSON}:{PERSON}:{EmployerTargeted.type_name}:name:c2VhbGVk")
APPROACHED = EmployerApproached(occurred_at=NOW, by_coach=True)
DROPPED = EmployerDropped(occurred_at=NOW)


@pytest.fixture
def employer() -> TargetEmployer:
    targeted = EmployerTargeted(occurred_at=NOW, participant_id=PERSON, provider_id=PROVIDER, name=NAME)
    employer = TargetEmployer.begin(EMPLOYER, targeted)
    employer.collect_events()
    return employer


def news(employer: TargetEmployer) -> list[Any]:
    return [event.fact for event in employer.collect_events() if isinstance(event, Recorded)]


def test_an_employer_is_approached_as_often_as_it_happens(employer: TargetEmployer) -> None:
    employer.approach(APPROACHED, TODAY, TODAY)
    employer.approach(APPROACHED, TODAY, TODAY - timedelta(days=9))
    assert news(employer) == [APPROACHED, APPROACHED]


@pytest.mark.parametrize(
    ("on", "again", "refusal"),
    [(TOMORROW, None, ApproachInTheFuture), (TODAY, TODAY - timedelta(days=1), NextApproachInThePast)],
)
def test_an_approach_lies_behind_and_the_next_one_ahead(
    employer: TargetEmployer, on: date, again: date | None, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        employer.approach(APPROACHED.model_copy(update={"next_approach_on": again}), TODAY, on)


def test_an_employer_is_dropped_once_and_not_approached_any_more(employer: TargetEmployer) -> None:
    employer.drop(DROPPED)
    employer.drop(DROPPED)
    assert news(employer) == [DROPPED]
    with pytest.raises(EmployerIsDropped):
        employer.approach(APPROACHED, TODAY, TODAY)


def test_a_fact_of_something_else_is_not_folded(employer: TargetEmployer) -> None:
    with pytest.raises(TypeError, match="TargetEmployer does not fold OfferMade"):
        employer.record(OfferMade(occurred_at=NOW))


@pytest.fixture
def ada() -> Person:
    return Person(uuid4())


@pytest.fixture
def client(speaks: SpeaksAs, ada: Person) -> httpx.Client:
    return speaks(ada)


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def test_the_list_shows_the_last_approach_and_the_next(
    client: httpx.Client, speaks: SpeaksAs, ada: Person, platform: Platform
) -> None:
    path = f"/participants/{ada.id}/employers"
    asked(client, path, {"name": "Mill Café ☕", "next_approach_on": in_days(30)})
    added = asked(client, path, {"name": "Riverside Bakery", "contact": "Mrs Patel"})
    employer = added.json()["ids"]["employer"]
    platform.take_on(ada)
    coach = speaks(ada, "coach")
    eventually(coach, path, lambda page: len(page["employers"]) == 2)
    noted = asked(
        coach,
        f"/employers/{employer}/approach",
        {"approached_on": in_days(-3), "note": "They look for a baker.", "next_approach_on": in_days(7)},
        1,
    )
    first, second = read_after(noted, client, path)["employers"]
    assert (first["name"], first["contact"], first["version"]) == ("Riverside Bakery", "Mrs Patel", 2)
    assert (first["last_approach_on"], first["next_approach_on"]) == (in_days(-3), in_days(7))
    assert (first["last_approach_by_coach"], first["last_note"]) == (True, "They look for a baker.")
    assert (second["name"], second["approaches"], second["last_approach_on"]) == ("Mill Café ☕", 0, None)


def test_a_dropped_employer_leaves_the_list(client: httpx.Client, ada: Person) -> None:
    path = f"/participants/{ada.id}/employers"
    employer = asked(client, path, {"name": "Riverside Bakery"}).json()["ids"]["employer"]
    dropped = asked(client, f"/employers/{employer}/drop", version=1)
    assert read_after(dropped, client, path)["employers"] == []
    assert asked(client, f"/employers/{employer}/approach", {}, 2).status_code == 409


def test_an_approach_tomorrow_is_refused(client: httpx.Client, ada: Person) -> None:
    path = f"/participants/{ada.id}/employers"
    employer = asked(client, path, {"name": "Riverside Bakery"}).json()["ids"]["employer"]
    assert asked(client, f"/employers/{employer}/approach", {"approached_on": in_days(2)}, 1).status_code == 409
