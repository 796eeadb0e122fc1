"""What one may ask of the referrals service: load, decide, save. Time and ids come in from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.ask import Answer, Ask
from chassis.keyring import Keyring
from chassis.store import Session, StaleVersionError, Store
from events.fact import Fact
from events.meeting import MeetingChannel
from events.referrals import (
    DidNotStartReason,
    InitialMeetingBooked,
    ParticipantNotStarted,
    ReferralEnteredInError,
    ReferralRejected,
    ReferralWithdrawn,
    RejectionReason,
    WithdrawnBy,
)
from events.sealed import Sealed
from referrals.merging import Pair, merged_records
from referrals.referral import Referral
from referrals.submission import open_referral

Permit = Callable[[Referral], None]
Decide = Callable[[Referral], None]


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote: it is sealed for the person, in that field of that fact, before anything is decided."""

    keyring: Keyring
    text: str | None

    async def sealed(self, person: UUID, fact: type[Fact], field: str = "explanation") -> Sealed | None:
        """Return the words sealed, None for none. Raises as `Keyring.sealer`."""
        if self.text is None:
            return None
        return (await self.keyring.sealer(person, create=False)).seal(fact, field, self.text)


@dataclass(frozen=True, slots=True)
class ReferralCommand:
    """A command to one referral: who asks for which one, at which version, and what decides whether they may.

    Each method raises the errors of `chassis.store`, a refusal of `referrals.referral`, and what `permit` raises.
    """

    store: Store
    ask: Ask
    referral_id: UUID
    permit: Permit
    expected: int | None = None

    async def acknowledge(self, now: datetime) -> Answer:
        """Confirm that the referral arrived."""
        return await self._decide(lambda referral: referral.acknowledge(now))

    async def assess(self, now: datetime) -> Answer:
        """Begin the assessment."""
        return await self._decide(lambda referral: referral.assess(now))

    async def accept(self, coach_id: UUID | None, now: datetime) -> Answer:
        """Take the person on."""
        return await self._decide(lambda referral: referral.accept(coach_id, now))

    async def waitlist(self, now: datetime) -> Answer:
        """Promise the next place."""
        return await self._decide(lambda referral: referral.waitlist(now))

    async def reject(self, reason: RejectionReason, why: Words, now: datetime) -> Answer:
        """Turn the person down; the person may be referred to the programme again."""
        return await self._explain(why, ReferralRejected, lambda referral, sealed: referral.reject(reason, sealed, now))

    async def withdraw(self, by: WithdrawnBy, why: Words, now: datetime) -> Answer:
        """Take the referral back; the person may be referred to the programme again."""
        return await self._explain(why, ReferralWithdrawn, lambda referral, sealed: referral.withdraw(by, sealed, now))

    async def settle(self, now: datetime, *, same_person: bool) -> Answer:
        """Let a held referral go on. Whoever is the known person is merged with them in the same transaction."""

        async def work(session: Session) -> Answer:
            referral = await self._load(session)
            known = referral.held_for
            referral.settle(now, same_person=same_person)
            pair = _pair(referral, known) if same_person else None
            records = await merged_records(session, pair, now) if pair else []
            return await session.save(referral, *records, ids={"referral": str(referral.id)})

        return await self.store.execute(self.ask, work)

    async def arrange_handover(self, meets_at: datetime, channel: MeetingChannel, now: datetime) -> Answer:
        """Arrange the meeting of three."""
        return await self._decide(lambda referral: referral.arrange_handover(meets_at, channel, now))

    async def hold_handover(self, now: datetime) -> Answer:
        """Tell that the three have met."""
        return await self._decide(lambda referral: referral.hold_handover(now))

    async def book_meeting(self, meets_at: datetime, channel: MeetingChannel, place: Words, now: datetime) -> Answer:
        """Book the first meeting, or book it again."""

        async def work(session: Session) -> Answer:
            referral = await self._load(session)
            where = await place.sealed(referral.subject, InitialMeetingBooked, "place")
            return await save_decided(session, referral, lambda one: one.book_meeting(meets_at, channel, where, now))

        return await self.store.execute(self.ask, work)

    async def hold_meeting(self, now: datetime) -> Answer:
        """Tell that person and coach have met."""
        return await self._decide(lambda referral: referral.hold_meeting(now))

    async def miss_meeting(self, now: datetime) -> Answer:
        """Tell that the person failed to attend."""
        return await self._decide(lambda referral: referral.miss_meeting(now))

    async def cancel_meeting(self, by: WithdrawnBy, now: datetime) -> Answer:
        """Call the first meeting off."""
        return await self._decide(lambda referral: referral.cancel_meeting(by, now))

    async def start(self, start_date: date, now: datetime) -> Answer:
        """Put the person on the programme."""
        return await self._decide(lambda referral: referral.start(start_date, now))

    async def not_start(self, reason: DidNotStartReason, why: Words, now: datetime) -> Answer:
        """Settle that the person does not start; they may be referred to the programme again."""
        return await self._explain(
            why, ParticipantNotStarted, lambda referral, sealed: referral.not_start(reason, sealed, now)
        )

    async def enter_in_error(self, why: Words, now: datetime) -> Answer:
        """Say that the referral should never have been there."""
        return await self._explain(
            why, ReferralEnteredInError, lambda referral, sealed: referral.enter_in_error(sealed, now)
        )

    async def _decide(self, decide: Decide) -> Answer:
        async def work(session: Session) -> Answer:
            return await save_decided(session, await self._load(session), decide)

        return await self.store.execute(self.ask, work)

    async def _explain(self, why: Words, fact: type[Fact], decide: Callable[[Referral, Sealed | None], Any]) -> Answer:
        async def work(session: Session) -> Answer:
            referral = await self._load(session)
            sealed = await why.sealed(referral.subject, fact)
            return await save_decided(session, referral, lambda one: decide(one, sealed))

        return await self.store.execute(self.ask, work)

    async def _load(self, session: Session) -> Referral:
        # Whoever may not see it learns nothing of its version either.
        referral = await session.load(Referral, self.referral_id)
        self.permit(referral)
        if self.expected not in {None, referral.version}:
            raise StaleVersionError(self.expected, referral.version)
        return referral


async def save_decided(session: Session, referral: Referral, decide: Decide) -> Answer:
    """Decide and store. When that closes the referral, its person may be referred to the programme again."""
    was_open = referral.is_open
    decide(referral)
    releases = [open_referral(referral)] if was_open and not referral.is_open else []
    return await session.save(referral, ids={"referral": str(referral.id)}, releases=releases)


def _pair(referral: Referral, known: UUID | None) -> Pair | None:
    """Return whom a referral is about and whom they are, None when these are one participant."""
    if known in {None, referral.subject} or referral.tenant is None:
        return None
    return Pair(referral.tenant, referral.subject, known)


async def let_expire(session: Session, referral_id: UUID, seen: int, passed: datetime) -> Answer:
    """Close a referral that nobody has touched since it was at version `seen`, as of when its time passed."""
    referral = await session.load(Referral, referral_id)
    return await save_decided(session, referral, lambda one: one.expire(seen, passed))
