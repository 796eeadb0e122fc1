"""What one may ask of the referrals service: load, decide, save. Time and ids come in from outside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from chassis.ask import Answer, Ask
from chassis.keyring import Entry, Keyring, Sealer
from chassis.store import Session, StaleVersionError, Store
from events.fact import Fact
from events.keyring import IndexKind
from events.referrals import (
    ReferralRejected,
    ReferralSubmitted,
    ReferralWithdrawn,
    RejectionReason,
    WithdrawnBy,
)
from events.sealed import Sealed
from referrals.person_details import PersonDetails
from referrals.referral import Referral

CREATED: Final = 201
OPEN_REFERRAL: Final = "open-referral"

Permit = Callable[[Referral], None]


@dataclass(frozen=True, slots=True)
class Submission:
    """Who sends whom where, in plain words. `acknowledge_by` is the service standard's last day.

    `newcomer` is the participant's id unless their NI number is known already.
    """

    referral_id: UUID
    newcomer: UUID
    person: PersonDetails
    programme_id: UUID
    provider_id: UUID
    referrer_id: UUID
    submitted_at: datetime
    acknowledge_by: date


async def submit(store: Store, keyring: Keyring, ask: Ask, submission: Submission) -> Answer:
    """Send a person to a programme.

    One open referral per person and programme: raises ClaimTakenError for a second; else as `chassis.store`.
    """

    async def work(session: Session) -> Answer:
        await session.recall()
        participant = await _participant(keyring, submission)
        sealer = await keyring.sealer(participant)
        await keyring.index(index_entries(participant, submission.person))
        return await save_new(session, Referral.submit(submission.referral_id, submitted_fact(sealer, submission)))

    return await store.execute(ask, work)


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

    async def reject(self, keyring: Keyring, reason: RejectionReason, explanation: str | None, now: datetime) -> Answer:
        """Turn the person down; the person may be referred to the programme again."""

        async def work(session: Session) -> Answer:
            referral = await self._load(session)
            sealed = await _sealed_explanation(keyring, referral, ReferralRejected, explanation)
            referral.reject(reason, sealed, now)
            return await self._save(session, referral, closed=True)

        return await self.store.execute(self.ask, work)

    async def withdraw(self, keyring: Keyring, by: WithdrawnBy, explanation: str | None, now: datetime) -> Answer:
        """Take the referral back; the person may be referred to the programme again."""

        async def work(session: Session) -> Answer:
            referral = await self._load(session)
            sealed = await _sealed_explanation(keyring, referral, ReferralWithdrawn, explanation)
            referral.withdraw(by, sealed, now)
            return await self._save(session, referral, closed=True)

        return await self.store.execute(self.ask, work)

    async def _decide(self, decide: Callable[[Referral], None]) -> Answer:
        async def work(session: Session) -> Answer:
            referral = await self._load(session)
            decide(referral)
            return await self._save(session, referral)

        return await self.store.execute(self.ask, work)

    async def _load(self, session: Session) -> Referral:
        # Whoever may not see it learns nothing of its version either.
        referral = await session.load(Referral, self.referral_id)
        self.permit(referral)
        if self.expected not in {None, referral.version}:
            raise StaleVersionError(self.expected, referral.version)
        return referral

    async def _save(self, session: Session, referral: Referral, *, closed: bool = False) -> Answer:
        releases = [_open_referral(referral)] if closed and referral.pending_events else []
        return await session.save(referral, ids={"referral": str(referral.id)}, releases=releases)


async def save_new(session: Session, referral: Referral) -> Answer:
    """Store a new referral, the only open one of its person and programme."""
    ids = {"referral": str(referral.id), "participant": str(referral.subject)}
    claims = {_open_referral(referral): referral.id}
    return await session.save(referral, status=CREATED, ids=ids, claims=claims)


def submitted_fact(sealer: Sealer, submission: Submission) -> ReferralSubmitted:
    """Return the fact of a submission, everything about the person sealed."""
    return ReferralSubmitted(
        occurred_at=submission.submitted_at,
        participant_id=sealer.person,
        programme_id=submission.programme_id,
        provider_id=submission.provider_id,
        referrer_id=submission.referrer_id,
        acknowledge_by=submission.acknowledge_by,
        **{field: sealer.seal(ReferralSubmitted, field, plain) for field, plain in told_details(submission.person)},
    )


def told_details(person: PersonDetails) -> Iterator[tuple[str, str]]:
    """Return what is known of a person, by the names of the fact's fields."""
    for field in fields(person):
        value = getattr(person, field.name)
        if value is not None:
            yield field.name, str(value)


def index_entries(participant: UUID, person: PersonDetails) -> list[Entry]:
    """Return the words that a person can be found by; an NI number is one already, since it was identified."""
    kinds = set(IndexKind) - {IndexKind.NI_NUMBER}
    return [Entry(participant, field, value) for field, value in told_details(person) if field in kinds]


async def _participant(keyring: Keyring, submission: Submission) -> UUID:
    if submission.person.ni_number is None:
        return submission.newcomer
    (known,) = await keyring.identify(IndexKind.NI_NUMBER, [submission.person.ni_number])
    return known


async def _sealed_explanation(
    keyring: Keyring, referral: Referral, fact: type[Fact], explanation: str | None
) -> Sealed | None:
    if explanation is None:
        return None
    return (await keyring.sealer(referral.subject, create=False)).seal(fact, "explanation", explanation)


def _open_referral(referral: Referral) -> str:
    return f"{OPEN_REFERRAL}:{referral.subject}:{referral.programme_id}"
