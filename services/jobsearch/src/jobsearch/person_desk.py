"""What the routes about one person work with, and what lets an actor at that person's things."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Response

from chassis.aggregate import Aggregate
from chassis.ask import Answer, Ask
from chassis.http import CurrentActor, CurrentAsk, accepted
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.store import NotFoundError, Session, StaleVersionError
from jobsearch.access import JOBSEEKER
from jobsearch.desk import AtDesk, Desk
from jobsearch.person_access import Record, require, require_role
from jobsearch.views.caring import CARING, coaches_of

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class PersonalRequest:
    """A request about what belongs to a participant, by somebody who may ask about some; `tenant` is their provider."""

    desk: Desk
    actor: Actor
    ask: Ask
    tenant: UUID
    now: datetime

    @property
    def today(self) -> date:
        """The day that it is where the programme is."""
        return self.now.astimezone(self.desk.zone).date()

    async def permit(self, participant_id: UUID) -> None:
        """Let the person themselves in without a look; staff has to have the person among their provider's.

        Raises NotFoundError, NotPermittedError.
        """
        if self.actor.role == JOBSEEKER:
            if self.actor.id != participant_id:
                raise NotFoundError
            return
        async with reading(self.desk.pool, self.tenant, CARING) as connection:
            coaches = await coaches_of(connection, self.tenant, participant_id, self.now)
        if not coaches:
            raise NotFoundError
        require(self.actor, Record(self.tenant, participant_id, coaches))

    async def change(
        self,
        kind: type[A],
        aggregate_id: UUID,
        expected: int | None,
        work: Callable[[Session, A], Awaitable[Answer]],
    ) -> Response:
        """Run a command on an aggregate, if the actor may; who may not is not told its version."""

        async def decide(session: Session) -> Answer:
            aggregate = await session.load(kind, aggregate_id)
            await self.permit(person_of(aggregate))
            if expected not in {None, aggregate.version}:
                assert expected is not None
                raise StaleVersionError(expected, aggregate.version)
            return await work(session, aggregate)

        return accepted(await self.desk.store.execute(self.ask, decide))

    async def answer(self, work: Callable[[Session], Awaitable[Answer]]) -> Response:
        """Run a command that was permitted, and answer with what it did."""
        return accepted(await self.desk.store.execute(self.ask, work))


@dataclass(frozen=True, slots=True)
class RequestAboutPerson(PersonalRequest):
    """A request about a participant, by somebody who may make it."""

    participant_id: UUID


def person_of(aggregate: Aggregate) -> UUID:
    """Return whom an aggregate is about."""
    if aggregate.subject is None:
        message = "what is personal is always about somebody"
        raise TypeError(message)
    return aggregate.subject


async def _request(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> PersonalRequest:
    return PersonalRequest(desk, actor, ask, require_role(actor), desk.store.clock())


async def _about_person(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, participant_id: UUID) -> RequestAboutPerson:
    request = RequestAboutPerson(desk, actor, ask, require_role(actor), desk.store.clock(), participant_id)
    await request.permit(participant_id)
    return request


Personal = Annotated[PersonalRequest, Depends(_request)]
AboutPerson = Annotated[RequestAboutPerson, Depends(_about_person)]
