"""One run of the platform in a folder of its own, with stand-ins for the services."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

Eventually = Callable[[Callable[[], bool]], None]
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
