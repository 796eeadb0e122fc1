"""What a person and their coach get when they ask the running service about wishes and CVs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import CaseCovered
from tests.jobsearch.files import pdf, word
from tests.jobsearch.running import Person, Platform, SpeaksAs, asked, eventually, read_after

YORK = 2633352
WISHES = {"work": "baker, Köchin 🥐", "town": YORK, "miles": 10, "hours_most": 30.0, "contracts": ["permanent"]}
RESUME = {"basics": {"name": "Zoë Okafor", "label": "خبز"}, "skills": [{"name": "Sourdough"}]}


@pytest.fixture
def zoe() -> Person:
    return Person(uuid4())


@pytest.fixture
def client(speaks: SpeaksAs, zoe: Person) -> httpx.Client:
    return speaks(zoe)


def told(client: httpx.Client, person: Person, body: Any, version: int) -> httpx.Response:
    headers = {"If-Match": f'"{version}"'}
    return client.put(f"/participants/{person.id}/profile", json=body, headers=headers)


def uploaded(client: httpx.Client, person: Person, content: bytes, name: str = "CV.docx") -> httpx.Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "Content-Type": "application/octet-stream"}
    return client.post(f"/participants/{person.id}/cvs/file", content=content, headers=headers)


def test_who_said_nothing_has_an_empty_profile_at_version_0_that_misses_the_work(
    client: httpx.Client, zoe: Person
) -> None:
    answer = client.get(f"/participants/{zoe.id}/profile")
    assert (answer.headers["ETag"], answer.json()["missing"], answer.json()["work"]) == ('"0"', "work", None)


def test_wishes_are_read_as_they_were_told_with_what_is_missing_most(client: httpx.Client, zoe: Person) -> None:
    answer = told(client, zoe, WISHES, 0)
    page = read_after(answer, client, f"/participants/{zoe.id}/profile")
    assert {name: page[name] for name in WISHES} == WISHES
    assert (page["town_name"], page["missing"], answer.headers["ETag"]) == ("York", "cv", '"1"')


def test_the_same_wishes_again_change_nothing(client: httpx.Client, zoe: Person) -> None:
    told(client, zoe, WISHES, 0)
    again = told(client, zoe, WISHES, 1)
    other = told(client, zoe, WISHES | {"work": "driver"}, 1)
    assert (again.headers["ETag"], "Waymark-Position" in again.headers, other.headers["ETag"]) == ('"1"', False, '"2"')


def test_who_wrote_over_what_they_had_not_read_is_told(client: httpx.Client, zoe: Person) -> None:
    told(client, zoe, WISHES, 0)
    stale = told(client, zoe, {"work": "driver"}, 0)
    assert (stale.status_code, stale.json()["expected"], stale.json()["actual"]) == (412, 0, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"town": 1},
        {"miles": -1},
        {"hours_least": 30, "hours_most": 20},
        {"pay_least": 12.5},
        {"contracts": ["forever"]},
        {"work": "x" * 10_000},
        {"wages": 1},
    ],
)
def test_wishes_that_cannot_be_are_refused(client: httpx.Client, zoe: Person, body: Any) -> None:
    assert told(client, zoe, body, 0).status_code == 422


def test_a_typed_cv_comes_back_as_json_resume(client: httpx.Client, zoe: Person) -> None:
    answer = asked(client, f"/participants/{zoe.id}/cvs", RESUME)
    page = read_after(answer, client, f"/participants/{zoe.id}/cvs/1")
    assert (answer.status_code, page["kind"], page["resume"]) == (201, "typed", RESUME)


def test_every_cv_is_a_version_and_an_application_names_the_one_that_was_sent(
    client: httpx.Client, zoe: Person
) -> None:
    asked(client, f"/participants/{zoe.id}/cvs", RESUME)
    second = uploaded(client, zoe, word("Zoë Okafor", "Baker"), "Zoë CV 🥐.docx")
    listed = read_after(second, client, f"/participants/{zoe.id}/cvs")["cvs"]
    assert [(cv["version"], cv["kind"], cv["file_name"]) for cv in listed] == [
        (2, "file", "Zoë CV 🥐.docx"),
        (1, "typed", None),
    ]
    saved = asked(client, f"/participants/{zoe.id}/applications", {"title": "Baker"})
    path = f"/applications/{saved.json()['ids']['application']}"
    sent = asked(client, f"{path}/send", {"cv_version": 2}, 1)
    assert read_after(sent, client, path)["cv_version"] == 2
    assert asked(client, f"{path}/send", {"cv_version": 3}, 2).status_code == 409


def test_the_words_of_a_file_are_read_and_the_file_itself_is_kept(client: httpx.Client, zoe: Person) -> None:
    content = pdf("Zoe Okafor, baker")
    answer = uploaded(client, zoe, content, "../../Zoe.pdf")
    path = f"/participants/{zoe.id}/cvs/1"
    page = read_after(answer, client, path)
    file = client.get(f"{path}/file")
    assert (page["text"], page["file_name"], page["media_type"]) == ("Zoe Okafor, baker", "Zoe.pdf", "application/pdf")
    assert (file.content, file.headers["content-type"]) == (content, "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment")


def test_the_largest_file_that_is_taken_fits_into_a_fact(client: httpx.Client, zoe: Person) -> None:
    content = pdf("x" * 30_000)
    content += b"%" + b"0" * (128 * 1024 - len(content) - 1)
    assert uploaded(client, zoe, content, "é" * 190 + ".pdf").status_code == 201


def test_a_file_that_is_too_large_is_refused_with_the_limit(client: httpx.Client, zoe: Person) -> None:
    answer = uploaded(client, zoe, pdf() + b"0" * 200_000)
    assert (answer.status_code, answer.json()["detail"]) == (413, "A CV has 128 KB at most.")


def test_a_cv_with_a_macro_is_refused_with_the_reason(client: httpx.Client, zoe: Person) -> None:
    answer = uploaded(client, zoe, word("Zoë", parts={"word/vbaProject.bin": b"\xd0\xcf"}), "CV.docm")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "has a macro in it" in answer.json()["detail"]


def test_a_version_that_there_is_not_is_not_found(client: httpx.Client, zoe: Person) -> None:
    asked(client, f"/participants/{zoe.id}/cvs", RESUME)
    assert client.get(f"/participants/{zoe.id}/cvs/7").status_code == 404


def test_a_typed_cv_has_no_file(client: httpx.Client, zoe: Person) -> None:
    answer = asked(client, f"/participants/{zoe.id}/cvs", RESUME)
    read_after(answer, client, f"/participants/{zoe.id}/cvs")
    assert client.get(f"/participants/{zoe.id}/cvs/1/file").status_code == 404


def covered(colleague: UUID, first: int, last: int) -> CaseCovered:
    """Return that a colleague stands in from so many days from now to so many."""
    now = datetime.now(UTC)
    begins, ends = now + timedelta(days=first), now + timedelta(days=last)
    return CaseCovered(occurred_at=now, coach_id=colleague, begins_at=begins, ends_at=ends)


def test_who_stands_in_for_the_coach_is_let_in_while_they_do(platform: Platform, speaks: SpeaksAs, zoe: Person) -> None:
    platform.take_on(zoe)
    path, colleague = f"/participants/{zoe.id}/profile", uuid4()
    eventually(speaks(zoe, "coach"), path, lambda _page: True)
    with platform.client("coach", zoe.provider, colleague) as client:
        platform.tell(zoe, zoe.case, covered(colleague, 1, 3))
        assert client.get(path).status_code == 403
        platform.tell(zoe, zoe.case, covered(colleague, -1, 3))
        eventually(client, path, lambda _page: True)
