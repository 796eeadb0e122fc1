"""Coming in by a browser: personas, links, cookies, and requests that other sites forge."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.running import authorization, prepare, running_services, service_of
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres
from waymark.personas import persona

OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
COOKIE = "__Host-waymark"


@pytest.fixture(scope="module")
def addresses(
    platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka
) -> Iterator[Addresses]:
    """A gateway with nothing behind it."""
    folder = platform_folder / "gateway-door"
    folder.mkdir()
    addresses = prepare(("keyring", "gateway"), postgres, keyring_postgres, kafka, folder)
    with running_services(service_of("gateway", addresses, folder)):
        yield addresses


@pytest.fixture
def browser(addresses: Addresses) -> Iterator[httpx.Client]:
    """Somebody with a browser, who is not signed in."""
    with httpx.Client(base_url=addresses.url("gateway"), headers=OWN, trust_env=False, timeout=30) as client:
        yield client


def cookie_of(answer: httpx.Response) -> str:
    """Return the secret that an answer gives a browser."""
    found = re.match(rf"{COOKIE}=([^;]+);", answer.headers["set-cookie"])
    assert found
    return found[1]


def sign_in(browser: httpx.Client, code: str = "coach-amir", **headers: str) -> httpx.Response:
    """Become a persona."""
    return browser.post("/sign-in/persona", data={"code": code}, headers=headers)


def test_the_front_page_names_everybody_whom_one_can_be(browser: httpx.Client) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert all(name in page.text for name in ("Amir Hussain", "Farah Khan", "Irena Kowalska"))


def test_a_cookie_is_for_this_host_alone_and_for_no_script(browser: httpx.Client) -> None:
    answer = sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    words = {word.strip().lower() for word in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= words
    assert not any(word.startswith("domain") for word in words)


def test_signing_in_gives_a_new_secret_whatever_the_browser_brought(browser: httpx.Client) -> None:
    planted = cookie_of(sign_in(browser, "jobseeker-leroy"))
    answer = sign_in(browser, "coach-amir", Cookie=f"{COOKIE}={planted}")
    assert cookie_of(answer) != planted
    assert browser.get("/help", headers={"Cookie": f"{COOKIE}={planted}"}).text.count("Sign out") == 0


def test_who_is_not_signed_in_is_brought_to_the_front_page(browser: httpx.Client) -> None:
    answer = browser.get("/today")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?next=%2Ftoday")


def test_signing_out_ends_the_session_in_the_database_too(browser: httpx.Client) -> None:
    secret = cookie_of(sign_in(browser))
    assert "Amir Hussain" in browser.get("/help", headers={"Cookie": f"{COOKIE}={secret}"}).text
    browser.post("/sign-out", headers={"Cookie": f"{COOKIE}={secret}"})
    assert "Amir Hussain" not in browser.get("/help", headers={"Cookie": f"{COOKIE}={secret}"}).text


@pytest.mark.parametrize(
    "forged",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_that_another_site_sends_is_not_taken(addresses: Addresses, forged: dict[str, str]) -> None:
    headers = {name: value for name, value in forged.items() if value}
    with httpx.Client(base_url=addresses.url("gateway"), headers=headers, trust_env=False) as elsewhere:
        answer = elsewhere.post("/sign-in/persona", data={"code": "coach-amir"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_an_old_browser_is_believed_by_its_origin(addresses: Addresses) -> None:
    url = addresses.url("gateway")
    with httpx.Client(base_url=url, headers={"Origin": url}, trust_env=False) as old:
        assert old.post("/sign-in/persona", data={"code": "coach-amir"}).status_code == 303


def test_every_page_may_be_framed_by_nobody_and_runs_nothing_from_elsewhere(browser: httpx.Client) -> None:
    policy = browser.get("/").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_page_that_is_not_there_is_told_to_a_reader_as_a_page_and_to_a_program_as_a_problem(
    browser: httpx.Client, addresses: Addresses
) -> None:
    sign_in(browser)
    secret = cookie_of(sign_in(browser))
    page = browser.get("/nowhere", headers={"Cookie": f"{COOKIE}={secret}"})
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    problem = browser.get("/nowhere", headers={**authorization(addresses, persona("coach").actor), "Accept": "*/*"})
    assert problem.headers["content-type"] == "application/problem+json"


def test_a_link_that_is_none_says_where_to_get_a_new_one(browser: httpx.Client) -> None:
    answer = browser.post("/come-in/made-up")
    assert answer.status_code == 410
    assert "Ask your coach for a new one" in answer.text
    assert "set-cookie" not in answer.headers


def test_wishes_are_kept(browser: httpx.Client) -> None:
    secret = {"Cookie": f"{COOKIE}={cookie_of(sign_in(browser))}"}
    browser.post("/wishes", data={"language": "en"}, headers=secret)
    assert "data-no-shortcuts" in browser.get("/help", headers=secret).text
