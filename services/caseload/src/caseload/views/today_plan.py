"""What was agreed with each person, for Today: open actions, the plan, service standards, steps set aside."""

from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Final
from uuid import UUID

from caseload.action import stage_after
from caseload.standing import Json
from caseload.views.person_rows import Folds, be_active, be_inactive, file_of, noted, person_touched, shortened
from chassis.listen.told import Told
from chassis.listen.views import Table
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
    CaseOpened,
    NextStepSetAside,
    NextStepTakenUp,
    PlanAgreed,
    PlanDrafted,
    PlanReviewed,
    PlanReviewTakenBack,
    PlanSigned,
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
)

SET_ASIDE_KEPT: Final = 5
"""How many steps are kept whose days are over: help that was asked for with one may still be waited for."""
SETTLED_KEPT: Final = 5


@dataclass
class PlanStandingRow:
    """What is open; the scalars say of the documents what lists are selected by."""

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    open_actions: int = 0
    next_due: date | None = None
    warn_on: date | None = None
    review_by: date | None = None
    plan: Json | None = None
    first_agreed: Json | None = None
    active: Json | None = None
    active_before: Json | None = None
    actions: Json = field(default_factory=dict)
    settled: Json = field(default_factory=dict)
    """The actions that were settled last, as they were: what was noted may be taken back. No rule reads them."""
    standards: Json = field(default_factory=dict)
    excused: Json = field(default_factory=dict)
    set_aside: Json = field(default_factory=dict)


def plan_touched(told: Told) -> UUID | None:
    """Return the row that a fact touches."""
    return person_touched(told, FOLDS)


def fold_plan_standing(row: PlanStandingRow | None, told: Told) -> PlanStandingRow:
    """Take a fact into what is open; what is about something settled or unknown changes nothing."""
    if row is None:
        assert told.tenant
        row = PlanStandingRow(file_of(told.subject, told.tenant), told.subject, told.tenant)
    FOLDS[type(told.fact)](row, told.fact, told)
    return row


def _opened(row: PlanStandingRow, _fact: CaseOpened, _told: Told) -> None:
    """Begin anew: a person may come a second time. Standards run from the referral on, before the case."""
    row.plan, row.review_by, row.first_agreed, row.actions, row.settled, row.set_aside = None, None, None, {}, {}, {}
    _sum_up(row)


def _suggested(row: PlanStandingRow, fact: ActionSuggested, told: Told) -> None:
    _act(row, fact, told, by=fact.by)
    if fact.by is ActionOwner.PARTICIPANT:
        be_active(row, noted(told))


def _agreed(row: PlanStandingRow, fact: ActionAgreed, told: Told) -> None:
    _act(row, fact, told)
    row.first_agreed = row.first_agreed or noted(told)


def _act(row: PlanStandingRow, fact: ActionAgreed | ActionSuggested, told: Told, **by: str) -> None:
    words = {"what": fact.what, "owner": fact.owner, "due": fact.due.isoformat()}
    action = noted(told) | by | words | {"stage": stage_after(fact)}
    row.actions[str(fact.action_id)] = action
    _sum_up(row)


def _moved_on(row: PlanStandingRow, fact: ActionBegun | ActionPutOnStandby | ActionResumed, told: Told) -> None:
    if action := row.actions.get(str(fact.action_id)):
        action["begun"] = isinstance(fact, ActionBegun) or action.get("begun", False)
        action["stage"] = stage_after(fact, begun=action["begun"])
        _note_activity(row, action, told)
        _sum_up(row)


def _due_moved(row: PlanStandingRow, fact: ActionDueDateMoved, _told: Told) -> None:
    if action := row.actions.get(str(fact.action_id)):
        action["due"] = fact.due.isoformat()
        action.pop("fell_due", None)
        _sum_up(row)


def _fell_due(row: PlanStandingRow, fact: ActionFellDue, told: Told) -> None:
    if action := row.actions.get(str(fact.action_id)):
        action["fell_due"] = noted(told)


def _done(row: PlanStandingRow, fact: ActionDone, told: Told) -> None:
    if action := _settle(row, fact):
        _note_activity(row, action, told)
        _sum_up(row)


def _cancelled(row: PlanStandingRow, fact: ActionCancelled, _told: Told) -> None:
    _settle(row, fact)
    _sum_up(row)


def _settle(row: PlanStandingRow, fact: ActionDone | ActionCancelled) -> Json | None:
    id_ = str(fact.action_id)
    action: Json | None = row.actions.pop(id_, None)
    if action:
        row.settled[id_] = {**action, "settled_at": fact.occurred_at.isoformat()}
        row.settled = shortened(row.settled, SETTLED_KEPT, lambda one: one["settled_at"])
    return action


def _step_taken_back(row: PlanStandingRow, fact: ActionStepTakenBack, told: Told) -> None:
    id_ = str(fact.action_id)
    if id_ not in row.actions:
        row.actions[id_] = row.settled.pop(id_, noted(told) | {"owner": fact.owner})
    action = row.actions[id_]
    action |= {"stage": fact.stage, "begun": fact.begun, "due": fact.due.isoformat()}
    if fact.suggested_by:
        action["by"] = fact.suggested_by
    wrong = f"{told.aggregate_id}:{fact.taken_back}"
    be_inactive(row, wrong)
    if row.first_agreed and row.first_agreed["fact"] == wrong:
        row.first_agreed = _first_agreed(row)
    _sum_up(row)


def _first_agreed(row: PlanStandingRow) -> Json | None:
    known = (*row.settled.values(), *row.actions.values())
    agreed = [one for one in known if one["stage"] != ActionStage.SUGGESTED]
    first = min(agreed, key=lambda one: (one["at"], one["fact"]), default=None)
    return {"fact": first["fact"], "at": first["at"]} if first else None


def _note_activity(row: PlanStandingRow, action: Json, told: Told) -> None:
    if action["owner"] == ActionOwner.PARTICIPANT:
        be_active(row, noted(told))


def _drafted(row: PlanStandingRow, fact: PlanDrafted, told: Told) -> None:
    row.plan, row.review_by = noted(told) | {"plan_id": str(fact.plan_id), "signed": []}, None


def _signed(row: PlanStandingRow, fact: PlanSigned, told: Told) -> None:
    if row.plan:
        row.plan["signed"] = sorted({*row.plan["signed"], fact.by})
    if fact.by is ActionOwner.PARTICIPANT:
        be_active(row, noted(told))


def _plan_agreed(row: PlanStandingRow, fact: PlanAgreed, told: Told) -> None:
    if row.plan:
        row.plan["agreed"] = noted(told)
        _review_by(row, row.plan, fact.review_by)


def _reviewed(row: PlanStandingRow, fact: PlanReviewed, told: Told) -> None:
    if row.plan:
        row.plan |= {"reviewed": noted(told), "reviewed_before": row.plan.get("reviewed")}
        _review_by(row, row.plan, fact.review_by)


def _review_taken_back(row: PlanStandingRow, fact: PlanReviewTakenBack, _told: Told) -> None:
    if row.plan:
        row.plan["reviewed"] = row.plan.pop("reviewed_before", None)
        _review_by(row, row.plan, fact.review_by)


def _review_by(row: PlanStandingRow, plan: Json, day: date) -> None:
    row.review_by, plan["review_by"] = day, day.isoformat()


def _set_aside(row: PlanStandingRow, fact: NextStepSetAside, told: Told) -> None:
    row.set_aside[fact.step] = noted(told) | {"reason": fact.reason, "until": fact.until.isoformat()}
    today = fact.occurred_at.astimezone(UTC).date().isoformat()
    over = {step: aside for step, aside in row.set_aside.items() if aside["until"] < today}
    lasting = {step: aside for step, aside in row.set_aside.items() if step not in over}
    row.set_aside = lasting | shortened(over, SET_ASIDE_KEPT, lambda aside: aside["at"])
    be_active(row, noted(told))


def _taken_up(row: PlanStandingRow, fact: NextStepTakenUp, _told: Told) -> None:
    row.set_aside.pop(fact.step, None)


def _promised(row: PlanStandingRow, fact: StandardPromised, told: Told) -> None:
    days = {"warn_on": fact.warn_on.isoformat(), "due": fact.due.isoformat()}
    row.standards[fact.standard] = noted(told) | days
    _sum_up(row)


def _warned(row: PlanStandingRow, fact: StandardWarned, told: Told) -> None:
    if standard := row.standards.get(fact.standard):
        standard["warned"] = noted(told)


def _breached(row: PlanStandingRow, fact: StandardBreached, told: Told) -> None:
    if standard := row.standards.get(fact.standard):
        standard["breached"] = noted(told)


def _met(row: PlanStandingRow, fact: StandardMet, _told: Told) -> None:
    for kept in (row.standards, row.excused):
        kept.pop(fact.standard, None)
    _sum_up(row)


def _excused(row: PlanStandingRow, fact: StandardExcused, _told: Told) -> None:
    if standard := row.standards.pop(fact.standard, None):
        row.excused[fact.standard] = standard
    _sum_up(row)


def _excuse_taken_back(row: PlanStandingRow, fact: StandardExcuseTakenBack, _told: Told) -> None:
    if standard := row.excused.pop(fact.standard, None):
        row.standards[fact.standard] = standard
    _sum_up(row)


def _sum_up(row: PlanStandingRow) -> None:
    days = [action["due"] for action in row.actions.values() if action["stage"] != ActionStage.SUGGESTED]
    row.open_actions, row.next_due = len(days), _earliest(days)
    row.warn_on = _earliest([standard["warn_on"] for standard in row.standards.values()])


def _earliest(days: list[str]) -> date | None:
    return date.fromisoformat(min(days)) if days else None


FOLDS: Final[Folds[PlanStandingRow]] = {
    CaseOpened: _opened,
    ActionSuggested: _suggested,
    ActionAgreed: _agreed,
    **dict.fromkeys((ActionBegun, ActionPutOnStandby, ActionResumed), _moved_on),
    ActionDueDateMoved: _due_moved,
    ActionFellDue: _fell_due,
    ActionDone: _done,
    ActionCancelled: _cancelled,
    ActionStepTakenBack: _step_taken_back,
    PlanDrafted: _drafted,
    PlanSigned: _signed,
    PlanAgreed: _plan_agreed,
    PlanReviewed: _reviewed,
    PlanReviewTakenBack: _review_taken_back,
    NextStepSetAside: _set_aside,
    NextStepTakenUp: _taken_up,
    StandardPromised: _promised,
    StandardWarned: _warned,
    StandardBreached: _breached,
    StandardMet: _met,
    StandardExcused: _excused,
    StandardExcuseTakenBack: _excuse_taken_back,
}
PLAN_STANDING: Final = Table("today_plan", PlanStandingRow, plan_touched, fold_plan_standing)
