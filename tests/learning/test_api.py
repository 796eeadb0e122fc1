"""What a person and their coach get when they ask the running service."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import CaseCovered, case_of
from learning.course import catalogue
from tests.journey import Line
from tests.learning.running import VISIBLE_SECONDS, Person, Platform, eventually

NORTHWAY = uuid4()
COURSE = catalogue()["write-a-cv"]
RIGHT = [asked.answer for asked in COURSE.quiz]


@pytest.fixture
def ada() -> Person:
    """Name somebody with a case at Northway."""
    return Person(NORTHWAY)


@pytest.fixture
def person(platform: Platform, ada: Person) -> Iterator[httpx.Client]:
    """Let Ada ask for herself."""
    with platform.client("jobseeker", NORTHWAY, ada.id) as client:
        yield client


@pytest.fixture
def path(ada: Person) -> str:
    """Return where Ada's course is furthered."""
    return f"/participants/{ada.id}/courses/write-a-cv"


def courses(client: httpx.Client, person: UUID, after: httpx.Response) -> Any:
    """Read somebody's courses as they are after a command."""
    assert after.is_success, after.text
    place = after.headers["Waymark-Position"]
    return client.get(f"/participants/{person}/courses", params={"at_least": place}).json()["courses"]


def finish(client: httpx.Client, path: str) -> httpx.Response:
    """Go through a whole course; return the answer to the quiz at its end."""
    client.post(f"{path}/enrol").raise_for_status()
    for lesson in COURSE.curriculum:
        client.post(f"{path}/lessons/{lesson}/complete").raise_for_status()
    return client.post(f"{path}/quiz", json={"answers": RIGHT})


def test_every_course_is_listed_and_can_be_read_without_its_answers(person: httpx.Client) -> None:
    listed = person.get("/courses").json()["courses"]
    assert [line["course"] for line in listed] == list(catalogue())
    page = person.get("/courses/write-a-cv").json()
    assert [text["lesson"] for text in page["texts"]] == list(COURSE.curriculum)
    assert {key for question in page["quiz"] for key in question} == {"question", "options"}


def test_a_course_that_is_not_there_is_not_found(person: httpx.Client) -> None:
    assert person.get("/courses/astrology").status_code == 404


def test_a_person_who_enrolled_sees_what_comes_next(person: httpx.Client, ada: Person, path: str) -> None:
    enrolled = person.post(f"{path}/enrol")
    (course,) = courses(person, ada.id, enrolled)
    assert (enrolled.status_code, enrolled.headers["ETag"]) == (201, '"1"')
    assert (course["status"], course["next"], course["title"]) == ("begun", COURSE.curriculum[0], COURSE.title)


def test_enrolling_again_changes_nothing(person: httpx.Client, path: str) -> None:
    first, second = person.post(f"{path}/enrol"), person.post(f"{path}/enrol")
    assert (second.status_code, second.json()) == (201, first.json())


def test_a_lesson_of_a_course_that_nobody_began_is_refused_with_what_to_do(person: httpx.Client, path: str) -> None:
    refused = person.post(f"{path}/lessons/half-a-minute/complete")
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["enrol"])


def test_a_lesson_that_is_not_there_is_not_found(person: httpx.Client, path: str) -> None:
    assert person.post(f"{path}/lessons/astrology/complete").status_code == 404


def test_wrong_answers_are_explained_and_the_quiz_may_be_tried_again(
    person: httpx.Client, ada: Person, path: str
) -> None:
    person.post(f"{path}/enrol")
    wrong = person.post(f"{path}/quiz", json={"answers": [answer + 1 for answer in RIGHT]}).json()
    assert (wrong["right"], wrong["questions"], wrong["passed"]) == (0, 5, False)
    assert [answer["explanation"] for answer in wrong["answers"]] == [asked.explanation for asked in COURSE.quiz]
    better = person.post(f"{path}/quiz", json={"answers": RIGHT})
    (course,) = courses(person, ada.id, better)
    assert better.json()["passed"]
    assert (course["quiz_tries"], course["quiz_best"], course["quiz_passed"]) == (2, 5, True)
    assert (course["status"], course["next"]) == ("begun", COURSE.curriculum[0])


def test_a_quiz_with_another_number_of_answers_is_not_valid(person: httpx.Client, path: str) -> None:
    person.post(f"{path}/enrol")
    assert person.post(f"{path}/quiz", json={"answers": [1]}).status_code == 422


def test_a_quiz_that_is_sent_twice_under_one_key_is_taken_once(person: httpx.Client, ada: Person, path: str) -> None:
    person.post(f"{path}/enrol")
    wrong, key = {"answers": [answer + 1 for answer in RIGHT]}, {"Idempotency-Key": uuid4().hex}
    first, second = (person.post(f"{path}/quiz", json=wrong, headers=key) for _ in range(2))
    (course,) = courses(person, ada.id, second)
    assert (second.json(), second.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert course["quiz_tries"] == 1


def test_a_course_is_completed_when_all_of_it_was_done(person: httpx.Client, ada: Person, path: str) -> None:
    (course,) = courses(person, ada.id, finish(person, path))
    assert (course["status"], course["next"], course["completed_at"] is None) == ("completed", None, False)
    assert all(lesson["done"] for lesson in course["lessons"])


def test_what_was_done_is_exported_as_xapi_statements(person: httpx.Client, ada: Person, path: str) -> None:
    done = finish(person, path)
    place = done.headers["Waymark-Position"]
    told = person.get(f"/participants/{ada.id}/xapi", params={"at_least": place}).json()
    verbs = [statement["verb"]["id"].rpartition("/")[2] for statement in told["statements"]]
    assert verbs == ["registered", *["completed"] * len(COURSE.lessons), "passed", "completed"]
    assert len({statement["id"] for statement in told["statements"]}) == len(verbs)
    assert {statement["actor"]["account"]["name"] for statement in told["statements"]} == {str(ada.id)}
    assert told["statements"][-2]["result"]["score"] == {"raw": 5, "min": 0, "max": 5, "scaled": 1.0}
    assert told["more"] == ""


def test_a_coach_may_do_it_on_behalf_of_somebody(platform: Platform, ada: Person, path: str) -> None:
    platform.take_on(ada)
    with platform.client("coach", NORTHWAY, ada.coach) as coach:
        (course,) = courses(coach, ada.id, finish(coach, path))
    assert course["status"] == "completed"


def covered(colleague: UUID, first: int, last: int) -> CaseCovered:
    """Return that a colleague stands in from so many days from now to so many."""
    now = datetime.now(UTC)
    begins, ends = now + timedelta(days=first), now + timedelta(days=last)
    return CaseCovered(occurred_at=now, coach_id=colleague, begins_at=begins, ends_at=ends)


def test_who_stands_in_for_the_coach_is_let_in_while_they_do(platform: Platform, ada: Person) -> None:
    platform.take_on(ada)
    path, case, colleague = f"/participants/{ada.id}/courses", case_of(ada.referral), uuid4()
    with platform.client("coach", NORTHWAY, colleague) as client:
        assert client.get(path).status_code == 403
        platform.journey.tell(Line(covered(colleague, -1, 3), case, ada.id, NORTHWAY))
        eventually(client, path, lambda page: page["courses"] == [])
        platform.journey.tell(Line(covered(uuid4(), -1, 3), case, ada.id, NORTHWAY))
        until(lambda: client.get(path).status_code == 403)


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + VISIBLE_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)
