"""A real Prometheus: the one that is installed, else Debian's where that can be had."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from waymark.local.child import Child
from waymark.local.ports import any_free
from waymark.local.program import Program

BROUGHT_BY: Final = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends"])


def tool(name: str) -> str:
    """Return where `prometheus` or `promtool` is, brought by the system's packages when it is not there."""
    if not shutil.which(name) and shutil.which("apt-get"):
        update, install = BROUGHT_BY
        subprocess.run(update, check=False, capture_output=True)
        subprocess.run([*install, "prometheus"], check=False, capture_output=True)
    found = shutil.which(name)
    assert found, f"{name} is not installed: bring Prometheus, such as by apt-get install prometheus"
    return found


def promtool(*arguments: str | Path, given: str | None = None) -> str:
    """Return what promtool says to something that it accepts."""
    command = [tool("promtool"), *arguments]
    said = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout + said.stderr


class Prometheus(Program):
    """Prometheus on a free port, with a configuration file and a folder for its data."""

    def __init__(self, configuration: Path, folder: Path) -> None:
        super().__init__(Child("prometheus", folder / "prometheus.log"))
        self._configuration = configuration
        self._folder = folder
        self._port = any_free()

    def launch(self) -> None:
        """Start without waiting."""
        self._child.start(
            [
                tool("prometheus"),
                f"--config.file={self._configuration}",
                f"--storage.tsdb.path={self._folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self._port}",
            ]
        )

    def _serves(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/-/ready", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def ask(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer of its API."""
        url = f"http://127.0.0.1:{self._port}/api/v1/{path}"
        answer = httpx.get(url, params=parameters, trust_env=False).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def value(self, expression: str) -> list[float]:
        """Return the values of an expression by now."""
        return [float(found["value"][1]) for found in self.ask("query", query=expression)["result"]]


@contextmanager
def watching(configuration: Path, folder: Path) -> Iterator[Prometheus]:
    """Run Prometheus while the context lasts."""
    prometheus = Prometheus(configuration, folder)
    prometheus.start()
    try:
        yield prometheus
    finally:
        prometheus.stop()
