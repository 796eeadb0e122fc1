"""Journeys as they are counted: every milestone with when it happened and when it was learned.

A row keeps the earliest of both, because a milestone stands as of a day when any fact of it does. What can be taken
back has rows of its own: coaches, endings, jobs with their terms, standards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import (
    CaseCompleted,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseReactivated,
    CoachAssigned,
    JobEnded,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
    NeedsAssessed,
    PlanAgreed,
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
    case_of,
)
from events.fact import Fact
from events.jobsearch import ApplicationSent, InterviewInvited, OfferMade
from events.referrals import (
    InitialMeetingHeld,
    InitialMeetingMissed,
    ParticipantNotStarted,
    ParticipantStarted,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralEnteredInError,
    ReferralExpired,
    ReferralHandoverHeld,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWithdrawn,
)

R = TypeVar("R")

MILESTONES: Final[Mapping[type[Fact], str]] = {
    ReferralSubmitted: "referred",
    ReferralAcknowledged: "acknowledged",
    ReferralAccepted: "accepted",
    ReferralRejected: "rejected",
    ReferralWithdrawn: "withdrawn",
    ReferralExpired: "expired",
    ReferralHandoverHeld: "handover_held",
    InitialMeetingHeld: "met",
    InitialMeetingMissed: "missed",
    ParticipantStarted: "started",
    ParticipantNotStarted: "not_started",
    NeedsAssessed: "assessed",
    PlanAgreed: "planned",
    ReferralEnteredInError: "in_error",
    CaseEnteredInError: "in_error",
}
SEARCHING: Final[Mapping[type[Fact], str]] = {
    ApplicationSent: "sent",
    InterviewInvited: "invited",
    OfferMade: "offered",
}
ENDINGS: Final = (CaseCompleted, CaseExitedEarly, CaseHandedBack, CaseReactivated)
JOB_OUTCOMES: Final = (JobEnded, JobNotStarted, JobOutcomeCorrected)
STANDARDS: Final = (StandardPromised, StandardWarned, StandardBreached, StandardMet)
EXCUSES: Final = (StandardExcused, StandardExcuseTakenBack)


@dataclass
class JourneyRow:
    """A referral and its case. `…_at` is when it first happened, `…_recorded` when it was first learned."""

    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    programme_id: UUID | None = None
    started_on: date | None = None
    referred_at: datetime | None = None
    referred_recorded: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_recorded: datetime | None = None
    accepted_at: datetime | None = None
    accepted_recorded: datetime | None = None
    rejected_at: datetime | None = None
    rejected_recorded: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_recorded: datetime | None = None
    expired_at: datetime | None = None
    expired_recorded: datetime | None = None
    handover_held_at: datetime | None = None
    handover_held_recorded: datetime | None = None
    met_at: datetime | None = None
    met_recorded: datetime | None = None
    missed_at: datetime | None = None
    missed_recorded: datetime | None = None
    started_at: datetime | None = None
    started_recorded: datetime | None = None
    not_started_at: datetime | None = None
    not_started_recorded: datetime | None = None
    assessed_at: datetime | None = None
    assessed_recorded: datetime | None = None
    planned_at: datetime | None = None
    planned_recorded: datetime | None = None
    in_error_at: datetime | None = None
    in_error_recorded: datetime | None = None


@dataclass
class CoachingRow:
    """From when on a coach was responsible for a case."""

    fact_id: str
    case_id: UUID
    tenant: UUID | None
    coach_id: UUID
    version: int
    from_at: datetime
    from_recorded: datetime


@dataclass
class EndingRow:
    """A case that ended, or went on again."""

    fact_id: str
    case_id: UUID
    tenant: UUID | None
    ended: bool
    version: int
    ending_at: datetime
    ending_recorded: datetime


@dataclass
class ApplicationRow:
    """An application: when it was first sent, answered with an invitation, and with an offer."""

    application_id: UUID
    participant_id: UUID
    tenant: UUID | None
    sent_at: datetime | None = None
    sent_recorded: datetime | None = None
    invited_at: datetime | None = None
    invited_recorded: datetime | None = None
    offered_at: datetime | None = None
    offered_recorded: datetime | None = None


@dataclass
class SearchingRow:
    """A person's job search with a provider: when an application was first sent, invited and offered."""

    searching_id: str
    participant_id: UUID
    tenant: UUID | None
    sent_at: datetime | None = None
    sent_recorded: datetime | None = None
    invited_at: datetime | None = None
    invited_recorded: datetime | None = None
    offered_at: datetime | None = None
    offered_recorded: datetime | None = None


@dataclass
class JobRow:
    """A job as it was recorded first."""

    job_id: UUID
    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    starts_on: date | None
    hours_a_week: float | None
    pay_a_year: float | None
    self_employed: bool
    job_recorded: datetime


@dataclass
class JobStartRow:
    """The first day of a job, when it became known later than the job, or became another one."""

    fact_id: str
    job_id: UUID
    tenant: UUID | None
    starts_on: date
    version: int
    set_recorded: datetime


@dataclass
class JobOutcomeRow:
    """That a job ended, or never began, or that neither is so after all."""

    fact_id: str
    job_id: UUID
    tenant: UUID | None
    last_day: date | None
    never_began: bool
    version: int
    outcome_recorded: datetime


@dataclass
class JobTermsRow:
    """Other hours or pay of a job from a day on."""

    fact_id: str
    job_id: UUID
    tenant: UUID | None
    from_day: date
    hours_a_week: float | None
    pay_a_year: float | None
    self_employed: bool | None
    version: int
    terms_recorded: datetime


@dataclass
class StandardRow:
    """One timed promise for one referral."""

    standard_id: str
    case_id: UUID
    participant_id: UUID
    tenant: UUID | None
    programme_id: UUID
    standard: str
    due: date
    promised_at: datetime
    promised_recorded: datetime
    warned_at: datetime | None = None
    warned_recorded: datetime | None = None
    breached_at: datetime | None = None
    breached_recorded: datetime | None = None
    met_at: datetime | None = None
    met_recorded: datetime | None = None
    in_time: bool | None = None


@dataclass
class ExcuseRow:
    """That a promise no longer applies, or does again."""

    fact_id: str
    standard_id: str
    tenant: UUID | None
    excused: bool
    version: int
    excuse_at: datetime
    excuse_recorded: datetime


def journey_touched(told: Told) -> UUID | None:
    """Return the case of a fact that is a milestone of a referral or a case."""
    if type(told.fact) not in MILESTONES:
        return None
    return case_of(told.aggregate_id) if told.source == "referrals" else told.aggregate_id


def fold_journey(row: JourneyRow | None, told: Told) -> JourneyRow:
    """Take a milestone into its journey."""
    fact = told.fact
    row = row or JourneyRow(journey_touched(told) or told.aggregate_id, told.subject, told.tenant)
    _keep_first(row, MILESTONES[type(fact)], told)
    if isinstance(fact, ReferralSubmitted):
        row.programme_id = fact.programme_id
    elif isinstance(fact, ParticipantStarted):
        row.started_on = fact.start_date
    return row


def coaching_touched(told: Told) -> str | None:
    """Return the assignment that a fact is."""
    return told.id if isinstance(told.fact, CoachAssigned) else None


def fold_coaching(_row: CoachingRow | None, told: Told) -> CoachingRow:
    """Keep an assignment."""
    fact: CoachAssigned = told.fact  # type: ignore[assignment]
    place = (told.id, told.aggregate_id, told.tenant, fact.coach_id, told.version)
    return CoachingRow(*place, fact.occurred_at, told.recorded_at)


def ending_touched(told: Told) -> str | None:
    """Return the ending, or going on, that a fact is."""
    return told.id if isinstance(told.fact, ENDINGS) else None


def fold_ending(_row: EndingRow | None, told: Told) -> EndingRow:
    """Keep an ending."""
    ended = not isinstance(told.fact, CaseReactivated)
    place = (told.id, told.aggregate_id, told.tenant, ended, told.version)
    return EndingRow(*place, told.fact.occurred_at, told.recorded_at)


def application_touched(told: Told) -> UUID | None:
    """Return the application that a fact is about."""
    return told.aggregate_id if type(told.fact) in SEARCHING else None


def fold_application(row: ApplicationRow | None, told: Told) -> ApplicationRow:
    """Take what became of an application."""
    row = row or ApplicationRow(told.aggregate_id, told.subject, told.tenant)
    _keep_first(row, SEARCHING[type(told.fact)], told)
    return row


def searching_touched(told: Told) -> str | None:
    """Return the job search that a fact of an application belongs to."""
    return f"{told.subject}:{told.tenant}" if type(told.fact) in SEARCHING else None


def fold_searching(row: SearchingRow | None, told: Told) -> SearchingRow:
    """Take what became of an application into the whole search."""
    row = row or SearchingRow(f"{told.subject}:{told.tenant}", told.subject, told.tenant)
    _keep_first(row, SEARCHING[type(told.fact)], told)
    return row


def job_touched(told: Told) -> UUID | None:
    """Return the job that a fact records."""
    return told.aggregate_id if isinstance(told.fact, JobRecorded) else None


def fold_job(_row: JobRow | None, told: Told) -> JobRow:
    """Keep a job."""
    job: JobRecorded = told.fact  # type: ignore[assignment]
    terms = (job.starts_on, job.hours_a_week, job.pay_a_year, bool(job.self_employed))
    return JobRow(told.aggregate_id, job.case_id, told.subject, told.tenant, *terms, told.recorded_at)


def job_outcome_touched(told: Told) -> str | None:
    """Return the outcome that a fact tells or takes back."""
    return told.id if isinstance(told.fact, JOB_OUTCOMES) else None


def fold_job_outcome(_row: JobOutcomeRow | None, told: Told) -> JobOutcomeRow:
    """Keep an outcome."""
    fact = told.fact
    last_day = fact.last_day if isinstance(fact, JobEnded) else None
    outcome = (last_day, isinstance(fact, JobNotStarted), told.version)
    return JobOutcomeRow(told.id, told.aggregate_id, told.tenant, *outcome, told.recorded_at)


def job_start_touched(told: Told) -> str | None:
    """Return the first day that a fact sets."""
    return told.id if isinstance(told.fact, JobStartDateSet) else None


def fold_job_start(_row: JobStartRow | None, told: Told) -> JobStartRow:
    """Keep a first day."""
    fact: JobStartDateSet = told.fact  # type: ignore[assignment]
    return JobStartRow(told.id, told.aggregate_id, told.tenant, fact.starts_on, told.version, told.recorded_at)


def job_terms_touched(told: Told) -> str | None:
    """Return the revision of terms that a fact is."""
    return told.id if isinstance(told.fact, JobTermsRevised) else None


def fold_job_terms(_row: JobTermsRow | None, told: Told) -> JobTermsRow:
    """Keep revised terms."""
    fact: JobTermsRevised = told.fact  # type: ignore[assignment]
    terms = (fact.from_day, fact.hours_a_week, fact.pay_a_year, fact.self_employed, told.version)
    return JobTermsRow(told.id, told.aggregate_id, told.tenant, *terms, told.recorded_at)


def standard_touched(told: Told) -> str | None:
    """Return the promise that a fact is about."""
    fact = told.fact
    return f"{told.aggregate_id}:{fact.standard}" if isinstance(fact, STANDARDS) else None


def fold_standard(row: StandardRow | None, told: Told) -> StandardRow:
    """Take a fact into its promise.

    Raises LookupError for a promise that nobody gave.
    """
    fact, recorded = told.fact, told.recorded_at
    if isinstance(fact, StandardPromised):
        place = (case_of(fact.referral_id), fact.participant_id, told.tenant, fact.programme_id)
        promise = (fact.standard, fact.due, fact.occurred_at, recorded)
        return StandardRow(f"{told.aggregate_id}:{fact.standard}", *place, *promise)
    row = _known(row)
    match fact:
        case StandardWarned(occurred_at=at):
            row.warned_at, row.warned_recorded = at, recorded
        case StandardBreached(occurred_at=at):
            row.breached_at, row.breached_recorded = at, recorded
        case StandardMet(occurred_at=at, in_time=in_time):
            row.met_at, row.met_recorded, row.in_time = at, recorded, in_time
    return row


def excuse_touched(told: Told) -> str | None:
    """Return the excuse that a fact tells or takes back."""
    return told.id if isinstance(told.fact, EXCUSES) else None


def fold_excuse(_row: ExcuseRow | None, told: Told) -> ExcuseRow:
    """Keep an excuse, or that it was taken back."""
    fact: StandardExcused | StandardExcuseTakenBack = told.fact  # type: ignore[assignment]
    promise = f"{told.aggregate_id}:{fact.standard}"
    excused = (isinstance(fact, StandardExcused), told.version, fact.occurred_at)
    return ExcuseRow(told.id, promise, told.tenant, *excused, told.recorded_at)


def _keep_first(row: JourneyRow | ApplicationRow | SearchingRow, name: str, told: Told) -> None:
    occurred, recorded = told.fact.occurred_at, told.recorded_at
    setattr(row, f"{name}_at", min(occurred, getattr(row, f"{name}_at") or occurred))
    setattr(row, f"{name}_recorded", min(recorded, getattr(row, f"{name}_recorded") or recorded))


def _known(row: R | None) -> R:
    if row is None:
        message = "something was told of what was never recorded"
        raise LookupError(message)
    return row


JOURNEYS: Final = View(
    name="journeys",
    facts=(
        *MILESTONES,
        *SEARCHING,
        CoachAssigned,
        *ENDINGS,
        JobRecorded,
        JobStartDateSet,
        JobTermsRevised,
        *JOB_OUTCOMES,
        *STANDARDS,
        *EXCUSES,
    ),
    tables=(
        Table("journey", JourneyRow, journey_touched, fold_journey, indexes=("participant_id, tenant, referred_at",)),
        Table("coaching", CoachingRow, coaching_touched, fold_coaching, indexes=("case_id",)),
        Table("ending", EndingRow, ending_touched, fold_ending, indexes=("case_id",)),
        Table("application", ApplicationRow, application_touched, fold_application, indexes=("participant_id",)),
        Table("searching", SearchingRow, searching_touched, fold_searching, indexes=("participant_id",)),
        Table("job", JobRow, job_touched, fold_job, indexes=("case_id",)),
        Table("job_start", JobStartRow, job_start_touched, fold_job_start, indexes=("job_id",)),
        Table("job_outcome", JobOutcomeRow, job_outcome_touched, fold_job_outcome, indexes=("job_id",)),
        Table("job_terms", JobTermsRow, job_terms_touched, fold_job_terms, indexes=("job_id",)),
        Table("standard", StandardRow, standard_touched, fold_standard, indexes=("case_id",)),
        Table("excuse", ExcuseRow, excuse_touched, fold_excuse, indexes=("standard_id",)),
    ),
)
