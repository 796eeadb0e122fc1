"""Nobody asks too often: somebody known is counted by who they are, a stranger by their address."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.limits import MOST_BUCKETS, Limit
from tests.running import authorization, prepare, running_services, service_of
from waymark.local.environment import Addresses
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres
from waymark.personas import persona

FEW = {"WAYMARK_REQUESTS_A_MINUTE": "3", "WAYMARK_STRANGERS_A_MINUTE": "2"}


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_again_with_time() -> None:
    hands = Hands()
    limit = Limit(2, hands)

    assert [limit.wait("ada"), limit.wait("ada"), limit.wait("ada")] == [0, 0, 30]
    assert limit.wait("bea") == 0
    hands.now = 30
    assert [limit.wait("ada"), limit.wait("ada")] == [0, 30]


def test_who_never_comes_back_is_forgotten() -> None:
    limit = Limit(1, Hands())

    for number in range(MOST_BUCKETS + 1):
        assert limit.wait(number) == 0

    assert limit.wait(1) == 60
    assert limit.wait(0) == 0


@pytest.fixture(scope="module")
def addresses(
    platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka
) -> Iterator[Addresses]:
    """A gateway that lets nobody ask often."""
    folder = platform_folder / "gateway-rates"
    folder.mkdir()
    addresses = prepare(("keyring", "gateway"), postgres, keyring_postgres, kafka, folder)
    with running_services(service_of("gateway", addresses, folder, variables=FEW)):
        yield addresses


@pytest.fixture
def client(addresses: Addresses) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=addresses.url("gateway"), trust_env=False, timeout=30) as client:
        yield client


def test_who_asks_too_often_is_told_when_to_ask_again(addresses: Addresses, client: httpx.Client) -> None:
    def ask(name: str) -> httpx.Response:
        return client.get("/api/v1/me", headers=authorization(addresses, persona(name).actor))

    answers = [ask("coach-amir") for _ in range(4)]

    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    assert answers[3].status_code == 429
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert answers[3].headers["content-type"] == "application/problem+json"
    assert ask("coach-bridget").status_code == 200


def test_strangers_are_counted_by_their_address(client: httpx.Client) -> None:
    bad = {"Authorization": "Bearer nobody"}

    assert [client.get("/api/v1/me", headers=bad).status_code for _ in range(3)] == [401, 401, 429]
    assert client.get("/health").status_code == 200
