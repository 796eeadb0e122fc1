"""One of Waymark's services as a process: one of its roles, or all of them."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from waymark.local.child import Child
from waymark.local.loopback import serves
from waymark.local.program import Program

SILENT: Final = {"relay", "project", "react", "deliver"}


class Service(Program):
    """The service `name`, started by its module with these environment variables, answering on `port`."""

    def __init__(self, name: str, environment: Mapping[str, str], port: int, log: Path, role: str = "all") -> None:
        super().__init__(Child(name if role == "all" else f"{name} {role}", log))
        self.port = port
        self._command = (sys.executable, "-m", name, role)
        self._answers = role not in SILENT
        self._environment = environment

    def launch(self) -> None:
        """Start without waiting."""
        self._child.start(self._command, environment={**os.environ, **self._environment})

    def _serves(self) -> bool:
        return serves(f"http://127.0.0.1:{self.port}/health") if self._answers else self.running
