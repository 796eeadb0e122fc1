"""The keyring's routes. All are POST: what is asked, and what is answered, belongs in no URL and no log."""

from base64 import b64encode
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.clock import Clock
from chassis.http import CurrentActor, CurrentAsk
from chassis.store import Store
from events.keyring import IndexKind
from events.sealed import KeyOf
from keyring import commands, rotation
from keyring.access import Action, require
from keyring.commands import Indexed
from keyring.ring import Ring

AT_MOST = 1_000
PERSON = "6f1c9e0a-3d52-4c8e-9b1f-0a7d2e4c5b61"
Persons = Annotated[list[UUID], Field(min_length=1, max_length=AT_MOST, examples=[[PERSON]])]
Person = Annotated[UUID, Field(examples=[PERSON])]
Value = Annotated[str, Field(min_length=1, max_length=500)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SealingAsked(_Body):
    """Persons of one kind; who has no key yet gets one when `create`."""

    persons: Persons
    kind: KeyOf
    create: bool = True


class OpeningAsked(_Body):
    """Persons of any kind."""

    persons: Persons


class KeyTold(_Body):
    """One person's key in base64, null when it was destroyed."""

    person: UUID
    kind: KeyOf
    key_id: UUID
    key: str | None


class KeysTold(_Body):
    """The keys there are; persons that never had one are left out."""

    keys: list[KeyTold]


class IdentitiesAsked(_Body):
    """Identities of one kind."""

    kind: IndexKind = Field(examples=["ni_number"])
    values: Annotated[list[Value], Field(min_length=1, max_length=AT_MOST)] = Field(examples=[["QQ123456C"]])


class IdentitiesTold(_Body):
    """The person of each identity, in the order asked."""

    persons: list[UUID]


class Entry(_Body):
    """A plain text that a person is to be found by."""

    person: Person
    kind: IndexKind = Field(examples=["postcode"])
    value: Value = Field(examples=["LS1 4AP"])


class EntriesAsked(_Body):
    """What to add to the index."""

    entries: Annotated[list[Entry], Field(min_length=1, max_length=AT_MOST)]


class Term(_Body):
    """A plain text that sought persons have in common."""

    kind: IndexKind = Field(examples=["name"])
    value: Value = Field(examples=["Ada Lovelace"])


class SearchAsked(_Body):
    """Terms that must all match."""

    terms: Annotated[list[Term], Field(min_length=1, max_length=10)]


class SearchTold(_Body):
    """Who matches; not complete when there are more."""

    persons: list[UUID]
    complete: bool


class EraseAsked(_Body):
    """A person, and the other ids they were known under before a merge."""

    person: Person
    aliases: Annotated[list[UUID], Field(max_length=AT_MOST)] = []


class EraseTold(_Body):
    """The ids that were not erased before."""

    erased: list[UUID]


def routes(ring: Ring, store: Store, clock: Clock) -> APIRouter:
    """Return all routes of the keyring."""
    router = APIRouter()
    for part in (_key_routes(ring, clock), _index_routes(ring, clock), _destroying_routes(ring, store, clock)):
        router.include_router(part)
    return router


def _key_routes(ring: Ring, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["keys"])

    @router.post("/keys/sealing")
    async def sealing(asked: SealingAsked, actor: CurrentActor) -> KeysTold:
        """Give the data keys to seal with, of those persons that are of this kind."""
        require(actor, Action.SEAL, {asked.kind})
        if asked.create:
            found = await commands.make_keys(ring, asked.persons, asked.kind, clock())
        else:
            found = await commands.find_keys(ring, asked.persons)
        return KeysTold(keys=[_told(key) for key in found if key.kind is asked.kind])

    @router.post("/keys/opening")
    async def opening(asked: OpeningAsked, actor: CurrentActor) -> KeysTold:
        """Give the data keys to open with, all or none."""
        found = await commands.find_keys(ring, asked.persons)
        require(actor, Action.OPEN, {key.kind for key in found})
        return KeysTold(keys=[_told(key) for key in found])

    return router


def _index_routes(ring: Ring, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["index"])

    @router.post("/identities")
    async def identities(asked: IdentitiesAsked, actor: CurrentActor) -> IdentitiesTold:
        """Tell which person each identity belongs to; an unknown one gets a new person, with a key."""
        require(actor, Action.IDENTIFY, {asked.kind})
        return IdentitiesTold(persons=await commands.identify(ring, asked.kind, asked.values, clock()))

    @router.post("/index", status_code=204)
    async def index(asked: EntriesAsked, actor: CurrentActor) -> None:
        """Let persons be found by what was just sealed for them."""
        require(actor, Action.INDEX, {entry.kind for entry in asked.entries})
        await commands.index(ring, [Indexed(entry.person, entry.kind, entry.value) for entry in asked.entries])

    @router.post("/search")
    async def search(asked: SearchAsked, actor: CurrentActor) -> SearchTold:
        """Find the persons that match every term."""
        require(actor, Action.SEARCH, {term.kind for term in asked.terms})
        found = await commands.search(ring, [(term.kind, term.value) for term in asked.terms])
        complete = len(found) <= commands.FOUND_AT_MOST
        return SearchTold(persons=found[: commands.FOUND_AT_MOST], complete=complete)

    return router


def _destroying_routes(ring: Ring, store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["destroying"])

    @router.post("/erase")
    async def erase(asked: EraseAsked, actor: CurrentActor, ask: CurrentAsk) -> EraseTold:
        """Destroy a person's keys and index entries for ever, and tell it. Again: nothing happens."""
        require(actor, Action.ERASE)
        whole = replace(ask, tenant=None, key=None)
        return EraseTold(erased=await commands.erase(ring, store, whole, [asked.person, *asked.aliases], clock()))

    @router.post("/rotate", status_code=204)
    async def rotate(actor: CurrentActor) -> None:
        """Wrap everything under a new wrapping key and destroy the old one."""
        require(actor, Action.ROTATE)
        await rotation.rotate(ring, clock())

    return router


def _told(key: commands.PersonKey) -> KeyTold:
    secret = b64encode(key.secret).decode() if key.secret else None
    return KeyTold(person=key.person, kind=key.kind, key_id=key.key_id, key=secret)
