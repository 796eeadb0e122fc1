"""A second record of somebody: a leader finds it, and says that it is the same person; Undo parts the two again."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from gateway.undoing import Step
from gateway.web.admission import AtLeading
from gateway.web.finding import people_found
from gateway.web.people import SERVICE
from gateway.web.undo import go_on

REFERRALS: Final = "referrals"

second_record_router = APIRouter(include_in_schema=False, prefix="/people/{participant_id}/second-record")


@second_record_router.post("/find")
async def find_second_record(visitor: AtLeading, participant_id: UUID) -> HTMLResponse:
    """Show whose record it could be, by what people are found by, without those that are the person's already."""
    sought = str((await visitor.request.form()).get("sought", "")).strip()
    page = await visitor.read(SERVICE, f"/participants/{participant_id}")
    found = await people_found(visitor, sought)
    theirs = {str(participant_id), *(one["participant_id"] for one in page["aliases"])}
    return visitor.page(
        "second_record.html",
        page=page,
        sought=sought,
        complete=found["complete"],
        people=[one for one in found["page"]["cases"] if one["participant_id"] not in theirs],
        staff=visitor.desk.staff_names,
    )


@second_record_router.post("")
async def make_one_person(visitor: AtLeading, participant_id: UUID) -> Response:
    """Say that another record is the same person's."""
    body = {"other_participant_id": str((await visitor.request.form()).get("other", ""))}
    path = f"/participants/{participant_id}/merge"
    command = await visitor.command(REFERRALS, path, body)
    back = [Step(REFERRALS, f"{path}/take-back", body)]
    return await go_on(visitor, command, f"/people/{participant_id}", "done", lambda _: back)
