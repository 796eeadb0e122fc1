"""What the tests of the jobsearch service share."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.jobsearch.running import Person, Platform, SpeaksAs, running
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres


@pytest.fixture(scope="package")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """The jobsearch service and the keyring, running."""
    folder = platform_folder / "jobsearch"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform


@pytest.fixture
def speaks(platform: Platform) -> Iterator[SpeaksAs]:
    """Return what lets a person or their coach ask; every client is closed behind the test."""
    clients: list[httpx.Client] = []

    def speak(person: Person, role: str = "jobseeker") -> httpx.Client:
        who = {"jobseeker": person.id, "coach": person.coach}.get(role)
        clients.append(platform.client(role, person.provider, who))
        return clients[-1]

    yield speak
    for client in clients:
        client.close()
