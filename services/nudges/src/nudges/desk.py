"""What every route works with, and who may come to a person's nudges."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from chassis.ask import Answer, Ask
from chassis.database import Pool
from chassis.http import CurrentActor, CurrentAsk, accepted
from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.listen.reading import reading
from chassis.store import NotFoundError, Session, Store
from nudges.access import JOBSEEKER, Deed, Record, require
from nudges.decision import Holdout, Rules
from nudges.occasion import Person
from nudges.views.messages import MESSAGES, NudgeRow, find_nudge
from nudges.views.situation import SITUATION, coaches_of


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`."""

    store: Store
    pool: Pool
    keyring: Keyring
    rules: Rules
    holdout: Holdout

    async def admit(self, actor: Actor, deed: Deed, participant_id: UUID) -> Person:
        """Return a person, for who may do this with their nudges.

        Raises NotPermittedError, and NotFoundError for a person of whom the actor is not to know.
        """
        tenant = provider_of(actor)
        if actor.role != JOBSEEKER:
            async with reading(self.pool, tenant, SITUATION) as connection:
                coaches = await coaches_of(connection, participant_id, tenant, self.store.clock())
            if not coaches:
                raise NotFoundError
            require(actor, deed, Record(tenant, participant_id, coaches))
        elif actor.id != participant_id:
            raise NotFoundError
        return Person(participant_id, tenant, self.holdout.has(participant_id), self.holdout.propensity)

    async def admit_to_nudge(self, actor: Actor, deed: Deed, nudge_id: UUID) -> NudgeRow:
        """Return a nudge, for who may do this with it. Raises as `admit` does."""
        async with reading(self.pool, provider_of(actor), MESSAGES) as connection:
            nudge = await find_nudge(connection, nudge_id)
        if nudge is None:
            raise NotFoundError
        await self.admit(actor, deed, nudge.participant_id)
        return nudge


def provider_of(actor: Actor) -> UUID:
    """Return the provider of who may come here at all. Raises NotPermittedError."""
    require(actor, Deed.COME_IN, Record(actor.tenant))
    assert actor.tenant is not None
    return actor.tenant


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
PersonWork = Callable[[Session, Person], Awaitable[Answer]]
NudgeWork = Callable[[Session, UUID], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A request to change what a person wants: who asks, and for whom."""

    desk: Desk
    actor: Actor
    ask: Ask
    participant_id: UUID

    async def answer(self, work: PersonWork) -> Response:
        """Run a command, if the actor may, and answer with what it did."""
        person = await self.desk.admit(self.actor, Deed.STEER, self.participant_id)
        return accepted(await self.desk.store.execute(self.ask, lambda session: work(session, person)))


@dataclass(frozen=True, slots=True)
class NudgeRequest:
    """A request to mark a nudge: who asks, and which."""

    desk: Desk
    actor: Actor
    ask: Ask
    nudge_id: UUID

    async def answer(self, work: NudgeWork) -> Response:
        """Run a command on the nudges that it is one of, if the actor may, and answer with what it did."""
        nudge = await self.desk.admit_to_nudge(self.actor, Deed.STEER, self.nudge_id)
        return accepted(await self.desk.store.execute(self.ask, lambda session: work(session, nudge.person_id)))


async def _person_request(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, participant_id: UUID) -> PersonRequest:
    return PersonRequest(desk, actor, ask, participant_id)


async def _nudge_request(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, nudge_id: UUID) -> NudgeRequest:
    return NudgeRequest(desk, actor, ask, nudge_id)


ToPerson = Annotated[PersonRequest, Depends(_person_request)]
ToNudge = Annotated[NudgeRequest, Depends(_nudge_request)]
