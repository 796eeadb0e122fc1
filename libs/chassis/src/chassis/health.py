"""Whether a process lives, and whether it is ready for requests."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from chassis.telemetry import frames_of

Check = Callable[[], Awaitable[None]]
CHECKED_WITHIN_SECONDS: Final = 2

_log = logging.getLogger(__name__)


def health_routes(checks: Mapping[str, Check]) -> APIRouter:
    """Return the routes /health (ready: every check passes, else 503) and /health/live."""
    routes = APIRouter(prefix="/health", include_in_schema=False)

    @routes.get("")
    async def ready() -> JSONResponse:
        passed = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
        found = {name: "ok" if good else "failed" for name, good in zip(checks, passed, strict=True)}
        status = "ready" if all(passed) else "unavailable"
        return JSONResponse({"status": status, "checks": found}, 200 if all(passed) else 503)

    @routes.get("/live")
    async def live() -> JSONResponse:
        return JSONResponse({"status": "live"})

    return routes


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECKED_WITHIN_SECONDS):
            await check()
    except Exception as failure:  # noqa: BLE001  (any failure is the finding)
        _log.warning("not ready: %s\n%s", name, frames_of(failure))
        return False
    return True
