"""What the routes of applications take."""

from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from events.jobsearch import ApplicationDropped, ApplicationEnd
from events.meeting import MeetingChannel
from jobsearch.application_commands import FoundJob, Meeting, NewJob
from jobsearch.forms import Day, Form, Moment, example
from jobsearch.words import Line, Link


class FoundJobForm(Form):
    """A job to keep in mind: a vacancy of the market, or one found elsewhere by title, employer or link."""

    model_config = example(title="Baker", employer="Riverside Bakery", link="https://riverside.example/jobs/baker")

    vacancy_id: UUID | None = None
    title: Line | None = None
    employer: Line | None = None
    link: Link | None = None
    closes_on: Day | None = Field(None, description="The last day on which one can apply.")
    brokered: bool | None = Field(None, description="Whether the coach found it with the employer.")

    @model_validator(mode="after")
    def _names_a_job(self) -> Self:
        elsewhere = any((self.title, self.employer, self.link))
        if bool(self.vacancy_id) == elsewhere:
            message = "Name either a vacancy of the market, or a title, an employer or a link."
            raise ValueError(message)
        return self

    def job(self, participant_id: UUID, provider_id: UUID) -> FoundJob:
        """Return the job for a participant."""
        return FoundJob(participant_id, provider_id, **self.model_dump())


class SentForm(Form):
    """When the application was sent, today if nothing is said, and with which CV."""

    model_config = example(sent_on="2026-03-02", cv_version=2)

    sent_on: Day | None = None
    cv_version: Annotated[int, Field(ge=1, le=10_000)] | None = None


class InterviewForm(Form):
    """An interview: with a day and a time, with a day alone, or without either as long as nothing is known."""

    model_config = example(starts_at="2026-03-06T10:00:00Z", channel="in_person", place="12 Mill Lane, York")

    day: Day | None = Field(None, description="The day, when no time is known.")
    starts_at: Moment | None = None
    channel: MeetingChannel | None = None
    place: Line | None = Field(None, description="The address, a number to ring, or a link to join.")

    def meeting(self, interview_id: UUID, zone: ZoneInfo) -> Meeting:
        """Return the interview; its day is that of its time where the programme is."""
        day = self.starts_at.astimezone(zone).date() if self.starts_at else self.day
        return Meeting(interview_id, day, self.starts_at, self.channel, self.place)


class OfferForm(Form):
    """An offer, and by when the employer wants an answer."""

    model_config = example(answer_by="2026-03-13")

    answer_by: Day | None = None


class AcceptanceForm(Form):
    """The job that the person takes. What is not said is what the application knows."""

    model_config = example(starts_on="2026-03-23", hours_a_week=30, pay_a_year=23_400)

    starts_on: Day | None = None
    title: Line | None = None
    employer: Line | None = None
    hours_a_week: Annotated[float, Field(gt=0, le=100)] | None = None
    pay_a_year: Annotated[float, Field(ge=0, le=10_000_000)] | None = None

    def job(self) -> NewJob:
        """Return the job as far as it is said."""
        return NewJob(**self.model_dump())


class RefusalForm(Form):
    """Why the employer said no, as far as it is known."""

    model_config = example(reason="position_filled")

    reason: ApplicationEnd


class WithdrawalForm(Form):
    """Why the person takes the application back."""

    model_config = example(reason="too_far")

    reason: ApplicationDropped
