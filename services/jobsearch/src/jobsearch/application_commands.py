"""What one may ask of an application: decide, save. Time and ids come in from outside.

Each command raises the errors of `chassis.store` and, when the rules turn it down, its refusal.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from chassis.aggregate import Refusal
from chassis.ask import Answer
from chassis.keyring import Keyring, Sealer
from chassis.store import NotFoundError, Session
from events.fact import Fact
from events.jobsearch import (
    ApplicationSaved,
    ApplicationSent,
    InterviewInvited,
    InterviewRescheduled,
    OfferAccepted,
    application_of,
    cv_of,
)
from events.meeting import MeetingChannel
from events.sealed import Sealed
from jobsearch.application import Application
from jobsearch.cv import Cv

CREATED: Final = 201


class NoSuchCvVersion(Refusal):
    """The person has no CV of that version."""

    about = "cv_version"


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A job that a person keeps in mind: a vacancy of the market, or what they know of one found elsewhere."""

    participant_id: UUID
    provider_id: UUID
    vacancy_id: UUID | None = None
    title: str | None = None
    employer: str | None = None
    link: str | None = None
    closes_on: date | None = None
    brokered: bool | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where an interview is, as far as it is known; `day` is that of `starts_at` where there is one."""

    interview_id: UUID
    day: date | None
    starts_at: datetime | None
    channel: MeetingChannel | None
    place: str | None


@dataclass(frozen=True, slots=True)
class NewJob:
    """The job that a person takes, as far as it is known."""

    starts_on: date | None
    title: str | None
    employer: str | None
    hours_a_week: float | None
    pay_a_year: float | None


def decide(decision: Callable[[Application], None]) -> Callable[[Session, Application], Awaitable[Answer]]:
    """Return the command that asks one thing of an application and saves it."""

    async def work(session: Session, application: Application) -> Answer:
        decision(application)
        return await session.save(application)

    return work


async def save_job(session: Session, keyring: Keyring, job: FoundJob, new_id: UUID, now: datetime) -> Answer:
    """Keep a job in mind. The same vacancy of the market again is the same application, whatever became of it."""
    application_id = application_of(job.participant_id, job.vacancy_id) if job.vacancy_id else new_id
    ids = {"application": str(application_id)}
    try:
        known = await session.load(Application, application_id)
    except NotFoundError:
        sealer = await keyring.sealer(job.participant_id)
        application = Application.begin(application_id, _saved(sealer, job, now))
        return await session.save(application, status=CREATED, ids=ids)
    return await session.save(known, ids=ids)


async def send(session: Session, application: Application, sent: ApplicationSent, now: datetime) -> Answer:
    """Note that it was sent, with a version of the CV that there is."""
    if sent.cv_version is not None:
        await _require_cv(session, application, sent.cv_version)
    application.send(sent, now)
    return await session.save(application)


async def invite(
    session: Session, application: Application, keyring: Keyring, meeting: Meeting, now: datetime
) -> Answer:
    """Note an invitation to an interview, the next round."""
    place = await _sealed(keyring, application, InterviewInvited, "place", meeting.place)
    invited = InterviewInvited(
        occurred_at=now,
        interview_id=meeting.interview_id,
        round=application.next_round,
        day=meeting.day,
        starts_at=meeting.starts_at,
        channel=meeting.channel,
        place=place,
    )
    application.invite(invited)
    return await session.save(application, status=CREATED, ids={"interview": str(meeting.interview_id)})


async def reschedule(
    session: Session, application: Application, keyring: Keyring, meeting: Meeting, now: datetime
) -> Answer:
    """Note when or where an interview is now."""
    place = await _sealed(keyring, application, InterviewRescheduled, "place", meeting.place)
    moved = InterviewRescheduled(
        occurred_at=now,
        interview_id=meeting.interview_id,
        day=meeting.day,
        starts_at=meeting.starts_at,
        channel=meeting.channel,
        place=place,
    )
    application.reschedule(moved)
    return await session.save(application)


async def accept(session: Session, application: Application, keyring: Keyring, job: NewJob, now: datetime) -> Answer:
    """Note that the person takes the job; what is not said of it is what the application knows."""
    title, employer = await keyring.open_many([application.title, application.employer])
    accepted = OfferAccepted(
        occurred_at=now,
        starts_on=job.starts_on,
        title=await _sealed(keyring, application, OfferAccepted, "title", job.title or title),
        employer=await _sealed(keyring, application, OfferAccepted, "employer", job.employer or employer),
        hours_a_week=job.hours_a_week,
        pay_a_year=job.pay_a_year,
    )
    application.accept(accepted)
    return await session.save(application)


async def _require_cv(session: Session, application: Application, version: int) -> None:
    assert application.subject
    try:
        cv = await session.load(Cv, cv_of(application.subject))
    except NotFoundError:
        raise NoSuchCvVersion(str(NoSuchCvVersion.__doc__)) from None
    if version > cv.latest:
        raise NoSuchCvVersion(str(NoSuchCvVersion.__doc__))


async def _sealed(
    keyring: Keyring, application: Application, fact: type[Fact], field: str, plain: str | None
) -> Sealed | None:
    if plain is None:
        return None
    assert application.subject
    return (await keyring.sealer(application.subject)).seal(fact, field, plain)


def _saved(sealer: Sealer, job: FoundJob, now: datetime) -> ApplicationSaved:
    words = {
        field: sealer.seal(ApplicationSaved, field, plain)
        for field in ("title", "employer", "link")
        if (plain := getattr(job, field)) is not None
    }
    return ApplicationSaved(
        occurred_at=now,
        participant_id=job.participant_id,
        provider_id=job.provider_id,
        vacancy_id=job.vacancy_id,
        closes_on=job.closes_on,
        brokered=job.brokered,
        **words,
    )
