"""The case of each person, for Today: where it stands, and who coaches it."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from caseload.case_status import ENDS
from caseload.standing import Json
from caseload.views.person_rows import Folds, file_of, noted, person_touched
from caseload.views.today_plan import FOLDS as PLAN_FOLDS
from chassis.listen.told import Told
from chassis.listen.views import Table
from events.caseload import (
    CaseCovered,
    CaseCoverEnded,
    CaseEnteredInError,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    CaseSnoozed,
    CaseStarted,
    CaseUnsnoozed,
    CoachAssigned,
    ContactRecorded,
    ContactRecordedInError,
    NeedsAssessed,
    SafetyConcernHandled,
    SafetyConcernHandlingTakenBack,
    SafetyConcernRaised,
    TrackChosen,
)
from events.coaching import COVER_FACTS, take_coaching
from events.fact import Fact


@dataclass
class CaseStandingRow:
    """A person's latest case with a provider, of those that were not entered in error while there was another.

    `version` is what a command on it expects. `earlier` is the case before it, as it stands.

    Its status follows from the day and `start_date`, `pause` and `ended`.
    """

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    case_id: UUID | None = None
    version: int = 0
    programme_id: UUID | None = None
    coach_id: UUID | None = None
    coached_at: datetime | None = None
    coach_changes: int = 0
    opened_at: datetime | None = None
    start_date: date | None = None
    ends_on: date | None = None
    ended: str | None = None
    cover_id: UUID | None = None
    cover_begins_at: datetime | None = None
    cover_ends_at: datetime | None = None
    contact_needs: tuple[str, ...] = ()
    opened: Json | None = None
    started: Json | None = None
    pause: Json | None = None
    snooze: Json | None = None
    concerns: Json = field(default_factory=dict)
    handled: Json = field(default_factory=dict)
    """The concerns that were dealt with, should that have been wrong."""
    earlier: Json | None = None


_ROWS: Final = TypeAdapter(CaseStandingRow)


def fold_case_standing(row: CaseStandingRow | None, told: Told) -> CaseStandingRow:
    """Take a fact into the person's case. Who was opened another one by mistake has the earlier one again."""
    fact = told.fact
    if row is None:
        assert told.tenant
        row = CaseStandingRow(file_of(told.subject, told.tenant), told.subject, told.tenant)
    if told.aggregate_id == row.case_id or isinstance(fact, CaseOpened):
        if row.earlier and isinstance(fact, CaseEnteredInError):
            return _ROWS.validate_python(row.earlier)
        FOLDS[type(fact)](row, fact, told)
        row.version = told.version
    elif row.earlier:
        row.earlier = _kept(fold_case_standing(_ROWS.validate_python(row.earlier), told))
    return row


def _kept(row: CaseStandingRow) -> Json:
    kept: Json = _ROWS.dump_python(row, mode="json")
    return kept


def _opened(row: CaseStandingRow, fact: CaseOpened, told: Told) -> None:
    """Begin anew: a person may come a second time."""
    fresh = CaseStandingRow(row.id, row.participant_id, row.tenant, earlier=_kept(row) if row.case_id else None)
    for column in fields(row):
        setattr(row, column.name, getattr(fresh, column.name))
    row.case_id, row.programme_id = told.aggregate_id, fact.programme_id
    row.opened_at, row.opened = fact.occurred_at, noted(told)


def _coached(row: CaseStandingRow, fact: CoachAssigned, _told: Told) -> None:
    row.coach_changes += row.coach_id is not None
    row.coach_id, row.coached_at = fact.coach_id, fact.occurred_at
    take_coaching(row, fact)


def _covered(row: CaseStandingRow, fact: CaseCovered | CaseCoverEnded, _told: Told) -> None:
    take_coaching(row, fact)


def _started(row: CaseStandingRow, fact: CaseStarted, told: Told) -> None:
    row.started, row.start_date, row.ends_on = noted(told), fact.start_date, fact.ends_on


def _ended(row: CaseStandingRow, fact: Fact, _told: Told) -> None:
    row.ended = ENDS[type(fact)]


def _reactivated(row: CaseStandingRow, _fact: CaseReactivated, _told: Told) -> None:
    row.ended = row.pause = None


def _paused(row: CaseStandingRow, fact: CasePaused, told: Told) -> None:
    row.pause = noted(told) | {"reason": fact.reason, "until": _day(fact.until)}


def _resumed(row: CaseStandingRow, _fact: CaseResumed, _told: Told) -> None:
    row.pause = None


def _assessed(row: CaseStandingRow, fact: NeedsAssessed, _told: Told) -> None:
    row.contact_needs = tuple(fact.contact_needs)


def _concerned(row: CaseStandingRow, fact: SafetyConcernRaised, told: Told) -> None:
    row.concerns[str(fact.concern_id)] = noted(told)


def _handled(row: CaseStandingRow, fact: SafetyConcernHandled, _told: Told) -> None:
    _move(str(fact.concern_id), row.concerns, row.handled)


def _not_handled(row: CaseStandingRow, fact: SafetyConcernHandlingTakenBack, _told: Told) -> None:
    _move(str(fact.concern_id), row.handled, row.concerns)


def _move(concern: str, out_of: Json, into: Json) -> None:
    if concern in out_of:
        into[concern] = out_of.pop(concern)


def _snoozed(row: CaseStandingRow, fact: CaseSnoozed, told: Told) -> None:
    row.snooze = noted(told) | {"rule": fact.rule, "until": fact.until.isoformat()}


def _unsnoozed(row: CaseStandingRow, _fact: CaseUnsnoozed, _told: Told) -> None:
    row.snooze = None


def _counted(_row: CaseStandingRow, _fact: Fact, _told: Told) -> None:
    """Only the version is another."""


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


FOLDS: Final[Folds[CaseStandingRow]] = {
    **dict.fromkeys((*PLAN_FOLDS, ContactRecorded, ContactRecordedInError, TrackChosen), _counted),
    **dict.fromkeys(ENDS, _ended),
    CaseOpened: _opened,
    CoachAssigned: _coached,
    **dict.fromkeys(COVER_FACTS, _covered),
    CaseStarted: _started,
    CasePaused: _paused,
    CaseResumed: _resumed,
    CaseReactivated: _reactivated,
    NeedsAssessed: _assessed,
    SafetyConcernRaised: _concerned,
    SafetyConcernHandled: _handled,
    SafetyConcernHandlingTakenBack: _not_handled,
    CaseSnoozed: _snoozed,
    CaseUnsnoozed: _unsnoozed,
}


def case_touched(told: Told) -> UUID | None:
    """Return the row that a fact touches."""
    return person_touched(told, FOLDS)


CASE_STANDING: Final = Table(
    "today_case",
    CaseStandingRow,
    case_touched,
    fold_case_standing,
    indexes=("tenant, coach_id", "participant_id", "cover_id"),
)
