"""Given what happened in a case, when something is asked of it, then these facts follow, or it is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from caseload.case import (
    Case,
    ConcernPutOff,
    ContactInTheFuture,
    NoSuchContact,
    PausedIntoThePast,
    SnoozedIntoThePast,
)
from caseload.case_status import (
    FOLLOWS,
    CaseAwaitsStart,
    CaseIsActive,
    CaseIsCompleted,
    CaseIsExited,
    CaseIsHandedBack,
    CaseIsInError,
    CaseIsPaused,
    CaseNeverStarted,
    Status,
)
from caseload.concern import ConcernNotHandled, NoSuchConcern
from chassis.aggregate import Refusal
from events.caseload import (
    CaseCompleted,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseNotStarted,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    CaseSnoozed,
    CaseStarted,
    CaseUnsnoozed,
    Channel,
    CoachAssigned,
    ContactRecorded,
    ContactRecordedInError,
    ExitReason,
    NeedsAssessed,
    NextStepSetAside,
    NextStepTakenUp,
    PauseReason,
    SafetyConcernHandled,
    SafetyConcernHandlingTakenBack,
    SafetyConcernRaised,
    SetAsideReason,
    Track,
    TrackChosen,
)
from events.fact import Fact
from events.referrals import ReferralAcknowledged
from tests.caseload.cases import (
    AMIR,
    BETHAN,
    CASE,
    CONCERN,
    FRIDAY,
    NOW,
    OPENED,
    OTHER,
    PARTICIPANT,
    PROGRAMME,
    PROVIDER,
    STARTED,
    TODAY,
    decided,
    given,
    sealed,
)

WITH_AMIR = CoachAssigned(occurred_at=OPENED.occurred_at, coach_id=AMIR)
PAUSED = CasePaused(occurred_at=NOW, reason=PauseReason.HEALTH)
RESUMED = CaseResumed(occurred_at=NOW)
COMPLETED = CaseCompleted(occurred_at=NOW)
EXITED = CaseExitedEarly(occurred_at=NOW, reason=ExitReason.MOVED_AWAY)
NOT_STARTED = CaseNotStarted(occurred_at=NOW)
REACTIVATED = CaseReactivated(occurred_at=NOW)
HANDED_BACK = CaseHandedBack(occurred_at=NOW, report=sealed(CaseHandedBack, "report"))
IN_ERROR = CaseEnteredInError(occurred_at=NOW)
CONCERNED = SafetyConcernRaised(
    occurred_at=NOW, concern_id=CONCERN, owner_id=AMIR, what=sealed(SafetyConcernRaised, "what")
)
HANDLED = SafetyConcernHandled(occurred_at=NOW, concern_id=CONCERN, how=sealed(SafetyConcernHandled, "how"))
NOT_HANDLED = SafetyConcernHandlingTakenBack(occurred_at=NOW, concern_id=CONCERN, owner_id=AMIR, taken_back=3)
NEEDS = NeedsAssessed(occurred_at=NOW, barriers=(), contact_needs=(), coach_id=AMIR)
ASIDE = NextStepSetAside(occurred_at=NOW, step="profile", reason=SetAsideReason.LATER, until=FRIDAY)
NOT_RIGHT = ASIDE.model_copy(update={"reason": SetAsideReason.NOT_RIGHT})
SNOOZED = CaseSnoozed(occurred_at=NOW, rule=9, until=FRIDAY, reason=sealed(CaseSnoozed, "reason"))
UNSNOOZED = CaseUnsnoozed(occurred_at=NOW)
TAKEN_UP = NextStepTakenUp(occurred_at=NOW, step="profile")
CONTACT = ContactRecorded(occurred_at=NOW, channel=Channel.PHONE, coach_id=AMIR, contact_id=OTHER)
TAKEN_BACK = ContactRecordedInError(occurred_at=NOW, contact_id=OTHER)


def tracked(track: Track) -> TrackChosen:
    return TrackChosen(occurred_at=NOW, track=track, coach_id=AMIR, reason=sealed(TrackChosen, "reason"))


OTHER_REASON = tracked(Track.SUPPORTED).model_copy(update={"reason": sealed(TrackChosen, "reason", "YWdhaW4")})
OTHER_COACH = tracked(Track.SUPPORTED).model_copy(update={"coach_id": OTHER})


def start(case: Case) -> None:
    case.start(STARTED)


def close_unstarted(case: Case) -> None:
    case.close_unstarted(TODAY, NOW)


def pause(case: Case) -> None:
    case.pause(PAUSED, TODAY)


def resume(case: Case) -> None:
    case.resume(TODAY, NOW)


def complete(case: Case) -> None:
    case.complete(TODAY, NOW)


def leave(case: Case) -> None:
    case.exit_early(EXITED, TODAY)


def reactivate(case: Case) -> None:
    case.reactivate(REACTIVATED, TODAY)


def hand_back(case: Case) -> None:
    case.hand_back(HANDED_BACK, TODAY)


def retract(case: Case) -> None:
    case.enter_in_error(IN_ERROR, TODAY)


def test_a_case_is_about_the_participant_and_belongs_to_the_provider() -> None:
    case = Case.open(CASE, OPENED, None)
    assert (case.id, case.subject, case.tenant, case.programme_id) == (CASE, PARTICIPANT, PROVIDER, PROGRAMME)


def test_a_case_opens_with_the_coach_that_the_acceptance_names() -> None:
    assert decided(Case.open(CASE, OPENED, AMIR)) == [OPENED, WITH_AMIR]


def test_a_case_may_open_without_a_coach() -> None:
    assert decided(Case.open(CASE, OPENED, None)) == [OPENED]


def test_another_coach_can_be_assigned() -> None:
    case = given(WITH_AMIR)
    case.assign(BETHAN, NOW)
    assert decided(case) == [CoachAssigned(occurred_at=NOW, coach_id=BETHAN)]


def test_the_coach_who_already_has_the_case_is_not_assigned_again() -> None:
    case = given(WITH_AMIR)
    case.assign(AMIR, NOW)
    assert decided(case) == []


# How a case comes to each status, from when it was opened.
TO: dict[Status, list[Fact]] = {
    Status.AWAITING_START: [],
    Status.ACTIVE: [STARTED],
    Status.PAUSED: [STARTED, PAUSED],
    Status.COMPLETED: [STARTED, COMPLETED],
    Status.EXITED_EARLY: [STARTED, EXITED],
    Status.NOT_STARTED: [NOT_STARTED],
    Status.HANDED_BACK: [STARTED, COMPLETED, HANDED_BACK],
    Status.ENTERED_IN_ERROR: [IN_ERROR],
}
STEPS: dict[str, tuple[Callable[[Case], None], Fact]] = {
    "start": (start, STARTED),
    "did-not-start": (close_unstarted, NOT_STARTED),
    "pause": (pause, PAUSED),
    "resume": (resume, RESUMED),
    "complete": (complete, COMPLETED),
    "exit": (leave, EXITED),
    "reactivate": (reactivate, REACTIVATED),
    "hand-back": (hand_back, HANDED_BACK),
    "entered-in-error": (retract, IN_ERROR),
}
REFUSED: dict[Status, type[Refusal]] = {
    Status.AWAITING_START: CaseAwaitsStart,
    Status.ACTIVE: CaseIsActive,
    Status.PAUSED: CaseIsPaused,
    Status.COMPLETED: CaseIsCompleted,
    Status.EXITED_EARLY: CaseIsExited,
    Status.NOT_STARTED: CaseNeverStarted,
    Status.HANDED_BACK: CaseIsHandedBack,
    Status.ENTERED_IN_ERROR: CaseIsInError,
}
# What is already so, or says nothing new: no fact follows.
SETTLED = {
    (Status.ACTIVE, "start"),
    (Status.PAUSED, "start"),
    (Status.ACTIVE, "resume"),
    (Status.ACTIVE, "reactivate"),
    (Status.PAUSED, "pause"),
    (Status.COMPLETED, "complete"),
    (Status.EXITED_EARLY, "exit"),
    (Status.NOT_STARTED, "did-not-start"),
    (Status.HANDED_BACK, "hand-back"),
    (Status.ENTERED_IN_ERROR, "entered-in-error"),
}
assert TO.keys() == set(Status) - {Status.IN_WORK}
EVERY = [(status, step) for status in TO for step in STEPS]
LEGAL = [(status, step) for status, step in EVERY if step in FOLLOWS[status].values() and (status, step) not in SETTLED]
ILLEGAL = [pair for pair in EVERY if pair not in LEGAL and pair not in SETTLED]


@pytest.mark.parametrize("status", TO)
def test_a_case_stands_where_its_facts_led(status: Status) -> None:
    assert given(*TO[status]).life.on(TODAY) is status


@pytest.mark.parametrize(("status", "step"), LEGAL)
def test_a_step_that_leads_on_is_taken(status: Status, step: str) -> None:
    ask, fact = STEPS[step]
    case = given(*TO[status])
    ask(case)
    assert decided(case) == [fact]


@pytest.mark.parametrize(("status", "step"), sorted(SETTLED))
def test_what_is_already_so_tells_nothing(status: Status, step: str) -> None:
    case = given(*TO[status])
    STEPS[step][0](case)
    assert decided(case) == []


@pytest.mark.parametrize(("status", "step"), ILLEGAL)
def test_a_step_that_does_not_lead_on_is_refused_with_those_that_do(status: Status, step: str) -> None:
    case = given(*TO[status])
    with pytest.raises(REFUSED[status]) as refused:
        STEPS[step][0](case)
    assert (refused.value.allowed, decided(case)) == (tuple(FOLLOWS[status].values()), [])


def test_a_case_awaits_a_start_that_is_still_to_come() -> None:
    case = given(CaseStarted(occurred_at=NOW, start_date=FRIDAY))
    assert (case.life.on(TODAY), case.life.on(FRIDAY)) == (Status.AWAITING_START, Status.ACTIVE)


def test_somebody_whose_start_was_still_to_come_may_never_begin() -> None:
    case = given(CaseStarted(occurred_at=NOW, start_date=FRIDAY))
    close_unstarted(case)
    assert decided(case) == [NOT_STARTED]


def test_a_case_does_not_start_twice() -> None:
    case = given(STARTED)
    with pytest.raises(CaseIsActive):
        case.start(CaseStarted(occurred_at=NOW, start_date=FRIDAY))


def test_a_pause_is_over_when_its_last_day_has_passed() -> None:
    case = given(STARTED, CasePaused(occurred_at=NOW, reason=PauseReason.HOLIDAY, until=FRIDAY))
    days = [case.life.on(FRIDAY), case.life.on(FRIDAY + timedelta(days=1))]
    assert days == [Status.PAUSED, Status.ACTIVE]


def test_a_pause_may_become_longer() -> None:
    case = given(STARTED, PAUSED)
    longer = CasePaused(occurred_at=NOW, reason=PauseReason.HEALTH, until=FRIDAY)
    case.pause(longer, TODAY)
    assert decided(case) == [longer]


def test_a_pause_ends_on_a_day_to_come() -> None:
    case = given(STARTED)
    with pytest.raises(PausedIntoThePast):
        case.pause(CasePaused(occurred_at=NOW, reason=PauseReason.HEALTH, until=TODAY - timedelta(days=1)), TODAY)


def test_a_reactivated_case_does_not_rest() -> None:
    assert given(STARTED, PAUSED, EXITED, REACTIVATED).life.on(TODAY) is Status.ACTIVE


@pytest.mark.parametrize(
    ("before", "ask", "after"),
    [
        ([], lambda case: case.choose_track(tracked(Track.INTENSIVE)), [tracked(Track.INTENSIVE)]),
        ([tracked(Track.SUPPORTED)], lambda case: case.choose_track(OTHER_REASON), [OTHER_REASON]),
        ([tracked(Track.SUPPORTED)], lambda case: case.choose_track(OTHER_COACH), [OTHER_COACH]),
        ([], lambda case: case.assess_needs(NEEDS), [NEEDS]),
        ([], lambda case: case.raise_concern(CONCERNED), [CONCERNED]),
        ([IN_ERROR], lambda case: case.raise_concern(CONCERNED), [CONCERNED]),
        ([CONCERNED], lambda case: case.handle_concern(HANDLED), [HANDLED]),
        ([CONCERNED, HANDLED], lambda case: case.handle_concern(HANDLED), []),
        ([CONCERNED, HANDLED], lambda case: case.take_handling_back(CONCERN, 3, NOW), [NOT_HANDLED]),
        ([CONCERNED, HANDLED, IN_ERROR], lambda case: case.take_handling_back(CONCERN, 3, NOW), [NOT_HANDLED]),
        ([CONCERNED, HANDLED, NOT_HANDLED], lambda case: case.handle_concern(HANDLED), [HANDLED]),
        ([], lambda case: case.set_step_aside(ASIDE), [ASIDE]),
        ([ASIDE], lambda case: case.set_step_aside(ASIDE), []),
        ([ASIDE], lambda case: case.set_step_aside(NOT_RIGHT), [NOT_RIGHT]),
        ([], lambda case: case.snooze(SNOOZED, TODAY), [SNOOZED]),
        ([SNOOZED], lambda case: case.snooze(SNOOZED, TODAY), []),
        ([SNOOZED], lambda case: case.unsnooze(NOW), [UNSNOOZED]),
        ([], lambda case: case.unsnooze(NOW), []),
        ([SNOOZED, UNSNOOZED], lambda case: case.unsnooze(NOW), []),
        ([ASIDE], lambda case: case.take_step_up("profile", NOW), [TAKEN_UP]),
        ([ASIDE, TAKEN_UP], lambda case: case.take_step_up("profile", NOW), []),
        ([ASIDE, TAKEN_UP], lambda case: case.set_step_aside(ASIDE), [ASIDE]),
        ([CONTACT], lambda case: case.take_contact_back(OTHER, NOW), [TAKEN_BACK]),
        ([CONTACT, TAKEN_BACK], lambda case: case.take_contact_back(OTHER, NOW), []),
        ([CONTACT, IN_ERROR], lambda case: case.take_contact_back(OTHER, NOW), [TAKEN_BACK]),
    ],
)
def test_what_is_known_of_a_person_is_noted_once(
    before: list[Fact], ask: Callable[[Case], None], after: list[Fact]
) -> None:
    case = given(*before)
    ask(case)
    assert decided(case) == after


@pytest.mark.parametrize(
    ("before", "ask", "refusal"),
    [
        ([], lambda case: case.handle_concern(HANDLED), NoSuchConcern),
        ([], lambda case: case.take_handling_back(CONCERN, 2, NOW), NoSuchConcern),
        ([CONCERNED], lambda case: case.take_handling_back(CONCERN, 0, NOW), ConcernNotHandled),
        ([CONCERNED, HANDLED], lambda case: case.take_handling_back(CONCERN, 4, NOW), ConcernNotHandled),
        ([CONCERNED, HANDLED, NOT_HANDLED], lambda case: case.take_handling_back(CONCERN, 3, NOW), ConcernNotHandled),
        ([], lambda case: case.take_contact_back(OTHER, NOW), NoSuchContact),
        ([], lambda case: case.snooze(SNOOZED, FRIDAY), SnoozedIntoThePast),
        ([], lambda case: case.snooze(SNOOZED.model_copy(update={"rule": 1}), TODAY), ConcernPutOff),
        ([STARTED, COMPLETED], lambda case: case.choose_track(tracked(Track.INTENSIVE)), CaseIsCompleted),
        ([STARTED, EXITED], lambda case: case.assess_needs(NEEDS), CaseIsExited),
        ([NOT_STARTED], lambda case: case.set_step_aside(ASIDE), CaseNeverStarted),
    ],
)
def test_what_makes_no_sense_is_refused(
    before: list[Fact], ask: Callable[[Case], None], refusal: type[Refusal]
) -> None:
    case = given(*before)
    with pytest.raises(refusal):
        ask(case)
    assert decided(case) == []


def contact(at: datetime) -> Any:
    """Return a phone call at that moment."""
    return ContactRecorded(occurred_at=at, channel=Channel.PHONE, coach_id=AMIR)


@pytest.mark.parametrize("at", [NOW, NOW - timedelta(days=40)])
def test_a_contact_may_be_recorded_late(at: datetime) -> None:
    case = given()
    case.record_contact(contact(at), NOW)
    assert decided(case) == [contact(at)]


def test_a_contact_of_tomorrow_is_refused() -> None:
    case = given()
    with pytest.raises(ContactInTheFuture):
        case.record_contact(contact(NOW + timedelta(days=1)), NOW)


def test_a_fact_of_another_service_is_no_part_of_a_case() -> None:
    with pytest.raises(TypeError, match="Case does not fold ReferralAcknowledged"):
        given(ReferralAcknowledged(occurred_at=NOW))
