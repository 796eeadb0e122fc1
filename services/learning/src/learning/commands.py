"""What one may ask of the learning service: load, decide, save. Time comes in from outside.

Each command raises the errors of `chassis.store` and, when the rules turn it down, a refusal of `learning.enrolment`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.ask import Answer
from chassis.store import NotFoundError, Session
from events.learning import CourseEnrolled, QuizTaken, enrolment_of
from learning.course import PASS_PERCENT, Course
from learning.enrolment import Enrolment, NotEnrolled

CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Learner:
    """Who learns what, and with which provider they are."""

    participant_id: UUID
    provider_id: UUID
    course: Course

    @property
    def enrolment_id(self) -> UUID:
        """The id of their enrolment in the course."""
        return enrolment_of(self.participant_id, self.provider_id, self.course.code)


async def enrol(session: Session, learner: Learner, now: datetime) -> Answer:
    """Let a person begin a course, if they have not."""
    try:
        enrolment = await session.load(Enrolment, learner.enrolment_id)
    except NotFoundError:
        enrolment = Enrolment.enrol(learner.enrolment_id, _enrolled(learner, now))
    return await session.save(enrolment, status=CREATED, ids={"enrolment": str(learner.enrolment_id)})


async def complete_lesson(session: Session, learner: Learner, lesson: str, now: datetime) -> Answer:
    """Note that a person went through a lesson."""
    enrolment = await _load(session, learner)
    enrolment.complete_lesson(lesson, learner.course.curriculum, now)
    return await session.save(enrolment)


async def take_quiz(session: Session, learner: Learner, right: int, now: datetime) -> Answer:
    """Note how many questions of the quiz a person answered right."""
    enrolment = await _load(session, learner)
    enrolment.take_quiz(quiz_taken(learner.course, right, now), learner.course.curriculum)
    return await session.save(enrolment)


def quiz_taken(course: Course, right: int, now: datetime) -> QuizTaken:
    """Return the result of a quiz: it is passed with PASS_PERCENT of the answers right."""
    questions = len(course.quiz)
    return QuizTaken(occurred_at=now, right=right, questions=questions, passed=100 * right >= PASS_PERCENT * questions)


async def _load(session: Session, learner: Learner) -> Enrolment:
    try:
        return await session.load(Enrolment, learner.enrolment_id)
    except NotFoundError:
        raise NotEnrolled(str(NotEnrolled.__doc__), ["enrol"]) from None


def _enrolled(learner: Learner, now: datetime) -> CourseEnrolled:
    return CourseEnrolled(
        occurred_at=now,
        participant_id=learner.participant_id,
        provider_id=learner.provider_id,
        course=learner.course.code,
        lessons=len(learner.course.lessons),
    )
