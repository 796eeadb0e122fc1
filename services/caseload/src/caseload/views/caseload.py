"""Cases as a coach reads them: one row for each case, one for each agreed action."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import (
    ActionAgreed,
    ActionCancelled,
    ActionDone,
    ActionFellDue,
    ActionOwner,
    CaseOpened,
    CoachAssigned,
    ContactRecorded,
    case_of,
)
from events.referrals import ReferralSubmitted
from events.sealed import Sealed


@dataclass
class CaseRow:
    """A case; until it is opened (`opened_at`), only what its referral told of the person."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    version: int = 0
    name: Sealed | None = None
    referral_id: UUID | None = None
    programme_id: UUID | None = None
    opened_at: datetime | None = None
    coach_id: UUID | None = None
    last_contact_at: datetime | None = None


@dataclass
class ActionRow:
    """An agreed action; it is open until `done_at` or `cancelled_at`. `place` is where, `means` is how."""

    action_id: UUID
    case_id: UUID
    tenant: UUID | None
    owner: ActionOwner
    what: Sealed
    place: Sealed | None
    means: Sealed | None
    due: date
    agreed_at: datetime
    fell_due: bool = False
    done_at: datetime | None = None
    cancelled_at: datetime | None = None


def case_touched(told: Told) -> UUID:
    """Return the case that a fact of a referral or of a case belongs to."""
    return case_of(told.aggregate_id) if told.type == ReferralSubmitted.type_name else told.aggregate_id


def fold_case(row: CaseRow | None, told: Told) -> CaseRow:
    """Take a fact into its case. What services tell independently of each other lands in columns of their own."""
    row = row or CaseRow(case_touched(told), told.subject, told.tenant)
    match told.fact:
        case ReferralSubmitted(name=name):
            row.name = name
            return row
        case CaseOpened() as opened:
            row.referral_id, row.programme_id, row.opened_at = (
                opened.referral_id,
                opened.programme_id,
                opened.occurred_at,
            )
        case CoachAssigned(coach_id=coach_id):
            row.coach_id = coach_id
        case ContactRecorded(occurred_at=at):
            row.last_contact_at = max(at, row.last_contact_at or at)
    row.version = int(told.id.rpartition(":")[2])
    return row


def action_touched(told: Told) -> UUID | None:
    """Return the action that a fact of a case is about, None when it is about none."""
    match told.fact:
        case ActionAgreed() | ActionDone() | ActionCancelled() | ActionFellDue() as fact:
            return fact.action_id
    return None


def fold_action(row: ActionRow | None, told: Told) -> ActionRow:
    """Take a fact into its action.

    Raises LookupError for an action that nobody agreed.
    """
    fact = told.fact
    if isinstance(fact, ActionAgreed):
        return _agreed(fact, told)
    if row is None:
        message = "an action was settled before it was agreed"
        raise LookupError(message)
    match fact:
        case ActionDone(occurred_at=at):
            row.done_at = at
        case ActionCancelled(occurred_at=at):
            row.cancelled_at = at
        case ActionFellDue():
            row.fell_due = True
    return row


def _agreed(fact: ActionAgreed, told: Told) -> ActionRow:
    return ActionRow(
        action_id=fact.action_id,
        case_id=told.aggregate_id,
        tenant=told.tenant,
        owner=fact.owner,
        what=fact.what,
        place=fact.where,
        means=fact.how,
        due=fact.due,
        agreed_at=fact.occurred_at,
    )


CASE_FACTS = (CaseOpened, CoachAssigned, ActionAgreed, ActionDone, ActionCancelled, ActionFellDue, ContactRecorded)
CASELOAD = View(
    name="caseload",
    facts=(ReferralSubmitted, *CASE_FACTS),
    tables=(
        Table("caseload", CaseRow, case_touched, fold_case, indexes=("tenant, coach_id", "participant_id")),
        Table("agreed_action", ActionRow, action_touched, fold_action, indexes=("case_id",)),
    ),
)
