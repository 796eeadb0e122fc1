"""The public API over every service, asked of the running platform."""

from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.gateway.running import API, Person, Platform, Provider, done, eventually


def looks(platform: Platform, person: Person) -> list[dict[str, str]]:
    """Return who looked, as the person sees it."""
    answer = done(platform.client(person.actor).get(f"{API}/participants/{person.id}/looks"))
    return list(answer.json()["looks"])


def seen_looks(platform: Platform, person: Person, count: int) -> list[dict[str, str]]:
    """Return who looked, once the view has heard that many."""
    client, path = platform.client(person.actor), f"{API}/participants/{person.id}/looks"
    return list(eventually(lambda: client.get(path), lambda body: len(body["looks"]) >= count)["looks"])


def test_a_route_of_a_service_is_a_route_of_the_public_api(platform: Platform, person: Person) -> None:
    answer = platform.client(person.coach).get(f"{API}/cases/{person.case}")

    assert answer.status_code == 200, answer.text
    assert answer.json()["participant_id"] == str(person.id)
    assert answer.headers["etag"]


def test_opening_a_record_is_told_exactly_once(platform: Platform) -> None:
    person = platform.refer()

    done(platform.client(person.coach).get(f"{API}/cases/{person.case}"))

    (look,) = seen_looks(platform, person, 1)
    assert (look["reader_id"], look["role"]) == (str(person.coach.id), "coach")
    assert look["refused"] is None


def test_another_providers_participant_is_not_there_and_that_is_told(platform: Platform) -> None:
    person = platform.refer()
    stranger = Provider().actor("coach")

    answers = [
        platform.client(stranger).get(f"{API}/cases/{person.case}"),
        platform.client(stranger).get(f"{API}/participants/{person.id}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    found = seen_looks(platform, person, 2)
    assert {(look["reader_id"], look["refused"]) for look in found} == {(str(stranger.id), "not_found")}


def test_a_list_is_told_once_with_its_count(platform: Platform) -> None:
    person = platform.refer()
    fresh = person.provider.actor("team_leader")

    listed = done(platform.client(fresh).get(f"{API}/caseload")).json()["cases"]

    assert platform.told_by(fresh) == [("RecordsListed", "read_caseload", len(listed))]


def test_what_is_about_nobody_is_read_without_a_word(platform: Platform) -> None:
    coach = Provider().actor("coach")

    done(platform.client(coach).get(f"{API}/courses"))
    done(platform.client(coach).get(f"{API}/me"))

    assert platform.told_by(coach) == []


def test_a_page_of_several_services_is_one_look(platform: Platform) -> None:
    person = platform.refer()
    leader = person.provider.actor("team_leader")

    done(platform.client(leader).get(f"{API}/participants/{person.id}"))

    assert platform.told_by(leader) == [("RecordOpened", "open_participant", None)]


def test_a_record_is_made_of_what_every_service_knows(platform: Platform, person: Person) -> None:
    composed = done(platform.client(person.coach).get(f"{API}/participants/{person.id}")).json()

    assert composed["missing"] == []
    assert {"participant", "timeline", "next_step", "applications", "nudges"} <= composed["parts"].keys()
    assert composed["parts"]["participant"]["participant_id"] == str(person.id)


def test_a_participant_opens_their_own_home(platform: Platform, person: Person) -> None:
    home = done(platform.client(person.actor).get(f"{API}/home")).json()

    assert home["missing"] == []
    assert {"next_step", "week", "jobs", "nudges", "courses"} <= home["parts"].keys()
    assert platform.client(person.coach).get(f"{API}/home").status_code == 403


@pytest.mark.parametrize("role", ["analyst", "operator", "referrer"])
def test_a_record_is_nobody_elses(platform: Platform, person: Person, role: str) -> None:
    answer = platform.client(Actor(uuid4(), role)).get(f"{API}/participants/{person.id}")

    assert answer.status_code == 403


def test_a_command_goes_through_with_its_headers(platform: Platform, person: Person) -> None:
    client = platform.client(person.referrer)
    key = {"Idempotency-Key": uuid4().hex}
    programme = {"provider_id": str(person.provider.id), "programme_id": str(uuid4()), "person": {"name": "Ada"}}

    first, second = (client.post(f"{API}/referrals", json=programme, headers=key) for _ in range(2))

    assert first.status_code == 201
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert first.headers["waymark-position"]
    referral = first.json()["ids"]["referral"]
    position = {"at_least": first.headers["waymark-position"]}
    assert client.get(f"{API}/referrals/{referral}", params=position).headers["etag"] == '"1"'


def test_an_illegal_step_says_which_ones_are_allowed(platform: Platform, person: Person) -> None:
    client = platform.client(person.manager)
    version = client.get(f"{API}/referrals/{person.referral}").headers["etag"]

    answer = client.post(f"{API}/referrals/{person.referral}/acknowledge", headers={"If-Match": version})
    stale = client.post(f"{API}/referrals/{person.referral}/acknowledge", headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["allowed"]) == (
        409,
        ["did-not-start", "handover", "initial-meeting", "withdraw"],
    )
    assert (stale.status_code, stale.json()["expected"]) == (412, 1)
    assert stale.json()["actual"] > 1


def test_the_keyring_is_not_behind_the_gateway(platform: Platform, person: Person) -> None:
    client = platform.client(person.manager)

    for path in ("keys/opening", "search", "index", "erase", "rotate", "identities"):
        assert client.post(f"{API}/{path}", json={}).status_code in {404, 405}
    assert "/keys/opening" not in str(client.get("/openapi.json").json()["paths"])


@pytest.mark.parametrize(
    "path",
    ["participants/../cases", "cases/%2e%2e/today", "cases%2Fsomething", "cases//x", "nothing", "cases/x%5Cy"],
)
def test_a_path_that_is_none_is_not_found(platform: Platform, person: Person, path: str) -> None:
    url = httpx.URL(platform.addresses.url("gateway")).copy_with(raw_path=f"{API}/{path}".encode())

    assert platform.client(person.coach).get(url).status_code == 404


def test_a_method_that_a_path_does_not_take_is_refused_with_those_that_it_does(
    platform: Platform, person: Person
) -> None:
    answer = platform.client(person.coach).delete(f"{API}/cases/{person.case}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_every_answer_has_the_headers_that_keep_it_to_itself(platform: Platform, person: Person) -> None:
    answer = platform.client(person.coach).get(f"{API}/me")

    assert answer.json() == {"id": str(person.coach.id), "role": "coach", "tenant": str(person.provider.id)}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers.get_list("content-security-policy") == ["default-src 'none'; frame-ancestors 'none'"]
