"""A case: one accepted person with a provider's programme, a coach, what they agreed and when they spoke."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.caseload import (
    ActionAgreed,
    ActionCancelled,
    ActionDone,
    ActionFellDue,
    CaseOpened,
    CoachAssigned,
    ContactRecorded,
)
from events.fact import Fact


class ActionStage(StrEnum):
    """Where an agreed action stands. Being late is not a stage: it may still be done."""

    AGREED = "agreed"
    DONE = "done"
    CANCELLED = "cancelled"


class NoSuchAction(Refusal):
    """The case has no action of that id."""


class ActionAlreadyAgreed(Refusal):
    """An action of that id was agreed before; it can be done or cancelled."""


class ActionAlreadyDone(Refusal):
    """The action is done, for good; another one can be agreed."""


class ActionAlreadyCancelled(Refusal):
    """The action was cancelled; another one can be agreed."""


class DueBeforeAgreed(Refusal):
    """An action cannot fall due before the day on which it was agreed."""


class ContactInTheFuture(Refusal):
    """A contact is recorded when it has happened, not before."""


FOLLOWS: Final[dict[ActionStage, dict[ActionStage, str]]] = {
    ActionStage.AGREED: {ActionStage.DONE: "done", ActionStage.CANCELLED: "cancel"},
    ActionStage.DONE: {},
    ActionStage.CANCELLED: {},
}

_REFUSED_FROM: Final[dict[ActionStage, type[Refusal]]] = {
    ActionStage.AGREED: ActionAlreadyAgreed,
    ActionStage.DONE: ActionAlreadyDone,
    ActionStage.CANCELLED: ActionAlreadyCancelled,
}


@dataclass(frozen=True, slots=True)
class Action:
    """What a decision needs to know of an agreed action."""

    due: date
    stage: ActionStage = ActionStage.AGREED
    fell_due: bool = False


class Case(Aggregate):
    """The rules of a case. Every decision takes the moment at which it happened."""

    begins_with = CaseOpened

    programme_id: UUID | None = None
    coach_id: UUID | None = None
    actions: dict[UUID, Action] = field(default_factory=dict)

    @classmethod
    def open(cls, id: UUID, opened: CaseOpened, coach_id: UUID | None) -> Self:  # noqa: A002  (the library's own word)
        """Return a new case, with its coach when one is already chosen."""
        case = cls.begin(id, opened)
        if coach_id:
            case.assign(coach_id, opened.occurred_at)
        return case

    def assign(self, coach_id: UUID, now: datetime) -> None:
        """Make a coach responsible."""
        if self.coach_id != coach_id:
            self.record(CoachAssigned(occurred_at=now, coach_id=coach_id))

    def agree(self, agreed: ActionAgreed, agreed_on: date) -> None:
        """Take an action that coach and person agreed on the day `agreed_on`, in the programme's time zone."""
        if agreed.action_id in self.actions:
            self._refuse_from(self.actions[agreed.action_id].stage)
        if agreed.due < agreed_on:
            raise DueBeforeAgreed(str(DueBeforeAgreed.__doc__))
        self.record(agreed)

    def finish(self, action_id: UUID, now: datetime) -> None:
        """Mark an action as done, late or not."""
        if self._moves(action_id, ActionStage.DONE):
            self.record(ActionDone(occurred_at=now, action_id=action_id))

    def cancel(self, action_id: UUID, now: datetime) -> None:
        """Take back an action that nobody wants any more."""
        if self._moves(action_id, ActionStage.CANCELLED):
            self.record(ActionCancelled(occurred_at=now, action_id=action_id))

    def let_fall_due(self, action_id: UUID, late_on: date, passed: datetime) -> None:
        """Note, once, that an action is late: `late_on` is the day after its due date, which began when that `passed`.

        Nothing happens when the action is settled, or due later by now.
        """
        action = self._action(action_id)
        if action.stage is ActionStage.AGREED and action.due < late_on and not action.fell_due:
            self.record(ActionFellDue(occurred_at=passed, action_id=action_id, due=action.due))

    def record_contact(self, contact: ContactRecorded, now: datetime) -> None:
        """Take a contact between coach and person, also one that was not written down at once."""
        if contact.occurred_at > now:
            raise ContactInTheFuture(str(ContactInTheFuture.__doc__))
        self.record(contact)

    def _moves(self, action_id: UUID, stage: ActionStage) -> bool:
        """Return whether an action has yet to come to `stage`; refuse when it cannot."""
        current = self._action(action_id).stage
        if current is not stage and stage not in FOLLOWS[current]:
            self._refuse_from(current)
        return current is not stage

    def _action(self, action_id: UUID) -> Action:
        if action_id not in self.actions:
            raise NoSuchAction(str(NoSuchAction.__doc__))
        return self.actions[action_id]

    def _refuse_from(self, stage: ActionStage) -> None:
        refusal = _REFUSED_FROM[stage]
        raise refusal(str(refusal.__doc__), FOLLOWS[stage].values())

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case CaseOpened():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.programme_id = fact.programme_id
            case CoachAssigned(coach_id=coach_id):
                self.coach_id = coach_id
            case ActionAgreed(action_id=action_id, due=due):
                self.actions[action_id] = Action(due)
            case ActionDone(action_id=action_id):
                self.actions[action_id] = replace(self.actions[action_id], stage=ActionStage.DONE)
            case ActionCancelled(action_id=action_id):
                self.actions[action_id] = replace(self.actions[action_id], stage=ActionStage.CANCELLED)
            case ActionFellDue(action_id=action_id):
                self.actions[action_id] = replace(self.actions[action_id], fell_due=True)
            case ContactRecorded():
                pass
            case _:
                super().fold(fact)
