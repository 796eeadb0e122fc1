"""A private Zipkin: traces in memory, a page to look at them."""

import os
from pathlib import Path

from waymark.local.child import Child
from waymark.local.jars import fetch
from waymark.local.java import FEW_ARENAS, java
from waymark.local.loopback import serves
from waymark.local.ports import any_free
from waymark.local.program import Program


class Zipkin(Program):
    """One Zipkin on `port` of the loopback interface (0: any free one, kept over restarts)."""

    def __init__(self, folder: Path, port: int = 0, log: Path | None = None) -> None:
        super().__init__(Child("Zipkin", log or folder / "zipkin.log"))
        self.folder = folder
        self.port = port or any_free()

    @property
    def url(self) -> str:
        """Where its page and its API are."""
        return f"http://127.0.0.1:{self.port}"

    def launch(self) -> None:
        """Start without waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (jar,) = fetch(["Zipkin"])["Zipkin"]
        listen = {"port": str(self.port), "address": "127.0.0.1", "protocols[0]": "http"}
        command = [*java("192m", "-XX:TieredStopAtLevel=1"), "-jar", str(jar)]
        command += [f"--armeria.ports[0].{name}={value}" for name, value in listen.items()]
        environment = {**os.environ, **FEW_ARENAS, "STORAGE_TYPE": "mem", "MEM_MAX_SPANS": "100000"}
        self._child.start(command, folder=self.folder, environment=environment)

    def _serves(self) -> bool:
        return serves(f"{self.url}/health")
