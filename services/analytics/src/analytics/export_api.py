"""HTTP routes of exports: ask for one, see how far it is, fetch its files."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from analytics.access import Deed, Scope, require
from analytics.desk import AtDesk
from analytics.exporting import ExportJob
from chassis.http import CurrentActor, CurrentAsk
from chassis.store import NotFoundError

PARQUET: Final = "application/vnd.apache.parquet"
SHOWN: Final = 20
_EXPORTS: Final = UUID("2f0e6a52-9f0c-5b3e-8d54-6578706f7274")

router = APIRouter()


class Export(BaseModel):
    """An export of facts as Parquet: pseudonymous, a file for each month."""

    id: UUID
    state: str = Field(description="running, done, failed or interrupted", examples=["running"])
    asked_at: datetime
    total: int = Field(description="How many facts there are to write.")
    done: int = Field(description="How many are written.")
    manifest: dict[str, Any] | None = Field(description="Counts, files with their SHA-256, as of where; once done.")


class Exports(BaseModel):
    """Exports of facts, the newest first."""

    exports: list[Export]


@router.post("/exports", status_code=202)
async def start_export(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> Export:
    """Begin to export every fact; the same Idempotency-Key again answers with the same export."""
    require(actor, Deed.EXPORT, Scope())
    export_id = uuid5(_EXPORTS, ask.key) if ask.key else uuid4()
    await desk.exports.start(export_id, actor.id)
    return _shown(await desk.exports.find(export_id))


@router.get("/exports")
async def list_exports(desk: AtDesk, actor: CurrentActor) -> Exports:
    """List the latest exports, the newest first, whoever asked for them."""
    require(actor, Deed.EXPORT, Scope())
    return Exports(exports=[_shown(job) for job in await desk.exports.latest(SHOWN)])


@router.get("/exports/{export_id}")
async def read_export(desk: AtDesk, actor: CurrentActor, export_id: UUID) -> Export:
    """Return how far an export is."""
    require(actor, Deed.EXPORT, Scope())
    return _shown(await desk.exports.find(export_id))


@router.get("/exports/{export_id}/months/{month}", response_class=FileResponse)
async def read_export_file(
    desk: AtDesk,
    actor: CurrentActor,
    export_id: UUID,
    month: Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{2}$")],
) -> FileResponse:
    """Return the Parquet file of a month."""
    require(actor, Deed.EXPORT, Scope())
    path = desk.exports.file(export_id, month)
    if path is None:
        raise NotFoundError
    return FileResponse(path, media_type=PARQUET)


def _shown(job: ExportJob | None) -> Export:
    if job is None:
        raise NotFoundError
    manifest = dict(job.manifest) if job.manifest is not None else None
    return Export(id=job.id, state=job.state, asked_at=job.asked_at, total=job.total, done=job.done, manifest=manifest)
