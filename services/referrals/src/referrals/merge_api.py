"""The routes of two participants who are one person."""

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from chassis.http import Accepted, CurrentActor, CurrentAsk, accepted
from chassis.identity import Actor
from chassis.store import NotFoundError, Session
from referrals.access import Deed, require
from referrals.desk import AtDesk
from referrals.forms import Form, example
from referrals.merging import Alias, Pair, aliases_of, merge, part, require_referred
from referrals.person_record import PersonRecord

OTHER: Final = "5f0c7c1e-8f3e-4c57-9b8f-0d3a4b1f6a11"

merge_router: Final = APIRouter(prefix="/participants/{participant_id}", tags=["one person"])


class MergeForm(Form):
    """The other participant."""

    model_config = example({"other_participant_id": OTHER})

    other_participant_id: UUID


class AliasShown(BaseModel):
    """Another id of a person."""

    participant_id: UUID
    merged_with: UUID = Field(description="The record that it was merged with: this one, or one that led there.")
    merged_at: datetime

    @classmethod
    def of(cls, alias: Alias) -> Self:
        """Return another id as it is shown."""
        return cls(**alias._asdict())


class Aliases(BaseModel):
    """Every other id of a person, the earliest merge first."""

    aliases: list[AliasShown]


@merge_router.get("/aliases")
async def list_aliases(participant_id: UUID, desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> Aliases:
    """List under which other ids a person is known to one's provider."""
    _provider(actor, Deed.READ_ALIASES)
    session = Session(desk.store, ask)
    await require_referred(session, participant_id)
    return Aliases(aliases=[AliasShown.of(alias) for alias in await aliases_of(session, participant_id)])


@merge_router.post("/merge", response_model=Accepted)
async def merge_participants(
    participant_id: UUID, form: MergeForm, desk: AtDesk, actor: CurrentActor, ask: CurrentAsk
) -> JSONResponse:
    """Say that two participants are one person. Both histories stay whole, and are read together from then on."""
    pair, now = Pair(_provider(actor, Deed.MERGE), participant_id, form.other_participant_id), desk.clock()
    return accepted(await desk.store.execute(ask, lambda session: merge(session, pair, now)))


@merge_router.post("/merge/take-back", response_model=Accepted)
async def take_merge_back(
    participant_id: UUID, form: MergeForm, desk: AtDesk, actor: CurrentActor, ask: CurrentAsk
) -> JSONResponse:
    """Say that two participants who were merged are two people after all. Each goes on with a whole history."""
    pair, now = Pair(_provider(actor, Deed.MERGE), participant_id, form.other_participant_id), desk.clock()
    return accepted(await desk.store.execute(ask, lambda session: part(session, pair, now)))


def _provider(actor: Actor, deed: Deed) -> UUID:
    """Return whose participants an actor may do this with. Raises NotPermittedError, NotFoundError."""
    require(actor, deed)
    if actor.tenant is None:
        raise NotFoundError(PersonRecord.__name__)
    return actor.tenant
