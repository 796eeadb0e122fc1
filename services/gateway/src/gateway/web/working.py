"""What staff say of a person's jobs: begun, on other terms, over; and how work goes."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.problem import ProblemError
from gateway.undoing import Step
from gateway.web.admission import AtWork
from gateway.web.deeds import body_of
from gateway.web.doing import answered
from gateway.web.people import SERVICE
from gateway.web.work import CHECK_IN, DEEDS, check_in, undo_check_in

TAKEN_BACK: Final = frozenset({"end", "not-started"})

work_router = APIRouter(include_in_schema=False)


@work_router.post("/people/{participant_id}/jobs/{job_id}/{code}")
async def say(visitor: AtWork, participant_id: UUID, job_id: UUID, code: str) -> Response:
    """Say what became of a job."""
    if code not in DEEDS:
        raise ProblemError(404, "There is nothing here.")
    deed, form = DEEDS[code], await visitor.request.form()
    command = await visitor.command(SERVICE, f"/jobs/{job_id}{deed.path}", body_of(deed, form, visitor.now))

    def steps(told: Mapping[str, Any]) -> list[Step]:
        correct = Step(SERVICE, f"/jobs/{job_id}/correct", version=str(told["version"]))
        return [correct] if code in TAKEN_BACK else []

    return await answered(visitor, participant_id, command, deed, steps)


@work_router.post("/people/{participant_id}/jobs/{job_id}/check-ins/{week}")
async def note_check_in(visitor: AtWork, participant_id: UUID, job_id: UUID, week: int) -> Response:
    """Note how the person says that work goes."""
    command = await check_in(visitor, job_id, week)
    return await answered(visitor, participant_id, command, CHECK_IN, undo_check_in(job_id, week))
