"""Given what happened in a case, when something is asked of it, then these facts follow, or it is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from caseload.case import (
    ActionAlreadyAgreed,
    ActionAlreadyCancelled,
    ActionAlreadyDone,
    Case,
    ContactInTheFuture,
    DueBeforeAgreed,
    NoSuchAction,
)
from chassis.aggregate import Recorded, Refusal
from events.caseload import (
    ActionAgreed,
    ActionCancelled,
    ActionDone,
    ActionFellDue,
    ActionOwner,
    CaseOpened,
    Channel,
    CoachAssigned,
    ContactRecorded,
)
from events.fact import Fact
from events.referrals import ReferralAcknowledged
from events.sealed import Sealed

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)
TODAY, FRIDAY, SATURDAY = date(2026, 3, 2), date(2026, 3, 6), date(2026, 3, 7)
CASE, PARTICIPANT, PROVIDER, PROGRAMME, REFERRAL, AMIR, BETHAN, ACTION = map(UUID, map("{:032x}".format, range(1, 9)))
WHAT = Sealed(f"sealed:1:{CASE}:{PARTICIPANT}:waymark.caseload.ActionAgreed.v1:what:c2VhbGVk")

OPENED = CaseOpened(
    occurred_at=EARLIER,
    participant_id=PARTICIPANT,
    provider_id=PROVIDER,
    programme_id=PROGRAMME,
    referral_id=REFERRAL,
)
WITH_AMIR = CoachAssigned(occurred_at=EARLIER, coach_id=AMIR)
AGREED = ActionAgreed(occurred_at=NOW, action_id=ACTION, owner=ActionOwner.PARTICIPANT, what=WHAT, due=FRIDAY)
DONE = ActionDone(occurred_at=NOW, action_id=ACTION)
CANCELLED = ActionCancelled(occurred_at=NOW, action_id=ACTION)
FELL_DUE = ActionFellDue(occurred_at=NOW, action_id=ACTION, due=FRIDAY)


def given(*facts: Fact) -> Case:
    """Return an open case to which these facts have happened."""
    case = Case.open(CASE, OPENED, None)
    for fact in facts:
        case.record(fact)
    case.collect_events()
    return case


def decided(case: Case) -> list[Fact]:
    """Return the facts that were decided since."""
    return [event.fact for event in case.collect_events() if isinstance(event, Recorded)]


def agree(case: Case) -> None:
    case.agree(AGREED, TODAY)


def finish(case: Case) -> None:
    case.finish(ACTION, NOW)


def cancel(case: Case) -> None:
    case.cancel(ACTION, NOW)


def let_fall_due(case: Case) -> None:
    case.let_fall_due(ACTION, SATURDAY, NOW)


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


@pytest.mark.parametrize(
    ("before", "ask", "after"),
    [
        ([], agree, [AGREED]),
        ([AGREED], finish, [DONE]),
        ([AGREED], cancel, [CANCELLED]),
        ([AGREED], let_fall_due, [FELL_DUE]),
        ([AGREED, FELL_DUE], finish, [DONE]),
        ([AGREED, FELL_DUE], cancel, [CANCELLED]),
    ],
)
def test_an_open_action_is_done_or_cancelled_and_may_fall_due_before(
    before: list[Fact], ask: Callable[[Case], None], after: list[Fact]
) -> None:
    case = given(*before)
    ask(case)
    assert decided(case) == after


@pytest.mark.parametrize(
    ("before", "ask"),
    [
        ([AGREED, DONE], finish),
        ([AGREED, CANCELLED], cancel),
        ([AGREED, FELL_DUE], let_fall_due),
        ([AGREED, DONE], let_fall_due),
        ([AGREED, CANCELLED], let_fall_due),
    ],
)
def test_what_is_already_so_or_no_longer_matters_tells_nothing(before: list[Fact], ask: Callable[[Case], None]) -> None:
    case = given(*before)
    ask(case)
    assert decided(case) == []


@pytest.mark.parametrize(
    ("before", "ask", "refusal", "allowed"),
    [
        ([], finish, NoSuchAction, ()),
        ([], cancel, NoSuchAction, ()),
        ([], let_fall_due, NoSuchAction, ()),
        ([AGREED], agree, ActionAlreadyAgreed, ("done", "cancel")),
        ([AGREED, DONE], agree, ActionAlreadyDone, ()),
        ([AGREED, DONE], cancel, ActionAlreadyDone, ()),
        ([AGREED, CANCELLED], finish, ActionAlreadyCancelled, ()),
    ],
)
def test_an_illegal_step_is_refused_with_the_steps_that_are_open(
    before: list[Fact], ask: Callable[[Case], None], refusal: type[Refusal], allowed: tuple[str, ...]
) -> None:
    case = given(*before)
    with pytest.raises(refusal) as refused:
        ask(case)
    assert (refused.value.allowed, decided(case)) == (allowed, [])


def test_an_action_may_be_due_on_the_day_of_the_agreement() -> None:
    case = given()
    case.agree(AGREED, FRIDAY)
    assert decided(case) == [AGREED]


def test_an_action_cannot_be_due_before_it_was_agreed() -> None:
    case = given()
    with pytest.raises(DueBeforeAgreed):
        case.agree(AGREED, FRIDAY + timedelta(days=1))


def test_an_action_is_not_late_on_its_due_date() -> None:
    case = given(AGREED)
    case.let_fall_due(ACTION, FRIDAY, NOW)
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
