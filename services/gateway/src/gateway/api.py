"""The gateway's own routes about people: composed records, who looked, who one is."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.http import AtLeast, CurrentActor, CurrentAsk
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from events.gateway import Refused
from gateway import home
from gateway.access import Deed, NotPermittedError, require
from gateway.catalogue import missing
from gateway.desk import AtDesk
from gateway.routing import PREFIX
from gateway.services import Question
from gateway.telling import Telling, parts
from gateway.views import looks
from gateway.views.looks import WHO_LOOKED, LookRow

LONGEST_PAGE: Final = 200
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403}

router = APIRouter(prefix=PREFIX, tags=["people"])


class Me(BaseModel):
    """Who asks, as every service recognises them."""

    id: UUID
    role: str
    tenant: UUID | None = Field(description="The provider, null for somebody who belongs to no single one.")


class Composed(BaseModel):
    """Parts of several services, each as its service answers it; a part that the person has not yet is left out."""

    model_config = ConfigDict(extra="forbid")

    parts: dict[str, Any] = Field(examples=[{"next_step": {"rule": 13}}])
    missing: list[str] = Field(description="The services that do not answer at the moment.", examples=[["jobsearch"]])


class LookShown(BaseModel):
    """A look at a person's record by somebody else."""

    id: UUID
    reader_id: UUID
    role: str
    what: str = Field(description="Which part of the record: the name of the route.")
    looked_at: AwareDatetime
    refused: Refused | None = Field(description="Why the record was not shown, null when it was.")

    @classmethod
    def of(cls, row: LookRow) -> Self:
        """Return a row."""
        refused = Refused(row.refused) if row.refused else None
        names = (name for name in cls.model_fields if name != "refused")
        return cls(**{name: getattr(row, name) for name in names}, refused=refused)


class LookPage(BaseModel):
    """Looks, the newest first; `next` is what `after` takes for the following page."""

    looks: list[LookShown]
    next: UUID | None


@router.get("/me")
async def show_me(actor: CurrentActor) -> Me:
    """Show as whom one is recognised."""
    return Me(id=actor.id, role=actor.role, tenant=actor.tenant)


@router.get("/home")
async def open_home(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> Composed:
    """Open one's own home: the next step and why, the week, applications, nudges, courses."""
    require(actor, Deed.HOME)
    return await _composed(Telling(desk, ask, actor, "open_home"), actor.id, home.home(actor.id))


@router.get("/participants/{participant_id}")
async def open_participant(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, participant_id: UUID) -> Composed:
    """Open a person's record, out of every service. It tells once that it was opened."""
    await desk.require_role(ask, actor, Deed.OPEN, participant_id, "open_participant")
    telling = Telling(desk, ask, actor, "open_participant")
    return await _composed(telling, participant_id, home.record(participant_id))


@router.get("/participants/{participant_id}/looks")
async def show_looks(  # noqa: PLR0913  (each a parameter of the query)
    desk: AtDesk,
    actor: CurrentActor,
    ask: CurrentAsk,
    at_least: AtLeast,
    participant_id: UUID,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
) -> LookPage:
    """List who looked at a person's record, or wanted to, the newest first."""
    await desk.require(ask, actor, Deed.LOOKS, participant_id, "show_looks")
    async with reading(desk.pool, None, WHO_LOOKED, at_least) as connection:
        rows = await looks.page(connection, participant_id, after, limit)
    return LookPage(looks=list(map(LookShown.of, rows)), next=rows[-1].id if len(rows) == limit else None)


async def _composed(telling: Telling, participant: UUID, questions: Mapping[str, Question]) -> Composed:
    """Ask for every part, with one look told of all of them."""
    found, away = parts(questions, await telling.answers(questions))
    if found:
        return Composed(parts=await home.with_new_jobs(telling.answers, participant, found), missing=away)
    if away:
        raise missing(away)
    raise NotFoundError(telling.page)
