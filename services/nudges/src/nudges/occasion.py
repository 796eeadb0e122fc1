"""What a message could be about: who it is for, what makes it due, and what became of handing it to a carrier."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from events.nudges import DeliveryChannel, NudgeKind, ServiceMessageKind, nudge_of, nudges_of, service_message_of
from nudges.decision import Rules

DAYS_BEFORE: Final = {
    ServiceMessageKind.APPOINTMENT_IN_A_WEEK: 7,
    ServiceMessageKind.APPOINTMENT_TOMORROW: 1,
    ServiceMessageKind.INTERVIEW_TOMORROW: 1,
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who is written to, and with which provider they are.

    `held_out` and `propensity` settle the permanent holdout when something is decided about them for the first time.
    """

    participant_id: UUID
    provider_id: UUID
    held_out: bool = False
    propensity: float = 1.0

    @property
    def nudges_id(self) -> UUID:
        """The id of everything that is decided about their nudges."""
        return nudges_of(self.participant_id, self.provider_id)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nudge that is due: what about, and what it counts from."""

    kind: NudgeKind
    about_id: UUID
    since: datetime

    @property
    def nudge_id(self) -> UUID:
        """The id of the nudge that may come of it."""
        return nudge_of(self.kind, self.about_id, self.since)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message of the service itself, which is no nudge: what it reminds of, and when that is."""

    kind: ServiceMessageKind
    about_id: UUID
    day: date
    starts_at: datetime | None

    @property
    def message_id(self) -> UUID:
        """The id of the message."""
        return service_message_of(self.kind, self.about_id, self.day, self.starts_at)

    def in_time(self, rules: Rules, now: datetime) -> bool:
        """Return whether now is the day for it, and an hour at which people may be written to."""
        days = (self.day - now.astimezone(rules.zone).date()).days
        return days == DAYS_BEFORE[self.kind] and not rules.quiet(now)

    def told(self) -> dict[str, Any]:
        """Return what every fact about it tells."""
        return {
            "message_id": self.message_id,
            "kind": self.kind,
            "about_id": self.about_id,
            "day": self.day,
            "starts_at": self.starts_at,
        }


class Outcome(StrEnum):
    """What became of handing a message to its carrier."""

    CARRIED = "carried"
    BOUNCED = "bounced"
    REFUSED = "refused"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver; `referral_id` names the referral whose address was used."""

    channel: DeliveryChannel
    outcome: Outcome = Outcome.CARRIED
    referral_id: UUID | None = None
