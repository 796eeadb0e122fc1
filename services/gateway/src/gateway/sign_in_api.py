"""Getting in without a password: by a link that works once, or in the demo as one of its personas; and out again."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.clock import Clock
from chassis.http import CurrentActor, CurrentAsk
from chassis.identity import Actor
from chassis.problem import ProblemError
from gateway.access import JOBSEEKER, Deed
from gateway.desk import AtDesk, Desk
from gateway.door import BROUGHT, COOKIE
from gateway.recognising import Known, NobodyError
from gateway.routing import PREFIX
from gateway.sessions import LONGEST
from gateway.sign_in_links import VALID

sign_in_router = APIRouter(prefix=PREFIX, tags=["getting in"])


class PersonaForm(BaseModel):
    """Whom to sign in as, by code."""

    model_config = ConfigDict(
        extra="forbid", hide_input_in_errors=True, json_schema_extra={"examples": [{"persona": "coach-bridget"}]}
    )

    persona: Annotated[str, Field(max_length=64)]


class LinkForm(BaseModel):
    """The secret of a one-time link."""

    model_config = ConfigDict(
        extra="forbid", hide_input_in_errors=True, json_schema_extra={"examples": [{"secret": "zT5k3Q8yXw"}]}
    )

    secret: Annotated[str, Field(min_length=1, max_length=128)]


class LinkMade(BaseModel):
    """A link that brings one person in, once. Whoever holds the secret is that person."""

    secret: str
    expires_at: str = Field(examples=["2026-03-05T10:00:00+00:00"])


class SignedIn(BaseModel):
    """As whom one is signed in."""

    id: UUID
    role: str
    name: str


class PersonaShown(BaseModel):
    """Somebody whom one can sign in as."""

    persona: str
    name: str
    role: str


class Personas(BaseModel):
    """Everybody of the demo."""

    personas: list[PersonaShown]


@sign_in_router.get("/sign-in/demo")
async def list_personas(desk: AtDesk) -> Personas:
    """List whom one can be in a demonstration. There is nobody anywhere else."""
    known = desk.ways.personas.known.items()
    return Personas(personas=[PersonaShown(persona=code, name=name, role=who.role) for code, (name, who) in known])


@sign_in_router.post("/sign-in/demo")
async def sign_in_as_persona(form: PersonaForm, request: Request, response: Response, desk: AtDesk) -> SignedIn:
    """Sign in as somebody of a demonstration."""
    try:
        return await _sign_in(request, response, desk, await desk.ways.personas.recognise(form.persona))
    except NobodyError as nobody:
        raise ProblemError(404, "There is nobody of that name to be here.") from nobody


@sign_in_router.post("/sign-in/link")
async def sign_in_by_link(form: LinkForm, request: Request, response: Response, desk: AtDesk) -> SignedIn:
    """Sign in by a one-time link, as the one person that it was made for."""
    try:
        return await _sign_in(request, response, desk, await desk.ways.links.recognise(form.secret))
    except NobodyError as nobody:
        detail = "This link was used before, or is too old. Ask your coach for another one."
        raise ProblemError(404, detail) from nobody


@sign_in_router.post("/sign-out", status_code=204)
async def sign_out(request: Request, response: Response, desk: AtDesk, _actor: CurrentActor) -> None:
    """End the session of this browser."""
    if secret := request.scope.get(BROUGHT):
        await desk.sessions.end(secret)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


@sign_in_router.post("/participants/{participant_id}/sign-in-links", status_code=201)
async def make_link(participant_id: UUID, desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> LinkMade:
    """Make a link that brings a person in once: for those whom one coaches, to be handed or sent to them."""
    await desk.require(ask, actor, Deed.LINK, participant_id, "make_link")
    secret = await desk.links.make(Actor(participant_id, JOBSEEKER, actor.tenant), actor)
    return LinkMade(secret=secret, expires_at=_until(desk.clock, VALID))


async def _sign_in(request: Request, response: Response, desk: Desk, known: Known) -> SignedIn:
    secret = await desk.sessions.start(known.actor, known.name, instead_of=request.scope.get(BROUGHT, ""))
    lasts = int(LONGEST.total_seconds())
    response.set_cookie(COOKIE, secret, max_age=lasts, path="/", secure=True, httponly=True, samesite="lax")
    return SignedIn(id=known.actor.id, role=known.actor.role, name=known.name)


def _until(clock: Clock, life: timedelta) -> str:
    return (clock() + life).isoformat()
