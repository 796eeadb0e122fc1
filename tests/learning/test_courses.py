"""The courses that are published can be read in one sitting, and their quizzes can be answered."""

import re

import pytest
from pydantic import ValidationError

from learning.course import Course, NoSuchCourseError, Question, catalogue, find_course

COURSES = list(catalogue().values())


def words(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", text)


def test_there_are_six_courses() -> None:
    assert sorted(catalogue()) == [
        "application-form",
        "first-week",
        "hidden-jobs",
        "interview",
        "money-at-work",
        "write-a-cv",
    ]


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.code)
class TestEveryCourse:
    """One row of tests for each course."""

    def test_has_three_to_five_lessons_of_a_few_minutes(self, course: Course) -> None:
        assert 3 <= len(course.lessons) <= 5
        assert all(150 <= len(words(lesson.text)) <= 320 for lesson in course.lessons)

    def test_is_written_in_short_sentences_and_plain_words(self, course: Course) -> None:
        text = " ".join(lesson.text for lesson in course.lessons)
        sentences = [words(part) for part in re.split(r"[.!?:]\s", text)]
        assert sum(map(len, sentences)) / len(sentences) <= 14
        assert sum(len(word) >= 12 for word in words(text)) / len(words(text)) <= 0.02

    def test_ends_every_lesson_with_something_to_try(self, course: Course) -> None:
        assert all("**Try it now.**" in lesson.text for lesson in course.lessons)

    def test_calls_every_lesson_by_a_code_of_its_own(self, course: Course) -> None:
        assert len(set(course.curriculum)) == len(course.lessons)

    def test_asks_four_or_five_questions_and_explains_each(self, course: Course) -> None:
        assert 4 <= len(course.quiz) <= 5
        assert all(asked.question != "" and len(words(asked.explanation)) >= 8 for asked in course.quiz)

    def test_offers_different_options(self, course: Course) -> None:
        assert all(len(set(asked.options)) == len(asked.options) for asked in course.quiz)

    def test_marks_the_right_answers_as_right_and_no_others(self, course: Course) -> None:
        right = [asked.answer for asked in course.quiz]
        assert course.right_answers(right) == len(course.quiz)
        assert course.right_answers([answer + 1 for answer in right]) == 0


def test_a_course_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NoSuchCourseError):
        find_course("astrology")


def test_a_lesson_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NoSuchCourseError):
        find_course("interview").lesson("astrology")


def test_an_answer_that_is_no_option_is_a_broken_course() -> None:
    with pytest.raises(ValidationError, match="none of its options"):
        Question(question="Which?", options=("this", "that"), answer=2, explanation="Because.")
