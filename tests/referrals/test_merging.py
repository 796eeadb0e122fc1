"""Two participants who are one person, asked of the real process."""

from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from chassis.identity import Actor
from tests.referrals.conftest import Provider, Running

ADA = {"name": "Ada Lovelace", "date_of_birth": "1990-12-10"}
FACTS = """
select subject, split_part(topic, '.', 3) from stored_events where subject = any(%s) and topic like '%%Merge%%'
order by notification_id
"""


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def leader(service: Running, provider: Provider) -> httpx.Client:
    return service.client(provider.actor("team_leader"))


def refer(service: Running, provider: Provider, **person: str) -> dict[str, str]:
    """Refer a person and return the ids of the referral and the participant."""
    client = service.client(Actor(uuid4(), "referrer"))
    form = {"provider_id": str(provider.id), "programme_id": str(uuid4()), "person": ADA | person}
    answer = client.post("/referrals", json=form)
    assert answer.status_code == 201, answer.text
    ids: dict[str, str] = answer.json()["ids"]
    return ids


def aliases(client: httpx.Client, participant: str) -> list[str]:
    answer = client.get(f"/participants/{participant}/aliases")
    assert answer.is_success, answer.text
    return [one["participant_id"] for one in answer.json()["aliases"]]


def merge(client: httpx.Client, one: str, other: str, path: str = "merge", **headers: str) -> httpx.Response:
    return client.post(f"/participants/{one}/{path}", json={"other_participant_id": other}, headers=headers)


def facts(service: Running, *people: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(service.addresses.databases["referrals"], options="-c waymark.tenant=*") as connection:
        rows = connection.execute(FACTS, [list(people)]).fetchall()
    return [(str(subject), name) for subject, name in rows]


def test_a_merge_is_told_on_both_journeys_and_taken_back_on_both(
    service: Running, provider: Provider, leader: httpx.Client
) -> None:
    ada, ida = (refer(service, provider, name=name)["participant"] for name in ("Ada Byron", "Ida Byron"))

    assert merge(leader, ada, ida).is_success
    assert (aliases(leader, ada), aliases(leader, ida)) == ([ida], [ada])
    assert merge(leader, ida, ada).json()["version"] is None
    assert merge(leader, ida, ada, "merge/take-back").is_success
    assert (aliases(leader, ada), aliases(leader, ida)) == ([], [])
    assert merge(leader, ada, ida, "merge/take-back").is_success

    told = facts(service, ada, ida)
    assert {name for _, name in told[:2]} == {"ParticipantsMerged"}
    assert {name for _, name in told[2:]} == {"ParticipantMergeTakenBack"}
    assert {subject for subject, _ in told[:2]} == {subject for subject, _ in told[2:]} == {ada, ida}
    assert len(told) == 4


def test_a_possible_duplicate_that_is_the_same_person_is_merged_with_them(
    service: Running, provider: Provider, leader: httpx.Client
) -> None:
    first, second = refer(service, provider), refer(service, provider)
    coach = service.client(provider.actor("coach"))
    path = f"/referrals/{second['referral']}/duplicate/settle"

    settled = coach.post(path, json={"same_person": True}, headers={"If-Match": '"2"'})

    assert settled.is_success, settled.text
    assert settled.json()["version"] == 3
    (shown,) = leader.get(f"/participants/{second['participant']}/aliases").json()["aliases"]
    assert (shown["participant_id"], shown["merged_with"]) == (first["participant"], second["participant"])


def test_a_possible_duplicate_that_is_another_person_is_merged_with_nobody(
    service: Running, provider: Provider, leader: httpx.Client
) -> None:
    first, second = refer(service, provider), refer(service, provider)
    path = f"/referrals/{second['referral']}/duplicate/settle"

    assert leader.post(path, json={"same_person": False}, headers={"If-Match": '"2"'}).is_success

    assert facts(service, first["participant"], second["participant"]) == []


def test_whoever_is_merged_through_a_third_record_is_one_person_until_one_link_is_taken_back(
    service: Running, provider: Provider, leader: httpx.Client
) -> None:
    one, two, three = (refer(service, provider, name=name)["participant"] for name in ("A One", "A Two", "A Three"))
    assert merge(leader, one, two).is_success
    assert merge(leader, two, three).is_success

    assert set(aliases(leader, one)) == {two, three}
    assert merge(leader, three, one).json()["version"] is None
    refused = merge(leader, three, one, "merge/take-back")
    assert (refused.status_code, refused.json()["allowed"]) == (409, [])
    assert "through another record" in refused.json()["detail"]
    assert merge(leader, three, two, "merge/take-back").is_success
    assert (aliases(leader, one), aliases(leader, three)) == ([two], [])


def test_a_repeated_key_merges_once(service: Running, provider: Provider, leader: httpx.Client) -> None:
    ada, ida = (refer(service, provider, name=name)["participant"] for name in ("Ada Byron", "Ida Byron"))
    key = {"Idempotency-Key": str(uuid4())}

    first, again = merge(leader, ada, ida, **key), merge(leader, ada, ida, **key)

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    assert len(facts(service, ada, ida)) == 2


def test_nobody_is_merged_with_themselves_or_with_another_providers_person(
    service: Running, provider: Provider, leader: httpx.Client
) -> None:
    ada, elsewhere = refer(service, provider)["participant"], refer(service, Provider())["participant"]

    refused = merge(leader, ada, ada)
    hidden = [merge(leader, ada, elsewhere), merge(leader, elsewhere, ada), merge(leader, ada, str(uuid4()))]

    assert (refused.status_code, refused.json()["detail"][:22]) == (409, "One record is one pers")
    assert [answer.status_code for answer in hidden] == [404, 404, 404]
    assert aliases(leader, ada) == []


def test_another_provider_learns_nothing_of_a_merge(service: Running, provider: Provider, leader: httpx.Client) -> None:
    number, elsewhere = f"QQ{uuid4().int % 10**6:06}C", Provider()
    ada = refer(service, provider, ni_number=number)["participant"]
    assert refer(service, elsewhere, ni_number=number)["participant"] == ada
    ida = refer(service, provider, name="Ida Byron")["participant"]

    assert merge(leader, ada, ida).is_success

    assert aliases(service.client(elsewhere.actor("provider_manager")), ada) == []
