"""Facts told by the jobsearch service: vacancies on the market, a person's wishes and CV, applications, activity."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from events.fact import Fact
from events.meeting import MeetingChannel
from events.published import Code, PublishedLine, PublishedText
from events.sealed import OfParticipant

Money = Annotated[float, Field(ge=0, le=10_000_000)]
HoursAWeek = Annotated[float, Field(gt=0, le=100)]


def profile_of(participant_id: UUID) -> UUID:
    """Return the id of the one job search profile of a participant."""
    return uuid5(participant_id, "job search profile")


def cv_of(participant_id: UUID) -> UUID:
    """Return the id of the one CV, of many versions, of a participant."""
    return uuid5(participant_id, "CV")


def application_of(participant_id: UUID, vacancy_id: UUID) -> UUID:
    """Return the id of the one application of a participant for a vacancy of the market."""
    return uuid5(participant_id, f"application for {vacancy_id}")


def dismissal_of(participant_id: UUID, vacancy_id: UUID) -> UUID:
    """Return the id of what a participant says against a vacancy of the market."""
    return uuid5(participant_id, f"dismissal of {vacancy_id}")


class Contract(StrEnum):
    """How long a job is meant to last."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    FIXED_TERM = "fixed_term"
    APPRENTICESHIP = "apprenticeship"
    VOLUNTEER = "volunteer"
    SELF_EMPLOYED = "self_employed"


class PayPeriod(StrEnum):
    """What time a pay is for."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"


class Vacancy(BaseModel):
    """What is known of a vacancy. What is not given is None, never guessed."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    source: Code
    """The feed that it came in by: what a full import of that feed no longer has is withdrawn."""
    title: PublishedLine
    employer: PublishedLine | None = None
    category: PublishedLine | None = None
    description: PublishedText | None = None
    place: PublishedLine | None = None
    """The place as it was written."""
    region: PublishedLine | None = None
    town: int | None = None
    """The GeoNames id of the town that the place is, when that is certain."""
    latitude: float | None = None
    longitude: float | None = None
    abroad: bool | None = None
    """Whether the place is outside the United Kingdom."""
    contract: Contract | None = None
    part_time: bool | None = None
    hours_least: HoursAWeek | None = None
    hours_most: HoursAWeek | None = None
    pay_least: Money | None = None
    pay_most: Money | None = None
    pay_period: PayPeriod | None = None
    pay_text: PublishedLine | None = None
    """The pay as it was written, such as Competitive."""
    link: PublishedLine | None = None
    posted_on: date | None = None
    closes_on: date | None = None


class VacancyImported(Fact, type_name="waymark.jobsearch.VacancyImported.v1"):
    """A vacancy came on the market, or came back."""

    vacancy: Vacancy


class VacancyRevised(Fact, type_name="waymark.jobsearch.VacancyRevised.v1"):
    """A vacancy reads differently from now on."""

    vacancy: Vacancy


class VacancyWithdrawn(Fact, type_name="waymark.jobsearch.VacancyWithdrawn.v1"):
    """A vacancy is no longer on the market."""


class JobWishesTold(Fact, type_name="waymark.jobsearch.JobWishesTold.v1"):
    """A person said what work they look for; earlier wishes are replaced."""

    participant_id: UUID
    provider_id: UUID
    work: OfParticipant | None = None
    """The wanted work in the person's words, wishes apart by commas."""
    town: int | None = None
    """The GeoNames id of the town to search around."""
    miles: Annotated[int, Field(ge=0, le=500)] | None = None
    hours_least: HoursAWeek | None = None
    hours_most: HoursAWeek | None = None
    pay_least: Money | None = None
    pay_period: PayPeriod | None = None
    contracts: tuple[Contract, ...] = ()


class CvWritten(Fact, type_name="waymark.jobsearch.CvWritten.v1"):
    """A person has a new version of their CV, typed here."""

    participant_id: UUID
    provider_id: UUID
    version: int
    text: OfParticipant
    """JSON Resume 1.0 as JSON."""


class CvUploaded(Fact, type_name="waymark.jobsearch.CvUploaded.v1"):
    """A person has a new version of their CV, brought as a file."""

    participant_id: UUID
    provider_id: UUID
    version: int
    file_name: OfParticipant
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")]
    bytes: int
    text: OfParticipant | None = None
    """The words of the file, as far as they could be read."""
    content: OfParticipant | None = None
    """The file itself in base64, when it is small enough for a fact."""


class ApplicationEnd(StrEnum):
    """Why an application came to nothing."""

    NOT_SHORTLISTED = "not_shortlisted"
    NOT_CHOSEN = "not_chosen"
    POSITION_FILLED = "position_filled"
    POSITION_CANCELLED = "position_cancelled"
    OTHER = "other"


class ApplicationDropped(StrEnum):
    """Why a person took an application back."""

    FOUND_WORK = "found_work"
    NOT_INTERESTED = "not_interested"
    TOO_FAR = "too_far"
    PAY_TOO_LOW = "pay_too_low"
    HOURS_DO_NOT_FIT = "hours_do_not_fit"
    OTHER = "other"


class ApplicationSaved(Fact, type_name="waymark.jobsearch.ApplicationSaved.v1"):
    """A person keeps a vacancy in mind: one of the market, or one found elsewhere with its title, employer or link."""

    participant_id: UUID
    provider_id: UUID
    vacancy_id: UUID | None = None
    title: OfParticipant | None = None
    employer: OfParticipant | None = None
    link: OfParticipant | None = None
    closes_on: date | None = None
    brokered: bool | None = None
    """Whether the coach found it with the employer."""


class ApplicationInterestExpressed(Fact, type_name="waymark.jobsearch.ApplicationInterestExpressed.v1"):
    """The person is interested and wants to apply."""


class ApplicationBegun(Fact, type_name="waymark.jobsearch.ApplicationBegun.v1"):
    """The person is preparing the application."""


class ApplicationSent(Fact, type_name="waymark.jobsearch.ApplicationSent.v1"):
    """The person applied: `occurred_at` is when."""

    cv_version: int | None = None
    """The version of the CV that was sent."""


class ApplicationAcknowledged(Fact, type_name="waymark.jobsearch.ApplicationAcknowledged.v1"):
    """The employer confirmed that the application arrived."""


class ApplicationChased(Fact, type_name="waymark.jobsearch.ApplicationChased.v1"):
    """The person asked the employer what became of the application."""


class InterviewInvited(Fact, type_name="waymark.jobsearch.InterviewInvited.v1"):
    """The employer wants to see the person; a second invitation is a second round."""

    interview_id: UUID
    round: int
    day: date | None = None
    starts_at: AwareDatetime | None = None
    """When it begins; an interview may have a day and no time yet, or neither."""
    channel: MeetingChannel | None = None
    place: OfParticipant | None = None


class InterviewRescheduled(Fact, type_name="waymark.jobsearch.InterviewRescheduled.v1"):
    """An interview has a time, or another one."""

    interview_id: UUID
    day: date | None = None
    starts_at: AwareDatetime | None = None
    channel: MeetingChannel | None = None
    place: OfParticipant | None = None


class InterviewPrepared(Fact, type_name="waymark.jobsearch.InterviewPrepared.v1"):
    """The person is prepared for an interview."""

    interview_id: UUID


class InterviewHeld(Fact, type_name="waymark.jobsearch.InterviewHeld.v1"):
    """An interview took place."""

    interview_id: UUID


class InterviewCancelled(Fact, type_name="waymark.jobsearch.InterviewCancelled.v1"):
    """An interview will not take place."""

    interview_id: UUID


class OfferMade(Fact, type_name="waymark.jobsearch.OfferMade.v1"):
    """The employer offers the job."""

    answer_by: date | None = None


class OfferAccepted(Fact, type_name="waymark.jobsearch.OfferAccepted.v1"):
    """The person takes the job."""

    starts_on: date | None = None
    title: OfParticipant | None = None
    employer: OfParticipant | None = None
    hours_a_week: HoursAWeek | None = None
    pay_a_year: Money | None = None


class OfferDeclined(Fact, type_name="waymark.jobsearch.OfferDeclined.v1"):
    """The person does not take the job."""


class ApplicationRejected(Fact, type_name="waymark.jobsearch.ApplicationRejected.v1"):
    """The employer said no."""

    reason: ApplicationEnd


class ApplicationWithdrawn(Fact, type_name="waymark.jobsearch.ApplicationWithdrawn.v1"):
    """The person took the application back."""

    reason: ApplicationDropped


class ApplicationUnanswered(Fact, type_name="waymark.jobsearch.ApplicationUnanswered.v1"):
    """The employer did not answer in 60 days (by the rules of the programme), or the person gave up waiting."""


class ApplicationReopened(Fact, type_name="waymark.jobsearch.ApplicationReopened.v1"):
    """An application that was closed goes on: an answer came after all, or the person changed their mind."""


class ApplicationSuperseded(Fact, type_name="waymark.jobsearch.ApplicationSuperseded.v1"):
    """Another application was accepted, so this one rests; it comes back if that falls through."""

    by_application_id: UUID


class ApplicationRestored(Fact, type_name="waymark.jobsearch.ApplicationRestored.v1"):
    """The accepted application fell through, so this one is where it was before."""


class ApplicationFellThrough(Fact, type_name="waymark.jobsearch.ApplicationFellThrough.v1"):
    """The job that the person had accepted never began."""


class ApplicationVacancyClosed(Fact, type_name="waymark.jobsearch.ApplicationVacancyClosed.v1"):
    """The vacancy left the market before the person had applied."""


class EmployerTargeted(Fact, type_name="waymark.jobsearch.EmployerTargeted.v1"):
    """Person and coach want to get to know an employer who has not advertised."""

    participant_id: UUID
    provider_id: UUID
    name: OfParticipant
    contact: OfParticipant | None = None
    next_approach_on: date | None = None


class EmployerApproached(Fact, type_name="waymark.jobsearch.EmployerApproached.v1"):
    """Somebody spoke to a target employer."""

    by_coach: bool
    note: OfParticipant | None = None
    next_approach_on: date | None = None


class EmployerDropped(Fact, type_name="waymark.jobsearch.EmployerDropped.v1"):
    """An employer is no longer a target."""


class DismissalReason(StrEnum):
    """Why a vacancy is not for a person."""

    TOO_FAR = "too_far"
    PAY_TOO_LOW = "pay_too_low"
    HOURS_DO_NOT_FIT = "hours_do_not_fit"
    WRONG_WORK = "wrong_work"
    ALREADY_APPLIED = "already_applied"
    OTHER = "other"


class JobSearchMade(Fact, type_name="waymark.jobsearch.JobSearchMade.v1"):
    """A person searched the market. Told on the activity topic, which keeps 13 months."""

    participant_id: UUID
    provider_id: UUID
    words: OfParticipant | None = None
    town: int | None = None
    miles: int | None = None
    hits: int


class VacanciesShown(Fact, type_name="waymark.jobsearch.VacanciesShown.v1"):
    """A search showed these vacancies, in this order, by this version of the ranker. Told on the activity topic."""

    ranker: Code
    first_rank: int
    vacancy_ids: tuple[UUID, ...]


class VacancyOpened(Fact, type_name="waymark.jobsearch.VacancyOpened.v1"):
    """The person opened a vacancy. Told on the activity topic."""

    participant_id: UUID
    provider_id: UUID
    vacancy_id: UUID
    search_id: UUID | None = None
    """The search that had shown it, where it was one."""
    rank: int | None = None


class VacancyDismissed(Fact, type_name="waymark.jobsearch.VacancyDismissed.v1"):
    """The person said that a vacancy is not for them. Told on the activity topic."""

    participant_id: UUID
    provider_id: UUID
    vacancy_id: UUID
    search_id: UUID | None = None
    """The search that had shown it, where it was one."""
    reason: DismissalReason
