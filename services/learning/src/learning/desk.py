"""What every route works with, and who may come to a person's courses."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from chassis.ask import Answer, Ask
from chassis.database import Pool
from chassis.http import CurrentActor, CurrentAsk
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.store import NotFoundError, Session, Store
from learning.access import JOBSEEKER, Deed, Record, require
from learning.commands import Learner
from learning.course import Course, find_course
from learning.views.coaching import COACHING, coaches_of


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`."""

    store: Store
    pool: Pool

    async def admit(self, actor: Actor, deed: Deed, participant_id: UUID) -> UUID:
        """Return with which provider a person's learning is, for who may do this.

        Raises NotPermittedError, and NotFoundError for a person of whom the actor is not to know.
        """
        tenant = provider_of(actor)
        if actor.role == JOBSEEKER:
            if actor.id != participant_id:
                raise NotFoundError
            return tenant
        async with reading(self.pool, tenant, COACHING) as connection:
            coaches = await coaches_of(connection, tenant, participant_id, self.store.clock())
        if not coaches:
            raise NotFoundError
        require(actor, deed, Record(tenant, participant_id, coaches))
        return tenant


def provider_of(actor: Actor) -> UUID:
    """Return the provider of who may come here at all. Raises NotPermittedError."""
    require(actor, Deed.BROWSE, Record(actor.tenant))
    assert actor.tenant is not None
    return actor.tenant


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
LearnerWork = Callable[[Session, Learner], Awaitable[Answer]]


async def _course(actor: CurrentActor, course: Annotated[str, Path(max_length=64)]) -> Course:
    provider_of(actor)
    return find_course(course)


ToCourse = Annotated[Course, Depends(_course)]


@dataclass(frozen=True, slots=True)
class LearningRequest:
    """A request to further somebody in a course: who asks, and for whom."""

    desk: Desk
    actor: Actor
    ask: Ask
    participant_id: UUID
    course: Course

    async def do(self, work: LearnerWork) -> Answer:
        """Run a command, if the actor may."""
        tenant = await self.desk.admit(self.actor, Deed.LEARN, self.participant_id)
        learner = Learner(self.participant_id, tenant, self.course)
        return await self.desk.store.execute(self.ask, lambda session: work(session, learner))


async def _learning_request(
    desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, participant_id: UUID, course: ToCourse
) -> LearningRequest:
    return LearningRequest(desk, actor, ask, participant_id, course)


ToLearning = Annotated[LearningRequest, Depends(_learning_request)]
