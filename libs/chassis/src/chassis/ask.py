"""Who asks a service for something, and what it answers."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a service, from a person, a policy or a timer.

    `tenant` limits what is seen and written, None means all tenants (a service acting for itself). `key` makes
    the command run once however often it is asked; `fingerprint` is a keyed hash of what was asked under it.
    `not_before` is when the cause was recorded: no effect is recorded earlier.
    """

    actor: str
    correlation_id: str
    causation_id: str = ""
    traceparent: str = ""
    tenant: UUID | None = None
    key: str | None = None
    fingerprint: bytes = b""
    not_before: datetime | None = None


class Place(NamedTuple):
    """A place that a reader of a topic may have reached: that source's position in that partition, for that key."""

    source: str
    topic: str
    partition: int
    position: int
    key: str


def furthest(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return the last place of each partition: who has reached it has reached the others there."""
    last: dict[tuple[str, str, int], Place] = {}
    for place in places:
        partition = place[:3]
        if partition not in last or last[partition].position < place.position:
            last[partition] = place
    return tuple(last.values())


class InvalidTokenError(ValueError):
    """A text is not a token that an answer gave out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command did: a status, the ids that it made or touched, and where its facts lie.

    `refusal` is the name of the refusal that answered it, empty when it was accepted; `about` the field that it names,
    `allowed` what could have been asked instead. `repeated` tells that an earlier command with the same key did it.
    """

    status: int
    ids: dict[str, str] = field(default_factory=dict)
    version: int | None = None
    places: tuple[Place, ...] = ()
    refusal: str = ""
    allowed: tuple[str, ...] = ()
    about: str = ""
    repeated: bool = False

    @property
    def token(self) -> str:
        """Return the opaque text that `?at_least=` takes."""
        return encode_places(self.places)

    def stored(self) -> str:
        """Return what is kept under the command's key, as JSON: never a body."""
        about = (self.about,) if self.about else ()
        return json.dumps([self.status, self.ids, self.version, self.places, self.refusal, self.allowed, *about])

    @classmethod
    def restored(cls, text: str) -> Self:
        """Read an answer back as a repeated one."""
        status, ids, version, places, refusal, allowed, *about = json.loads(text)
        return cls(
            status,
            ids,
            version,
            tuple(Place(*place) for place in places),
            refusal,
            tuple(allowed),
            "".join(about),
            repeated=True,
        )


def encode_places(places: Iterable[Place]) -> str:
    """Return places as one URL-safe text."""
    return base64.urlsafe_b64encode(json.dumps(list(places)).encode()).decode().rstrip("=")


def decode_places(token: str) -> tuple[Place, ...]:
    """Return the places of a token.

    Raises InvalidTokenError for any other text.
    """
    try:
        places = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return tuple(Place(str(s), str(t), int(p), int(n), str(k)) for s, t, p, n, k in places)
    except (ValueError, TypeError, OverflowError, RecursionError) as broken:
        message = "not a token that an answer of this platform gave out"
        raise InvalidTokenError(message) from broken
