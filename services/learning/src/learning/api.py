"""HTTP routes of the learning service: who asks for what, and which command or page answers."""
# ruff: noqa: FAST003  (ToCourse and ToLearning take the course's code and the person's id out of the path)

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import Accepted, AtLeast, CurrentActor, accepted
from chassis.listen.reading import reading
from chassis.problem import ProblemError
from learning import commands
from learning.access import Deed, NotPermittedError
from learning.course import NoSuchCourseError, catalogue
from learning.desk import AtDesk, ToCourse, ToLearning, provider_of
from learning.experience import statement_of
from learning.pages import (
    CourseLine,
    CourseList,
    CoursePage,
    CoursesOfPerson,
    QuizResult,
    Statements,
    course_page,
    courses_of_person,
    explained,
)
from learning.views.enrolments import ENROLMENTS, enrolments_of, experiences_of

STATEMENTS_AT_ONCE: Final = 500
MOST_QUESTIONS: Final = 50
TOLD_BESIDE: Final = ("ETag", "Waymark-Position", "Idempotency-Replayed")
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403, NoSuchCourseError: 404}

router = APIRouter()


class Asked(BaseModel):
    """What is sent in a body: nothing that is not known here."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class QuizAnswers(Asked):
    """The number of the chosen option of each question, in order, counted from 0."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answers": [1, 2, 3, 1, 2]}]})

    answers: list[Annotated[int, Field(ge=0, le=MOST_QUESTIONS)]] = Field(min_length=1, max_length=MOST_QUESTIONS)


@router.get("/courses")
async def list_courses(actor: CurrentActor) -> CourseList:
    """Return every course."""
    provider_of(actor)
    return CourseList(courses=[CourseLine.of(course) for course in catalogue().values()])


@router.get("/courses/{course}")
async def read_course(course: ToCourse) -> CoursePage:
    """Return a course: its lessons and its quiz without the answers."""
    return course_page(course)


@router.get("/participants/{participant_id}/courses")
async def read_courses_of_participant(
    desk: AtDesk, actor: CurrentActor, at_least: AtLeast, participant_id: UUID
) -> CoursesOfPerson:
    """Return a participant's courses and how far they are in each, the latest begun first."""
    tenant = await desk.admit(actor, Deed.READ, participant_id)
    async with reading(desk.pool, tenant, ENROLMENTS, at_least) as connection:
        rows = await enrolments_of(connection, tenant, participant_id)
    return courses_of_person(participant_id, rows)


@router.get("/participants/{participant_id}/xapi")
async def export_statements(
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    participant_id: UUID,
    after: Annotated[int, Query(ge=0, lt=2**63, description="Read on behind this place, as `more` says.")] = 0,
) -> Statements:
    """Return what a participant did in courses as xAPI statements, oldest first."""
    tenant = await desk.admit(actor, Deed.READ, participant_id)
    async with reading(desk.pool, tenant, ENROLMENTS, at_least) as connection:
        found = await experiences_of(connection, tenant, participant_id, after, STATEMENTS_AT_ONCE)
    full = len(found) == STATEMENTS_AT_ONCE
    more = f"/participants/{participant_id}/xapi?after={found[-1].position}" if full else ""
    return Statements(statements=[statement_of(one) for one in found], more=more)


@router.post("/participants/{participant_id}/courses/{course}/enrol", status_code=201, response_model=Accepted)
async def enrol(to: ToLearning) -> Response:
    """Begin a course. Who has begun it already goes on."""
    now = to.desk.store.clock()
    return accepted(await to.do(lambda session, learner: commands.enrol(session, learner, now)))


@router.post("/participants/{participant_id}/courses/{course}/lessons/{lesson}/complete", response_model=Accepted)
async def complete_lesson(to: ToLearning, lesson: str) -> Response:
    """Mark a lesson as gone through. It contradicts nothing that others do, so no version has to be sent."""
    now, code = to.desk.store.clock(), to.course.lesson(lesson).code
    return accepted(await to.do(lambda session, learner: commands.complete_lesson(session, learner, code, now)))


@router.post("/participants/{participant_id}/courses/{course}/quiz", response_model=QuizResult)
async def take_quiz(to: ToLearning, body: QuizAnswers) -> Response:
    """Answer the quiz: 80 % right passes it. Each answer is explained, and it may be tried again."""
    if len(body.answers) != len(to.course.quiz):
        raise ProblemError(422, f"This quiz has {len(to.course.quiz)} questions.")
    now, right = to.desk.store.clock(), to.course.right_answers(body.answers)
    answer = await to.do(lambda session, learner: commands.take_quiz(session, learner, right, now))
    result = QuizResult(
        ids=answer.ids,
        version=answer.version,
        **commands.quiz_taken(to.course, right, now).model_dump(exclude={"occurred_at"}),
        answers=explained(to.course, body.answers),
    )
    return JSONResponse(result.model_dump(mode="json"), answer.status, _headers_of(accepted(answer)))


def _headers_of(response: Response) -> dict[str, str]:
    """Return what an answer to a command says beside its body."""
    return {name: response.headers[name] for name in TOLD_BESIDE if name in response.headers}
