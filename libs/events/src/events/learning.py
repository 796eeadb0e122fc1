"""Facts told by the learning service. Each belongs to one enrolment; its subject is the participant."""

from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from events.fact import Fact
from events.published import Code


def enrolment_of(participant_id: UUID, provider_id: UUID, course: str) -> UUID:
    """Return the id of a participant's one enrolment in a course while they are with a provider."""
    return uuid5(participant_id, f"enrolment in {course} with {provider_id}")


class CourseEnrolled(Fact, type_name="waymark.learning.CourseEnrolled.v1"):
    """A person began a course."""

    participant_id: UUID
    provider_id: UUID
    course: Code
    lessons: int
    """How many lessons the course had then."""


class LessonCompleted(Fact, type_name="waymark.learning.LessonCompleted.v1"):
    """A person went through a lesson."""

    lesson: Code


class QuizTaken(Fact, type_name="waymark.learning.QuizTaken.v1"):
    """A person answered the quiz at the end of a course."""

    right: Annotated[int, Field(ge=0)]
    questions: Annotated[int, Field(gt=0)]
    passed: bool


class CourseCompleted(Fact, type_name="waymark.learning.CourseCompleted.v1"):
    """A person went through every lesson and passed the quiz."""

    course: Code
