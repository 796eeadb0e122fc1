"""The routes of interviews."""

from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from chassis.http import Accepted, ExpectedVersion
from jobsearch import application_commands as commands
from jobsearch.application import Application
from jobsearch.application_commands import decide
from jobsearch.application_forms import InterviewForm
from jobsearch.person_desk import Personal

interview_router = APIRouter(prefix="/applications/{application_id}/interviews", tags=["interviews"])


@interview_router.post("", status_code=201, response_model=Accepted)
async def note_invitation(
    request: Personal, application_id: UUID, expected: ExpectedVersion, body: InterviewForm
) -> Response:
    """Note that the employer wants to see the person: the first time or once more, with or without a time."""
    keyring, meeting = request.desk.keyring, body.meeting(uuid4(), request.desk.zone)
    return await request.change(
        Application,
        application_id,
        expected,
        lambda session, one: commands.invite(session, one, keyring, meeting, request.now),
    )


@interview_router.post("/{interview_id}/reschedule", response_model=Accepted)
async def reschedule_interview(
    request: Personal, application_id: UUID, interview_id: UUID, expected: ExpectedVersion, body: InterviewForm
) -> Response:
    """Note that an interview has a time, or another one."""
    keyring, meeting = request.desk.keyring, body.meeting(interview_id, request.desk.zone)
    return await request.change(
        Application,
        application_id,
        expected,
        lambda session, one: commands.reschedule(session, one, keyring, meeting, request.now),
    )


@interview_router.post("/{interview_id}/prepared", response_model=Accepted)
async def prepare_for_interview(
    request: Personal, application_id: UUID, interview_id: UUID, expected: ExpectedVersion
) -> Response:
    """Note that the person is prepared."""
    work = decide(lambda application: application.prepare(interview_id, request.now))
    return await request.change(Application, application_id, expected, work)


@interview_router.post("/{interview_id}/held", response_model=Accepted)
async def note_interview_held(
    request: Personal, application_id: UUID, interview_id: UUID, expected: ExpectedVersion
) -> Response:
    """Note that an interview took place."""
    work = decide(lambda application: application.hold(interview_id, request.now, request.today))
    return await request.change(Application, application_id, expected, work)


@interview_router.post("/{interview_id}/cancel", response_model=Accepted)
async def cancel_interview(
    request: Personal, application_id: UUID, interview_id: UUID, expected: ExpectedVersion
) -> Response:
    """Note that an interview will not take place."""
    work = decide(lambda application: application.cancel_interview(interview_id, request.now))
    return await request.change(Application, application_id, expected, work)
