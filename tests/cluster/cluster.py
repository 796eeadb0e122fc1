"""Three brokers that stand in for each other: each fact lies on three, and is acknowledged when it lies on two."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from waymark.local.kafka import Kafka, new_id

SIZE: Final = 3
SETTINGS: Final[Mapping[str, str]] = {
    "default.replication.factor": str(SIZE),
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": str(SIZE),
    "transaction.state.log.min.isr": "2",
    "transaction.state.log.replication.factor": str(SIZE),
}


class Broker(Kafka):
    """One of the brokers, each its own controller too."""

    def __init__(self, folder: Path, number: int) -> None:
        super().__init__(folder, settings=SETTINGS)
        self.number = number
        self.voter = f"{number}@127.0.0.1:{self.controller_port}:{new_id()}"
        self.cluster: Sequence[Broker] = ()
        self.cluster_id = ""

    def _all_settings(self) -> dict[str, str]:
        controllers = ",".join(f"127.0.0.1:{broker.controller_port}" for broker in self.cluster)
        own = {"node.id": str(self.number), "controller.quorum.bootstrap.servers": controllers}
        return {**super()._all_settings(), **own}

    def _founding(self) -> Sequence[str]:
        voters = ",".join(broker.voter for broker in self.cluster)
        return "--initial-controllers", voters, "--cluster-id", self.cluster_id


@contextmanager
def three_brokers(folder: Path) -> Iterator[dict[int, Broker]]:
    """Run three brokers, by number, each below the folder."""
    brokers = {number: Broker(folder / f"broker-{number}", number) for number in range(1, SIZE + 1)}
    cluster_id = new_id()
    try:
        for broker in brokers.values():
            broker.cluster, broker.cluster_id = tuple(brokers.values()), cluster_id
            broker.launch()
        for broker in brokers.values():
            broker.wait()
        yield brokers
    finally:
        for broker in brokers.values():
            broker.kill()
