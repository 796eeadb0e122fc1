"""Courses: lessons to read in one's own time, a quiz that explains its answers, and how far one is."""

import re
from functools import lru_cache
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from markdown_it import MarkdownIt
from markupsafe import Markup

from gateway.services import Question
from gateway.web.admission import AtOwnPage
from gateway.web.refused import refusal
from gateway.web.visitor import Visitor

SERVICE: Final = "learning"
UNANSWERED: Final = 50
"""No question has as many options, so it is wrong."""
_OPTION: Final = re.compile(r"[0-9]", re.ASCII)

courses_router = APIRouter(include_in_schema=False)


@courses_router.get("/courses")
async def show_courses(visitor: AtOwnPage) -> HTMLResponse:
    """Show every course, those that were begun first."""
    questions = {"all": Question(SERVICE, "/courses"), "own": Question(SERVICE, _own(visitor))}
    found, missing = await visitor.read_all(questions)
    begun = {one["course"]: one for one in found.get("own", {}).get("courses", ())}
    courses = sorted(found.get("all", {}).get("courses", ()), key=lambda course: course["course"] not in begun)
    return visitor.page("courses.html", courses=courses, begun=begun, missing=missing)


@courses_router.post("/courses/{course}/enrol")
async def begin_course(visitor: AtOwnPage, course: str) -> Response:
    """Begin a course."""
    return (await visitor.command(SERVICE, f"{_own(visitor)}/{course}/enrol")).then(
        f"{visitor.base}/courses/{course}", "begun"
    )


@courses_router.get("/courses/{course}")
async def show_course(visitor: AtOwnPage, course: str, lesson: str = "") -> HTMLResponse:
    """Show a course at a lesson; without one, where the person is."""
    page, own = await _read(visitor, course)
    at = lesson or (own or {}).get("next") or page["texts"][0]["lesson"]
    text = next((one for one in page["texts"] if one["lesson"] == at), None)
    return visitor.page("course.html", course=page, own=own, at=at, text=text and _shown(text), result=None)


@courses_router.post("/courses/{course}/lessons/{lesson}/complete")
async def complete_lesson(visitor: AtOwnPage, course: str, lesson: str) -> Response:
    """Note that a lesson was gone through."""
    answer = await visitor.command(SERVICE, f"{_own(visitor)}/{course}/lessons/{lesson}/complete")
    return answer.then(f"{visitor.base}/courses/{course}", "lesson")


@courses_router.post("/courses/{course}/quiz")
async def take_quiz(visitor: AtOwnPage, course: str) -> HTMLResponse:
    """Answer the quiz and see why each answer is right."""
    page, _ = await _read(visitor, course)
    form = await visitor.request.form()
    chosen = [str(form.get(f"question-{number}", "")) for number in range(len(page["quiz"]))]
    body = {"answers": [int(one) if _OPTION.fullmatch(one) else UNANSWERED for one in chosen]}
    answer = await visitor.command(SERVICE, f"{_own(visitor)}/{course}/quiz", body)
    refused, result = await refusal(visitor, answer), answer.answer.json() if answer.done else None
    _, own = await _read(visitor, course)
    return visitor.page("course.html", refused=refused, course=page, own=own, at="quiz", text=None, result=result)


def _own(visitor: Visitor) -> str:
    return f"/participants/{visitor.person}/courses"


async def _read(visitor: Visitor, course: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    page = await visitor.read(SERVICE, f"/courses/{course}")
    own = await visitor.read(SERVICE, _own(visitor))
    return page, next((one for one in own["courses"] if one["course"] == course), None)


def _shown(text: dict[str, str]) -> dict[str, Any]:
    return text | {"html": _html(text["text"])}


@lru_cache(maxsize=128)
def _html(text: str) -> Markup:
    """Return a lesson as HTML. Lessons are part of the platform, and raw HTML in them stays text all the same."""
    return Markup(MarkdownIt("commonmark", {"html": False}).render(text))  # noqa: S704
