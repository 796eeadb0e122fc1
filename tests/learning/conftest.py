"""What the tests of the learning service share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.learning.running import Platform, running
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres


@pytest.fixture(scope="package")
def platform(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Platform]:
    """The learning service, running."""
    folder = platform_folder / "learning"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as platform:
        yield platform
