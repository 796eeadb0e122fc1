"""What no route has to think of: who asks, how much, and what may never be logged or stored."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chassis.http.asking import add, is_problem
from tests.chassis.http.notes import AUTHORIZED, LIMIT, application


async def test_without_a_token_nothing_is_answered_and_no_body_read(client: httpx.AsyncClient) -> None:
    for path in ("/me", "/nowhere", f"/notes/{UUID(int=1)}"):
        problem = is_problem(await client.post(path, content=b"{", headers={"authorization": ""}), 401)

        assert problem["detail"] == "The bearer token is missing or not valid."


@pytest.mark.parametrize("authorization", ["Bearer x.y.z", "Bearer", "Basic YTpi", AUTHORIZED["authorization"] + "x"])
async def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(
    client: httpx.AsyncClient, authorization: str
) -> None:
    answer = await client.get("/me", headers={"authorization": authorization})

    assert is_problem(answer, 401)["detail"] == "The bearer token is missing or not valid."
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_missing_keys_are_not_the_fault_of_who_asks(client: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "jwks.json").unlink()

    assert is_problem(await client.get("/me"), 503)["detail"] == "Nobody can be recognised at the moment."


async def test_what_breaks_is_logged_with_where_and_without_its_text(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await client.get("/failing/broken")

    assert "RuntimeError" in caplog.text
    assert "notes.py" in caplog.text
    assert "Lovelace" not in caplog.text.replace('RuntimeError("Ada Lovelace")', "")


async def test_the_access_log_has_the_pattern_of_a_path_and_nothing_that_was_sent(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chassis.http")
    await client.get("/failing/Ada-path?name=Ada-query")
    await add(client, {"text": "Ada-body"})
    await client.get("/Ada-nowhere")

    assert "GET /failing/{name} 500" in caplog.text
    assert "POST /notes/{id} 201" in caplog.text
    assert "GET - 404" in caplog.text
    assert not [line for line in caplog.messages if "Ada-" in line]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b'{"text": "a\\u0000b"}', {"#/text"}),
        (b'{"text": "\\\\\\u0000"}', {"#/text"}),
        (b'{"text": "a", "tags": {"\\u0000": 1}}', {"#/tags"}),
        (b'{"text": "\\ud800"}', {"#/text"}),
        (b'{"text": "\\udc00\\ud800", "a/b": ["c", {"d": "\\u0000"}]}', {"#/text", "#/a~1b/1/d"}),
        (b'{"text": "a\0b"}', {"#"}),
        ('{"text": "\\u0000"}'.encode("utf-16"), {"#"}),
    ],
)
async def test_what_postgresql_cannot_store_is_refused_by_its_place(
    client: httpx.AsyncClient, body: bytes, pointers: set[str]
) -> None:
    for content_type in ("application/json", "application/JSON"):
        refused = is_problem(await add(client, body, content_type=content_type), 422)
        assert {fault["pointer"] for fault in refused["errors"]} == pointers
        assert all("no text" in fault["detail"] for fault in refused["errors"])


@pytest.mark.parametrize("text", ["\\u0000", "a\\\\u0000", "😀", "é"])
async def test_text_that_only_looks_like_it_is_taken(client: httpx.AsyncClient, text: str) -> None:
    assert (await add(client, json.dumps({"text": text}).encode())).status_code == 201


async def test_a_null_character_in_a_path_or_query_is_refused(client: httpx.AsyncClient) -> None:
    in_path = is_problem(await client.get("/failing/a%00b"), 422)
    in_query = is_problem(await client.get("/failing/refused?name=a%00b&%00=c&other=d"), 422)
    assert [fault["parameter"] for fault in in_path["errors"]] == ["path"]
    assert [fault["parameter"] for fault in in_query["errors"]] == ["name", "query"]


async def test_an_answer_says_up_to_when_everything_in_it_is_known(client: httpx.AsyncClient) -> None:
    assert (await client.get("/behind")).headers["waymark-as-of"] == "2030-03-01T09:00:00+00:00"
    assert "waymark-as-of" not in (await client.get("/me")).headers


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100

    is_problem(await add(client, b"x" * (LIMIT + 1)), 413)
    is_problem(await client.post("/me", content=endless()), 413)


@given(body=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/csv", "", "multipart/form-data"]))
async def test_no_body_whatever_breaks_a_route(
    body: bytes, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    transport = httpx.ASGITransport(application(tmp_path_factory.getbasetemp()))
    async with httpx.AsyncClient(transport=transport, base_url="http://notes", headers=AUTHORIZED) as coach:
        assert (await add(coach, body, content_type=kind)).status_code < 500


async def test_every_answer_is_kept_out_of_caches_and_frames(client: httpx.AsyncClient) -> None:
    for answer in (await client.get("/me"), await client.get("/nowhere"), await client.get("/failing/broken")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
