"""One of Waymark's services as a process: every role of it in one."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from waymark.local.child import Child
from waymark.local.program import Program


class Service(Program):
    """The service `name`, started by its module with these environment variables, answering on `port`."""

    def __init__(self, name: str, environment: Mapping[str, str], port: int, log: Path) -> None:
        super().__init__(Child(name, log))
        self.port = port
        self._environment = environment

    def launch(self) -> None:
        """Start without waiting."""
        command = [sys.executable, "-m", self.name, "all"]
        self._child.start(command, environment={**os.environ, **self._environment})

    def _serves(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health", trust_env=False).is_success
        except httpx.TransportError:
            return False
