"""Two participants are one person, or are not after all: told on the journey of each, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from chassis.ask import Answer
from chassis.store import NotFoundError, Session
from events.referrals import ParticipantsMerged
from referrals.person_record import MergedThroughAnother, MergedWithThemselves, PersonRecord, not_merged, record_of
from referrals.referral import Referral


class Alias(NamedTuple):
    """Another id of a person, since when, and the record that it was merged with: theirs, or one that led there."""

    participant_id: UUID
    merged_with: UUID
    merged_at: datetime


class Pair(NamedTuple):
    """Two participants of one provider."""

    provider_id: UUID
    one: UUID
    other: UUID


async def aliases_of(session: Session, participant: UUID) -> list[Alias]:
    """Return all other ids of a person that whoever asks sees, through however many merges."""
    found: dict[UUID, Alias] = {}
    waiting = [participant]
    while waiting:
        known = waiting.pop()
        for record in await session.about(PersonRecord, known):
            new = [Alias(id_, known, merge.at) for id_, merge in record.others.items()]
            fresh = {alias.participant_id: alias for alias in new if alias.participant_id not in {participant, *found}}
            found |= fresh
            waiting += fresh
    return sorted(found.values(), key=lambda alias: (alias.merged_at, alias.participant_id))


async def merge(session: Session, pair: Pair, now: datetime) -> Answer:
    """Tell that two participants are one person; nothing when they are already.

    Raises NotFoundError for somebody who was never referred to this provider, MergedWithThemselves.
    """
    if pair.one == pair.other:
        raise MergedWithThemselves(str(MergedWithThemselves.__doc__))
    for participant in (pair.one, pair.other):
        await require_referred(session, participant)
    return await session.save(*await merged_records(session, pair, now), ids=_ids(pair))


async def merged_records(session: Session, pair: Pair, now: datetime) -> list[PersonRecord]:
    """Return the records of two participants once they tell that they are one person's, none when they are."""
    if pair.other in {alias.participant_id for alias in await aliases_of(session, pair.one)}:
        return []
    records = await _records(session, pair)
    return [_merged(records.get(record_of(pair.provider_id, told.participant_id)), told) for told in _facts(pair, now)]


async def part(session: Session, pair: Pair, now: datetime) -> Answer:
    """Tell that two participants who were merged are two people.

    Raises NotMerged, MergedThroughAnother, NotFoundError.
    """
    for participant in (pair.one, pair.other):
        await require_referred(session, participant)
    records = await _records(session, pair)
    one = records.get(record_of(pair.provider_id, pair.one))
    aliases = {alias.participant_id for alias in await aliases_of(session, pair.one)}
    if pair.other in aliases and not (one and pair.other in one.others):
        raise MergedThroughAnother(str(MergedThroughAnother.__doc__), [])
    for participant, other in ((pair.one, pair.other), (pair.other, pair.one)):
        record = records.get(record_of(pair.provider_id, participant))
        if record is None:
            raise not_merged()
        record.part(other, now)
    return await session.save(*records.values(), ids=_ids(pair))


async def require_referred(session: Session, participant: UUID) -> None:
    """Raise NotFoundError for a participant of whom whoever asks sees no referral."""
    if not await session.about(Referral, participant):
        raise NotFoundError(PersonRecord.__name__)


async def _records(session: Session, pair: Pair) -> dict[UUID, PersonRecord]:
    ids = [record_of(pair.provider_id, participant) for participant in (pair.one, pair.other)]
    return await session.load_many(PersonRecord, ids)


def _facts(pair: Pair, now: datetime) -> Sequence[ParticipantsMerged]:
    return [
        ParticipantsMerged(
            occurred_at=now, participant_id=participant, provider_id=pair.provider_id, other_participant_id=other
        )
        for participant, other in ((pair.one, pair.other), (pair.other, pair.one))
    ]


def _merged(record: PersonRecord | None, told: ParticipantsMerged) -> PersonRecord:
    if record is None:
        return PersonRecord.of(told)
    record.merge(told)
    return record


def _ids(pair: Pair) -> dict[str, str]:
    return {"participant": str(pair.one), "other_participant": str(pair.other)}
