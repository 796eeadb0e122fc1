"""What a person experienced in a course as an xAPI 1.0.3 statement, for learning record stores. It names nobody."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from events.fact import Fact, read
from events.learning import CourseEnrolled, LessonCompleted, QuizTaken
from learning.course import catalogue
from learning.views.enrolments import Experience

VERBS: Final = "http://adlnet.gov/expapi/verbs/"
ACTIVITY_TYPES: Final = "http://adlnet.gov/expapi/activities/"
HOME: Final = "urn:waymark:participants"
COURSES: Final = "urn:waymark:courses"


def statement_of(experience: Experience) -> dict[str, Any]:
    """Return the statement that a fact of an enrolment makes; its id follows from the fact's."""
    fact = read(experience.type_name, experience.fact.encode())
    verb, activity = _done(fact, experience.course)
    statement = {
        "id": str(uuid5(NAMESPACE_URL, f"urn:waymark:facts:{experience.id}")),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": HOME, "name": str(experience.participant_id)},
        },
        "verb": {"id": VERBS + verb, "display": {"en": verb}},
        "object": activity,
        "timestamp": fact.occurred_at.isoformat(),
        "stored": experience.recorded_at.isoformat(),
    }
    return statement | ({"result": _result(fact)} if isinstance(fact, QuizTaken) else {})


def _done(fact: Fact, course: str) -> tuple[str, dict[str, Any]]:
    match fact:
        case CourseEnrolled():
            return "registered", _activity(course, "course", _title(course))
        case LessonCompleted(lesson=lesson):
            return "completed", _activity(f"{course}:lessons:{lesson}", "lesson", _lesson_title(course, lesson))
        case QuizTaken(passed=passed):
            return "passed" if passed else "failed", _activity(f"{course}:quiz", "assessment", _title(course))
    return "completed", _activity(course, "course", _title(course))


def _activity(path: str, kind: str, name: str) -> dict[str, Any]:
    definition = {"type": ACTIVITY_TYPES + kind, "name": {"en": name}}
    return {"objectType": "Activity", "id": f"{COURSES}:{path}", "definition": definition}


def _result(quiz: QuizTaken) -> Mapping[str, Any]:
    score = {"raw": quiz.right, "min": 0, "max": quiz.questions, "scaled": round(quiz.right / quiz.questions, 4)}
    return {"score": score, "success": quiz.passed, "completion": True}


def _title(course: str) -> str:
    """Return what a course is called, its code once it is no longer published."""
    return catalogue()[course].title if course in catalogue() else course


def _lesson_title(course: str, code: str) -> str:
    lessons = catalogue()[course].lessons if course in catalogue() else ()
    return next((lesson.title for lesson in lessons if lesson.code == code), code)
