"""A small service that the tests of HTTP ask: it keeps notes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from psycopg import OperationalError
from pydantic import BaseModel, Field

from chassis.aggregate import Refusal
from chassis.ask import Answer, Ask, Place
from chassis.freshness import note_as_of
from chassis.http import Accepted, AtLeast, CurrentActor, CurrentAsk, ExpectedVersion, accepted, etag, service_app
from chassis.identity import LONGEST_LIFE, Actor, Verifier
from chassis.keyring import KeyringAwayError, PersonIsErasedError
from chassis.listen.reading import HeldBackError, NotYetError
from chassis.settings import ServiceSettings
from chassis.signing import SigningKey, person_token, published
from chassis.store import (
    ClaimTakenError,
    ConflictError,
    FactTooLargeError,
    KeyReusedError,
    NotFoundError,
    StaleVersionError,
)

KEY = SigningKey.generate("people")
COACH = Actor(uuid4(), "coach", uuid4())
# It is made when tests are collected, and may be shown first when others have run for a while.
AUTHORIZED = {"authorization": f"Bearer {person_token(KEY, COACH, life=LONGEST_LIFE)}"}
PLACE = Place("referrals", "waymark.journey", 7, 12, "key")
LIMIT = 10_000

routes = APIRouter()


class Call(BaseModel):
    """How somebody was reached."""

    by: Literal["call"]


class Letter(BaseModel):
    """How somebody was written to."""

    by: Literal["letter"]


class Note(BaseModel):
    """A body with something of every kind that can be wrong."""

    text: str = Field(max_length=20)
    day: date | None = None
    kind: Literal["call", "visit"] = "call"
    tags: dict[str, int] = {}
    contact: Annotated[Call | Letter, Field(discriminator="by")] | None = None


async def remember(request: Request, ask: CurrentAsk) -> Ask:
    """Keep what a command is told; a dependency between the route and what it needs."""
    request.app.state.asked.append(ask)
    return ask


@routes.post("/notes/{id}", status_code=201, response_model=Accepted)
async def add_note(
    id: UUID,  # noqa: A002
    note: Note,
    ask: Annotated[Ask, Depends(remember)],
    version: ExpectedVersion,
) -> Response:
    """Accept a note."""
    note.model_dump_json().encode()
    return accepted(Answer(201, {"note": str(id)}, version + 1, (PLACE,), repeated=ask.key is not None))


@routes.get("/me")
async def me(actor: CurrentActor, at_least: AtLeast, response: Response) -> tuple[str, tuple[Place, ...]]:
    """Say who asks, and from where on."""
    response.headers["ETag"] = etag(3)
    return str(actor), at_least


@routes.get("/behind")
async def read_views() -> None:
    """Read two views at once that are behind, and one that is not."""

    async def read(hour: int) -> None:
        note_as_of(datetime(2030, 3, 1, hour, tzinfo=UTC))

    await asyncio.gather(read(9), read(10))
    note_as_of(datetime(2030, 3, 1, 11, tzinfo=UTC))


@routes.get("/failing/{name}")
async def fail(name: str) -> None:
    """Fail in some way."""
    raise FAILURES[name]


FAILURES: dict[str, Exception] = {
    "refused": Refusal("already accepted", ["withdraw"]),
    "refused again": Refusal("already accepted", ["withdraw"], repeated=True),
    "refused by a field": Refusal("too late", about="day"),
    "absent": NotFoundError("Referral"),
    "stale": StaleVersionError(3, 5),
    "conflict": ConflictError(),
    "claimed": ClaimTakenError("open-referral"),
    "reused": KeyReusedError(),
    "large": FactTooLargeError("too many bytes"),
    "not yet": NotYetError(),
    "held back": HeldBackError(),
    "erased": PersonIsErasedError("Ada"),
    "keyring": KeyringAwayError("Ada"),
    "database": OperationalError("Ada"),
    "own": PermissionError("a coach may not"),
    "broken": RuntimeError("Ada Lovelace"),
}


def settings(**changed: Any) -> ServiceSettings:
    """Return the settings of a service that needs nothing around it."""
    always = {"database": "", "kafka": "", "jwks": "", "identity_key": Path("none"), "body_limit": LIMIT}
    return ServiceSettings.model_validate(always | {"request_hash_key": "k" * 32} | changed)


async def database() -> None:
    """Be there."""


def application(folder: Path, checks: Mapping[str, Callable[[], Awaitable[None]]] | None = None) -> FastAPI:
    """Return a service with the routes above."""
    (folder / "jwks.json").write_text(published([KEY]))
    verifier = Verifier(str(folder / "jwks.json"), "waymark", "notes")
    statuses: dict[type[Exception], int] = {PermissionError: 403}
    needed = checks or {"database": database}
    app = service_app("Notes", "Keeps notes.", [routes], settings(), verifier, statuses=statuses, checks=needed)
    app.state.asked = []
    return app
