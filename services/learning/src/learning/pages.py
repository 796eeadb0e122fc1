"""What a reader of courses is shown: never the right answers before somebody tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.http import Accepted
from learning.course import Course, catalogue
from learning.views.enrolments import EnrolmentRow


class CourseLine(BaseModel):
    """A course as a list shows it."""

    course: str = Field(examples=["write-a-cv"])
    title: str = Field(examples=["Write a CV that gets read"])
    summary: str
    minutes: int = Field(description="About how long it takes.", examples=[45])
    lessons: int
    questions: int

    @classmethod
    def of(cls, course: Course) -> Self:
        """Return the line of a course."""
        return cls(
            course=course.code,
            title=course.title,
            summary=course.summary,
            minutes=course.minutes,
            lessons=len(course.lessons),
            questions=len(course.quiz),
        )


class CourseList(BaseModel):
    """Every course that there is."""

    courses: list[CourseLine]


class LessonText(BaseModel):
    """A lesson to read."""

    lesson: str = Field(examples=["half-a-minute"])
    title: str
    text: str = Field(description="Markdown.")


class QuizQuestion(BaseModel):
    """A question to answer by the number of an option, counted from 0."""

    question: str
    options: list[str]


class CoursePage(CourseLine):
    """A whole course."""

    texts: list[LessonText]
    quiz: list[QuizQuestion]


class LessonLine(BaseModel):
    """A lesson on a person's way."""

    lesson: str
    title: str
    done: bool


class CourseOfPerson(BaseModel):
    """How far a person is in a course."""

    course: str
    title: str
    status: Literal["begun", "completed"]
    lessons: list[LessonLine]
    next: str | None = Field(description="The lesson to go on with, `quiz` after the last, null when all is done.")
    quiz_tries: int
    quiz_best: int = Field(description="The most questions that were right in one try.")
    quiz_passed: bool
    enrolled_at: datetime
    completed_at: datetime | None
    version: int


class CoursesOfPerson(BaseModel):
    """A person's courses, the latest begun first."""

    participant_id: UUID
    courses: list[CourseOfPerson]


class ExplainedAnswer(BaseModel):
    """What is right in a question of a quiz, and why."""

    question: str
    given: int
    right_option: int
    right: bool
    explanation: str


class QuizResult(Accepted):
    """How a quiz went."""

    right: int = Field(examples=[4])
    questions: int = Field(examples=[5])
    passed: bool
    answers: list[ExplainedAnswer]


class Statements(BaseModel):
    """An xAPI StatementResult: `more` is where to read on, empty at the end."""

    statements: list[dict[str, Any]]
    more: str


def course_page(course: Course) -> CoursePage:
    """Return a course to read."""
    texts = [LessonText(lesson=lesson.code, title=lesson.title, text=lesson.text) for lesson in course.lessons]
    quiz = [QuizQuestion(question=asked.question, options=list(asked.options)) for asked in course.quiz]
    return CoursePage(**CourseLine.of(course).model_dump(), texts=texts, quiz=quiz)


def courses_of_person(participant_id: UUID, rows: Sequence[EnrolmentRow]) -> CoursesOfPerson:
    """Return a person's courses; of one that is no longer published, what was done in it."""
    return CoursesOfPerson(participant_id=participant_id, courses=[_course_of_person(row) for row in rows])


def explained(course: Course, answers: Sequence[int]) -> list[ExplainedAnswer]:
    """Return what is right in each question of a quiz."""
    return [
        ExplainedAnswer(
            question=asked.question,
            given=given,
            right_option=asked.answer,
            right=given == asked.answer,
            explanation=asked.explanation,
        )
        for given, asked in zip(answers, course.quiz, strict=True)
    ]


def _course_of_person(row: EnrolmentRow) -> CourseOfPerson:
    course = catalogue().get(row.course)
    lessons = _lessons(course, row.done.split())
    left = [lesson.lesson for lesson in lessons if not lesson.done] + ([] if row.passed_at else ["quiz"])
    return CourseOfPerson(
        course=row.course,
        title=course.title if course else row.course,
        status="completed" if row.completed_at else "begun",
        lessons=lessons,
        next=None if row.completed_at else next(iter(left), None),
        quiz_tries=row.tries,
        quiz_best=row.best,
        quiz_passed=row.passed_at is not None,
        enrolled_at=row.enrolled_at,
        completed_at=row.completed_at,
        version=row.version,
    )


def _lessons(course: Course | None, done: Sequence[str]) -> list[LessonLine]:
    if course is None:
        return [LessonLine(lesson=code, title=code, done=True) for code in done]
    return [LessonLine(lesson=one.code, title=one.title, done=one.code in done) for one in course.lessons]
