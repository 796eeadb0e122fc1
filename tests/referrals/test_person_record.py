"""Which records are one person's: given the facts so far, when something is asked, then these facts follow."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.aggregate import FactMapper, replay
from events.fact import Fact
from events.referrals import ParticipantMergeTakenBack, ParticipantsMerged
from referrals.person_record import NotMerged, PersonRecord, record_of

NOW = datetime(2026, 9, 7, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
NORTHWAY, ADA, COUNTESS, STRANGER = (uuid4() for _ in range(4))


def merged(other: object = COUNTESS, at: datetime = NOW) -> ParticipantsMerged:
    return ParticipantsMerged(occurred_at=at, participant_id=ADA, provider_id=NORTHWAY, other_participant_id=other)


PARTED = ParticipantMergeTakenBack(occurred_at=NOW, other_participant_id=COUNTESS, taken_back=1)


def given(*facts: Fact) -> PersonRecord:
    """Return Ada's record as its stored facts tell it."""
    rows = [(fact.type_name, fact.model_dump_json().encode()) for fact in facts]
    record = replay(record_of(NORTHWAY, ADA), rows)
    assert isinstance(record, PersonRecord)
    return record


def told(record: PersonRecord) -> list[Fact]:
    """Return what the record has decided and nobody has stored yet."""
    mapper = FactMapper(None)  # type: ignore[arg-type]
    return [mapper.to_domain_event(mapper.to_stored_event(event)).fact for event in record.collect_events()]


def test_a_record_belongs_to_its_person_and_its_provider() -> None:
    record = PersonRecord.of(merged())

    assert (record.id, record.subject, record.tenant) == (record_of(NORTHWAY, ADA), ADA, NORTHWAY)
    assert told(record) == [merged()]


def test_what_is_merged_already_is_not_merged_again() -> None:
    record = given(merged())

    record.merge(merged(at=LATER))

    assert told(record) == []


def test_a_merge_that_is_taken_back_names_the_fact_that_was_wrong() -> None:
    record = given(merged(STRANGER), merged(), PARTED.model_copy(update={"taken_back": 2}), merged(at=LATER))

    record.part(COUNTESS, LATER)

    assert told(record) == [PARTED.model_copy(update={"occurred_at": LATER, "taken_back": 4})]
    assert set(record.others) == {STRANGER}


def test_a_merge_decided_just_now_can_be_taken_back() -> None:
    record = PersonRecord.of(merged())
    record.part(COUNTESS, NOW)

    assert told(record) == [merged(), PARTED]


def test_what_is_taken_back_already_is_not_taken_back_again() -> None:
    record = given(merged(), PARTED)

    record.part(COUNTESS, LATER)

    assert told(record) == []


def test_two_records_that_were_never_merged_are_not_parted() -> None:
    with pytest.raises(NotMerged, match="not merged with each other"):
        given(merged()).part(STRANGER, NOW)


def test_after_a_merge_was_taken_back_it_can_be_told_again() -> None:
    record = given(merged(), PARTED)

    record.merge(merged(at=LATER))

    assert told(record) == [merged(at=LATER)]
