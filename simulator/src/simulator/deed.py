"""What somebody does at a moment: drawn first, for a whole life, and done afterwards by the service's own command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person goes: provider, programme, coach, and how likely somebody referred there starts."""

    provider: UUID
    programme: UUID
    coach: UUID
    referrer: UUID
    mandatory: bool
    stay_days: int


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whom one can be: their id and their name are given."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is simulated: everything about them follows from the seed and their number, but who a guest is."""

    seed: str
    number: int
    place: Place
    guest: Guest | None = None

    def id(self, what: str) -> UUID:
        """Return the id of something of this person's."""
        return uuid5(NAMESPACE_URL, f"urn:waymark:simulated:{self.seed}:{self.number}:{what}")

    @property
    def participant(self) -> UUID:
        """The person's id."""
        return self.guest.id if self.guest else self.id("participant")

    @property
    def referral(self) -> UUID:
        """The id of the referral."""
        return self.id("referral")


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """One thing to be done; `name` is that of a function in simulator.doing."""

    at: datetime
    order: int
    name: str = field(compare=False)
    words: Mapping[str, Any] = field(compare=False, default_factory=dict)
