"""Sending a person to a programme: who they are, what of them is sealed, and whether they are known already."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from chassis.ask import Answer, Ask
from chassis.keyring import Entry, Keyring, Sealer
from chassis.store import Session, Store
from events.keyring import IndexKind
from events.referrals import ReferralSubmitted
from referrals.duplicates import find_known
from referrals.person_details import PersonDetails
from referrals.referral import Referral

CREATED: Final = 201
OPEN_REFERRAL: Final = "open-referral"


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
    """Send a person to a programme; somebody who seems to be known is held for the provider to look.

    One open referral per person and programme: raises ClaimTakenError for a second; else as `chassis.store`.
    """

    async def work(session: Session) -> Answer:
        await session.recall()
        participant = await _participant(keyring, submission)
        sealer = await keyring.sealer(participant)
        referral = await held_if_known(store, keyring, submission, sealer)
        await keyring.index(index_entries(participant, submission.person))
        return await save_new(session, referral)

    return await store.execute(ask, work)


async def held_if_known(store: Store, keyring: Keyring, submission: Submission, sealer: Sealer) -> Referral:
    """Return a new referral, held as a possible duplicate when its person seems to be known."""
    referral = Referral.submit(submission.referral_id, submitted_fact(sealer, submission))
    known = await find_known(store, keyring, sealer.person, submission.provider_id, submission.person)
    if known:
        referral.hold(known.participant_id, known.referral_id, submission.submitted_at)
    return referral


async def save_new(session: Session, referral: Referral) -> Answer:
    """Store a new referral, the only open one of its person and programme."""
    ids = {"referral": str(referral.id), "participant": str(referral.subject)}
    claims = {open_referral(referral): referral.id}
    return await session.save(referral, status=CREATED, ids=ids, claims=claims)


def open_referral(referral: Referral) -> str:
    """Return what only one open referral can claim."""
    return f"{OPEN_REFERRAL}:{referral.subject}:{referral.programme_id}"


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
    words = [Entry(participant, field, value) for field, value in told_details(person) if field in kinds]
    return [*words, Entry(participant, IndexKind.NAME, person.preferred_name)] if person.preferred_name else words


async def _participant(keyring: Keyring, submission: Submission) -> UUID:
    if submission.person.ni_number is None:
        return submission.newcomer
    (known,) = await keyring.identify(IndexKind.NI_NUMBER, [submission.person.ni_number])
    return known
