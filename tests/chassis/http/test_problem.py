"""Every answer that is not a success is a problem, and none quotes what was sent."""

from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import AfterValidator, BaseModel

from chassis.problem import handlers
from tests.chassis.http.asking import add, is_problem


async def test_a_path_that_is_not_there_and_a_method_that_is_not_taken_are_problems(client: httpx.AsyncClient) -> None:
    is_problem(await client.get("/nowhere"), 404)
    refused = await client.delete("/me")

    is_problem(refused, 405)
    assert refused.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("name", "status", "members"),
    [
        (
            "refused",
            409,
            {"type": "urn:waymark:problem:refused", "detail": "already accepted", "allowed": ["withdraw"]},
        ),
        ("refused again", 409, {"detail": "already accepted", "allowed": ["withdraw"]}),
        ("refused by a field", 409, {"errors": [{"pointer": "#/day", "detail": "too late"}], "allowed": []}),
        ("absent", 404, {}),
        ("stale", 412, {"type": "urn:waymark:problem:stale-version", "expected": 3, "actual": 5}),
        ("conflict", 409, {"type": "urn:waymark:problem:conflict"}),
        ("claimed", 409, {"type": "urn:waymark:problem:claim-taken", "claim": "open-referral"}),
        ("reused", 422, {"type": "urn:waymark:problem:key-reused"}),
        ("large", 413, {}),
        ("not yet", 503, {"type": "urn:waymark:problem:not-yet"}),
        ("held back", 503, {"type": "urn:waymark:problem:held-back"}),
        ("erased", 410, {}),
        ("keyring", 503, {}),
        ("database", 503, {}),
        ("own", 403, {"detail": "a coach may not"}),
        ("broken", 500, {}),
    ],
)
async def test_every_failure_is_a_problem(
    client: httpx.AsyncClient, name: str, status: int, members: dict[str, Any]
) -> None:
    answer = await client.get(f"/failing/{name}")
    problem = is_problem(answer, status)

    assert members.items() <= problem.items()
    assert "Ada" not in answer.text
    assert ("retry-after" in answer.headers) is (status == 503)
    assert ("idempotency-replayed" in answer.headers) is (name == "refused again")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("is not the address of a page", "It is not the address of a page"),
        ("has no words", "It has no words"),
        ("the last day is before the first one", "The last day is before the first one"),
    ],
)
async def test_what_a_form_finds_wrong_is_told_in_a_sentence(said: str, told: str) -> None:
    def refuse(_value: str) -> str:
        raise ValueError(said)

    app = FastAPI(exception_handlers=handlers({}))

    class Note(BaseModel):
        text: Annotated[str, AfterValidator(refuse)]

    async def add_note(note: Note) -> None:
        del note

    app.add_api_route("/notes", add_note, methods=["POST"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notes") as anybody:
        (fault,) = (await anybody.post("/notes", json={"text": "a"})).json()["errors"]
    assert fault == {"pointer": "#/text", "detail": told}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/text"),
        ({"text": "secret-value" * 9}, "#/text"),
        ({"text": "a", "day": "secret-value"}, "#/day"),
        ({"text": "a", "kind": "secret-value"}, "#/kind"),
        ({"text": "a", "tags": {"a/b~c": "secret-value"}}, "#/tags/a~1b~0c"),
        ({"text": "a", "contact": {"by": "secret-value"}}, "#/contact"),
        (b'{"text": secret-value', "#"),
        (b"\xff\xfe\xfa", None),
        (b"[" * 900, None),
        (b'{"text": "a", "tags": {"n": 1' + b"0" * 5000 + b"}}", None),
    ],
)
async def test_an_invalid_body_is_told_where_and_why_without_its_values(
    client: httpx.AsyncClient, body: object, pointer: str | None
) -> None:
    answer = await add(client, body or {"x": 1})

    assert answer.status_code in {400, 422}
    assert "secret-value" not in answer.text
    problem = is_problem(answer, answer.status_code)
    if pointer is not None:
        assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
        assert all(fault["detail"] for fault in problem["errors"])


async def test_an_invalid_parameter_is_told_by_its_name(client: httpx.AsyncClient) -> None:
    answer = await client.post("/notes/secret-value", json={"text": "a"}, headers={"if-match": '"1"'})

    (fault,) = is_problem(answer, 422)["errors"]
    assert fault == {"parameter": "id", "detail": "It is not a UUID"}
