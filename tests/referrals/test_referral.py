"""A referral's rules: given the facts so far, when something is asked, then these facts or that refusal follow."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.aggregate import FactMapper, Recorded, Refusal, replay
from events.caseload import ActionDone
from events.fact import Fact
from events.referrals import (
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralAssessmentStarted,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWaitlisted,
    ReferralWithdrawn,
    RejectionReason,
    WithdrawnBy,
)
from events.sealed import Sealed
from referrals.referral import (
    FOLLOWS,
    AlreadyAccepted,
    AlreadyRejected,
    AlreadyUnderAssessment,
    AlreadyWaitlisted,
    AlreadyWithdrawn,
    NotYetAcknowledged,
    NotYetUnderAssessment,
    Referral,
    Stage,
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

HISTORY: dict[Stage, tuple[Fact, ...]] = {
    Stage.SUBMITTED: (SUBMITTED,),
    Stage.ACKNOWLEDGED: (SUBMITTED, ACKNOWLEDGED),
    Stage.UNDER_ASSESSMENT: (SUBMITTED, ACKNOWLEDGED, ASSESSED),
    Stage.WAITLISTED: (SUBMITTED, ACKNOWLEDGED, ASSESSED, WAITLISTED),
    Stage.ACCEPTED: (SUBMITTED, ACKNOWLEDGED, ASSESSED, ACCEPTED),
    Stage.REJECTED: (SUBMITTED, ACKNOWLEDGED, ASSESSED, REJECTED),
    Stage.WITHDRAWN: (SUBMITTED, WITHDRAWN),
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
}
REFUSALS: dict[Stage, type[Refusal]] = {
    Stage.SUBMITTED: NotYetAcknowledged,
    Stage.ACKNOWLEDGED: NotYetUnderAssessment,
    Stage.UNDER_ASSESSMENT: AlreadyUnderAssessment,
    Stage.WAITLISTED: AlreadyWaitlisted,
    Stage.ACCEPTED: AlreadyAccepted,
    Stage.REJECTED: AlreadyRejected,
    Stage.WITHDRAWN: AlreadyWithdrawn,
}
LEGAL = {
    Stage.SUBMITTED: {Stage.ACKNOWLEDGED, Stage.WITHDRAWN},
    Stage.ACKNOWLEDGED: {Stage.UNDER_ASSESSMENT, Stage.WITHDRAWN},
    Stage.UNDER_ASSESSMENT: {Stage.ACCEPTED, Stage.WAITLISTED, Stage.REJECTED, Stage.WITHDRAWN},
    Stage.WAITLISTED: {Stage.ACCEPTED, Stage.WITHDRAWN},
    Stage.ACCEPTED: set[Stage](),
    Stage.REJECTED: set[Stage](),
    Stage.WITHDRAWN: set[Stage](),
}
PAIRS = [(stage, asked) for stage in Stage for asked in ASKS]


def given(stage: Stage, id: UUID | None = None) -> Referral:  # noqa: A002
    rows = [(fact.type_name, fact.model_dump_json(exclude_none=True).encode()) for fact in HISTORY[stage]]
    referral = replay(id or uuid4(), rows)
    assert isinstance(referral, Referral)
    return referral


def decided(referral: Referral) -> list[Fact]:
    return [event.fact for event in referral.collect_events() if isinstance(event, Recorded)]


@pytest.mark.parametrize(("stage", "asked"), [(s, a) for s, a in PAIRS if a in LEGAL[s]])
def test_an_arrow_of_the_domain_is_followed_and_told(stage: Stage, asked: Stage) -> None:
    referral = given(stage)
    ask, fact = ASKS[asked]

    ask(referral)

    assert decided(referral) == [fact]
    assert referral.stage is asked


@pytest.mark.parametrize(("stage", "asked"), [(s, a) for s, a in PAIRS if a not in LEGAL[s] and a is not s])
def test_every_other_step_is_refused_with_what_is_allowed(stage: Stage, asked: Stage) -> None:
    referral = given(stage)

    with pytest.raises(REFUSALS[stage]) as refused:
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
