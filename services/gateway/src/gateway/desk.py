"""What every route works with, and how what was read is told."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from chassis.ask import Ask
from chassis.clock import Clock
from chassis.database import Pool
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.store import NotFoundError, Store
from events.gateway import Refused
from gateway.access import Carers, Deed, NotPermittedError, can, require
from gateway.catalogue import Catalogue
from gateway.changes import Hub
from gateway.commands import Looks
from gateway.services import Services
from gateway.sessions import Sessions
from gateway.sign_in_links import SignInLinks
from gateway.views import people
from gateway.views.people import PEOPLE
from gateway.ways import Ways


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`."""

    pool: Pool
    clock: Clock
    services: Services
    catalogue: Catalogue
    looks: Looks
    sessions: Sessions
    links: SignInLinks
    ways: Ways
    hub: Hub

    @property
    def store(self) -> Store:
        """Where it is told who looked."""
        return self.looks.store

    async def whose(self, id: UUID) -> UUID | None:  # noqa: A002  (as in every aggregate)
        """Return the person that something belongs to, None for what nobody here has heard of."""
        async with reading(self.pool, None, PEOPLE) as connection:
            return await people.whose(connection, id)

    async def require_role(self, ask: Ask, actor: Actor, deed: Deed, participant: UUID, what: str) -> None:
        """Raise NotPermittedError for a deed that is open to nobody in the actor's role, once it is told."""
        try:
            require(actor, deed)
        except NotPermittedError:
            await self.looks.refused(ask, actor, participant, what, Refused.NOT_PERMITTED)
            raise

    async def require(self, ask: Ask, actor: Actor, deed: Deed, participant: UUID, what: str) -> None:
        """Raise as `require_role`, and NotFoundError for a person that an actor may not know of, once it is told."""
        await self.require_role(ask, actor, deed, participant, what)
        if not can(actor, deed, participant, await self.carers(actor, participant)):
            await self.looks.refused(ask, actor, participant, what, Refused.NOT_FOUND)
            raise NotFoundError(what)

    async def carers(self, actor: Actor, participant: UUID) -> Carers:
        """Return who looks after a person, as far as an actor's provider sees it."""
        if actor.tenant is None:
            return ()
        async with reading(self.pool, actor.tenant, PEOPLE) as connection:
            return await people.carers(connection, participant, self.store.clock())


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
