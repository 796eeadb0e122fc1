"""A platform of its own for each test of the platform, and what it takes to doubt it."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.platform.running import Eventually, Platform
from waymark.local.jars import fetch
from waymark.local.state import DOWNLOADS


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that every account can enter, with what was downloaded before."""
    fetch(["Kafka", "Zipkin"])
    folder = Path(tempfile.mkdtemp(prefix="waymark-test-"))
    folder.chmod(0o755)
    (folder / "downloads").symlink_to(DOWNLOADS)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def platform(state: Path) -> Iterator[Platform]:
    """A platform that is not started yet; whatever the test left of it is killed."""
    platform = Platform(state)
    yield platform
    for process in platform.processes():
        process.kill()
    if platform.process:
        platform.process.wait()


@pytest.fixture
def without_privilege() -> tuple[str, ...]:
    """What to put before a command so that permissions hold for it, whoever runs the tests."""
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


@pytest.fixture
def eventually() -> Eventually:
    """Return what waits until something holds, and fails when it does not within 30 s."""

    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    return wait
