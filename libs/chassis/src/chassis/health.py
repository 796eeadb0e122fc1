"""What an operator's tools ask a process: whether it lives, whether it is ready for requests, and its numbers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from chassis.listen.watching import stopped_consumers
from chassis.metrics import exposition
from chassis.telemetry import frames_of

Check = Callable[[], Awaitable[None]]
CHECKED_WITHIN_SECONDS: Final = 2

_log = logging.getLogger(__name__)


class Health(BaseModel):
    """Whether a process is ready: each check by its name is `ok` or `failed`.

    One whose consumers stopped themselves answers requests all the same: it is ready, but degraded.
    """

    status: Literal["ready", "degraded", "unavailable"]
    checks: dict[str, str]
    stopped: list[str] = []


async def health_by(checks: Mapping[str, Check]) -> Health:
    """Return whether this process is ready."""
    passed = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
    found = {name: "ok" if good else "failed" for name, good in zip(checks, passed, strict=True)}
    if not all(passed):
        return Health(status="unavailable", checks=found)
    stopped = stopped_consumers()
    return Health(status="degraded" if stopped else "ready", checks=found, stopped=stopped)


def health_routes(checks: Mapping[str, Check]) -> APIRouter:
    """Return the routes /health (503 where the process is unavailable) and /health/live."""
    routes = APIRouter(prefix="/health", include_in_schema=False)

    @routes.get("")
    async def ready() -> JSONResponse:
        found = await health_by(checks)
        return JSONResponse(found.model_dump(exclude_defaults=True), 503 if found.status == "unavailable" else 200)

    @routes.get("/live")
    async def live() -> JSONResponse:
        return JSONResponse({"status": "live"})

    return routes


def metrics_routes() -> APIRouter:
    """Return the route /metrics, for Prometheus."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/metrics")
    async def metrics() -> Response:
        return Response(await exposition(), media_type=CONTENT_TYPE_LATEST)

    return routes


def operators_app() -> FastAPI:
    """Return what a process answers on a port that only its operators reach."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in (health_routes({}), metrics_routes()):
        app.include_router(router)
    return app


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECKED_WITHIN_SECONDS):
            await check()
    except Exception as failure:  # noqa: BLE001  (any failure is the finding)
        _log.warning("not ready: %s\n%s", name, frames_of(failure))
        return False
    return True
