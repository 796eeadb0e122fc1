"""A private Apache Kafka broker (KRaft, its own controller), run by the Java that the package index brings."""

import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from waymark.local.child import Child
from waymark.local.failure import PlatformFailure
from waymark.local.jars import fetch
from waymark.local.java import FEW_ARENAS, java
from waymark.local.ports import any_free
from waymark.local.program import Program
from waymark.local.state import DOWNLOADS

SETTINGS: Mapping[str, str] = {
    "auto.create.topics.enable": "false",
    # A killed broker may come back only after its last registration has run out.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    "group.initial.rebalance.delay.ms": "0",
    # Kafka's own minimum of 6 s is how long a killed worker's partitions would stay away.
    "group.min.session.timeout.ms": "1000",
    "log.cleaner.dedupe.buffer.size": "8388608",
    "log.retention.ms": "-1",
    "num.partitions": "24",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
}
QUIET = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
)
STARTED = b"Kafka Server started"


class Kafka(Program):
    """One broker below `folder`, on `port` of the loopback interface (0: any free one, kept over restarts).

    `settings` are the broker's own and win over SETTINGS; `log` is by default a file in the folder.
    """

    def __init__(
        self, folder: Path, port: int = 0, settings: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        super().__init__(Child("Kafka", log or folder / "kafka.log"))
        self.folder = folder
        self.port = port or any_free()
        self.controller_port = any_free()
        self._settings = {**SETTINGS, **(settings or {})}
        self._log_before = 0

    @property
    def bootstrap(self) -> str:
        """The address clients start from, as host:port."""
        return f"127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """The folder of the topics' segments."""
        return self.folder / "data"

    def launch(self) -> None:
        """Format the folder where it is new, and start without waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text("".join(f"{name}={value}\n" for name, value in self._all_settings().items()))
        if not (self.data / "meta.properties").exists():
            self._format()
        self._log_before = self._child.log.stat().st_size if self._child.log.exists() else 0
        command = self._java("kafka.Kafka", self._properties)
        self._child.start(command, folder=self.folder, environment={**os.environ, **FEW_ARENAS})

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def _all_settings(self) -> dict[str, str]:
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{self.controller_port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self.controller_port}",
            "log.dirs": str(self.data),
            **self._settings,
        }

    def _founding(self) -> Sequence[str]:
        return "--standalone", "--cluster-id", new_id()

    def _format(self) -> None:
        command = self._java("kafka.tools.StorageTool", "format", *self._founding(), "--config", self._properties)
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if outcome.returncode != 0:
            message = f"Kafka's folder {self.data} could not be made: {(outcome.stderr or outcome.stdout).strip()}"
            raise PlatformFailure(message)

    def _java(self, main: str, *arguments: str | Path) -> list[str]:
        jars = fetch(["Kafka"])["Kafka"]
        options = java("512m", *QUIET, archive=DOWNLOADS.resolve() / f"{main}.jsa")
        return [*options, "-cp", os.pathsep.join(map(str, jars)), main, *map(str, arguments)]

    def _serves(self) -> bool:
        with self._child.log.open("rb") as log:
            log.seek(self._log_before)
            return STARTED in log.read()


def new_id() -> str:
    """Return a new id as Kafka writes them: 16 bytes in 22 characters, the first of them no dash."""
    return "W" + secrets.token_urlsafe(16)[1:]
