"""The search for work of each person, for Today: open applications, interviews, wishes and the latest of each kind."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from caseload.standing import ApplicationState, Json
from caseload.views.person_rows import Folds, file_of, instant, later, noted, person_touched
from chassis.listen.told import Told
from chassis.listen.views import Table
from events.fact import Fact
from events.jobsearch import (
    ApplicationAcknowledged,
    ApplicationBegun,
    ApplicationChased,
    ApplicationFellThrough,
    ApplicationInterestExpressed,
    ApplicationRejected,
    ApplicationReopened,
    ApplicationRestored,
    ApplicationSaved,
    ApplicationSent,
    ApplicationSuperseded,
    ApplicationUnanswered,
    ApplicationVacancyClosed,
    ApplicationWithdrawn,
    CvUploaded,
    CvWritten,
    InterviewCancelled,
    InterviewHeld,
    InterviewInvited,
    InterviewPrepared,
    InterviewRescheduled,
    JobWishesTold,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
)
from events.wishes import SAYS, MissingWish

CLOSED_KEPT: Final = 12
NOTED_KEPT: Final = 15
WISHES: Final = tuple(field for fields in SAYS.values() for field in sorted(fields) if field != MissingWish.CV)
UNANSWERED: Final = frozenset({ApplicationState.SENT, ApplicationState.ACKNOWLEDGED})
STATES: Final[dict[type[Fact], ApplicationState]] = {
    ApplicationInterestExpressed: ApplicationState.INTERESTED,
    ApplicationBegun: ApplicationState.PREPARING,
    ApplicationSent: ApplicationState.SENT,
    ApplicationAcknowledged: ApplicationState.ACKNOWLEDGED,
    InterviewInvited: ApplicationState.INTERVIEW,
    OfferMade: ApplicationState.OFFERED,
    OfferAccepted: ApplicationState.ACCEPTED,
}
CLOSING: Final = (
    OfferDeclined,
    ApplicationRejected,
    ApplicationWithdrawn,
    ApplicationUnanswered,
    ApplicationSuperseded,
    ApplicationVacancyClosed,
    ApplicationFellThrough,
)
BY_THE_PERSON: Final = (
    JobWishesTold,
    CvWritten,
    CvUploaded,
    ApplicationSaved,
    ApplicationInterestExpressed,
    ApplicationBegun,
    ApplicationSent,
    ApplicationChased,
    InterviewPrepared,
    InterviewHeld,
    OfferAccepted,
    OfferDeclined,
    ApplicationWithdrawn,
)


@dataclass
class SearchStandingRow:
    """Open applications and interviews, a few closed ones in case they are reopened, and the latest of each kind."""

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    next_interview_on: date | None = None
    silent_since: datetime | None = None
    silent_application: UUID | None = None
    cv: int | None = None
    offered: Json | None = None
    refused: Json | None = None
    active: Json | None = None
    wishes: tuple[str, ...] = ()
    applications: Json = field(default_factory=dict)
    interviews: Json = field(default_factory=dict)
    sent: list[Json] = field(default_factory=list)
    invited: list[Json] = field(default_factory=list)
    held: list[Json] = field(default_factory=list)


def search_touched(told: Told) -> UUID | None:
    """Return the row that a fact touches."""
    return person_touched(told, FOLDS)


def fold_search_standing(row: SearchStandingRow | None, told: Told) -> SearchStandingRow:
    """Take a fact into the search."""
    fact = told.fact
    if row is None:
        assert told.tenant
        row = SearchStandingRow(file_of(told.subject, told.tenant), told.subject, told.tenant)
    FOLDS[type(fact)](row, fact, told)
    if isinstance(fact, BY_THE_PERSON):
        row.active = later(row.active, noted(told))
    _wait(row)
    return row


def _wait(row: SearchStandingRow) -> None:
    """Say since when the longest silence lasts, after which application or after somebody asked for news of it."""
    waits = {id_: one for id_, one in row.applications.items() if one["state"] in UNANSWERED and not one["closed"]}
    since = {id_: max(one["at"], one["chased"]["at"]) if one.get("chased") else one["at"] for id_, one in waits.items()}
    longest = min(since, key=lambda id_: (since[id_], id_), default=None)
    row.silent_since = datetime.fromisoformat(since[longest]) if longest else None
    row.silent_application = UUID(longest) if longest else None


def _wished(row: SearchStandingRow, fact: JobWishesTold, _told: Told) -> None:
    row.wishes = tuple(wish for wish in WISHES if getattr(fact, wish) is not None)


def _written(row: SearchStandingRow, fact: CvWritten | CvUploaded, _told: Told) -> None:
    row.cv = fact.version


def _saved(row: SearchStandingRow, fact: ApplicationSaved, told: Told) -> None:
    row.applications[str(told.aggregate_id)] = noted(told) | {
        "state": ApplicationState.SAVED,
        "vacancy_id": str(fact.vacancy_id) if fact.vacancy_id else None,
        "reachable": bool(fact.employer or fact.link or fact.brokered),
        "closes_on": _day(fact.closes_on),
        "closed": False,
    }


def _moved_on(row: SearchStandingRow, fact: Fact, told: Told) -> None:
    _application(row, told).update(noted(told) | {"state": STATES[type(fact)], "closed": False})


def _application(row: SearchStandingRow, told: Told) -> Json:
    """Return the application that a fact is about; of one that is no longer kept, that it was sent."""
    unknown = noted(told) | {"state": ApplicationState.SENT, "closed": True}
    application: Json = row.applications.setdefault(str(told.aggregate_id), unknown)
    return application


def _sent(row: SearchStandingRow, fact: ApplicationSent, told: Told) -> None:
    _moved_on(row, fact, told)
    row.sent = _kept(row.sent, told)


def _kept(some: list[Json], told: Told) -> list[Json]:
    return sorted([*some, noted(told)], key=lambda one: (one["at"], one["fact"]))[-NOTED_KEPT:]


def _chased(row: SearchStandingRow, _fact: ApplicationChased, told: Told) -> None:
    _application(row, told)["chased"] = noted(told)


def _offered(row: SearchStandingRow, fact: OfferMade, told: Told) -> None:
    _moved_on(row, fact, told)
    _application(row, told)["answer_by"] = _day(fact.answer_by)
    row.offered = later(row.offered, noted(told))


def _closed(row: SearchStandingRow, fact: Fact, told: Told) -> None:
    _application(row, told)["closed"] = True
    closed = {id_: one for id_, one in row.applications.items() if one["closed"]}
    for id_ in sorted(closed, key=lambda id_: (closed[id_]["at"], id_))[:-CLOSED_KEPT]:
        del row.applications[id_]
        row.interviews = {key: one for key, one in row.interviews.items() if one["application_id"] != id_}
    if isinstance(fact, ApplicationRejected):
        row.refused = later(row.refused, noted(told))
    _sum_up(row)


def _open_again(row: SearchStandingRow, _fact: Fact, told: Told) -> None:
    _application(row, told)["closed"] = False
    _sum_up(row)


def _invited(row: SearchStandingRow, fact: InterviewInvited, told: Told) -> None:
    _moved_on(row, fact, told)
    interview = noted(told) | {"application_id": str(told.aggregate_id), "prepared": False}
    row.interviews[str(fact.interview_id)] = interview | _when(fact)
    row.invited = _kept(row.invited, told)
    _sum_up(row)


def _rescheduled(row: SearchStandingRow, fact: InterviewRescheduled, told: Told) -> None:
    if interview := row.interviews.get(str(fact.interview_id)):
        interview.update(noted(told) | _when(fact))
        _sum_up(row)


def _when(fact: InterviewInvited | InterviewRescheduled) -> Json:
    starts_at = instant(fact.starts_at) if fact.starts_at else None
    return {"day": _day(fact.day), "starts_at": starts_at, "channel": fact.channel}


def _prepared(row: SearchStandingRow, fact: InterviewPrepared, _told: Told) -> None:
    if interview := row.interviews.get(str(fact.interview_id)):
        interview["prepared"] = True


def _held(row: SearchStandingRow, fact: InterviewHeld, told: Told) -> None:
    row.interviews.pop(str(fact.interview_id), None)
    row.held = _kept(row.held, told)
    _sum_up(row)


def _called_off(row: SearchStandingRow, fact: InterviewCancelled, _told: Told) -> None:
    row.interviews.pop(str(fact.interview_id), None)
    _sum_up(row)


def _sum_up(row: SearchStandingRow) -> None:
    """Say when the next interview is, by its day or the day of its moment in UTC: lists are only selected by it."""
    open_ones = [one for one in row.interviews.values() if not row.applications[one["application_id"]]["closed"]]
    days = [one["day"] or one["starts_at"] for one in open_ones if one["day"] or one["starts_at"]]
    row.next_interview_on = datetime.fromisoformat(min(days)).date() if days else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


FOLDS: Final[Folds[SearchStandingRow]] = {
    **dict.fromkeys(STATES, _moved_on),
    **dict.fromkeys(CLOSING, _closed),
    JobWishesTold: _wished,
    CvWritten: _written,
    CvUploaded: _written,
    ApplicationSaved: _saved,
    ApplicationSent: _sent,
    ApplicationChased: _chased,
    ApplicationReopened: _open_again,
    ApplicationRestored: _open_again,
    OfferMade: _offered,
    InterviewInvited: _invited,
    InterviewRescheduled: _rescheduled,
    InterviewPrepared: _prepared,
    InterviewHeld: _held,
    InterviewCancelled: _called_off,
}
SEARCH_STANDING: Final = Table("today_search", SearchStandingRow, search_touched, fold_search_standing)
