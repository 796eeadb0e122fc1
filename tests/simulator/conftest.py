"""What the tests of the simulator share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.running import Ground, running
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres


@pytest.fixture(scope="module")
def ground(platform_folder: Path, postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka) -> Iterator[Ground]:
    """Where histories are written."""
    folder = platform_folder / "simulator"
    folder.mkdir()
    with running(folder, postgres, keyring_postgres, kafka) as ground:
        yield ground
