"""Whether a person who is eligible for a nudge gets it now: a pure function of values.

Who may not be disturbed is asked first, the holdout last: so those who get a nudge and those held out are in the same
circumstances, and comparing the two says what nudges do.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from events.nudges import SuppressionReason

_FRACTIONS: Final = 2**64


@dataclass(frozen=True, slots=True)
class Rules:
    """When nobody is nudged: after a talk, too often, at night. `zone` is where the person lives."""

    zone: ZoneInfo
    rest_after_contact: timedelta = timedelta(days=3)
    cap: int = 3
    cap_window: timedelta = timedelta(days=7)
    quiet_from: time = time(20)
    quiet_until: time = time(8)

    def quiet(self, moment: datetime) -> bool:
        """Return whether it is night where the person lives."""
        clock = moment.astimezone(self.zone).time()
        return clock >= self.quiet_from or clock < self.quiet_until

    def awake(self, moment: datetime) -> datetime:
        """Return the moment itself, or the next morning when it lies in the night."""
        if not self.quiet(moment):
            return moment
        local = moment.astimezone(self.zone)
        morning = local.date() + timedelta(days=1 if local.time() >= self.quiet_from else 0)
        return datetime.combine(morning, self.quiet_until, self.zone).astimezone(moment.tzinfo)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How things stand with a person and with what a nudge would be about.

    `earlier` are the moments at which they got other nudges, or would have got them if they were not held out.
    """

    settled: bool = False
    nobody_to_ask: bool = False
    expires_at: datetime | None = None
    deceased: bool = False
    erased: bool = False
    opted_out: bool = False
    paused_by: SuppressionReason | None = None
    paused_until: datetime | None = None
    last_contact_at: datetime | None = None
    earlier: tuple[datetime, ...] = ()
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Suppress:
    """No nudge now, for this reason; it is looked at again at `again_at`, if ever."""

    reason: SuppressionReason
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldOut:
    """A nudge would be right now, and the person is of those who get none."""


@dataclass(frozen=True, slots=True)
class Give:
    """The person gets the nudge."""


Decision = Suppress | HoldOut | Give


def decide(circumstances: Circumstances, rules: Rules, now: datetime) -> Decision:
    """Decide what becomes of a nudge that is due."""
    return obstacle(circumstances, rules, now) or (HoldOut() if circumstances.held_out else Give())


def obstacle(circumstances: Circumstances, rules: Rules, now: datetime) -> Suppress | None:
    """Return why a person is not nudged now, None when nothing speaks against it."""
    found = _for_good(circumstances, now) or _for_now(circumstances, rules, now)
    if found is None or found.again_at is None:
        return found
    again_at, expires_at = rules.awake(found.again_at), circumstances.expires_at
    return Suppress(found.reason, again_at if expires_at is None or again_at < expires_at else None)


@dataclass(frozen=True, slots=True)
class Holdout:
    """The permanent holdout: a `share` of all people, chosen by a keyed hash that nobody can steer."""

    key: bytes = field(repr=False)
    share: float

    @property
    def propensity(self) -> float:
        """The probability of not being held out."""
        return 1 - self.share

    def has(self, person: UUID) -> bool:
        """Return whether a person is held out."""
        digest = hmac.digest(self.key, person.bytes, "sha256")
        return int.from_bytes(digest[:8], "big") < self.share * _FRACTIONS


def _for_good(circumstances: Circumstances, now: datetime) -> Suppress | None:
    expired = circumstances.expires_at is not None and now >= circumstances.expires_at
    reasons = {
        SuppressionReason.DECEASED: circumstances.deceased,
        SuppressionReason.ERASED: circumstances.erased,
        SuppressionReason.SETTLED: circumstances.settled or expired,
        SuppressionReason.NOBODY_TO_ASK: circumstances.nobody_to_ask,
        SuppressionReason.OPTED_OUT: circumstances.opted_out,
    }
    return next((Suppress(reason) for reason, holds in reasons.items() if holds), None)


def _for_now(circumstances: Circumstances, rules: Rules, now: datetime) -> Suppress | None:
    if circumstances.paused_by:
        return Suppress(circumstances.paused_by, circumstances.paused_until)
    contact = circumstances.last_contact_at
    if contact and now < contact + rules.rest_after_contact:
        return Suppress(SuppressionReason.HUMAN_CONTACT, contact + rules.rest_after_contact)
    recent = sorted(moment for moment in circumstances.earlier if now < moment + rules.cap_window)
    if len(recent) >= rules.cap:
        return Suppress(SuppressionReason.WEEKLY_CAP, recent[-rules.cap] + rules.cap_window)
    if rules.quiet(now):
        return Suppress(SuppressionReason.QUIET_HOURS, now)
    return None
