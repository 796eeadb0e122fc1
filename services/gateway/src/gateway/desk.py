"""What every route works with, and how what was read is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from gateway.access import Carers, Deed, can, require
from gateway.catalogue import Catalogue
from gateway.changes import Hub
from gateway.commands import Looks
from gateway.services import Services
from gateway.sessions import Sessions
from gateway.sign_in_links import SignInLinks
from gateway.views import people
from gateway.views.people import PEOPLE


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`.

    `personas` are those of a demonstration, by code with the name to greet them by; there are none elsewhere.
    """

    pool: Pool
    clock: Clock
    services: Services
    catalogue: Catalogue
    looks: Looks
    sessions: Sessions
    links: SignInLinks
    hub: Hub
    personas: Mapping[str, tuple[str, Actor]]

    async def whose(self, id: UUID) -> UUID | None:  # noqa: A002  (as in every aggregate)
        """Return the person that something belongs to, None for what nobody here has heard of."""
        async with reading(self.pool, None, PEOPLE) as connection:
            return await people.whose(connection, id)

    async def require(self, actor: Actor, deed: Deed, participant: UUID) -> None:
        """Raise NotPermittedError, or NotFoundError for a person that an actor may not know of."""
        require(actor, deed)
        if not can(actor, deed, participant, await self.carers(actor, participant)):
            raise NotFoundError(participant.__class__.__name__)

    async def carers(self, actor: Actor, participant: UUID) -> Carers:
        """Return who looks after a person, as far as an actor's provider sees it."""
        if actor.tenant is None:
            return ()
        async with reading(self.pool, actor.tenant, PEOPLE) as connection:
            return await people.carers(connection, participant)


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
