"""Routes of jobs: record one, its first day, other terms, its end, and how it goes."""
# ruff: noqa: FAST003  (ToCase takes the case's id out of the path)

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from caseload.access import Deed
from caseload.commands import job as commands
from caseload.commands.job import JobTarget
from caseload.commands.target import Wording
from caseload.desk import Asking, Asks, ToCase
from caseload.forms import Asked, Day, TakenBack, Words, example
from caseload.job import Job
from caseload.views.jobs import JOBS, jobs_of
from caseload.work_pages import JobPage, job_page
from chassis.http import Accepted, AtLeast, ExpectedVersion
from chassis.listen.reading import reading
from events.caseload import CheckInMood, CheckInRecorded, JobEnded, JobEndReason, JobNotStarted, JobTermsRevised

job_router = APIRouter()

Hours = Annotated[float, Field(gt=0, le=100)]
Pay = Annotated[float, Field(ge=0, le=10_000_000)]


class NewJob(Asked):
    """A job that the person found; its first day may be told later."""

    model_config = example(title="Baker", employer="Riverside Bakery", starts_on="2030-03-04", hours_a_week=30)

    title: Words | None = None
    employer: Words | None = None
    starts_on: Day | None = None
    hours_a_week: Hours | None = None
    pay_a_year: Pay | None = None
    self_employed: bool | None = Field(None, description="Whether they work for themselves.")
    application_id: UUID | None = Field(None, description="The application that led to it, if there was one.")


class FirstDay(Asked):
    """The first day of a job."""

    model_config = example(starts_on="2030-03-04")

    starts_on: Day


class OtherTerms(Asked):
    """Hours and pay that hold from a day on; what is not told stays as it was."""

    model_config = example(from_day="2030-06-03", hours_a_week=37.5, pay_a_year=28000)

    from_day: Day
    hours_a_week: Hours | None = None
    pay_a_year: Pay | None = None
    self_employed: bool | None = Field(None, description="When what was recorded of that is wrong.")


class End(Asked):
    """The last day of a job, and why it ended."""

    model_config = example(last_day="2026-03-06", reason="contract_ended")

    last_day: Day
    reason: JobEndReason


class NotStarted(Asked):
    """Why an expected job never began."""

    model_config = example(explanation="The bakery closed before the first day.")

    explanation: Words | None = None


class CheckIn(Asked):
    """How work goes, with a word if the person likes."""

    model_config = example(mood="mixed", word="The early bus is a problem.")

    mood: CheckInMood
    word: Words | None = None


@dataclass(frozen=True, slots=True)
class JobRequest(Asking):
    """A request to change a job."""

    job_id: UUID

    def target(self, deed: Deed, expected: int | None) -> JobTarget:
        """Return the job for this actor. Raises NotPermittedError for who never has to do with one."""
        return JobTarget(self.job_id, self.permit(deed), expected)


async def _job_request(asking: Asks, job_id: UUID) -> JobRequest:
    return JobRequest(asking.desk, asking.actor, asking.ask, asking.now, job_id)


ToJob = Annotated[JobRequest, Depends(_job_request)]


@job_router.post("/cases/{case_id}/jobs", status_code=201, response_model=Accepted)
async def record_job(to: ToCase, body: NewJob) -> Response:
    """Record a job, with an application or without, also beside another one."""
    fields = {"occurred_at": to.now, "job_id": uuid4(), **body.model_dump()}
    return await to.answer(
        Deed.WORK, None, lambda session, case: commands.record_job(session, case, to.keyring, to.desk.terms, fields)
    )


@job_router.get("/cases/{case_id}/jobs")
async def read_jobs(to: ToCase, at_least: AtLeast) -> JobPage:
    """Return the jobs of a case, the latest first."""
    case = await to.case(Deed.READ_SHARED)
    async with reading(to.desk.pool, case.tenant, JOBS, at_least) as connection:
        rows = await jobs_of(connection, case.id)
    return await job_page(to.keyring, rows, to.today)


@job_router.post("/jobs/{job_id}/start", response_model=Accepted)
async def set_job_start(to: ToJob, expected: ExpectedVersion, body: FirstDay) -> Response:
    """Say which the first day of a job is; its check-ins follow it."""
    target = to.target(Deed.WORK, expected)
    return await to.run(lambda session: commands.set_start(session, target, to.desk.terms, body.starts_on, to.now))


@job_router.post("/jobs/{job_id}/terms", response_model=Accepted)
async def revise_job(to: ToJob, expected: ExpectedVersion, body: OtherTerms) -> Response:
    """Say that hours or pay of a job are others from a day on."""
    target = to.target(Deed.WORK, expected)
    revised = JobTermsRevised(occurred_at=to.now, **body.model_dump())
    return await to.run(lambda session: commands.revise(session, target, revised))


@job_router.post("/jobs/{job_id}/end", response_model=Accepted)
async def end_job(to: ToJob, expected: ExpectedVersion, body: End) -> Response:
    """Say that a job came to its end."""
    target = to.target(Deed.WORK, expected)
    ended = JobEnded(occurred_at=to.now, **body.model_dump())
    return await to.run(lambda session: commands.end(session, target, ended, to.today))


@job_router.post("/jobs/{job_id}/not-started", response_model=Accepted)
async def note_job_not_started(to: ToJob, expected: ExpectedVersion, body: NotStarted) -> Response:
    """Say that a job which was expected never began: no week of it counts."""
    target = to.target(Deed.WORK, expected)
    never = Wording(JobNotStarted, {"occurred_at": to.now, **body.model_dump()})
    return await to.run(lambda session: commands.decide_in_words(session, target, to.keyring, never, Job.did_not_start))


@job_router.post("/jobs/{job_id}/correct", response_model=Accepted)
async def correct_job(to: ToJob, expected: ExpectedVersion) -> Response:
    """Take back that a job ended, or never began: it is open again."""
    target = to.target(Deed.WORK, expected)
    return await to.run(lambda session: commands.correct(session, target, to.now))


@job_router.post("/jobs/{job_id}/check-ins/{week}", response_model=Accepted)
async def record_check_in(to: ToJob, week: Annotated[int, Field(ge=1, le=520)], body: CheckIn) -> Response:
    """Say how work goes after some weeks. It contradicts nothing, so no version has to be sent."""
    target = to.target(Deed.TAKE_PART, None)
    said = Wording(CheckInRecorded, {"occurred_at": to.now, "week": week, **body.model_dump()})
    return await to.run(
        lambda session: commands.decide_in_words(
            session, target, to.keyring, said, lambda job, fact: job.check_in(fact, to.today)
        )
    )


@job_router.post("/jobs/{job_id}/check-ins/{week}/take-back", response_model=Accepted)
async def take_check_in_back(to: ToJob, week: Annotated[int, Field(ge=1, le=520)], body: TakenBack) -> Response:
    """Take back what was recorded last of how work goes: it may be asked again."""
    target = to.target(Deed.TAKE_PART, None)
    return await to.run(lambda session: commands.take_check_in_back(session, target, week, body.version, to.now))
