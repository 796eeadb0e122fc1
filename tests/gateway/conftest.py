"""What the tests of the gateway share: the whole platform, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.running import Person, Platform, running
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

PATIENT = {"WAYMARK_REQUESTS_A_MINUTE": "100000", "WAYMARK_STRANGERS_A_MINUTE": "100000"}


@pytest.fixture(scope="package")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """Every service, running; the gateway lets tests ask as often as they like."""
    folder = platform_folder / "gateway"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka, {"gateway": PATIENT}) as platform:
        yield platform


@pytest.fixture(scope="package")
def person(platform: Platform) -> Person:
    """Somebody with a case and a coach."""
    return platform.refer()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the first test that needs the whole platform wait for all of it to start on a busy machine."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(600))
