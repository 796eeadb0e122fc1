"""A server that starts, says whether it is ready, and ends."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from chassis.http import serve
from tests.chassis.http.asking import is_problem
from tests.chassis.http.notes import AUTHORIZED, application, database, settings


async def test_a_service_is_ready_when_everything_it_needs_is_there(tmp_path: Path) -> None:
    there = True

    async def kafka() -> None:
        if not there:
            raise ConnectionError

    transport = httpx.ASGITransport(application(tmp_path, {"kafka": kafka, "database": database}))
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as anybody:
        ready = await anybody.get("/health")
        there = False
        unready, alive = await anybody.get("/health"), await anybody.get("/health/live")

    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert (unready.status_code, unready.json()["checks"]) == (503, {"kafka": "failed", "database": "ok"})
    assert alive.status_code == 200


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """Serve on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    task = asyncio.create_task(serve(app, settings(port=port)))
    async with httpx.AsyncClient() as client:
        while not await _answers(client, port):
            assert not task.done(), task
    yield f"http://127.0.0.1:{port}", task
    task.cancel()
    await asyncio.wait([task])


async def _answers(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/health/live")).is_success
    except httpx.TransportError:
        await asyncio.sleep(0.01)
        return False


async def test_a_request_in_flight_is_answered_before_a_server_ends(tmp_path: Path) -> None:
    begun, released = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await released.wait()

    app = application(tmp_path, {"slow": slow})
    async with served(app) as (url, task), httpx.AsyncClient() as anybody:
        answer = asyncio.create_task(anybody.get(f"{url}/health"))
        await begun.wait()
        task.cancel()
        released.set()

        assert (await answer).status_code == 200
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_real_server_refuses_too_much_and_goes_on(tmp_path: Path) -> None:
    async with served(application(tmp_path)) as (url, _), httpx.AsyncClient(headers=AUTHORIZED) as coach:
        is_problem(await coach.post(f"{url}/me", content=b"x" * 300_000), 413)
        answer = await coach.get(f"{url}/me")

    assert answer.status_code == 200
    assert "server" not in answer.headers


async def test_a_server_whose_port_is_taken_is_not_silent(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(RuntimeError, match="does not start"):
        await serve(application(tmp_path), settings(port=taken.getsockname()[1]))
