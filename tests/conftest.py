"""The real things tests run against: private, on sockets or free ports, in folders of their own."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.running import throw_away
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

# In the background of a shell SIGINT is ignored, and so it would be in every process that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
# How long an example takes on a machine that is busy with everything else says nothing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Tests kill processes, never the machine: what PostgreSQL wrote is safe with the operating system.
UNFLUSHED = {"fsync": "off"}
FIRST = ("gateway", "faults", "guarantees")
IN_TOWN = frozenset({"test_7_erase", "test_9_trace"})
BESIDE_PLATFORM = frozenset({"test_door", "test_openid", "test_openid_browser", "test_outages", "test_rates"})
"""What of the gateway does not need the platform that its other tests share."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest first, and in an order that every worker finds: cases may come from a set."""
    items.sort(key=_place)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests counted and timed without asserting it."""
    for report in terminalreporter.stats.get("passed", ()):
        for what, found in report.user_properties:
            terminalreporter.write_line(f"{what}: {found}")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Give the tests that share what is slow to start to one worker."""
    return ByPlatform(config, log)


class ByPlatform(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out a folder of tests as a whole, of some a file, and what needs the whole platform together."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        if file.stem in BESIDE_PLATFORM:
            return file.stem
        if file.parent.name != "guarantees":
            return str(file.parent)
        return "town" if file.stem in IN_TOWN else file.stem


def _place(item: pytest.Item) -> tuple[int, str, int, str]:
    (file, line, _), folder = item.location, item.path.parent.name
    first = FIRST.index(folder) if folder in FIRST and item.path.stem not in BESIDE_PLATFORM else len(FIRST)
    return first, file, line or 0, item.nodeid


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
