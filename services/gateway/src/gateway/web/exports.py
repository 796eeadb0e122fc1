"""Exports: all facts as files that other tools read, without names; asked for, watched, fetched."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.routing import PREFIX
from gateway.web.admission import AtPage
from gateway.web.command import see
from gateway.web.performance import ANALYTICS

KILOBYTE: Final = 1024

exports_router = APIRouter(include_in_schema=False)


@exports_router.get("/exports")
async def show_exports(visitor: AtPage) -> HTMLResponse:
    """Show the latest exports, and let one begin."""
    found = await visitor.read(ANALYTICS, "/exports")
    return visitor.page("exports.html", exports=found["exports"])


@exports_router.post("/exports")
async def start_export(visitor: AtPage) -> Response:
    """Begin an export; the same form sent twice begins one."""
    command = await visitor.command(ANALYTICS, "/exports")
    if not command.done:
        raise ProblemError(command.answer.status_code, "")
    return see(f"/exports/{command.answer.json()['id']}")


@exports_router.get("/exports/{export_id}")
async def show_export(visitor: AtPage, export_id: UUID) -> HTMLResponse:
    """Show how far an export is and, once it is done, its files."""
    export = await visitor.read(ANALYTICS, f"/exports/{export_id}")
    return visitor.page("export.html", export=export, files=_files(export))


def _files(export: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the files of an export, the latest month first, with where each is fetched."""
    where = f"{PREFIX}/exports/{export['id']}/months"
    files = (export["manifest"] or {}).get("files", [])
    return [
        {**file, "href": f"{where}/{file['month']}", "kilobytes": -(-file["bytes"] // KILOBYTE)}
        for file in reversed(files)
    ]
