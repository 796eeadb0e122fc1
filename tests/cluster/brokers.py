"""Three brokers that are one cluster: each fact on all of them, acknowledged when two have it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from waymark.local.kafka import Kafka, new_id

SETTINGS: Mapping[str, str] = {
    "broker.heartbeat.interval.ms": "2000",
    "broker.session.timeout.ms": "6000",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
}


class Member(Kafka):
    """One of the brokers, with a vote on who controls."""

    def __init__(self, folder: Path, number: int, cluster: "Cluster") -> None:
        super().__init__(folder, settings={**SETTINGS, "node.id": str(number)})
        self.number = number
        self.directory_id = new_id()
        self._cluster = cluster

    def voter(self) -> str:
        """Return this member as the others know it."""
        return f"{self.number}@127.0.0.1:{self.controller_port}:{self.directory_id}"

    def _founding(self) -> Sequence[str]:
        voters = ",".join(member.voter() for member in self._cluster.members)
        return "--initial-controllers", voters, "--cluster-id", self._cluster.id

    def _all_settings(self) -> dict[str, str]:
        quorum = ",".join(f"127.0.0.1:{member.controller_port}" for member in self._cluster.members)
        return super()._all_settings() | {"controller.quorum.bootstrap.servers": quorum}


class Cluster:
    """The three of them below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.id = new_id()
        self.members = [Member(folder / f"kafka-{number}", number, self) for number in (1, 2, 3)]

    @property
    def bootstrap(self) -> str:
        """The addresses clients start from."""
        return ",".join(member.bootstrap for member in self.members)

    def start(self) -> None:
        """Start all of them, and return when all serve."""
        for member in self.members:
            member.launch()
        for member in self.members:
            member.wait()

    def stop(self) -> None:
        """Stop all of them; two that agree are needed for an orderly end, the last is killed."""
        first, *others = self.members
        first.stop()
        for member in others:
            member.kill()
