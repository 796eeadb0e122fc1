"""Given how far a person is in a course, when they go on, then these facts follow."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as some

from chassis.aggregate import Recorded
from events.fact import Fact
from events.learning import CourseCompleted, CourseEnrolled, LessonCompleted, QuizTaken
from events.referrals import ReferralAcknowledged
from learning.commands import quiz_taken
from learning.course import find_course
from learning.enrolment import Enrolment

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ENROLMENT, PARTICIPANT, PROVIDER = (UUID(int=number) for number in range(1, 4))
LESSONS = ("one", "two", "three")
ENROLLED = CourseEnrolled(
    occurred_at=NOW, participant_id=PARTICIPANT, provider_id=PROVIDER, course="write-a-cv", lessons=3
)
PASSED = QuizTaken(occurred_at=NOW, right=4, questions=5, passed=True)
FAILED = QuizTaken(occurred_at=NOW, right=3, questions=5, passed=False)
COMPLETED = CourseCompleted(occurred_at=NOW, course="write-a-cv")


def lesson(code: str) -> LessonCompleted:
    return LessonCompleted(occurred_at=NOW, lesson=code)


def given(*facts: Fact) -> Enrolment:
    """Return an enrolment to which these facts have happened."""
    enrolment = Enrolment.enrol(ENROLMENT, ENROLLED)
    for fact in facts:
        enrolment.record(fact)
    enrolment.collect_events()
    return enrolment


def decided(enrolment: Enrolment) -> list[Fact]:
    """Return the facts that were decided since."""
    return [event.fact for event in enrolment.collect_events() if isinstance(event, Recorded)]


def test_an_enrolment_is_about_the_participant_and_belongs_to_the_provider() -> None:
    enrolment = given()
    assert (enrolment.subject, enrolment.tenant, enrolment.course) == (PARTICIPANT, PROVIDER, "write-a-cv")


def test_a_lesson_is_completed_once() -> None:
    enrolment = given()
    enrolment.complete_lesson("two", LESSONS, NOW)
    enrolment.complete_lesson("two", LESSONS, NOW)
    assert decided(enrolment) == [lesson("two")]


def test_the_quiz_may_be_tried_again_until_it_is_passed() -> None:
    enrolment = given(FAILED)
    for result in (FAILED, PASSED, FAILED):
        enrolment.take_quiz(result, LESSONS)
    assert decided(enrolment) == [FAILED, PASSED]


def test_a_quiz_before_the_last_lesson_does_not_complete_the_course() -> None:
    enrolment = given(lesson("one"), lesson("two"))
    enrolment.take_quiz(PASSED, LESSONS)
    assert decided(enrolment) == [PASSED]


def test_the_last_lesson_after_the_quiz_completes_the_course() -> None:
    enrolment = given(lesson("one"), PASSED, lesson("three"))
    enrolment.complete_lesson("two", LESSONS, NOW)
    assert decided(enrolment) == [lesson("two"), COMPLETED]


def test_the_quiz_after_the_last_lesson_completes_the_course() -> None:
    enrolment = given(*map(lesson, LESSONS))
    enrolment.take_quiz(PASSED, LESSONS)
    assert decided(enrolment) == [PASSED, COMPLETED]


def test_a_lesson_that_the_course_no_longer_has_does_not_stand_in_the_way() -> None:
    enrolment = given(lesson("one"), PASSED)
    enrolment.complete_lesson("one", ("one",), NOW)
    assert decided(enrolment) == [COMPLETED]


@pytest.mark.parametrize(("right", "passed"), [(0, False), (3, False), (4, True), (5, True)])
def test_a_quiz_is_passed_with_four_of_five(right: int, *, passed: bool) -> None:
    result = quiz_taken(find_course("write-a-cv"), right, NOW)
    assert (result.right, result.questions, result.passed) == (right, 5, passed)


STEPS = some.lists(some.sampled_from([*LESSONS, PASSED, FAILED]), max_size=12)


@drawn(STEPS)
def test_a_course_is_completed_once_and_just_when_everything_was_done(steps: list[str | QuizTaken]) -> None:
    enrolment = given()
    for step in steps:
        if isinstance(step, str):
            enrolment.complete_lesson(step, LESSONS, NOW)
        else:
            enrolment.take_quiz(step, LESSONS)
    facts = decided(enrolment)
    whole = PASSED in steps and set(LESSONS) <= {step for step in steps if isinstance(step, str)}
    assert facts.count(COMPLETED) == (1 if whole else 0)
    assert all(facts.count(lesson(code)) <= 1 for code in LESSONS)


def test_a_fact_of_another_aggregate_is_not_folded() -> None:
    with pytest.raises(TypeError, match="Enrolment does not fold ReferralAcknowledged"):
        given().fold(ReferralAcknowledged(occurred_at=NOW))
