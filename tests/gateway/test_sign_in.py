"""Getting in over the API: a link opens one person, a session is as good as a token, other sites get nowhere."""

import re
from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.gateway.running import API, Person, Platform, Provider, done
from waymark.personas import persona

OWN = {"Sec-Fetch-Site": "same-origin"}
TWINS_ADDRESS = "the.twins@example.org"


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    """Return the header by which a browser shows the session that an answer began."""
    found = re.match(r"(__Host-waymark=[^;]+);", answer.headers["set-cookie"])
    assert found
    return OWN | {"Cookie": found[1]}


def link(platform: Platform, person: Person) -> str:
    """Let the coach make a link for a person."""
    answer = platform.client(person.coach).post(f"{API}/participants/{person.id}/sign-in-links")
    return str(done(answer).json()["secret"])


def use(platform: Platform, secret: str) -> httpx.Response:
    """Use a link as a browser does."""
    return platform.client(None).post(f"{API}/sign-in/link", json={"secret": secret}, headers=OWN)


def test_a_link_opens_one_person_even_where_two_share_an_address(platform: Platform) -> None:
    provider = Provider()
    twins = [platform.refer(provider=provider, name=name, email=TWINS_ADDRESS) for name in ("Ann Twin", "Bea Twin")]

    sessions = [cookie_of(done(use(platform, link(platform, twin)))) for twin in twins]

    homes = [done(platform.client(None).get(f"{API}/me", headers=session)).json()["id"] for session in sessions]
    assert homes == [str(twin.id) for twin in twins]
    other = platform.client(None).get(f"{API}/participants/{twins[1].id}", headers=sessions[0])
    assert other.status_code == 404


def test_a_link_works_once(platform: Platform, person: Person) -> None:
    secret = link(platform, person)

    assert use(platform, secret).json()["id"] == str(person.id)
    assert use(platform, secret).status_code == 404


@pytest.mark.parametrize("role", ["coach", "team_leader", "provider_manager"])
def test_nobody_elsewhere_makes_a_link(platform: Platform, person: Person, role: str) -> None:
    stranger = platform.client(Provider().actor(role))

    assert stranger.post(f"{API}/participants/{person.id}/sign-in-links").status_code == 404


@pytest.mark.parametrize("role", ["referrer", "analyst", "operator", "jobseeker"])
def test_only_staff_make_links(platform: Platform, person: Person, role: str) -> None:
    somebody = platform.client(Actor(uuid4(), role, person.provider.id))

    assert somebody.post(f"{API}/participants/{person.id}/sign-in-links").status_code == 403


def test_a_session_is_as_good_as_a_token(platform: Platform) -> None:
    answer = done(platform.client(None).post(f"{API}/sign-in/demo", json={"persona": "manager-grace"}, headers=OWN))
    browser = platform.client(None, **cookie_of(answer))

    assert browser.get(f"{API}/me").json()["id"] == str(persona("manager-grace").actor.id)
    assert browser.get(f"{API}/caseload").status_code == 200
    done(browser.post(f"{API}/sign-out"))
    assert browser.get(f"{API}/me").status_code == 401


def test_the_demo_says_whom_one_can_be(platform: Platform) -> None:
    listed = platform.client(None).get(f"{API}/sign-in/demo").json()["personas"]

    assert {"persona": "coach-bridget", "name": "Bridget O'Connor", "role": "coach"} in listed
    nobody = platform.client(None).post(f"{API}/sign-in/demo", json={"persona": "nobody"}, headers=OWN)
    assert nobody.status_code == 404


@pytest.mark.parametrize(
    "sent",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}, {}],
    ids=["cross-site", "same-site", "another origin", "no word of where from"],
)
def test_another_site_does_nothing_with_a_persons_session(platform: Platform, sent: dict[str, str]) -> None:
    answer = done(platform.client(None).post(f"{API}/sign-in/demo", json={"persona": "coach-amir"}, headers=OWN))
    stolen = {"Cookie": cookie_of(answer)["Cookie"]} | sent

    assert platform.client(None).post(f"{API}/sign-out", headers=stolen).status_code == 403
    assert (
        platform.client(None).post(f"{API}/sign-in/demo", json={"persona": "coach-amir"}, headers=sent).status_code
        == 403
    )


def test_who_shows_nothing_is_not_recognised(platform: Platform) -> None:
    nobody = platform.client(None)

    for method, path in (("GET", "me"), ("GET", "caseload"), ("POST", "referrals"), ("GET", "nothing")):
        answer = nobody.request(method, f"{API}/{path}")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
