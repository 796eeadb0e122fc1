"""What an operator's tools ask a process: whether it lives, whether it is ready for requests, and its numbers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from chassis.listen.watching import stopped_consumers
from chassis.metrics import exposition
from chassis.telemetry import frames_of

Check = Callable[[], Awaitable[None]]
CHECKED_WITHIN_SECONDS: Final = 2

_log = logging.getLogger(__name__)


def health_routes(checks: Mapping[str, Check]) -> APIRouter:
    """Return the routes /health (ready: every check passes, else 503) and /health/live.

    A process whose consumers stopped themselves answers requests all the same: it is ready, but degraded.
    """
    routes = APIRouter(prefix="/health", include_in_schema=False)

    @routes.get("")
    async def ready() -> JSONResponse:
        passed = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
        found = {name: "ok" if good else "failed" for name, good in zip(checks, passed, strict=True)}
        if not all(passed):
            return JSONResponse({"status": "unavailable", "checks": found}, 503)
        if stopped := stopped_consumers():
            return JSONResponse({"status": "degraded", "checks": found, "stopped": stopped})
        return JSONResponse({"status": "ready", "checks": found})

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
