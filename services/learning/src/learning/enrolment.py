"""An enrolment: one person on the way through one course."""

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime
from typing import Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.fact import Fact
from events.learning import CourseCompleted, CourseEnrolled, LessonCompleted, QuizTaken


class NotEnrolled(Refusal):
    """The person has not begun this course."""


class Enrolment(Aggregate):
    """The rules of learning: lessons in any order, the quiz as often as one likes until it is passed."""

    begins_with = CourseEnrolled

    course: str = ""
    done: set[str] = field(default_factory=set)
    passed: bool = False
    completed: bool = False

    @classmethod
    def enrol(cls, id: UUID, enrolled: CourseEnrolled) -> Self:  # noqa: A002  (the library's own word)
        """Return a new enrolment."""
        return cls.begin(id, enrolled)

    def complete_lesson(self, lesson: str, curriculum: Iterable[str], now: datetime) -> None:
        """Note that the person went through a lesson; `curriculum` names those that the course has today."""
        if lesson not in self.done:
            self.record(LessonCompleted(occurred_at=now, lesson=lesson))
        self._complete_if_whole(curriculum, now)

    def take_quiz(self, result: QuizTaken, curriculum: Iterable[str]) -> None:
        """Take the result of a quiz. Once it is passed, trying again is practice and no longer told."""
        if not self.passed:
            self.record(result)
        self._complete_if_whole(curriculum, result.occurred_at)

    def _complete_if_whole(self, curriculum: Iterable[str], now: datetime) -> None:
        if self.passed and not self.completed and self.done.issuperset(curriculum):
            self.record(CourseCompleted(occurred_at=now, course=self.course))

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case CourseEnrolled():
                self.subject, self.tenant, self.course = fact.participant_id, fact.provider_id, fact.course
            case LessonCompleted(lesson=lesson):
                self.done.add(lesson)
            case QuizTaken(passed=passed):
                self.passed = passed
            case CourseCompleted():
                self.completed = True
            case _:
                super().fold(fact)
