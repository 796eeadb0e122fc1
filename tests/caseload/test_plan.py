"""A plan is written down, signed by both, reviewed, and superseded by the next one."""

import pytest

from caseload.case import Case
from caseload.case_status import CaseIsCompleted
from caseload.plan import NoPlan, NoSuchReview, PlanNotAgreed, PlanSuperseded
from caseload.programme_rules import PlanAnchor, ProgrammeRules, Terms
from chassis.aggregate import Refusal
from events.caseload import (
    ActionOwner,
    CaseCompleted,
    PlanAgreed,
    PlanDrafted,
    PlanReviewed,
    PlanReviewTakenBack,
    PlanSigned,
)
from events.fact import Fact
from tests.caseload.cases import FRIDAY, NOW, OTHER, PLAN, PROGRAMME, SATURDAY, STARTED, TODAY, decided, given, sealed

PARTICIPANT, COACH = ActionOwner.PARTICIPANT, ActionOwner.COACH
DRAFTED = PlanDrafted(occurred_at=NOW, plan_id=PLAN, goal=sealed(PlanDrafted, "goal"))
REDRAFTED = PlanDrafted(occurred_at=NOW, plan_id=OTHER, goal=sealed(PlanDrafted, "goal"))
BY_COACH = PlanSigned(occurred_at=NOW, plan_id=PLAN, by=COACH)
BY_PARTICIPANT = PlanSigned(occurred_at=NOW, plan_id=PLAN, by=PARTICIPANT)
AGREED = PlanAgreed(occurred_at=NOW, plan_id=PLAN, review_by=FRIDAY)
REVIEWED = PlanReviewed(occurred_at=NOW, plan_id=PLAN, review_by=SATURDAY)
WHOLE = [DRAFTED, BY_COACH, BY_PARTICIPANT, AGREED]


def sign(case: Case, by: ActionOwner) -> list[Fact]:
    case.sign_plan(PLAN, by, FRIDAY, NOW)
    return decided(case)


def test_a_plan_is_agreed_when_both_have_signed_it_in_whichever_order() -> None:
    assert sign(given(DRAFTED), COACH) == [BY_COACH]
    assert sign(given(DRAFTED, BY_COACH), PARTICIPANT) == [BY_PARTICIPANT, AGREED]
    assert sign(given(DRAFTED, BY_PARTICIPANT), COACH) == [BY_COACH, AGREED]


def test_a_second_signature_of_the_same_one_tells_nothing() -> None:
    assert sign(given(DRAFTED, BY_COACH), COACH) == []
    assert sign(given(*WHOLE), PARTICIPANT) == []


def test_an_agreed_plan_is_reviewed_again_and_again() -> None:
    case = given(*WHOLE)
    case.review_plan(REVIEWED)
    case.review_plan(REVIEWED)
    assert decided(case) == [REVIEWED, REVIEWED]
    assert case.plan.review_by == SATURDAY


def test_a_review_that_never_was_is_taken_back_once_and_the_one_before_is_due_again() -> None:
    first, second = (PlanReviewed(occurred_at=NOW, plan_id=PLAN, review_by=day) for day in (FRIDAY, SATURDAY))
    case = given(*WHOLE, first, second)
    with pytest.raises(NoSuchReview):
        case.take_review_back(case.version - 1, NOW)
    case.take_review_back(case.version, NOW)
    with pytest.raises(NoSuchReview):
        case.take_review_back(case.version - 1, NOW)
    assert decided(case) == [
        PlanReviewTakenBack(occurred_at=NOW, plan_id=PLAN, review_by=FRIDAY, taken_back=case.version - 1)
    ]
    assert case.plan.review_by == FRIDAY


def test_a_new_draft_supersedes_a_plan_and_is_signed_anew() -> None:
    case = given(*WHOLE)
    case.draft_plan(REDRAFTED)
    case.sign_plan(None, COACH, FRIDAY, NOW)
    assert decided(case) == [REDRAFTED, PlanSigned(occurred_at=NOW, plan_id=OTHER, by=COACH)]


@pytest.mark.parametrize(
    ("before", "plan_id", "refusal", "allowed"),
    [
        ([], None, NoPlan, ("plan",)),
        ([*WHOLE, REDRAFTED], PLAN, PlanSuperseded, ("plan/sign", "plan")),
    ],
)
def test_only_the_plan_that_holds_is_signed(
    before: list[Fact], plan_id: object, refusal: type[Refusal], allowed: tuple[str, ...]
) -> None:
    case = given(*before)
    with pytest.raises(refusal) as refused:
        case.sign_plan(PLAN if plan_id else None, COACH, FRIDAY, NOW)
    assert (refused.value.allowed, decided(case)) == (allowed, [])


@pytest.mark.parametrize(
    ("before", "refusal"),
    [([], NoPlan), ([DRAFTED, BY_COACH], PlanNotAgreed), ([*WHOLE, REDRAFTED], PlanNotAgreed)],
)
def test_only_an_agreed_plan_is_reviewed(before: list[Fact], refusal: type[Refusal]) -> None:
    case = given(*before)
    with pytest.raises(refusal):
        case.review_plan(REVIEWED)
    assert decided(case) == []


def test_a_closed_case_gets_no_plan() -> None:
    case = given(STARTED, CaseCompleted(occurred_at=NOW))
    with pytest.raises(CaseIsCompleted):
        case.draft_plan(DRAFTED)


def test_the_usual_rules_hold_where_a_programme_has_none_of_its_own() -> None:
    rules = Terms().rules(PROGRAMME, TODAY)
    assert (rules.acknowledge_within, rules.start_within, rules.plan_within) == (2, 15, 20)
    assert (rules.plan_anchor, rules.check_in_weeks) == (PlanAnchor.REFERRAL, (1, 4, 13))
    assert (rules.review_by(TODAY) - TODAY).days == 28
    assert (rules.last_day(TODAY) - TODAY).days == 364


def test_a_rule_holds_from_its_day_on_and_changes_nothing_before() -> None:
    before = ProgrammeRules(plan_within=10)
    later = ProgrammeRules(holds_from=FRIDAY, plan_within=25, plan_anchor=PlanAnchor.START)
    terms = Terms({PROGRAMME: [later, before]})
    assert [terms.rules(PROGRAMME, day).plan_within for day in (TODAY, FRIDAY, SATURDAY)] == [10, 25, 25]
    assert terms.rules(None, FRIDAY) == terms.rules(OTHER, FRIDAY) == ProgrammeRules()
