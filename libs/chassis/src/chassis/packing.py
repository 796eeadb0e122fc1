"""Stored facts as Kafka batches: the envelope of each in headers, its JSON as it is stored, nothing parsed."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

NAMES: Final = (
    "ce_id", "ce_type", "ce_time", "recorded_at", "ce_subject", "tenant", "correlation_id", "causation_id", "actor",
    "command", "traceparent",
)  # fmt: skip
BATCH_BYTES: Final = 512 * 1024

Row = tuple[Any, ...]
"""Position, topic, message key, the fact, and a word or None for each of NAMES; every text is bytes."""

Partition = tuple[str, int]
Packed = tuple[Partition, int, BatchBuilder]
"""Where a batch goes, the last position in it, the batch."""


class UntellableError(KafkaError):  # type: ignore[misc]
    """A fact does not fit a Kafka batch: nothing after it is told before somebody looks at it."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the fact at position {position} does not fit a batch of {BATCH_BYTES} bytes")


class Packer:
    """Packs the facts of one source. `packed` is the last position packed for each topic partition so far."""

    def __init__(self, source: str, packed: dict[Partition, int]) -> None:
        self._constant = [
            ("ce_specversion", b"1.0"),
            ("content-type", b"application/json"),
            ("ce_source", source.encode()),
        ]
        self._packed = packed

    def pack(
        self,
        new_batch: Callable[[], BatchBuilder],
        partition: Partition,
        rows: Sequence[Row],
        traces: Mapping[int, bytes],
    ) -> list[Packed]:
        """Return facts of one partition, in order, in as few batches as hold them; `traces` by position.

        Raises UntellableError.
        """
        batches: list[Packed] = []
        batch, previous = new_batch(), self._packed.get(partition, 0)
        for row in rows:
            headers = self.headers(row, previous, traces)
            if batch.append(key=row[2], value=row[3], timestamp=None, headers=headers) is None:
                batches.append((partition, previous, batch))
                batch = new_batch()
                if batch.append(key=row[2], value=row[3], timestamp=None, headers=headers) is None:
                    raise UntellableError(row[0])
            previous = row[0]
        self._packed[partition] = previous
        return [*batches, (partition, previous, batch)]

    def headers(self, row: Row, previous: int, traces: Mapping[int, bytes]) -> list[tuple[str, bytes]]:
        """Return what travels around a fact: CloudEvents 1.0 in Kafka's binary binding, and this platform's words."""
        words = [
            *self._constant,
            ("position", b"%d" % row[0]),
            ("previous", b"%d" % previous),
            *filter(itemgetter(1), zip(NAMES, row[4:], strict=True)),
        ]
        if row[0] in traces:
            # CloudEvents tells the trace in which a fact was stored apart from the hop that carries it.
            words[-1:] = [("traceparent", traces[row[0]]), ("ce_traceparent", row[-1])]
        return words
