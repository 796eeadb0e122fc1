"""The view of referrals is a fold: one row for each referral, what is personal in it sealed."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.listen.told import Told
from events.caseload import CaseCompleted, CaseExitedEarly, CaseHandedBack, CaseReactivated, ExitReason, case_of
from events.fact import Fact
from events.meeting import MeetingChannel
from events.referrals import (
    DidNotStartReason,
    InitialMeetingBooked,
    InitialMeetingCancelled,
    InitialMeetingHeld,
    InitialMeetingMissed,
    ParticipantNotStarted,
    ParticipantStarted,
    PossibleDuplicateFound,
    PossibleDuplicateSettled,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralAssessmentStarted,
    ReferralEnteredInError,
    ReferralExpired,
    ReferralHandoverArranged,
    ReferralHandoverHeld,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWaitlisted,
    ReferralWithdrawn,
    RejectionReason,
    WithdrawnBy,
)
from events.sealed import Sealed, sealed_fields
from referrals.stage import Stage
from referrals.views.referrals import ENDS, REFERRALS, ReferralRow, fold
from tests.envelope import Envelope

NOW, LATER = datetime(2026, 9, 7, 10, tzinfo=UTC), datetime(2026, 9, 8, 10, tzinfo=UTC)
REFERRAL, AMINA, PROVIDER, WORKS, COACH = (uuid4() for _ in range(5))
NAME = Sealed(f"sealed:1:{uuid4()}:{AMINA}:waymark.referrals.ReferralSubmitted.v1:name:c2VhbGVk")
WHY = Sealed(f"sealed:1:{uuid4()}:{AMINA}:waymark.referrals.ReferralRejected.v1:explanation:c2VhbGVk")
SUBMITTED = ReferralSubmitted(
    occurred_at=NOW,
    participant_id=AMINA,
    programme_id=WORKS,
    provider_id=PROVIDER,
    referrer_id=uuid4(),
    acknowledge_by=date(2026, 9, 9),
    name=NAME,
)
ACKNOWLEDGED = ReferralAcknowledged(occurred_at=LATER)
ASSESSED = ReferralAssessmentStarted(occurred_at=LATER)
PLACE = Sealed(f"sealed:1:{uuid4()}:{AMINA}:waymark.referrals.InitialMeetingBooked.v1:place:c2VhbGVk")
BOOKED = InitialMeetingBooked(occurred_at=NOW, meets_at=LATER, channel=MeetingChannel.VIDEO, place=PLACE)
MISSED = InitialMeetingMissed(occurred_at=LATER, meets_at=LATER)
FOUND = PossibleDuplicateFound(occurred_at=NOW, known_participant_id=COACH, earlier_referral_id=WORKS)
SETTLED = PossibleDuplicateSettled(occurred_at=NOW, known_participant_id=COACH, same_person=False)
DUPLICATES = (FOUND, SETTLED)
SAMPLES = (
    ACKNOWLEDGED,
    ASSESSED,
    ReferralAccepted(occurred_at=NOW, programme_id=WORKS),
    ReferralWaitlisted(occurred_at=NOW),
    ReferralRejected(occurred_at=NOW, reason=RejectionReason.OTHER),
    ReferralWithdrawn(occurred_at=NOW, by=WithdrawnBy.PARTICIPANT),
    ReferralHandoverArranged(occurred_at=NOW, meets_at=LATER, channel=MeetingChannel.PHONE),
    ReferralHandoverHeld(occurred_at=NOW),
    BOOKED,
    InitialMeetingHeld(occurred_at=LATER, meets_at=LATER),
    MISSED,
    InitialMeetingCancelled(occurred_at=NOW, meets_at=LATER, by=WithdrawnBy.PROVIDER),
    ParticipantStarted(occurred_at=NOW, programme_id=WORKS, start_date=LATER.date()),
    ParticipantNotStarted(occurred_at=NOW, reason=DidNotStartReason.HEALTH),
    ReferralExpired(occurred_at=LATER),
    ReferralEnteredInError(occurred_at=LATER),
)
Check = Callable[[ReferralRow], bool]


def met_later(row: ReferralRow) -> bool:
    return row.met_at == LATER


def explained(row: ReferralRow) -> bool:
    return row.explanation == WHY


def told(fact: Fact, version: int, of: UUID = REFERRAL) -> Told:
    envelope = Envelope(
        id=f"{of}:{version}",
        source=fact.type_name.split(".")[1],
        type=fact.type_name,
        subject=AMINA,
        time=fact.occurred_at,
        recorded_at=LATER,
        position=version,
        previous=version - 1,
        correlation_id="",
        causation_id="",
        actor="",
        tenant=PROVIDER,
    )
    place = {"topic": "waymark.journey", "partition": 0, "offset": version, "key": str(AMINA).encode()}
    return Told(SimpleNamespace(**place, headers=envelope.headers(), value=fact.model_dump_json().encode()))


def folded(*facts: Fact) -> ReferralRow:
    row: ReferralRow | None = None
    for version, fact in enumerate((SUBMITTED, *facts), 1):
        row = fold(row, told(fact, version))
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("facts", "stage", "check"),
    [
        ((), Stage.SUBMITTED, lambda row: row.submitted_at == NOW and row.acknowledged_at is None),
        ((ACKNOWLEDGED,), Stage.ACKNOWLEDGED, lambda row: row.acknowledged_at == LATER),
        ((ACKNOWLEDGED, ASSESSED), Stage.UNDER_ASSESSMENT, lambda row: row.answered_at is None),
        (
            (ACKNOWLEDGED, ASSESSED, ReferralWaitlisted(occurred_at=LATER)),
            Stage.WAITLISTED,
            lambda row: row.answered_at == LATER,
        ),
        (
            (ACKNOWLEDGED, ASSESSED, ReferralAccepted(occurred_at=LATER, programme_id=WORKS, coach_id=COACH)),
            Stage.ACCEPTED,
            lambda row: (row.answered_at, row.coach_id) == (LATER, COACH),
        ),
        (
            (ReferralRejected(occurred_at=LATER, reason=RejectionReason.NOT_ELIGIBLE, explanation=WHY),),
            Stage.REJECTED,
            lambda row: (row.reason, row.explanation) == ("not_eligible", WHY),
        ),
        (
            (ReferralWithdrawn(occurred_at=LATER, by=WithdrawnBy.PARTICIPANT),),
            Stage.WITHDRAWN,
            lambda row: (row.withdrawn_by, row.withdrawn_at) == ("participant", LATER),
        ),
        (
            (ReferralHandoverArranged(occurred_at=NOW, meets_at=LATER, channel=MeetingChannel.PHONE),),
            Stage.HANDOVER_ARRANGED,
            lambda row: row.handover_at == LATER,
        ),
        ((ReferralHandoverHeld(occurred_at=NOW),), Stage.HANDOVER_HELD, lambda row: row.met_at is None),
        (
            (BOOKED,),
            Stage.INITIAL_MEETING_BOOKED,
            lambda row: (row.first_meeting_at, row.meeting_channel, row.meeting_place) == (LATER, "video", PLACE),
        ),
        ((BOOKED, InitialMeetingHeld(occurred_at=LATER, meets_at=LATER)), Stage.INITIAL_MEETING_HELD, met_later),
        (
            (BOOKED, MISSED, BOOKED, MISSED),
            Stage.FAILED_TO_ATTEND,
            lambda row: (row.missed_meetings, row.met_at) == (2, None),
        ),
        (
            (BOOKED, InitialMeetingCancelled(occurred_at=NOW, meets_at=LATER, by=WithdrawnBy.PROVIDER)),
            Stage.INITIAL_MEETING_CANCELLED,
            lambda row: (row.missed_meetings, row.first_meeting_at) == (0, None),
        ),
        (
            (ParticipantStarted(occurred_at=NOW, programme_id=WORKS, start_date=LATER.date()),),
            Stage.STARTED,
            lambda row: row.start_date == LATER.date(),
        ),
        (
            (ParticipantNotStarted(occurred_at=NOW, reason=DidNotStartReason.HEALTH, explanation=WHY),),
            Stage.DID_NOT_START,
            lambda row: (row.not_started_reason, row.explanation) == ("health", WHY),
        ),
        ((ReferralExpired(occurred_at=LATER),), Stage.EXPIRED, lambda row: row.answered_at is None),
        ((ReferralEnteredInError(occurred_at=LATER, explanation=WHY),), Stage.ENTERED_IN_ERROR, explained),
        ((FOUND,), Stage.SUBMITTED, lambda row: (row.held_for, row.earlier_referral_id) == (COACH, WORKS)),
        (
            (FOUND, SETTLED),
            Stage.SUBMITTED,
            lambda row: (row.held_for, row.same_person) == (None, False),
        ),
    ],
)
def test_each_fact_moves_the_row_to_where_the_referral_stands(
    facts: tuple[Fact, ...], stage: Stage, check: Check
) -> None:
    row = folded(*facts)

    assert row.stage == stage
    assert row.version == 1 + len(facts)
    assert check(row)


def test_a_row_knows_since_when_nobody_has_touched_it() -> None:
    assert folded(ACKNOWLEDGED).untouched_since == LATER


def test_every_stage_of_a_referral_can_be_read_back() -> None:
    seen = {folded(*facts).stage for facts in ((), *[(fact,) for fact in SAMPLES])}

    assert seen == {stage.value for stage in Stage}
    assert set(REFERRALS.facts) - ENDS.keys() == {type(fact) for fact in (SUBMITTED, *SAMPLES, *DUPLICATES)}


def test_a_row_knows_whose_it_is() -> None:
    row = folded()

    assert (row.id, row.tenant, row.participant_id, row.programme_id) == (REFERRAL, PROVIDER, AMINA, WORKS)
    assert (row.name, row.acknowledge_by) == (NAME, date(2026, 9, 9))


def test_a_fact_without_its_referral_is_told_from_a_good_one() -> None:
    with pytest.raises(LookupError):
        fold(None, told(ACKNOWLEDGED, 2))


def test_every_personal_field_of_the_fact_has_a_sealed_column() -> None:
    table, _ = REFERRALS.tables
    columns = {column.name: column.type for column in fields(ReferralRow)}

    assert {field: columns[field] for field in sealed_fields(ReferralSubmitted)}.keys() <= set(table.columns)
    assert all("Sealed" in str(columns[field]) for field in sealed_fields(ReferralSubmitted))


def test_a_row_belongs_to_its_referral() -> None:
    table, _ = REFERRALS.tables
    key: UUID = table.key(told(SUBMITTED, 1))

    assert key == REFERRAL


@given(data=some.data())
def test_people_are_folded_alike_however_their_facts_come_between_each_other(data: some.DataObject) -> None:
    table, _ = REFERRALS.tables
    journeys = {
        person: data.draw(some.lists(some.sampled_from((*SAMPLES, *DUPLICATES)), max_size=6)) for person in "ab"
    }
    order = data.draw(some.permutations([person for person, facts in journeys.items() for _ in (SUBMITTED, *facts)]))
    queues = {person: iter(enumerate((SUBMITTED, *facts), 1)) for person, facts in journeys.items()}

    rows: dict[str, ReferralRow] = {}
    for person in order:
        version, fact = next(queues[person])
        rows[person] = table.fold(rows.get(person), told(fact, version))

    assert rows == {person: folded(*facts) for person, facts in journeys.items()}


def test_what_a_case_ended_as_stands_until_it_goes_on() -> None:
    (_, endings) = REFERRALS.tables
    report = Sealed(f"sealed:1:{uuid4()}:{AMINA}:waymark.caseload.CaseHandedBack.v1:report:c2VhbGVk")
    case = case_of(REFERRAL)
    ends = [
        (CaseExitedEarly(occurred_at=NOW, reason=ExitReason.OWN_WISH), "exited_early", None),
        (CaseReactivated(occurred_at=NOW), None, None),
        (CaseCompleted(occurred_at=NOW), "completed", None),
        (CaseHandedBack(occurred_at=LATER, report=report), "handed_back", report),
    ]
    row = None
    for version, (fact, ended, words) in enumerate(ends, start=2):
        heard = told(fact, version, case)
        assert (endings.key(heard), REFERRALS.tables[0].key(heard)) == (case, None)
        row = endings.fold(row, heard)
        assert (row.case_id, row.tenant, row.ended, row.report) == (case, PROVIDER, ended, words)
