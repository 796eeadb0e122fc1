"""The real things tests run against: private, on sockets or free ports, in folders of their own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.running import throw_away
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

# How long an example takes on a machine that is busy with everything else says nothing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Tests kill processes, never the machine: what PostgreSQL wrote is safe with the operating system.
UNFLUSHED = {"fsync": "off"}
FIRST = ("faults", "guarantees")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, in one worker and the longest first, the tests that share what is slow to start.

    Workers compare what they found, so the cases of a test, which may come from a set, have an order too.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, str, int, str]:
    file, line, _ = item.location
    return item.path.parent.name not in FIRST, file, line or 0, item.nodeid


def _group(item: pytest.Item) -> str:
    """Return the part of the tests that one worker runs: a folder, of the guarantees a file, and a whole platform."""
    shared = next((name for name in ("town", "city") if name in getattr(item, "fixturenames", ())), None)
    return shared or (item.path.stem if item.path.parent.name == "guarantees" else str(item.path.parent))


@pytest.fixture(scope="session")
def platform_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account can enter too; gone after the run."""
    folder = Path(tempfile.mkdtemp(prefix="waymark-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres(platform_folder: Path) -> Iterator[Postgres]:
    """The services' PostgreSQL."""
    server = Postgres(platform_folder / "postgres", settings=UNFLUSHED)
    server.start()
    yield server
    throw_away(server)


@pytest.fixture(scope="session")
def keyring_postgres(platform_folder: Path) -> Iterator[Postgres]:
    """The keyring's PostgreSQL, an instance apart."""
    server = Postgres(platform_folder / "keyring-postgres", settings=UNFLUSHED)
    server.start()
    yield server
    throw_away(server)


@pytest.fixture(scope="session")
def kafka(platform_folder: Path) -> Iterator[Kafka]:
    """One broker on a free port."""
    broker = Kafka(platform_folder / "kafka")
    broker.start()
    yield broker
    broker.kill()
