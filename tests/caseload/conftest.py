"""What the tests of the caseload service share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chassis.listen.told import Told
from tests.caseload.running import Platform, running
from tests.caseload.telling import heard
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

Tell = Callable[..., Told]


@pytest.fixture(scope="session")
def tell() -> Tell:
    """Return what makes a fact heard: with the aggregate's id and version, the person, the tenant, its position."""
    return heard


@pytest.fixture(scope="session")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """The caseload service and the keyring, running."""
    folder = platform_folder / "caseload"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform
