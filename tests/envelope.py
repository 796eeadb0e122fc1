"""What travels around a fact, as a relay would write it: for tests that tell facts without a store."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from chassis.packing import Packer
from events.envelope import JOURNEY


@dataclass(frozen=True, slots=True)
class Envelope:
    """A fact's place in its source and in the causes of things; texts that are empty are not known.

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

    def headers(self) -> list[tuple[str, bytes]]:
        """Return the headers that the relay writes."""
        words = (
            *(self.id, self.type, _utc(self.time), _utc(self.recorded_at), str(self.subject or "")),
            *(str(self.tenant or ""), self.correlation_id, self.causation_id, self.actor, "", self.traceparent),
        )
        row = (self.position, JOURNEY.encode(), b"", b"", *(word.encode() or None for word in words))
        return Packer(self.source, {}).headers(row, self.previous, {})


def _utc(moment: datetime) -> str:
    """Return a moment as PostgreSQL writes it for the relay."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
