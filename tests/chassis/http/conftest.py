"""What the tests of HTTP share."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from chassis.ask import Ask
from tests.chassis.http.notes import AUTHORIZED, application


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """The service that keeps notes; its public keys lie in `tmp_path`."""
    return application(tmp_path)


@pytest.fixture
def asked(app: FastAPI) -> list[Ask]:
    """What commands were told so far."""
    told: list[Ask] = app.state.asked
    return told


@pytest_asyncio.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A coach who talks to the service."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notes", headers=AUTHORIZED) as coach:
        yield coach
