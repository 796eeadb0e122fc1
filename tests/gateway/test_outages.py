"""A service or the keyring is down: the API answers what it can within two seconds and says what is missing."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.gateway.running import API, Person, Platform, done, eventually, running
from tests.gateway.test_what_comes_next import settled, step_of
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

DUE_SECONDS: Final = 2.0
TRIES: Final = 3
"""Nothing hangs over two seconds. One of three answers has to come in time: a machine that halts shows no fault."""
Away = Callable[[Platform, str], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def fragile(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """A platform of its own, whose services come and go."""
    folder = platform_folder / "gateway-outages"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform


@pytest.fixture(scope="module")
def known(fragile: Platform) -> Person:
    """Somebody with a case and a coach, to whom only new jobs are left to say: their pages ask the market too."""
    somebody = settled(fragile, "Zoë Okafor")
    step_of(fragile.client(somebody.coach), somebody, 13)
    return somebody


@pytest.fixture(scope="module")
def spare(fragile: Platform, known: Person) -> float:
    """What an answer takes here and now when nothing is away: whatever has to be given up on, takes that beside."""
    coach = fragile.client(known.coach)
    return max(timed(coach, path)[1] for path in [f"{API}/participants/{known.id}", f"{API}/caseload"] * TRIES)


@contextmanager
def without(platform: Platform, name: str) -> Iterator[None]:
    """Do without a service for a while."""
    platform.services[name].stop()
    try:
        yield
    finally:
        platform.services[name].start()


@contextmanager
def frozen(platform: Platform, name: str) -> Iterator[None]:
    """Let a service hang for a while: it takes connections and never answers."""
    process = platform.services[name].process_id
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def timed(client: httpx.Client, path: str) -> tuple[httpx.Response, float]:
    """Return an answer and how long it took."""
    began = time.monotonic()
    return client.get(path), time.monotonic() - began


def in_time(client: httpx.Client, path: str, spare: float) -> httpx.Response:
    """Return an answer that came when it was due."""
    took = []
    for _ in range(TRIES):
        answer, seconds = timed(client, path)
        took.append(seconds)
        if seconds < DUE_SECONDS + spare:
            return answer
    raise AssertionError((path, took, spare))


def test_a_record_is_shown_without_the_service_that_is_down(fragile: Platform, known: Person, spare: float) -> None:
    coach, path = fragile.client(known.coach), f"{API}/participants/{known.id}"

    with without(fragile, "jobsearch"):
        composed = done(in_time(coach, path, spare)).json()

    assert composed["missing"] == ["jobsearch"]
    assert "timeline" in composed["parts"]
    assert eventually(lambda: coach.get(path), lambda body: not body["missing"])


def test_a_route_of_a_service_that_is_down_names_it(fragile: Platform, known: Person, spare: float) -> None:
    manager = fragile.client(known.manager)

    with without(fragile, "caseload"):
        away = in_time(manager, f"{API}/caseload", spare)
        there = in_time(manager, f"{API}/referrals", spare)

    assert (away.status_code, away.json()["missing"], away.headers["retry-after"]) == (503, ["caseload"], "1")
    assert away.headers["content-type"] == "application/problem+json"
    assert there.status_code == 200
    eventually(lambda: manager.get(f"{API}/caseload"), lambda body: body["cases"])


@pytest.mark.parametrize("name", ["caseload", "jobsearch"])
def test_a_service_that_hangs_is_given_up_on(fragile: Platform, known: Person, spare: float, name: str) -> None:
    coach, record = fragile.client(known.coach), f"{API}/participants/{known.id}"
    own = {"caseload": f"{API}/caseload", "jobsearch": f"{record}/applications"}[name]
    page = fragile.browser(known.coach, "Amir Hussain")

    with frozen(fragile, name):
        composed = in_time(coach, record, spare)
        away = in_time(coach, own, spare)
        shown = in_time(page, f"/people/{known.id}", spare)

    assert done(composed).json()["missing"] == [name]
    assert (away.status_code, away.json()["missing"], away.headers["retry-after"]) == (503, [name], "1")
    assert shown.status_code == {"caseload": 503, "jobsearch": 200}[name]
    assert ("We could not reach: jobsearch." in shown.text) == (name == "jobsearch")
    assert eventually(lambda: coach.get(record), lambda body: not body["missing"])


@pytest.mark.parametrize("away", [without, frozen])
def test_without_the_keyring_what_needs_no_name_is_answered(
    fragile: Platform, known: Person, spare: float, away: Away
) -> None:
    person = fragile.client(known.actor)
    manager = fragile.client(known.manager)

    with away(fragile, "keyring"):
        time.sleep(4.5)  # as long as a key may be held
        assert in_time(person, f"{API}/me", spare).status_code == 200
        assert in_time(person, f"{API}/participants/{known.id}/looks", spare).status_code == 200
        assert in_time(manager, f"{API}/referrals", spare).status_code == 503

    eventually(lambda: manager.get(f"{API}/referrals"), lambda body: body["referrals"])


def test_the_gateway_starts_without_a_service_and_learns_its_routes_when_it_is_back(
    fragile: Platform, known: Person, spare: float
) -> None:
    manager = fragile.client(known.manager)

    with without(fragile, "referrals"):
        fragile.services["gateway"].stop()
        fragile.services["gateway"].start()
        away = in_time(manager, f"{API}/referrals", spare)
        there = in_time(manager, f"{API}/caseload", spare)

    assert (away.status_code, away.json()["missing"]) == (503, ["referrals"])
    assert there.status_code == 200
    eventually(lambda: manager.get(f"{API}/referrals"), lambda body: body["referrals"])
