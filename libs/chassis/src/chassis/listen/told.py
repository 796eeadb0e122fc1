"""A fact as it is heard: the Kafka record, its envelope read, its JSON decoded only when asked for."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from events.envelope import EnvelopeError
from events.fact import Fact, read

# A batch has few people, and one object for each is made once and compares at once.
REMEMBERED_IDS: Final = 16_384


class Told:
    """One fact told on a topic. `position`, `previous` and `source` are what the fence is about."""

    __slots__ = (
        "_fact",
        "_words",
        "key",
        "offset",
        "partition",
        "position",
        "previous",
        "record",
        "source",
        "topic",
        "type",
    )

    def __init__(self, record: Any, prefix: int = 0) -> None:
        """Read the envelope of an aiokafka record; `prefix` is how many characters its topic has before its own name.

        Raises EnvelopeError for a record that no relay told.
        """
        self._words: dict[str, bytes] = dict(record.headers)
        words = self._words
        try:
            self.position = int(words["position"])
            self.previous = int(words["previous"])
            self.source = words["ce_source"].decode()
            self.type = words["ce_type"].decode()
            self.key = (record.key or b"").decode()
        except (KeyError, ValueError) as error:
            message = f"offset {record.offset} of partition {record.partition} of {record.topic} is no told fact"
            raise EnvelopeError(message) from error
        self.record = record
        self.topic = record.topic[prefix:]
        self.partition: int = record.partition
        self.offset: int = record.offset
        self._fact: Fact | None = None

    @property
    def fact(self) -> Fact:
        """The fact itself.

        Raises UnknownFactError, and pydantic.ValidationError for a broken fact.
        """
        if self._fact is None:
            self._fact = read(self.type, self.record.value)
        return self._fact

    def word(self, name: str) -> str:
        """Return a header's text, empty when it is not there."""
        return self._words.get(name, b"").decode()

    @property
    def id(self) -> str:
        """The fact's id, `<aggregate>:<version>`."""
        return self.word("ce_id")

    @property
    def aggregate_id(self) -> UUID:
        """Whose fact it is."""
        return _id(self._words.get("ce_id", b"").partition(b":")[0])

    @property
    def version(self) -> int:
        """The version of its aggregate at which it was told."""
        return int(self.id.rpartition(":")[2])

    @property
    def subject(self) -> UUID:
        """The person it is about.

        Raises ValueError when it is about nobody.
        """
        return _id(self._words.get("ce_subject", b""))

    @property
    def tenant(self) -> UUID | None:
        """Whose tenant's it is, None for everybody's."""
        return _id(tenant) if (tenant := self._words.get("tenant")) else None

    @property
    def recorded_at(self) -> datetime:
        """When it was learned."""
        return datetime.fromisoformat(self.word("recorded_at"))

    @property
    def traced(self) -> bool:
        """Whether its trace is sampled."""
        return self._words.get("traceparent", b"").endswith(b"-01")

    @property
    def place(self) -> tuple[str, str, int]:
        """The sequence it belongs to: source, topic, partition."""
        return self.source, self.topic, self.partition


@lru_cache(maxsize=REMEMBERED_IDS)
def _id(text: bytes) -> UUID:
    return UUID(text.decode())
