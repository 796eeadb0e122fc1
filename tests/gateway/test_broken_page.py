"""What nobody foresaw is answered to a reader with a page, and to a program with a problem; both are in the log."""

from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from gateway.web.desk import WebDesk
from gateway.web.site import add_site


@pytest.fixture
def broken() -> FastAPI:
    """The site with a page that fails."""
    nothing = cast("Any", None)
    desk = WebDesk(
        pool=nothing,
        services=nothing,
        sessions=nothing,
        ways=nothing,
        operations=nothing,
        zone=ZoneInfo("Europe/London"),
        clock=lambda: datetime(2026, 3, 3, 12, tzinfo=UTC),
        demo=False,
        traces="",
        dashboards="",
        personas=(),
        staff={},
        coaches_by_provider={},
        providers={},
        programmes={},
    )
    app = FastAPI()
    add_site(app, desk)

    @app.get("/broken")
    async def fail(known: bool = False) -> None:
        if known:
            raise HTTPException(404)
        message = "a secret"
        raise LookupError(message)

    return app


async def asked(app: FastAPI, accept: str, **query: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://waymark") as client:
        return await client.get("/broken", headers={"Accept": accept}, params=query)


async def test_a_reader_sees_a_page_that_says_so_and_leads_back(broken: FastAPI) -> None:
    page = await asked(broken, "text/html")
    assert page.status_code == 500
    assert "Something broke here" in page.text
    assert 'href="/"' in page.text
    assert "a secret" not in page.text


async def test_a_program_gets_a_problem(broken: FastAPI) -> None:
    answer = await asked(broken, "application/json")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "a secret" not in answer.text


async def test_what_was_foreseen_is_answered_as_before(broken: FastAPI) -> None:
    assert (await asked(broken, "text/html", known="true")).status_code == 404


async def test_whoever_logs_still_gets_the_error(broken: FastAPI) -> None:
    transport = httpx.ASGITransport(broken)
    async with httpx.AsyncClient(transport=transport, base_url="http://waymark") as client:
        with pytest.raises(LookupError, match="a secret"):
            await client.get("/broken", headers={"Accept": "text/html"})
