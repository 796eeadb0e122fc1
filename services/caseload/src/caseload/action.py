"""The actions of a case: steps that one of the two suggests, both agree on, and one of them does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

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
)
from events.fact import Fact


class NoSuchAction(Refusal):
    """The case has no action of that id."""


class ActionOnlySuggested(Refusal):
    """The other one has not agreed to the action yet."""


class ActionAlreadyAgreed(Refusal):
    """Both agreed to the action; only its due date may change, by the coach."""


class ActionAlreadyBegun(Refusal):
    """The action is in progress."""


class ActionOnStandby(Refusal):
    """The action rests; it has to be resumed first."""


class ActionAlreadyDone(Refusal):
    """The action is done. If that is wrong it can be taken back; another one can be agreed."""


class ActionAlreadyCancelled(Refusal):
    """The action was cancelled. If that is wrong it can be taken back; another one can be agreed."""


class NothingToTakeBack(Refusal):
    """This is not what was noted of the action last, so it cannot be taken back."""


class DueBeforeAgreed(Refusal):
    """An action cannot fall due before the day on which it is agreed."""

    about = "due"


class OwnSuggestion(Refusal):
    """Whoever suggested an action waits for the other one to agree."""


class NotTheirAction(Refusal):
    """The action is a promise of the coach, who says what becomes of it."""


ALLOWED: Final[dict[ActionStage, tuple[str, ...]]] = {
    ActionStage.SUGGESTED: ("agree", "cancel"),
    ActionStage.AGREED: ("begin", "standby", "done", "cancel", "due"),
    ActionStage.IN_PROGRESS: ("standby", "done", "cancel", "due"),
    ActionStage.STANDBY: ("resume", "done", "cancel", "due"),
    ActionStage.DONE: ("take-back",),
    ActionStage.CANCELLED: ("take-back",),
}
LEADS_TO: Final[dict[str, frozenset[ActionStage]]] = {
    "agree": frozenset({ActionStage.AGREED}),
    "begin": frozenset({ActionStage.IN_PROGRESS}),
    "standby": frozenset({ActionStage.STANDBY}),
    "resume": frozenset({ActionStage.AGREED, ActionStage.IN_PROGRESS}),
    "done": frozenset({ActionStage.DONE}),
    "cancel": frozenset({ActionStage.CANCELLED}),
    "due": frozenset(),
}
_REFUSED_FROM: Final[dict[ActionStage, type[Refusal]]] = {
    ActionStage.SUGGESTED: ActionOnlySuggested,
    ActionStage.AGREED: ActionAlreadyAgreed,
    ActionStage.IN_PROGRESS: ActionAlreadyBegun,
    ActionStage.STANDBY: ActionOnStandby,
    ActionStage.DONE: ActionAlreadyDone,
    ActionStage.CANCELLED: ActionAlreadyCancelled,
}


@dataclass(frozen=True, slots=True)
class Action:
    """What a decision needs to know of an action; `suggestion` holds its words for when both agree.

    `stepped` is the version of the case at which it came where it stands, 0 for what cannot be taken back, and
    `before` where it stood then and whether work on it had begun.
    """

    due: date
    owner: ActionOwner = ActionOwner.PARTICIPANT
    stage: ActionStage = ActionStage.AGREED
    begun: bool = False
    fell_due: bool = False
    course: str | None = None
    suggestion: ActionSuggested | None = None
    stepped: int = 0
    before: tuple[ActionStage, bool] = (ActionStage.AGREED, False)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.stage in {ActionStage.AGREED, ActionStage.IN_PROGRESS, ActionStage.STANDBY}


class Actions(dict[UUID, Action]):
    """The actions of one case by id. Decisions yield the facts that follow, in an order of their own."""

    def suggest(self, suggested: ActionSuggested, today: date) -> Iterator[Fact]:
        """Take a step that one of the two proposes."""
        self._require_new(suggested.action_id)
        _require_due(suggested.due, today)
        yield suggested

    def agree(self, agreed: ActionAgreed, today: date, by: ActionOwner = ActionOwner.COACH) -> Iterator[Fact]:
        """Take an action that both agree on: a new one, or one that the other suggested.

        A coach may note that the person agreed, too; a person does not agree alone.
        """
        if agreed.action_id in self:
            if not self.moves(agreed.action_id, "agree"):
                return
            suggestion = self[agreed.action_id].suggestion
            if suggestion and by is ActionOwner.PARTICIPANT is suggestion.by:
                raise OwnSuggestion(str(OwnSuggestion.__doc__), ["cancel"])
        _require_due(agreed.due, today)
        yield agreed

    def begin(self, action_id: UUID, by: ActionOwner, now: datetime) -> Iterator[Fact]:
        """Note that work on an action is in progress."""
        if self._moves_by(action_id, "begin", by):
            yield ActionBegun(occurred_at=now, action_id=action_id)

    def stand_by(self, action_id: UUID, by: ActionOwner, now: datetime) -> Iterator[Fact]:
        """Let an action rest."""
        if self._moves_by(action_id, "standby", by):
            yield ActionPutOnStandby(occurred_at=now, action_id=action_id)

    def resume(self, action_id: UUID, by: ActionOwner, now: datetime) -> Iterator[Fact]:
        """Go on with an action that rested, from where it stood."""
        if self._moves_by(action_id, "resume", by):
            yield ActionResumed(occurred_at=now, action_id=action_id)

    def finish(self, action_id: UUID, by: ActionOwner, now: datetime) -> Iterator[Fact]:
        """Mark an action as done, late or not."""
        if self._moves_by(action_id, "done", by):
            yield ActionDone(occurred_at=now, action_id=action_id)

    def finish_course(self, course: str, now: datetime) -> Iterator[Fact]:
        """Mark every open action as done that consists in a course."""
        for action_id, action in self.items():
            if action.is_open and action.course == course:
                yield ActionDone(occurred_at=now, action_id=action_id)

    def cancel(self, action_id: UUID, by: ActionOwner, now: datetime) -> Iterator[Fact]:
        """Take back an action that nobody wants any more; once both agreed, the coach does."""
        if self.moves(action_id, "cancel"):
            if by is ActionOwner.PARTICIPANT and self[action_id].is_open:
                _refuse(ActionAlreadyAgreed, ["begin", "standby", "done"])
            yield ActionCancelled(occurred_at=now, action_id=action_id)

    def take_back(self, action_id: UUID, version: int, by: ActionOwner, now: datetime) -> Iterator[Fact]:
        """Take back what was noted of an action last, the fact at that version of the case.

        A person takes back what is theirs to say: of their own action, or in answer to what the coach suggested.
        """
        action = self.known(action_id)
        if not action.stepped or action.stepped != version:
            _refuse(NothingToTakeBack, ALLOWED[action.stage])
        stage, begun = action.before
        if by is ActionOwner.PARTICIPANT and not _is_theirs_to_say(action):
            raise NotTheirAction(str(NotTheirAction.__doc__))
        suggestion = action.suggestion if stage is ActionStage.SUGGESTED else None
        yield ActionStepTakenBack(
            occurred_at=now,
            action_id=action_id,
            stage=stage,
            begun=begun,
            owner=action.owner,
            due=suggestion.due if suggestion else action.due,
            suggested_by=suggestion.by if suggestion else None,
            taken_back=version,
        )

    def move_due(self, action_id: UUID, due: date, today: date, now: datetime) -> Iterator[Fact]:
        """Give an agreed action another due date."""
        self.moves(action_id, "due")
        if self[action_id].due != due:
            _require_due(due, today)
            yield ActionDueDateMoved(occurred_at=now, action_id=action_id, due=due)

    def let_fall_due(self, action_id: UUID, late_on: date, passed: datetime) -> Iterator[Fact]:
        """Note, once, that an action is late: `late_on` is the day after its due date, which began when that `passed`.

        Nothing happens when the action is settled, rests, or is due later by now.
        """
        action = self.known(action_id)
        waited_for = action.is_open and action.stage is not ActionStage.STANDBY
        if waited_for and action.due < late_on and not action.fell_due:
            yield ActionFellDue(occurred_at=passed, action_id=action_id, due=action.due)

    def known(self, action_id: UUID) -> Action:
        """Return an action. Raises NoSuchAction."""
        if action_id not in self:
            raise NoSuchAction(str(NoSuchAction.__doc__))
        return self[action_id]

    def moves(self, action_id: UUID, step: str) -> bool:
        """Return whether a step has yet to be taken; refuse one that does not lead on from where the action stands."""
        stage = self.known(action_id).stage
        if step in ALLOWED[stage]:
            return True
        if stage not in LEADS_TO[step]:
            _refuse(_REFUSED_FROM[stage], ALLOWED[stage])
        return False

    def _moves_by(self, action_id: UUID, step: str, by: ActionOwner) -> bool:
        if by is ActionOwner.PARTICIPANT and self.known(action_id).owner is ActionOwner.COACH:
            raise NotTheirAction(str(NotTheirAction.__doc__))
        return self.moves(action_id, step)

    def _require_new(self, action_id: UUID) -> None:
        if action_id in self:
            stage = self[action_id].stage
            _refuse(_REFUSED_FROM[stage], ALLOWED[stage])

    def fold(self, fact: Fact, version: int) -> None:
        """Take a fact about an action, at its version of the case, into the state."""
        match fact:
            case ActionSuggested(action_id=id, due=due, owner=owner):
                self[id] = Action(due, owner, ActionStage.SUGGESTED, suggestion=fact)
            case ActionAgreed(action_id=id, due=due, owner=owner, course=course):
                agreed = Action(due, owner, course=course)
                if id in self:
                    before = (self[id].stage, False)
                    agreed = replace(agreed, suggestion=self[id].suggestion, stepped=version, before=before)
                self[id] = agreed
            case ActionStepTakenBack(action_id=id, stage=stage, begun=begun, due=due):
                self[id] = replace(self[id], stage=stage, begun=begun, due=due, stepped=0)
            case ActionDueDateMoved() | ActionFellDue():
                self._fold_due(fact)
            case _ if isinstance(fact, STEPS):
                action = self[fact.action_id]
                begun, before = action.begun or isinstance(fact, ActionBegun), (action.stage, action.begun)
                stage = stage_after(fact, begun=begun)
                self[fact.action_id] = replace(action, stage=stage, begun=begun, stepped=version, before=before)

    def _fold_due(self, fact: ActionDueDateMoved | ActionFellDue) -> None:
        match fact:
            case ActionDueDateMoved(action_id=id, due=due):
                self[id] = replace(self[id], due=due, fell_due=False)
            case ActionFellDue(action_id=id):
                self[id] = replace(self[id], fell_due=True)


STEPS: Final = (ActionBegun, ActionPutOnStandby, ActionResumed, ActionDone, ActionCancelled)
ACTION_FACTS: Final = (
    ActionSuggested,
    ActionAgreed,
    *STEPS,
    ActionStepTakenBack,
    ActionDueDateMoved,
    ActionFellDue,
)


def stage_after(fact: Fact, *, begun: bool = False) -> ActionStage:
    """Return where a fact leads an action; one that rested goes on from where it stood, `begun` or not."""
    if isinstance(fact, ActionResumed):
        return ActionStage.IN_PROGRESS if begun else ActionStage.AGREED
    return _LEADS_TO_STAGE[type(fact)]


_LEADS_TO_STAGE: Final[dict[type[Fact], ActionStage]] = {
    ActionSuggested: ActionStage.SUGGESTED,
    ActionAgreed: ActionStage.AGREED,
    ActionBegun: ActionStage.IN_PROGRESS,
    ActionPutOnStandby: ActionStage.STANDBY,
    ActionDone: ActionStage.DONE,
    ActionCancelled: ActionStage.CANCELLED,
}


def _is_theirs_to_say(action: Action) -> bool:
    stage, _ = action.before
    if stage is ActionStage.SUGGESTED:
        return action.suggestion is not None and action.suggestion.by is ActionOwner.COACH
    return action.owner is ActionOwner.PARTICIPANT and action.stage is not ActionStage.CANCELLED


def _require_due(due: date, today: date) -> None:
    if due < today:
        raise DueBeforeAgreed(str(DueBeforeAgreed.__doc__))


def _refuse(refusal: type[Refusal], allowed: tuple[str, ...] | list[str]) -> None:
    raise refusal(str(refusal.__doc__), allowed)
