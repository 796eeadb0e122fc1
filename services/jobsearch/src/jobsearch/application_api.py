"""The routes of applications."""
# ruff: noqa: FAST003  (AboutPerson takes the participant's id out of the path)

from dataclasses import replace
from datetime import datetime, time
from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from chassis.http import Accepted, AtLeast, ExpectedVersion, etag
from events.jobsearch import ApplicationSent
from jobsearch import application_commands as commands
from jobsearch.application import Application
from jobsearch.application_commands import decide
from jobsearch.application_forms import (
    AcceptanceForm,
    FoundJobForm,
    OfferForm,
    RefusalForm,
    SentForm,
    WithdrawalForm,
)
from jobsearch.application_pages import ApplicationShown, Board
from jobsearch.application_reading import application_of, board_of, vacancy_of
from jobsearch.person_desk import AboutPerson, Personal

application_router = APIRouter(tags=["applications"])


@application_router.get("/participants/{participant_id}/applications")
async def read_applications(request: AboutPerson, at_least: AtLeast) -> Board:
    """Return a person's applications: where each stands, since when, and what can be done next."""
    return await board_of(request, at_least)


@application_router.post("/participants/{participant_id}/applications", status_code=201, response_model=Accepted)
async def save_job(request: AboutPerson, body: FoundJobForm) -> Response:
    """Keep a job in mind. The same vacancy of the market again is the same application."""
    job, keyring = body.job(request.participant_id, request.tenant), request.desk.keyring
    if body.vacancy_id:
        vacancy = await vacancy_of(request.desk, body.vacancy_id)
        known = {name: getattr(vacancy, name) for name in ("title", "employer", "link", "closes_on")}
        job = replace(job, **known)
    return await request.answer(lambda session: commands.save_job(session, keyring, job, uuid4(), request.now))


@application_router.get("/applications/{application_id}")
async def read_application(
    request: Personal, application_id: UUID, at_least: AtLeast, response: Response
) -> ApplicationShown:
    """Return an application, with a message to send while an answer is awaited; ETag carries its version."""
    application = await application_of(request, application_id, at_least)
    response.headers["ETag"] = etag(application.version)
    return application


@application_router.post("/applications/{application_id}/interest", response_model=Accepted)
async def express_interest(request: Personal, application_id: UUID, expected: ExpectedVersion) -> Response:
    """Note that the person wants to apply."""
    work = decide(lambda application: application.express_interest(request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/begin", response_model=Accepted)
async def begin_preparing(request: Personal, application_id: UUID, expected: ExpectedVersion) -> Response:
    """Note that the person prepares the application."""
    work = decide(lambda application: application.begin_preparing(request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/send", response_model=Accepted)
async def send_application(
    request: Personal, application_id: UUID, expected: ExpectedVersion, body: SentForm
) -> Response:
    """Answer "did you send it?": on which day, today if nothing is said, and with which version of the CV."""
    earlier = body.sent_on if body.sent_on != request.today else None
    at = datetime.combine(earlier, time(12), request.desk.zone) if earlier else request.now
    sent = ApplicationSent(occurred_at=at, cv_version=body.cv_version)
    return await request.change(
        Application, application_id, expected, lambda session, one: commands.send(session, one, sent, request.now)
    )


@application_router.post("/applications/{application_id}/acknowledge", response_model=Accepted)
async def acknowledge_application(request: Personal, application_id: UUID, expected: ExpectedVersion) -> Response:
    """Note that the employer confirmed it."""
    work = decide(lambda application: application.acknowledge(request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/chase", response_model=Accepted)
async def chase_employer(request: Personal, application_id: UUID, expected: ExpectedVersion) -> Response:
    """Note that the person asked the employer what became of it: the wait begins again."""
    work = decide(lambda application: application.chase(request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/offer", response_model=Accepted)
async def note_offer(request: Personal, application_id: UUID, expected: ExpectedVersion, body: OfferForm) -> Response:
    """Note that the employer offers the job, or wants an answer by another day."""
    work = decide(lambda application: application.offer(body.answer_by, request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/accept", response_model=Accepted)
async def accept_offer(
    request: Personal, application_id: UUID, expected: ExpectedVersion, body: AcceptanceForm
) -> Response:
    """Note that the person takes the job. Their other open applications rest, and come back if it falls through."""
    job, keyring = body.job(), request.desk.keyring
    return await request.change(
        Application,
        application_id,
        expected,
        lambda session, one: commands.accept(session, one, keyring, job, request.now),
    )


@application_router.post("/applications/{application_id}/decline", response_model=Accepted)
async def decline_offer(request: Personal, application_id: UUID, expected: ExpectedVersion) -> Response:
    """Note that the person does not take the job, or not after all."""
    work = decide(lambda application: application.decline(request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/reject", response_model=Accepted)
async def note_refusal(
    request: Personal, application_id: UUID, expected: ExpectedVersion, body: RefusalForm
) -> Response:
    """Note that the employer said no."""
    work = decide(lambda application: application.reject(body.reason, request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/withdraw", response_model=Accepted)
async def withdraw_application(
    request: Personal, application_id: UUID, expected: ExpectedVersion, body: WithdrawalForm
) -> Response:
    """Take the application back."""
    work = decide(lambda application: application.withdraw(body.reason, request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/silent", response_model=Accepted)
async def give_up_waiting(request: Personal, application_id: UUID, expected: ExpectedVersion) -> Response:
    """Note that nobody answers, without waiting until it closes by itself."""
    work = decide(lambda application: application.give_up_waiting(request.now))
    return await request.change(Application, application_id, expected, work)


@application_router.post("/applications/{application_id}/reopen", response_model=Accepted)
async def reopen_application(request: Personal, application_id: UUID, expected: ExpectedVersion) -> Response:
    """Let a closed application go on where it was."""
    work = decide(lambda application: application.reopen(request.now))
    return await request.change(Application, application_id, expected, work)
