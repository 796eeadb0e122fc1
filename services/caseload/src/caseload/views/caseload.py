"""Cases as a coach reads them: one row for each case, one for each action."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from caseload.action import ACTION_FACTS, stage_after
from caseload.case_status import LIFE_FACTS, Life, Status, with_work
from caseload.concern import CONCERN_FACTS
from caseload.cover import Cover, coaches_at
from caseload.views.person_rows import called
from caseload.views.working import FACTS as WORKING_FACTS
from caseload.views.working import WORKING
from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import (
    ActionAgreed,
    ActionBegun,
    ActionDueDateMoved,
    ActionFellDue,
    ActionOwner,
    ActionStepTakenBack,
    ActionSuggested,
    CaseOpened,
    CaseSnoozed,
    CaseStarted,
    CaseUnsnoozed,
    CoachAssigned,
    ContactRecorded,
    ContactRecordedInError,
    NeedsAssessed,
    NextStepSetAside,
    NextStepTakenUp,
    PauseReason,
    PlanAgreed,
    PlanDrafted,
    PlanReviewed,
    PlanReviewTakenBack,
    PlanSigned,
    TrackChosen,
    case_of,
)
from events.coaching import COACHING_FACTS, COVER_FACTS, take_coaching
from events.fact import Fact
from events.referrals import ReferralSubmitted
from events.sealed import Sealed


@dataclass
class CaseRow:
    """A case; until it is opened (`opened_at`), only what its referral told of the person.

    Its status follows from the day and `starts_on`, `pause` with `paused_until`, and `ended`.
    """

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    version: int = 0
    name: Sealed | None = None
    referral_id: UUID | None = None
    programme_id: UUID | None = None
    opened_at: datetime | None = None
    coach_id: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    pause: str | None = None
    paused_until: date | None = None
    ended: str | None = None
    cover_id: UUID | None = None
    cover_begins_at: datetime | None = None
    cover_ends_at: datetime | None = None


@dataclass
class ActionRow:
    """An action: `place` is where, `means` is how."""

    action_id: UUID
    case_id: UUID
    tenant: UUID | None
    owner: ActionOwner
    what: Sealed
    place: Sealed | None
    means: Sealed | None
    due: date
    stage: str
    suggested_by: ActionOwner | None = None
    begun: bool = False
    fell_due: bool = False


@dataclass
class ContactRow:
    """A contact that was recorded, by the id of its fact where it has none of its own; it may have been a mistake."""

    contact_id: str
    case_id: UUID
    tenant: UUID | None
    occurred_at: datetime
    in_error: bool = False


def case_touched(told: Told) -> UUID | None:
    """Return the case that a fact of a referral or of a case belongs to, None for one of a job."""
    if isinstance(told.fact, WORKING_FACTS):
        return None
    return case_of(told.aggregate_id) if told.type == ReferralSubmitted.type_name else told.aggregate_id


def fold_case(row: CaseRow | None, told: Told) -> CaseRow:
    """Take a fact into its case. What services tell independently of each other lands in columns of their own."""
    case_id = case_touched(told)
    assert case_id
    row = row or CaseRow(case_id, told.subject, told.tenant)
    match told.fact:
        case ReferralSubmitted() as referred:
            row.name = called(referred)
            return row
        case CaseOpened() as opened:
            row.referral_id, row.programme_id, row.opened_at = (
                opened.referral_id,
                opened.programme_id,
                opened.occurred_at,
            )
        case fact if isinstance(fact, COACHING_FACTS):
            take_coaching(row, fact)
        case fact if isinstance(fact, LIFE_FACTS):
            _live(row, fact)
    row.version = told.version
    return row


def life_of(case: "CaseRow | CaseSummary") -> Life:
    """Return what decides on the status of a case."""
    pause = PauseReason(case.pause) if case.pause else None
    return Life(case.starts_on, pause, case.paused_until, Status(case.ended) if case.ended else None)


def _live(row: CaseRow, fact: Fact) -> None:
    life = life_of(row).after(fact)
    row.starts_on, row.pause, row.paused_until, row.ended = life.starts_on, life.pause, life.paused_until, life.ended
    if isinstance(fact, CaseStarted):
        row.ends_on = fact.ends_on


def action_touched(told: Told) -> UUID | None:
    """Return the action that a fact of a case is about, None when it is about none."""
    fact = told.fact
    return fact.action_id if isinstance(fact, ACTION_FACTS) else None


def fold_action(row: ActionRow | None, told: Told) -> ActionRow:
    """Take a fact into its action.

    Raises LookupError for an action that nobody suggested or agreed.
    """
    fact = told.fact
    if isinstance(fact, ActionSuggested | ActionAgreed):
        return _worded(fact, told, row)
    if row is None:
        message = "an action was settled before it was agreed"
        raise LookupError(message)
    match fact:
        case ActionDueDateMoved(due=due):
            row.due, row.fell_due = due, False
        case ActionFellDue():
            row.fell_due = True
        case ActionStepTakenBack(stage=stage, begun=begun, due=due):
            row.stage, row.begun, row.due = stage, begun, due
        case _:
            row.begun |= isinstance(fact, ActionBegun)
            row.stage = stage_after(fact, begun=row.begun)
    return row


def _worded(fact: ActionSuggested | ActionAgreed, told: Told, suggested: ActionRow | None) -> ActionRow:
    before = suggested.suggested_by if suggested else None
    return ActionRow(
        action_id=fact.action_id,
        case_id=told.aggregate_id,
        tenant=told.tenant,
        owner=fact.owner,
        what=fact.what,
        place=fact.where,
        means=fact.how,
        due=fact.due,
        stage=stage_after(fact),
        suggested_by=fact.by if isinstance(fact, ActionSuggested) else before,
    )


def contact_touched(told: Told) -> str | None:
    """Return the contact that a fact of a case is about, None when it is about none."""
    fact = told.fact
    return str(fact.contact_id or told.id) if isinstance(fact, ContactRecorded | ContactRecordedInError) else None


def fold_contact(row: ContactRow | None, told: Told) -> ContactRow:
    """Take a fact into its contact.

    Raises LookupError for a contact that nobody recorded.
    """
    fact = told.fact
    if isinstance(fact, ContactRecorded):
        return ContactRow(str(fact.contact_id or told.id), told.aggregate_id, told.tenant, fact.occurred_at)
    if row is None:
        message = "a contact was taken back before it was recorded"
        raise LookupError(message)
    row.in_error = True
    return row


# Every fact of a case, so that the view knows its version.
CASE_FACTS: Final[tuple[type[Fact], ...]] = (
    CaseOpened,
    CoachAssigned,
    *COVER_FACTS,
    *ACTION_FACTS,
    ContactRecorded,
    ContactRecordedInError,
    *LIFE_FACTS,
    TrackChosen,
    NeedsAssessed,
    *CONCERN_FACTS,
    PlanDrafted,
    PlanSigned,
    PlanAgreed,
    PlanReviewed,
    PlanReviewTakenBack,
    NextStepSetAside,
    NextStepTakenUp,
    CaseSnoozed,
    CaseUnsnoozed,
)
WAITED_FOR: Final[LiteralString] = "stage in ('agreed', 'in_progress') and not fell_due"
CASELOAD: Final = View(
    name="caseload",
    facts=(ReferralSubmitted, *CASE_FACTS, *WORKING_FACTS),
    tables=(
        Table("caseload", CaseRow, case_touched, fold_case, indexes=("tenant, coach_id", "participant_id")),
        Table(
            "agreed_action",
            ActionRow,
            action_touched,
            fold_action,
            indexes=("case_id", f"using btree (due) where {WAITED_FOR}"),
        ),
        Table("contact", ContactRow, contact_touched, fold_contact, indexes=("case_id, occurred_at",)),
        WORKING,
    ),
)


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """An open case with what is still to do in it."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID
    version: int
    name: Sealed | None
    referral_id: UUID
    programme_id: UUID
    opened_at: datetime
    coach_id: UUID | None
    last_contact_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    pause: str | None
    paused_until: date | None
    ended: str | None
    cover_id: UUID | None
    cover_begins_at: datetime | None
    cover_ends_at: datetime | None
    open_actions: int
    next_due: date | None
    works_from: date | None

    def status(self, today: date) -> Status:
        """Return where the case stands on a day."""
        works = self.works_from is not None and self.works_from <= today
        return with_work(life_of(self).on(today), works=works)

    def coaches_at(self, moment: datetime) -> frozenset[UUID | None]:
        """Return who coaches the case at a moment."""
        return coaches_at(self.coach_id, Cover.of(self.cover_id, self.cover_begins_at, self.cover_ends_at), moment)


SUMMARIES: Final = """
select c.*, a.open_actions, a.next_due, t.last_contact_at, w.works_from from caseload c cross join lateral (
    select count(*) as open_actions, min(due) as next_due from agreed_action
    where case_id = c.case_id and stage in ('agreed', 'in_progress', 'standby')
) a cross join lateral (
    select max(occurred_at) as last_contact_at from contact where case_id = c.case_id and not in_error
) t cross join lateral (
    select min(starts_on) as works_from from working
    where participant_id = c.participant_id and tenant = c.tenant and not over
) w
where c.tenant = %(tenant)s and c.opened_at is not null
"""
IN_ORDER: Final = """
and (%(coach)s::uuid is null or c.coach_id = %(coach)s) and (not %(unassigned)s or c.coach_id is null)
and (%(after)s::uuid is null
     or (c.opened_at, c.case_id) < (select opened_at, case_id from caseload where case_id = %(after)s))
order by c.opened_at desc, c.case_id desc limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases of a provider: of one coach, without one, or all; those opened before the case `after`."""

    coach: UUID | None = None
    unassigned: bool = False
    after: UUID | None = None
    limit: int = 100


async def select_cases(connection: Connection, tenant: UUID, selection: Selection) -> list[CaseSummary]:
    """Return cases, the latest opened first."""
    arguments = {"tenant": tenant, **asdict(selection)}
    return await _summaries(connection, SUMMARIES + IN_ORDER, arguments)


async def cases_of_people(connection: Connection, tenant: UUID, people: Sequence[UUID]) -> list[CaseSummary]:
    """Return every case of some participants with a provider."""
    query = SUMMARIES + "and c.participant_id = any(%(people)s) order by c.opened_at desc, c.case_id"
    return await _summaries(connection, query, {"tenant": tenant, "people": list(people)})


async def find_case(connection: Connection, tenant: UUID, case_id: UUID) -> CaseSummary | None:
    """Return one case of a provider, None where there is none."""
    query = SUMMARIES + "and c.case_id = %(case)s"
    return next(iter(await _summaries(connection, query, {"tenant": tenant, "case": case_id})), None)


async def actions_of(connection: Connection, case_id: UUID) -> list[ActionRow]:
    """Return the actions of a case, the earliest due first."""
    query = "select * from agreed_action where case_id = %s order by due, action_id"
    async with connection.cursor(row_factory=class_row(ActionRow)) as cursor:
        return await (await cursor.execute(query, [case_id])).fetchall()


async def _summaries(
    connection: Connection, query: LiteralString, arguments: Mapping[str, object]
) -> list[CaseSummary]:
    async with connection.cursor(row_factory=class_row(CaseSummary)) as cursor:
        return await (await cursor.execute(query, arguments)).fetchall()
