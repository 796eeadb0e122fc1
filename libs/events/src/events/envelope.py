"""What travels around a fact: CloudEvents 1.0 in Kafka's binary binding, and the words of this platform beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

JOURNEY: Final = "waymark.journey"
PROGRAMME: Final = "waymark.programme"
MARKET: Final = "waymark.market"
ACCESS: Final = "waymark.access"
ACTIVITY: Final = "waymark.activity"
PARTITIONS: Final = 24

Headers = list[tuple[str, bytes]]

_CONSTANT: Final[Headers] = [("ce_specversion", b"1.0"), ("content-type", b"application/json")]


class EnvelopeError(ValueError):
    """A message lacks what every fact on a Waymark topic carries."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A fact's place in its source and in the causes of things.

    `id` is `<aggregate>:<version>`; `position` the place in its source's store; `previous` the position of that
    source's preceding fact in the same topic partition, 0 before the first; `tenant` whose fact it is, None for all.
    """

    id: str
    source: str
    type: str
    subject: UUID | None
    time: datetime
    recorded_at: datetime
    position: int
    previous: int
    correlation_id: str
    causation_id: str
    actor: str
    traceparent: str = ""
    tenant: UUID | None = None

    def headers(self) -> Headers:
        """Return the envelope as Kafka headers, empty ones left out."""
        words = [
            ("ce_id", self.id),
            ("ce_source", self.source),
            ("ce_type", self.type),
            ("ce_subject", str(self.subject or "")),
            ("ce_time", self.time.isoformat()),
            ("recorded_at", self.recorded_at.isoformat()),
            ("position", str(self.position)),
            ("previous", str(self.previous)),
            ("correlation_id", self.correlation_id),
            ("causation_id", self.causation_id),
            ("actor", self.actor),
            ("traceparent", self.traceparent),
            ("tenant", str(self.tenant or "")),
        ]
        return _CONSTANT + [(name, value.encode()) for name, value in words if value]

    @classmethod
    def of(cls, headers: Iterable[tuple[str, bytes]]) -> Self:
        """Read an envelope from Kafka headers.

        Raises EnvelopeError naming what is missing or malformed.
        """
        words = dict(headers)
        try:
            return cls(
                id=words["ce_id"].decode(),
                source=words["ce_source"].decode(),
                type=words["ce_type"].decode(),
                subject=_uuid(words.get("ce_subject")),
                time=datetime.fromisoformat(words["ce_time"].decode()),
                recorded_at=datetime.fromisoformat(words["recorded_at"].decode()),
                position=int(words["position"]),
                previous=int(words["previous"]),
                correlation_id=words.get("correlation_id", b"").decode(),
                causation_id=words.get("causation_id", b"").decode(),
                actor=words.get("actor", b"").decode(),
                traceparent=words.get("traceparent", b"").decode(),
                tenant=_uuid(words.get("tenant")),
            )
        except KeyError as missing:
            message = f"the header {missing} is missing"
            raise EnvelopeError(message) from missing
        except ValueError as malformed:
            message = "a header is malformed"
            raise EnvelopeError(message) from malformed


def _uuid(word: bytes | None) -> UUID | None:
    return UUID(word.decode()) if word else None
