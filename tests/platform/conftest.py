"""A platform of its own for each test of the platform, and what it takes to doubt it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from waymark.local.jars import fetch
from waymark.local.state import DOWNLOADS

START_SECONDS = 120.0
READY = "Ctrl-C stops everything"


class Platform:
    """One run of the platform in a state folder, with stand-ins for the services."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.process: subprocess.Popen[str] | None = None

    def start(self, **variables: str) -> subprocess.Popen[str]:
        """Start the supervisor without waiting."""
        command = [sys.executable, str(Path(__file__).with_name("stand_in_platform.py"))]
        with (self.state / "said").open("w") as said:
            self.process = subprocess.Popen(
                command, env=self.environment(variables), stdout=said, stderr=subprocess.STDOUT, text=True
            )
        return self.process

    def environment(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return this machine's variables with those of the platform."""
        return {**os.environ, "WAYMARK_STATE": str(self.state), **(variables or {})}

    def said(self) -> str:
        """Return what the supervisor has printed."""
        return (self.state / "said").read_text()

    def wait_until_up(self) -> None:
        """Return when everything is up."""
        deadline = time.monotonic() + START_SECONDS
        while READY not in self.said():
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def command(self, *arguments: str, before: tuple[str, ...] = (), **variables: str) -> tuple[int, str]:
        """Run the `waymark` command in this state folder; return its exit code and what it said."""
        command = [*before, sys.executable, "-m", "waymark.cli", *arguments]
        outcome = subprocess.run(
            command, env=self.environment(variables), capture_output=True, text=True, check=False, timeout=START_SECONDS
        )
        return outcome.returncode, outcome.stdout + outcome.stderr

    def processes(self) -> list[psutil.Process]:
        """Return every process that works in the state folder, however it came to be."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            words = " ".join([process.cwd(), *process.cmdline(), process.environ().get("WAYMARK_STATE", "")])
        except psutil.Error:
            return False
        return str(self.state) in words and process.status() != psutil.STATUS_ZOMBIE


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
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Return what waits until something holds, and fails when it does not within 30 s."""

    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    return wait
