"""The routes that bring in a file of referrals: send it, read what is wrong with it, confirm it, watch it."""
# ruff: noqa: FAST003  (OwnUpload takes the file's id out of the path)

import asyncio
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request

from chassis.http import CurrentActor, CurrentAsk
from chassis.identity import Actor
from referrals.access import Deed, NotPermittedError, Record, can, require
from referrals.desk import AtDesk, Desk, OwnUpload
from referrals.forms import UploadShown
from referrals.referral_file import preview
from referrals.referral_import import Destination
from referrals.uploads import Upload

file_router = APIRouter(prefix="/referral-files", tags=["files of referrals"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "name,date_of_birth,ni_number,postcode\nZoë Okafor,31/12/1990,QQ 12 34 56 C,LS11 1AA\n",
            }
        },
    }
}


@file_router.post("", status_code=201, openapi_extra=_BODY)
async def preview_file(  # noqa: PLR0913  (each a parameter of the request)
    request: Request,
    desk: AtDesk,
    actor: CurrentActor,
    programme_id: UUID,
    provider_id: Annotated[UUID | None, Query(description="The provider; one's own when one works for one.")] = None,
    referrer_id: Annotated[UUID | None, Query(description="Who sent them; oneself as a referrer.")] = None,
) -> UploadShown:
    """Check a CSV file. Nothing is brought in before it is confirmed; unconfirmed it is forgotten in half an hour.

    A provider's file may say who was accepted, on what day, and for which coach; a referrer's may not.
    """
    require(actor, Deed.IMPORT)
    destination = _destination(actor, desk, programme_id, provider_id, referrer_id)
    now = desk.clock()
    check = partial(preview, today=desk.today(now), coaches=destination.coaches, accepting=actor.tenant is not None)
    checked = await asyncio.to_thread(check, await request.body())
    upload = Upload(uuid4(), actor.id, destination, checked, len(checked.rows), touched_at=now)
    desk.uploads.keep(upload)
    return UploadShown.of(upload)


@file_router.post("/{file_id}/confirm", status_code=202)
async def confirm_file(upload: OwnUpload, desk: AtDesk, ask: CurrentAsk) -> UploadShown:
    """Bring in the good rows of a file. What was brought in before is not brought in again."""
    rows, now = upload.preview.rows, desk.clock()
    desk.uploads.start(upload, lambda progress: desk.importing.bring_in(ask, upload.destination, rows, now, progress))
    return UploadShown.of(upload)


@file_router.get("/{file_id}")
async def show_file(upload: OwnUpload) -> UploadShown:
    """Show how far a file is."""
    return UploadShown.of(upload)


def _destination(
    actor: Actor, desk: Desk, programme_id: UUID, provider_id: UUID | None, referrer_id: UUID | None
) -> Destination:
    provider = provider_id or actor.tenant
    referrer = actor.id if actor.tenant is None else referrer_id or actor.id
    if provider is None or not can(actor, Deed.IMPORT, Record(provider, referrer)):
        message = "files are brought in for one's own provider, or by a referrer who names one"
        raise NotPermittedError(message)
    return Destination(programme_id, provider, referrer, desk.coaches.get(provider, {}))
