"""A service or the keyring is down: the API answers what it can within two seconds and says what is missing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.gateway.running import API, Person, Platform, done, eventually, running
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

PATIENCE_SECONDS: Final = 10.0
"""What a request may take on a machine under load; the gateway itself gives up after two."""


@pytest.fixture(scope="module")
def fragile(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """A platform of its own, whose services come and go."""
    folder = platform_folder / "gateway-outages"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform


@pytest.fixture(scope="module")
def known(fragile: Platform) -> Person:
    """Somebody with a case and a coach."""
    return fragile.refer()


@contextmanager
def without(platform: Platform, name: str) -> Iterator[None]:
    """Do without a service for a while."""
    platform.services[name].stop()
    try:
        yield
    finally:
        platform.services[name].start()


def timed(client: httpx.Client, path: str) -> httpx.Response:
    """Ask, and see that nothing hangs."""
    started = time.monotonic()
    answer = client.get(path)
    assert time.monotonic() - started < PATIENCE_SECONDS
    return answer


def test_a_record_is_shown_without_the_service_that_is_down(fragile: Platform, known: Person) -> None:
    coach, path = fragile.client(known.coach), f"{API}/participants/{known.id}"

    with without(fragile, "jobsearch"):
        composed = done(timed(coach, path)).json()

    assert composed["missing"] == ["jobsearch"]
    assert "timeline" in composed["parts"]
    assert eventually(lambda: coach.get(path), lambda body: not body["missing"])


def test_a_route_of_a_service_that_is_down_names_it(fragile: Platform, known: Person) -> None:
    manager = fragile.client(known.manager)

    with without(fragile, "caseload"):
        away = timed(manager, f"{API}/caseload")
        there = timed(manager, f"{API}/referrals")

    assert (away.status_code, away.json()["missing"], away.headers["retry-after"]) == (503, ["caseload"], "1")
    assert away.headers["content-type"] == "application/problem+json"
    assert there.status_code == 200
    eventually(lambda: manager.get(f"{API}/caseload"), lambda body: body["cases"])


def test_without_the_keyring_what_needs_no_name_is_answered(fragile: Platform, known: Person) -> None:
    person = fragile.client(known.actor)
    manager = fragile.client(known.manager)

    with without(fragile, "keyring"):
        time.sleep(4.5)  # as long as a key may be held
        assert person.get(f"{API}/me").status_code == 200
        assert person.get(f"{API}/participants/{known.id}/looks").status_code == 200
        assert timed(manager, f"{API}/referrals").status_code == 503

    eventually(lambda: manager.get(f"{API}/referrals"), lambda body: body["referrals"])


def test_the_gateway_starts_without_a_service_and_learns_its_routes_when_it_is_back(
    fragile: Platform, known: Person
) -> None:
    manager = fragile.client(known.manager)

    with without(fragile, "referrals"):
        fragile.services["gateway"].stop()
        fragile.services["gateway"].start()
        away = timed(manager, f"{API}/referrals")
        there = timed(manager, f"{API}/caseload")

    assert (away.status_code, away.json()["missing"]) == (503, ["referrals"])
    assert there.status_code == 200
    eventually(lambda: manager.get(f"{API}/referrals"), lambda body: body["referrals"])
