"""Given what happened to an action of a case, when something is asked of it, then this follows, or it is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from caseload.action import (
    ALLOWED,
    ActionAlreadyAgreed,
    ActionAlreadyBegun,
    ActionAlreadyCancelled,
    ActionAlreadyDone,
    ActionOnlySuggested,
    ActionOnStandby,
    DueBeforeAgreed,
    NoSuchAction,
    NothingToTakeBack,
    NotTheirAction,
    OwnSuggestion,
)
from caseload.case import Case
from caseload.case_status import CaseIsCompleted
from chassis.aggregate import Refusal
from events.caseload import (
    ActionAgreed,
    ActionBegun,
    ActionCancelled,
    ActionDone,
    ActionDueDateMoved,
    ActionFellDue,
    ActionOwner,
    ActionPutOnStandby,
    ActionResumed,
    ActionStage,
    ActionStepTakenBack,
    ActionSuggested,
    CaseCompleted,
)
from events.fact import Fact
from tests.caseload.cases import ACTION, FRIDAY, NOW, OTHER, SATURDAY, STARTED, TODAY, decided, given, sealed

PARTICIPANT, COACH = ActionOwner.PARTICIPANT, ActionOwner.COACH
WHAT = sealed(ActionAgreed, "what")
AGREED = ActionAgreed(occurred_at=NOW, action_id=ACTION, owner=PARTICIPANT, what=WHAT, due=FRIDAY)
PROMISED = AGREED.model_copy(update={"owner": COACH})
BEGUN = ActionBegun(occurred_at=NOW, action_id=ACTION)
ON_STANDBY = ActionPutOnStandby(occurred_at=NOW, action_id=ACTION)
RESUMED = ActionResumed(occurred_at=NOW, action_id=ACTION)
DONE = ActionDone(occurred_at=NOW, action_id=ACTION)
CANCELLED = ActionCancelled(occurred_at=NOW, action_id=ACTION)
FELL_DUE = ActionFellDue(occurred_at=NOW, action_id=ACTION, due=FRIDAY)
MOVED = ActionDueDateMoved(occurred_at=NOW, action_id=ACTION, due=SATURDAY)


def suggested(by: ActionOwner) -> ActionSuggested:
    what = sealed(ActionSuggested, "what")
    return ActionSuggested(occurred_at=NOW, action_id=ACTION, by=by, owner=PARTICIPANT, what=what, due=FRIDAY)


def agree(case: Case) -> None:
    case.agree(AGREED, TODAY)


def begin(case: Case) -> None:
    case.begin_action(ACTION, NOW)


def stand_by(case: Case) -> None:
    case.put_on_standby(ACTION, NOW)


def resume(case: Case) -> None:
    case.resume_action(ACTION, NOW)


def finish(case: Case) -> None:
    case.finish(ACTION, NOW)


def cancel(case: Case) -> None:
    case.cancel(ACTION, NOW)


def move_due(case: Case) -> None:
    case.move_due(ACTION, SATURDAY, TODAY, NOW)


def let_fall_due(case: Case) -> None:
    case.let_fall_due(ACTION, SATURDAY, NOW)


# How an action comes to each stage.
TO: dict[ActionStage, list[Fact]] = {
    ActionStage.SUGGESTED: [suggested(PARTICIPANT)],
    ActionStage.AGREED: [AGREED],
    ActionStage.IN_PROGRESS: [AGREED, BEGUN],
    ActionStage.STANDBY: [AGREED, ON_STANDBY],
    ActionStage.DONE: [AGREED, DONE],
    ActionStage.CANCELLED: [AGREED, CANCELLED],
}
STEPS: dict[str, tuple[Callable[[Case], None], Fact]] = {
    "agree": (agree, AGREED),
    "begin": (begin, BEGUN),
    "standby": (stand_by, ON_STANDBY),
    "resume": (resume, RESUMED),
    "done": (finish, DONE),
    "cancel": (cancel, CANCELLED),
    "due": (move_due, MOVED),
}
REFUSED: dict[ActionStage, type[Refusal]] = {
    ActionStage.SUGGESTED: ActionOnlySuggested,
    ActionStage.AGREED: ActionAlreadyAgreed,
    ActionStage.IN_PROGRESS: ActionAlreadyBegun,
    ActionStage.STANDBY: ActionOnStandby,
    ActionStage.DONE: ActionAlreadyDone,
    ActionStage.CANCELLED: ActionAlreadyCancelled,
}
SETTLED = {
    (ActionStage.AGREED, "agree"),
    (ActionStage.AGREED, "resume"),
    (ActionStage.IN_PROGRESS, "begin"),
    (ActionStage.IN_PROGRESS, "resume"),
    (ActionStage.STANDBY, "standby"),
    (ActionStage.DONE, "done"),
    (ActionStage.CANCELLED, "cancel"),
}
EVERY = [(stage, step) for stage in ActionStage for step in STEPS]
LEGAL = [(stage, step) for stage, step in EVERY if step in ALLOWED[stage]]
ILLEGAL = [pair for pair in EVERY if pair not in LEGAL and pair not in SETTLED]


@pytest.mark.parametrize(("stage", "step"), LEGAL)
def test_a_step_that_leads_on_is_taken(stage: ActionStage, step: str) -> None:
    ask, fact = STEPS[step]
    case = given(*TO[stage])
    ask(case)
    assert decided(case) == [fact]


@pytest.mark.parametrize(("stage", "step"), sorted(SETTLED))
def test_what_is_already_so_tells_nothing(stage: ActionStage, step: str) -> None:
    case = given(*TO[stage])
    STEPS[step][0](case)
    assert decided(case) == []


@pytest.mark.parametrize(("stage", "step"), ILLEGAL)
def test_a_step_that_does_not_lead_on_is_refused_with_those_that_do(stage: ActionStage, step: str) -> None:
    case = given(*TO[stage])
    with pytest.raises(REFUSED[stage]) as refused:
        STEPS[step][0](case)
    assert (refused.value.allowed, decided(case)) == (ALLOWED[stage], [])


@pytest.mark.parametrize("step", STEPS.keys() - {"agree"})
def test_an_action_that_is_not_there_is_refused(step: str) -> None:
    case = given()
    with pytest.raises(NoSuchAction):
        STEPS[step][0](case)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_happens_to_the_actions_of_a_closed_case(step: str) -> None:
    case = given(STARTED, AGREED, CaseCompleted(occurred_at=NOW))
    with pytest.raises(CaseIsCompleted) as refused:
        STEPS[step][0](case)
    assert refused.value.allowed == ("reactivate", "hand-back", "entered-in-error")


def test_a_new_action_is_agreed_at_once_or_suggested_first() -> None:
    case = given()
    case.suggest(suggested(PARTICIPANT), TODAY)
    agree(case)
    assert decided(case) == [suggested(PARTICIPANT), AGREED]


def test_an_action_of_the_same_id_is_not_suggested_twice() -> None:
    case = given(suggested(PARTICIPANT))
    with pytest.raises(ActionOnlySuggested):
        case.suggest(suggested(PARTICIPANT), TODAY)


@pytest.mark.parametrize("due_on", [FRIDAY, TODAY])
def test_an_action_may_be_due_on_the_day_of_the_agreement(due_on: object) -> None:
    case = given()
    case.agree(AGREED, FRIDAY if due_on == FRIDAY else TODAY)
    assert decided(case) == [AGREED]


def test_an_action_cannot_be_due_before_it_is_suggested_agreed_or_moved() -> None:
    case = given()
    with pytest.raises(DueBeforeAgreed):
        case.agree(AGREED, SATURDAY)
    with pytest.raises(DueBeforeAgreed):
        case.suggest(suggested(COACH), SATURDAY)
    agreed = given(AGREED)
    with pytest.raises(DueBeforeAgreed):
        agreed.move_due(ACTION, FRIDAY - timedelta(days=1), FRIDAY, NOW)


def test_a_due_date_that_stays_tells_nothing() -> None:
    case = given(AGREED)
    case.move_due(ACTION, FRIDAY, SATURDAY, NOW)
    assert decided(case) == []


def test_a_person_does_not_agree_alone_to_what_they_suggested() -> None:
    case = given(suggested(PARTICIPANT))
    with pytest.raises(OwnSuggestion) as refused:
        case.agree(AGREED, TODAY, by=PARTICIPANT)
    assert refused.value.allowed == ("cancel",)


@pytest.mark.parametrize(("by", "agrees"), [(PARTICIPANT, COACH), (COACH, PARTICIPANT), (COACH, COACH)])
def test_the_other_one_agrees_or_the_coach_notes_that_the_person_did(by: ActionOwner, agrees: ActionOwner) -> None:
    case = given(suggested(by))
    case.agree(AGREED, TODAY, by=agrees)
    assert decided(case) == [AGREED]


@pytest.mark.parametrize("step", [Case.begin_action, Case.put_on_standby, Case.finish])
def test_a_person_does_nothing_to_the_promises_of_the_coach(step: Callable[..., None]) -> None:
    case = given(PROMISED)
    with pytest.raises(NotTheirAction):
        step(case, ACTION, NOW, PARTICIPANT)


@pytest.mark.parametrize(
    ("step", "fact"),
    [(Case.begin_action, BEGUN), (Case.put_on_standby, ON_STANDBY), (Case.finish, DONE)],
)
def test_a_person_works_on_their_own_actions(step: Callable[..., None], fact: Fact) -> None:
    case = given(AGREED)
    step(case, ACTION, NOW, PARTICIPANT)
    assert decided(case) == [fact]


def test_once_both_agreed_only_the_coach_cancels() -> None:
    case = given(AGREED)
    with pytest.raises(ActionAlreadyAgreed) as refused:
        case.cancel(ACTION, NOW, PARTICIPANT)
    assert refused.value.allowed == ("begin", "standby", "done")


@pytest.mark.parametrize("by", ActionOwner)
def test_a_person_takes_back_or_declines_what_is_only_suggested(by: ActionOwner) -> None:
    case = given(suggested(by))
    case.cancel(ACTION, NOW, PARTICIPANT)
    assert decided(case) == [CANCELLED]


def taken_back(stage: ActionStage, version: int, **fields: object) -> ActionStepTakenBack:
    usual = {"begun": False, "owner": PARTICIPANT, "due": FRIDAY, "taken_back": version}
    return ActionStepTakenBack(occurred_at=NOW, action_id=ACTION, stage=stage, **usual | fields)


@pytest.mark.parametrize(
    ("before", "stage", "fields"),
    [
        ([AGREED, BEGUN], ActionStage.AGREED, {}),
        ([AGREED, BEGUN, DONE], ActionStage.IN_PROGRESS, {"begun": True}),
        ([AGREED, BEGUN, ON_STANDBY, CANCELLED], ActionStage.STANDBY, {"begun": True}),
        ([AGREED, MOVED, DONE], ActionStage.AGREED, {"due": SATURDAY}),
        ([suggested(COACH), AGREED], ActionStage.SUGGESTED, {"suggested_by": COACH}),
        ([suggested(COACH), CANCELLED], ActionStage.SUGGESTED, {"suggested_by": COACH}),
    ],
)
def test_what_was_noted_last_of_an_action_is_taken_back(
    before: list[Fact], stage: ActionStage, fields: dict[str, object]
) -> None:
    case = given(*before)
    version = case.version
    case.take_step_back(ACTION, version, NOW)
    assert decided(case) == [taken_back(stage, version, **fields)]
    assert case.actions[ACTION].stage is stage
    with pytest.raises(NothingToTakeBack):
        case.take_step_back(ACTION, version, NOW)


def test_only_what_was_noted_last_is_taken_back_and_an_agreement_made_at_once_is_cancelled() -> None:
    case = given(AGREED, BEGUN, DONE)
    for version in (case.version - 1, case.version + 1):
        with pytest.raises(NothingToTakeBack):
            case.take_step_back(ACTION, version, NOW)
    agreed = given(AGREED)
    with pytest.raises(NothingToTakeBack):
        agreed.take_step_back(ACTION, agreed.version, NOW)


def test_an_action_that_is_open_again_is_late_as_before_and_can_be_done_again() -> None:
    case = given(AGREED, FELL_DUE, DONE)
    case.take_step_back(ACTION, case.version, NOW)
    case.let_fall_due(ACTION, SATURDAY, NOW)
    case.finish(ACTION, NOW)
    assert decided(case)[1:] == [DONE]


def test_a_suggestion_is_again_due_when_it_was_suggested_for() -> None:
    case = given(suggested(COACH), AGREED.model_copy(update={"due": SATURDAY}))
    case.take_step_back(ACTION, case.version, NOW)
    assert case.actions[ACTION].due == FRIDAY


def test_a_person_takes_back_what_is_theirs_to_say() -> None:
    for before in ([AGREED, DONE], [suggested(COACH), CANCELLED], [suggested(COACH), AGREED]):
        case = given(*before)
        case.take_step_back(ACTION, case.version, NOW, PARTICIPANT)
        assert len(decided(case)) == 1
    for before in (
        [PROMISED, DONE],
        [AGREED, CANCELLED],
        [suggested(PARTICIPANT), AGREED],
        [suggested(PARTICIPANT), CANCELLED],
    ):
        case = given(*before)
        with pytest.raises(NotTheirAction):
            case.take_step_back(ACTION, case.version, NOW, PARTICIPANT)


def test_an_action_that_rested_goes_on_from_where_it_stood() -> None:
    begun, agreed = given(AGREED, BEGUN, ON_STANDBY, RESUMED), given(AGREED, ON_STANDBY, RESUMED)
    assert begun.actions[ACTION].stage is ActionStage.IN_PROGRESS
    assert agreed.actions[ACTION].stage is ActionStage.AGREED


@pytest.mark.parametrize("before", [[AGREED], [AGREED, BEGUN], [AGREED, FELL_DUE, MOVED.model_copy()]])
def test_an_open_action_falls_due_when_its_last_day_has_passed(before: list[Fact]) -> None:
    case = given(*before)
    due = case.actions[ACTION].due
    case.let_fall_due(ACTION, due + timedelta(days=1), NOW)
    assert decided(case) == [ActionFellDue(occurred_at=NOW, action_id=ACTION, due=due)]


@pytest.mark.parametrize(
    "before",
    [
        [AGREED, FELL_DUE],
        [AGREED, DONE],
        [AGREED, CANCELLED],
        [AGREED, ON_STANDBY],
        [AGREED, MOVED],
        [suggested(COACH)],
    ],
)
def test_what_no_longer_matters_does_not_fall_due(before: list[Fact]) -> None:
    case = given(*before)
    let_fall_due(case)
    assert decided(case) == []


def test_an_action_is_not_late_on_its_due_date() -> None:
    case = given(AGREED)
    case.let_fall_due(ACTION, FRIDAY, NOW)
    assert decided(case) == []


@pytest.mark.parametrize("late", [[], [FELL_DUE]])
def test_an_action_may_be_done_late(late: list[Fact]) -> None:
    case = given(AGREED, *late)
    finish(case)
    assert decided(case) == [DONE]


def test_a_completed_course_does_the_open_actions_that_consist_in_it() -> None:
    course = AGREED.model_copy(update={"course": "write-a-cv"})
    done = course.model_copy(update={"action_id": OTHER})
    case = given(course, done, ActionDone(occurred_at=NOW, action_id=OTHER))
    case.finish_course("begin-again", NOW)
    case.finish_course("write-a-cv", NOW)
    assert decided(case) == [DONE]
