"""What is asked of jobs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from caseload.case import Case, person_of
from caseload.commands.target import CREATED, F, Target, Wording
from caseload.job import Job
from caseload.programme_rules import Terms
from chassis.aggregate import Refusal
from chassis.ask import Answer
from chassis.keyring import Keyring
from chassis.store import Session, StaleVersionError
from events.caseload import JobEnded, JobRecorded, JobStartDateSet, JobTermsRevised
from events.jobsearch import OfferAccepted


class NoCase(Refusal):
    """The person has no case with this provider in which a job could be recorded."""


@dataclass(frozen=True, slots=True)
class JobTarget:
    """The job that a command is for; `permit` raises when who asks may not do it in its case.

    `expected` is the version they saw: what only time told since then contradicts nobody.
    """

    job_id: UUID
    permit: Callable[[Case], None]
    expected: int | None = None

    async def load(self, session: Session) -> tuple[Job, Case]:
        """Return the job and its case for who may change it; who may not is not told its version."""
        job = await session.load(Job, self.job_id)
        case = await session.load(Case, job.case_id)
        self.permit(case)
        if self.expected is not None and not job.last_told <= self.expected <= job.version:
            raise StaleVersionError(self.expected, job.version)
        return job, case


async def record_job(
    session: Session, target: Target, keyring: Keyring, terms: Terms, fields: Mapping[str, Any]
) -> Answer:
    """Record a job that was found, with an application or without."""
    case = await target.load(session)
    job_id, told = fields["job_id"], {name: value for name, value in fields.items() if name != "job_id"}
    whose = {"case_id": case.id, "participant_id": case.subject, "provider_id": case.tenant}
    told |= whose | _check_ins(terms, case, fields["starts_on"])
    job = Job.note(job_id, Wording(JobRecorded, told).sealed(await keyring.sealer(person_of(case))))
    return await session.save(job, status=CREATED, ids={"job": str(job.id)})


async def record_accepted(  # noqa: PLR0913  (whose, which application, which job, by which rules)
    session: Session, terms: Terms, person: UUID, application_id: UUID, job_id: UUID, accepted: OfferAccepted
) -> Answer:
    """Record the job that a person accepted; its words stay as they were sealed when they were told."""
    case = await _case_of(session, person)
    recorded = JobRecorded(
        occurred_at=accepted.occurred_at,
        case_id=case.id,
        participant_id=person,
        provider_id=case.tenant,
        application_id=application_id,
        title=accepted.title,
        employer=accepted.employer,
        starts_on=accepted.starts_on,
        hours_a_week=accepted.hours_a_week,
        pay_a_year=accepted.pay_a_year,
        **_check_ins(terms, case, accepted.starts_on),
    )
    return await session.save(Job.note(job_id, recorded), status=CREATED, ids={"job": str(job_id)})


async def set_start(session: Session, target: JobTarget, terms: Terms, starts_on: date, now: datetime) -> Answer:
    """Take the first day of a job."""
    job, case = await target.load(session)
    job.set_start(JobStartDateSet(occurred_at=now, starts_on=starts_on, **_check_ins(terms, case, starts_on)))
    return await session.save(job)


async def revise(session: Session, target: JobTarget, revised: JobTermsRevised) -> Answer:
    """Take other hours or pay."""
    job, _ = await target.load(session)
    job.revise(revised)
    return await session.save(job)


async def end(session: Session, target: JobTarget, ended: JobEnded, today: date) -> Answer:
    """Note that a job came to its end."""
    job, _ = await target.load(session)
    job.end(ended, today)
    return await session.save(job)


async def correct(session: Session, target: JobTarget, now: datetime) -> Answer:
    """Take back that a job ended, or never began."""
    job, _ = await target.load(session)
    job.correct(now)
    return await session.save(job)


async def take_check_in_back(session: Session, target: JobTarget, week: int, version: int, now: datetime) -> Answer:
    """Take back what was recorded of how a job goes."""
    job, _ = await target.load(session)
    job.take_check_in_back(week, version, now)
    return await session.save(job)


async def decide_in_words(
    session: Session, target: JobTarget, keyring: Keyring, wording: Wording[F], decision: Callable[[Job, F], None]
) -> Answer:
    """Let a job decide on a fact in somebody's words, which are sealed first."""
    job, case = await target.load(session)
    decision(job, wording.sealed(await keyring.sealer(person_of(case))))
    return await session.save(job)


async def let_check_in_fall_due(session: Session, job_id: UUID, week: int, day: date, at: datetime) -> Answer:
    """Note that it is time to ask how a job goes."""
    job = await session.load(Job, job_id)
    job.let_check_in_fall_due(week, day, at)
    return await session.save(job)


async def let_check_in_pass(session: Session, job_id: UUID, week: int, at: datetime) -> Answer:
    """Note that nobody said how a job goes."""
    job = await session.load(Job, job_id)
    job.let_check_in_pass(week, at)
    return await session.save(job)


async def _case_of(session: Session, person: UUID) -> Case:
    """Return the case in which a person's job counts: the latest that is open, else the latest."""
    cases = await session.about(Case, person)
    if not cases:
        raise NoCase(str(NoCase.__doc__))
    return [*cases, *(case for case in cases if case.life.ended is None)][-1]


def _check_ins(terms: Terms, case: Case, starts_on: date | None) -> dict[str, Any]:
    if starts_on is None:
        return {"check_ins": (), "check_in_weeks": ()}
    rules = terms.rules(case.programme_id, starts_on)
    return {"check_ins": rules.check_ins(starts_on), "check_in_weeks": rules.check_in_weeks}
