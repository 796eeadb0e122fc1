"""Courses as they are published: lessons in Markdown and a quiz, each course a TOML file in `courses`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from events.published import Code

PASS_PERCENT: Final = 80


class NoSuchCourseError(LookupError):
    """There is no course, or no lesson of it, with this code."""


class Part(BaseModel):
    """A part of a course file: nothing in it is unknown here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Lesson(Part):
    """One lesson; `text` is Markdown."""

    code: Code
    title: str
    text: str


class Question(Part):
    """One question of a quiz: `answer` counts its options from 0; `explanation` says why that one is right."""

    question: str
    options: Annotated[tuple[str, ...], Field(min_length=2)]
    answer: Annotated[int, Field(ge=0)]
    explanation: str

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> "Question":
        if self.answer >= len(self.options):
            message = "the answer of a question is none of its options"
            raise ValueError(message)
        return self


class Course(Part):
    """A course: what it is called and promises, about how long it takes, its lessons and its quiz."""

    code: Code
    title: str
    summary: str
    minutes: Annotated[int, Field(gt=0)]
    lessons: Annotated[tuple[Lesson, ...], Field(min_length=1)]
    quiz: Annotated[tuple[Question, ...], Field(min_length=1)]

    @property
    def curriculum(self) -> tuple[str, ...]:
        """The codes of the lessons, in order."""
        return tuple(lesson.code for lesson in self.lessons)

    def lesson(self, code: str) -> Lesson:
        """Return a lesson. Raises NoSuchCourseError."""
        for lesson in self.lessons:
            if lesson.code == code:
                return lesson
        raise NoSuchCourseError(str(NoSuchCourseError.__doc__))

    def right_answers(self, answers: Sequence[int]) -> int:
        """Return how many answers, one for each question, are right."""
        return sum(given == asked.answer for given, asked in zip(answers, self.quiz, strict=True))


@cache
def catalogue() -> Mapping[str, Course]:
    """Return every course by its code, which is the name of its file."""
    return {course.code: course for course in sorted(_read_all(), key=lambda course: course.code)}


def find_course(code: str) -> Course:
    """Return a course. Raises NoSuchCourseError."""
    if code not in catalogue():
        raise NoSuchCourseError(str(NoSuchCourseError.__doc__))
    return catalogue()[code]


def _read_all() -> Iterator[Course]:
    for file in files("learning").joinpath("courses").iterdir():
        if file.name.endswith(".toml"):
            yield Course(code=file.name.removesuffix(".toml"), **tomllib.loads(file.read_text("utf-8")))
