"""A referral's rules: given the facts so far, when something is asked, then these facts or that refusal follow."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.aggregate import FactMapper, Recorded, Refusal, replay
from events.caseload import ActionDone
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
from events.sealed import Sealed
from referrals.referral import MeetingStillAhead, NothingToSettle, Referral
from referrals.stage import (
    CLOSED,
    EXPIRING,
    FOLLOWS,
    REFUSED_FROM,
    AlreadyAccepted,
    AlreadyRejected,
    AlreadyWithdrawn,
    HeldAsPossibleDuplicate,
    Stage,
    allowed_from,
)

NOW = datetime(2026, 9, 7, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
AMINA, WORKS, PROVIDER, JOBCENTRE, COACH = (uuid4() for _ in range(5))
NAME = Sealed(f"sealed:1:{uuid4()}:{AMINA}:waymark.referrals.ReferralSubmitted.v1:name:c2VhbGVk")
WHY = Sealed(f"sealed:1:{uuid4()}:{AMINA}:waymark.referrals.ReferralRejected.v1:explanation:c2VhbGVk")

SUBMITTED = ReferralSubmitted(
    occurred_at=NOW,
    participant_id=AMINA,
    programme_id=WORKS,
    provider_id=PROVIDER,
    referrer_id=JOBCENTRE,
    acknowledge_by=date(2026, 9, 9),
    name=NAME,
)
ACKNOWLEDGED = ReferralAcknowledged(occurred_at=NOW)
ASSESSED = ReferralAssessmentStarted(occurred_at=NOW)
WAITLISTED = ReferralWaitlisted(occurred_at=NOW)
ACCEPTED = ReferralAccepted(occurred_at=NOW, programme_id=WORKS, coach_id=COACH)
REJECTED = ReferralRejected(occurred_at=NOW, reason=RejectionReason.NO_CAPACITY)
WITHDRAWN = ReferralWithdrawn(occurred_at=NOW, by=WithdrawnBy.PARTICIPANT)
PLACE = Sealed(f"sealed:1:{uuid4()}:{AMINA}:waymark.referrals.InitialMeetingBooked.v1:place:c2VhbGVk")
MEETING = {"meets_at": NOW, "channel": MeetingChannel.VIDEO}
ARRANGED = ReferralHandoverArranged(occurred_at=NOW, **MEETING)
HANDED_OVER = ReferralHandoverHeld(occurred_at=NOW)
BOOKED = InitialMeetingBooked(occurred_at=NOW, coach_id=COACH, **MEETING)
MET = InitialMeetingHeld(occurred_at=NOW, meets_at=NOW)
MISSED = InitialMeetingMissed(occurred_at=NOW, meets_at=NOW)
CANCELLED = InitialMeetingCancelled(occurred_at=NOW, meets_at=NOW, by=WithdrawnBy.PROVIDER)
STARTED = ParticipantStarted(occurred_at=NOW, programme_id=WORKS, start_date=date(2026, 9, 21))
NOT_STARTED = ParticipantNotStarted(occurred_at=NOW, reason=DidNotStartReason.HEALTH)
FOUND = PossibleDuplicateFound(occurred_at=NOW, known_participant_id=AMINA, earlier_referral_id=PROVIDER)
TAKEN_ON = (SUBMITTED, ACKNOWLEDGED, ASSESSED, ACCEPTED)

HISTORY: dict[Stage, tuple[Fact, ...]] = {
    Stage.SUBMITTED: (SUBMITTED,),
    Stage.ACKNOWLEDGED: (SUBMITTED, ACKNOWLEDGED),
    Stage.UNDER_ASSESSMENT: (SUBMITTED, ACKNOWLEDGED, ASSESSED),
    Stage.WAITLISTED: (SUBMITTED, ACKNOWLEDGED, ASSESSED, WAITLISTED),
    Stage.ACCEPTED: TAKEN_ON,
    Stage.HANDOVER_ARRANGED: (*TAKEN_ON, ARRANGED),
    Stage.HANDOVER_HELD: (*TAKEN_ON, ARRANGED, HANDED_OVER),
    Stage.INITIAL_MEETING_BOOKED: (*TAKEN_ON, ARRANGED, HANDED_OVER, BOOKED),
    Stage.INITIAL_MEETING_HELD: (*TAKEN_ON, BOOKED, MET),
    Stage.INITIAL_MEETING_CANCELLED: (*TAKEN_ON, BOOKED, CANCELLED),
    Stage.FAILED_TO_ATTEND: (*TAKEN_ON, BOOKED, MISSED),
    Stage.STARTED: (*TAKEN_ON, BOOKED, MET, STARTED),
    Stage.DID_NOT_START: (*TAKEN_ON, NOT_STARTED),
    Stage.REJECTED: (SUBMITTED, ACKNOWLEDGED, ASSESSED, REJECTED),
    Stage.WITHDRAWN: (SUBMITTED, WITHDRAWN),
    Stage.EXPIRED: (SUBMITTED, ReferralExpired(occurred_at=NOW)),
    Stage.ENTERED_IN_ERROR: (SUBMITTED, ReferralEnteredInError(occurred_at=NOW)),
}
Ask = Callable[[Referral], None]
ASKS: dict[Stage, tuple[Ask, Fact]] = {
    Stage.ACKNOWLEDGED: (lambda referral: referral.acknowledge(LATER), ReferralAcknowledged(occurred_at=LATER)),
    Stage.UNDER_ASSESSMENT: (lambda referral: referral.assess(LATER), ReferralAssessmentStarted(occurred_at=LATER)),
    Stage.WAITLISTED: (lambda referral: referral.waitlist(LATER), ReferralWaitlisted(occurred_at=LATER)),
    Stage.ACCEPTED: (
        lambda referral: referral.accept(COACH, LATER),
        ReferralAccepted(occurred_at=LATER, programme_id=WORKS, coach_id=COACH),
    ),
    Stage.REJECTED: (
        lambda referral: referral.reject(RejectionReason.NO_CAPACITY, WHY, LATER),
        ReferralRejected(occurred_at=LATER, reason=RejectionReason.NO_CAPACITY, explanation=WHY),
    ),
    Stage.WITHDRAWN: (
        lambda referral: referral.withdraw(WithdrawnBy.PARTICIPANT, None, LATER),
        ReferralWithdrawn(occurred_at=LATER, by=WithdrawnBy.PARTICIPANT),
    ),
    Stage.HANDOVER_ARRANGED: (
        lambda referral: referral.arrange_handover(NOW, MeetingChannel.VIDEO, LATER),
        ReferralHandoverArranged(occurred_at=LATER, **MEETING),
    ),
    Stage.HANDOVER_HELD: (lambda referral: referral.hold_handover(LATER), ReferralHandoverHeld(occurred_at=LATER)),
    Stage.INITIAL_MEETING_BOOKED: (
        lambda referral: referral.book_meeting(NOW, MeetingChannel.VIDEO, None, LATER),
        InitialMeetingBooked(occurred_at=LATER, coach_id=COACH, **MEETING),
    ),
    Stage.INITIAL_MEETING_HELD: (
        lambda referral: referral.hold_meeting(LATER),
        InitialMeetingHeld(occurred_at=LATER, meets_at=NOW),
    ),
    Stage.FAILED_TO_ATTEND: (
        lambda referral: referral.miss_meeting(LATER),
        InitialMeetingMissed(occurred_at=LATER, meets_at=NOW),
    ),
    Stage.INITIAL_MEETING_CANCELLED: (
        lambda referral: referral.cancel_meeting(WithdrawnBy.PROVIDER, LATER),
        InitialMeetingCancelled(occurred_at=LATER, meets_at=NOW, by=WithdrawnBy.PROVIDER),
    ),
    Stage.STARTED: (
        lambda referral: referral.start(STARTED.start_date, LATER),
        ParticipantStarted(occurred_at=LATER, programme_id=WORKS, start_date=STARTED.start_date),
    ),
    Stage.DID_NOT_START: (
        lambda referral: referral.not_start(DidNotStartReason.HEALTH, None, LATER),
        ParticipantNotStarted(occurred_at=LATER, reason=DidNotStartReason.HEALTH),
    ),
}
AFTER_ACCEPTANCE = {Stage.INITIAL_MEETING_BOOKED, Stage.DID_NOT_START, Stage.WITHDRAWN}
LEGAL = {
    Stage.SUBMITTED: {Stage.ACKNOWLEDGED, Stage.WITHDRAWN},
    Stage.ACKNOWLEDGED: {Stage.UNDER_ASSESSMENT, Stage.WITHDRAWN},
    Stage.UNDER_ASSESSMENT: {Stage.ACCEPTED, Stage.WAITLISTED, Stage.REJECTED, Stage.WITHDRAWN},
    Stage.WAITLISTED: {Stage.ACCEPTED, Stage.WITHDRAWN},
    Stage.ACCEPTED: {Stage.HANDOVER_ARRANGED} | AFTER_ACCEPTANCE,
    Stage.HANDOVER_ARRANGED: {Stage.HANDOVER_ARRANGED, Stage.HANDOVER_HELD} | AFTER_ACCEPTANCE,
    Stage.HANDOVER_HELD: AFTER_ACCEPTANCE,
    Stage.INITIAL_MEETING_BOOKED: {
        Stage.INITIAL_MEETING_HELD,
        Stage.FAILED_TO_ATTEND,
        Stage.INITIAL_MEETING_CANCELLED,
        Stage.STARTED,
    }
    | AFTER_ACCEPTANCE,
    Stage.INITIAL_MEETING_HELD: {Stage.STARTED, Stage.DID_NOT_START, Stage.WITHDRAWN},
    Stage.INITIAL_MEETING_CANCELLED: AFTER_ACCEPTANCE,
    Stage.FAILED_TO_ATTEND: AFTER_ACCEPTANCE,
} | {stage: set[Stage]() for stage in CLOSED}
PAIRS = [(stage, asked) for stage in Stage for asked in ASKS]


def given(stage: Stage, id: UUID | None = None) -> Referral:  # noqa: A002
    rows = [(fact.type_name, fact.model_dump_json(exclude_none=True).encode()) for fact in HISTORY[stage]]
    referral = replay(id or uuid4(), rows)
    assert isinstance(referral, Referral)
    return referral


def decided(referral: Referral) -> list[Fact]:
    return [event.fact for event in referral.collect_events() if isinstance(event, Recorded)]


@pytest.mark.parametrize(("stage", "asked"), [(s, a) for s, a in PAIRS if a in LEGAL[s] - {s}])
def test_an_arrow_of_the_domain_is_followed_and_told(stage: Stage, asked: Stage) -> None:
    referral = given(stage)
    ask, fact = ASKS[asked]

    ask(referral)

    assert decided(referral) == [fact]
    assert referral.stage is asked


@pytest.mark.parametrize(("stage", "asked"), [(s, a) for s, a in PAIRS if a not in LEGAL[s] and a is not s])
def test_every_other_step_is_refused_with_what_is_allowed(stage: Stage, asked: Stage) -> None:
    referral = given(stage)

    with pytest.raises(REFUSED_FROM[stage]) as refused:
        ASKS[asked][0](referral)

    assert set(refused.value.allowed) == {FOLLOWS[stage][next_stage] for next_stage in LEGAL[stage]}
    assert decided(referral) == []


@pytest.mark.parametrize("stage", list(ASKS))
def test_what_is_already_so_tells_nothing(stage: Stage) -> None:
    referral = given(stage)

    ASKS[stage][0](referral)

    assert decided(referral) == []


def test_a_submitted_referral_knows_whose_it_is() -> None:
    referral = Referral.submit(uuid4(), SUBMITTED)

    assert decided(referral) == [SUBMITTED]
    assert (referral.subject, referral.tenant) == (AMINA, PROVIDER)
    assert (referral.programme_id, referral.referrer_id) == (WORKS, JOBCENTRE)


def test_an_accepted_person_is_not_accepted_again_with_another_coach() -> None:
    with pytest.raises(AlreadyAccepted):
        given(Stage.ACCEPTED).accept(uuid4(), LATER)


def test_a_rejected_referral_keeps_its_first_reason() -> None:
    with pytest.raises(AlreadyRejected):
        given(Stage.REJECTED).reject(RejectionReason.NOT_ELIGIBLE, None, LATER)


def test_a_withdrawn_referral_keeps_who_withdrew_it() -> None:
    with pytest.raises(AlreadyWithdrawn):
        given(Stage.WITHDRAWN).withdraw(WithdrawnBy.REFERRER, None, LATER)


def test_one_after_another_leads_from_submission_to_a_coach() -> None:
    referral = Referral.submit(uuid4(), SUBMITTED)

    referral.acknowledge(LATER)
    referral.assess(LATER)
    referral.accept(COACH, LATER)

    assert [type(fact).__name__ for fact in decided(referral)] == [
        "ReferralSubmitted",
        "ReferralAcknowledged",
        "ReferralAssessmentStarted",
        "ReferralAccepted",
    ]
    assert referral.coach_id == COACH


def test_a_fact_of_another_aggregate_is_not_folded() -> None:
    with pytest.raises(TypeError, match="does not fold ActionDone"):
        given(Stage.SUBMITTED).fold(ActionDone(occurred_at=NOW, action_id=uuid4()))


def test_the_library_reads_a_referral_as_it_was_decided() -> None:
    mapper = FactMapper(None)  # type: ignore[arg-type]
    referral = Referral.submit(uuid4(), SUBMITTED)
    referral.withdraw(WithdrawnBy.REFERRER, None, LATER)
    stored = [mapper.to_stored_event(event) for event in referral.collect_events()]

    again = None
    for event in stored:
        again = mapper.to_domain_event(event).mutate(again)

    assert again == referral


@pytest.mark.parametrize("stage", [Stage.HANDOVER_ARRANGED, Stage.INITIAL_MEETING_BOOKED])
def test_a_meeting_gets_another_time(stage: Stage) -> None:
    referral = given(stage)
    move = referral.arrange_handover if stage is Stage.HANDOVER_ARRANGED else given_place(referral)

    move(LATER, MeetingChannel.VIDEO, LATER)

    assert [fact.model_dump()["meets_at"] for fact in decided(referral)] == [LATER]


def given_place(referral: Referral) -> Callable[[datetime, MeetingChannel, datetime], None]:
    return lambda meets_at, channel, now: referral.book_meeting(meets_at, channel, None, now)


def test_a_place_that_is_told_later_is_kept() -> None:
    referral = given(Stage.INITIAL_MEETING_BOOKED)

    referral.book_meeting(NOW, MeetingChannel.VIDEO, PLACE, LATER)

    assert decided(referral) == [InitialMeetingBooked(occurred_at=LATER, coach_id=COACH, place=PLACE, **MEETING)]


def test_a_meeting_whose_time_has_not_come_is_not_missed() -> None:
    referral = given(Stage.INITIAL_MEETING_BOOKED)

    with pytest.raises(MeetingStillAhead) as refused:
        referral.miss_meeting(NOW - timedelta(minutes=1))

    assert "initial-meeting/held" in refused.value.allowed


def test_who_was_called_off_by_the_service_has_not_failed_to_attend() -> None:
    referral = given(Stage.INITIAL_MEETING_CANCELLED)

    with pytest.raises(Refusal):
        referral.miss_meeting(LATER)
    referral.book_meeting(LATER, MeetingChannel.PHONE, None, LATER)

    assert [type(fact) for fact in decided(referral)] == [InitialMeetingBooked]


def held() -> Referral:
    return reread(SUBMITTED, FOUND)


def reread(*facts: Fact) -> Referral:
    referral = replay(uuid4(), [(fact.type_name, fact.model_dump_json(exclude_none=True).encode()) for fact in facts])
    assert isinstance(referral, Referral)
    return referral


@pytest.mark.parametrize("asked", [stage for stage in ASKS if stage is not Stage.WITHDRAWN])
def test_a_possible_duplicate_waits_until_somebody_has_looked(asked: Stage) -> None:
    referral = held()

    with pytest.raises(Refusal) as refused:
        ASKS[asked][0](referral)

    assert isinstance(refused.value, HeldAsPossibleDuplicate)
    assert refused.value.allowed == ("duplicate/settle", "withdraw")
    assert decided(referral) == []


@pytest.mark.parametrize("same_person", [True, False])
def test_a_settled_duplicate_goes_on(same_person: bool) -> None:
    referral = held()

    referral.settle(LATER, same_person=same_person)
    referral.settle(LATER, same_person=same_person)
    referral.acknowledge(LATER)

    settled = PossibleDuplicateSettled(occurred_at=LATER, known_participant_id=AMINA, same_person=same_person)
    assert decided(referral) == [settled, ReferralAcknowledged(occurred_at=LATER)]


def test_what_was_settled_stays_so() -> None:
    referral = reread(
        SUBMITTED, FOUND, PossibleDuplicateSettled(occurred_at=NOW, known_participant_id=AMINA, same_person=True)
    )

    with pytest.raises(NothingToSettle):
        referral.settle(LATER, same_person=False)


@pytest.mark.parametrize("referral", [given(Stage.SUBMITTED), reread(SUBMITTED, FOUND, WITHDRAWN)], ids=["new", "gone"])
def test_there_is_nothing_to_settle_where_nothing_is_held(referral: Referral) -> None:
    with pytest.raises(NothingToSettle) as refused:
        referral.settle(LATER, same_person=True)

    assert list(refused.value.allowed) == allowed_from(referral.stage, held=False)


@pytest.mark.parametrize("stage", list(Stage))
def test_time_closes_only_what_nobody_answered(stage: Stage) -> None:
    referral = given(stage)

    referral.expire(referral.version, LATER)

    assert decided(referral) == ([ReferralExpired(occurred_at=LATER)] if stage in EXPIRING else [])


def test_a_referral_that_moved_on_does_not_expire() -> None:
    referral = given(Stage.ACKNOWLEDGED)

    referral.expire(1, LATER)

    assert decided(referral) == []


@pytest.mark.parametrize("stage", list(Stage))
def test_an_error_is_entered_from_everywhere_once_and_nothing_follows(stage: Stage) -> None:
    referral = given(stage)
    before = [] if stage is Stage.ENTERED_IN_ERROR else [ReferralEnteredInError(occurred_at=LATER)]

    referral.enter_in_error(None, LATER)
    referral.enter_in_error(None, LATER)

    assert decided(referral) == before
    assert not referral.is_open
    assert allowed_from(referral.stage, held=referral.is_held) == []


def test_every_arrow_of_the_table_is_in_the_code_and_no_other() -> None:
    assert {stage: set(following) for stage, following in FOLLOWS.items()} == LEGAL
