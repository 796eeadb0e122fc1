"""A person who is known under two ids is read as one by the staff, each line under the id that it was told of."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from caseload.aliases import others_in
from caseload.views.timeline import TIMELINE
from events.caseload import case_of
from events.referrals import ParticipantMergeTakenBack, ParticipantsMerged
from tests.caseload.running import NORTHWAY, Person, Platform, eventually
from tests.caseload.telling import folded, heard

PEOPLE = [UUID(int=number) for number in range(71, 75)]
PAIRS = [(one, other) for one in PEOPLE for other in PEOPLE if one < other]


def merged(person: UUID, other: UUID, provider: UUID = NORTHWAY) -> ParticipantsMerged:
    return ParticipantsMerged(
        occurred_at=datetime.now(UTC), participant_id=person, provider_id=provider, other_participant_id=other
    )


def parted(other: UUID, version: int = 1) -> ParticipantMergeTakenBack:
    return ParticipantMergeTakenBack(occurred_at=datetime.now(UTC), other_participant_id=other, taken_back=version)


@settings(deadline=None)
@given(data=some.data())
def test_who_is_one_person_is_the_same_in_whatever_order_the_journeys_arrive(data: some.DataObject) -> None:
    together: set[tuple[UUID, UUID]] = set()
    journeys: dict[UUID, list[Any]] = {person: [] for person in PEOPLE}
    for position, pair in enumerate(data.draw(some.lists(some.sampled_from(PAIRS), max_size=12))):
        together ^= {pair}
        for person, other in (pair, pair[::-1]):
            fact = merged(person, other) if pair in together else parted(other)
            place = (uuid5(NORTHWAY, str(person)), len(journeys[person]) + 1)
            journeys[person].append(heard(fact, place, person, NORTHWAY, 2 * position + (person > other) + 1))
    queues = {person: iter(told) for person, told in journeys.items()}
    order = data.draw(some.permutations([person for person, told in journeys.items() for _ in told]))
    (rows,) = folded(TIMELINE, [next(queues[person]) for person in order])
    for person in PEOPLE:
        own = [row for row in rows.values() if row.participant_id == person]
        expected = {one if other == person else other for one, other in together if person in (one, other)}
        assert others_in(own) == expected


@pytest.fixture(scope="module")
def amir() -> UUID:
    """Name a coach of Northway."""
    return uuid4()


@pytest.fixture(scope="module")
def ada(platform: Platform, amir: UUID) -> Person:
    """Refer somebody, who is accepted with Amir as coach."""
    return accepted(platform, amir, "Ada Lovelace")


@pytest.fixture(scope="module")
def countess(platform: Platform) -> Person:
    """Refer somebody, who is accepted with another coach: it will turn out that she is Ada."""
    return accepted(platform, uuid4(), "Countess of Lovelace")


def accepted(platform: Platform, coach: UUID, name: str) -> Person:
    person = Person(name, NORTHWAY)
    platform.accept(coach, person)
    with platform.client("team_leader", NORTHWAY) as leader:
        eventually(leader, f"/participants/{person.id}", lambda page: page["coach_id"] == str(coach))
    return person


@pytest.fixture(scope="module")
def coach(platform: Platform, amir: UUID) -> Iterator[httpx.Client]:
    """Let Amir ask."""
    with platform.client("coach", NORTHWAY, amir) as client:
        yield client


def tell(platform: Platform, one: Person, other: Person, version: int = 0) -> None:
    """Tell on both journeys that two are one person, or that the fact at a version was wrong."""
    for person, known in ((one, other), (other, one)):
        fact = parted(known.id, version) if version else merged(person.id, known.id)
        platform.hear(person, uuid5(NORTHWAY, str(person.id)), fact)


def told_of(page: Any, key: str = "timeline") -> set[str]:
    return {entry["participant_id"] for entry in page[key]}


def test_both_histories_are_read_together_until_the_merge_is_taken_back(
    platform: Platform, coach: httpx.Client, ada: Person, countess: Person
) -> None:
    path, both = f"/participants/{ada.id}", {str(ada.id), str(countess.id)}
    assert told_of(coach.get(path).json()) == {str(ada.id)}

    tell(platform, ada, countess)

    page = eventually(coach, path, lambda page: page["aliases"])
    assert page["aliases"] == [{"participant_id": str(countess.id), "readable": False}]
    assert told_of(page) == both
    assert (page["name"], page["case_id"]) == ("Ada Lovelace", str(case_of(ada.referral)))
    listed = coach.get(f"{path}/timeline", params={"kind": "referral"}).json()
    assert (listed["aliases"], told_of(listed, "entries")) == (page["aliases"], both)
    assert sum(entry["sentence"] == "The provider took the person on." for entry in listed["entries"]) == 2
    with platform.client("team_leader", NORTHWAY) as leader:
        (other,) = leader.get(f"/participants/{countess.id}").json()["aliases"]
        assert other == {"participant_id": str(ada.id), "readable": True}
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert coach.get(f"{path}/timeline", params={"as_of": yesterday}).json()["aliases"] == []
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        own = person.get(path).json()
        assert (own["aliases"], told_of(own)) == ([], {str(ada.id)})

    tell(platform, ada, countess, version=1)

    page = eventually(coach, path, lambda page: not page["aliases"])
    assert told_of(page) == {str(ada.id)}
    (first,) = (entry for entry in page["timeline"] if "known under another record" in entry["sentence"])
    assert first["taken_back"]


def test_another_provider_reads_nothing_of_who_was_merged(platform: Platform, ada: Person, countess: Person) -> None:
    elsewhere = uuid4()
    known = Person("Ada Lovelace", elsewhere, id=ada.id)
    coach = uuid4()
    platform.accept(coach, known)
    tell(platform, ada, countess)
    with platform.client("team_leader", NORTHWAY) as leader:
        eventually(leader, f"/participants/{ada.id}", lambda page: page["aliases"])
    with platform.client("coach", elsewhere, coach) as client:
        page = eventually(client, f"/participants/{ada.id}", lambda page: page["coach_id"])
    assert page["aliases"] == []
