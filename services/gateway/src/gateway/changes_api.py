"""Live changes as server-sent events. The id of each is a place in the journey, from which a reader comes back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from chassis.http import CurrentActor
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.listen.told import Told
from chassis.problem import ProblemError
from gateway.access import COACH, REFERRER, Deed, require
from gateway.changes import (
    Change,
    Hub,
    HubAwayError,
    Offsets,
    Sight,
    Subscription,
    TooFarBehindError,
    place_of,
    written,
)
from gateway.desk import AtDesk, Desk
from gateway.routing import PREFIX
from gateway.views import people
from gateway.views.people import PEOPLE

LONGEST_SECONDS: Final = 300.0

changes_router = APIRouter(prefix=PREFIX, tags=["live changes"])


@dataclass(slots=True)
class Stream:
    """One reader's stream: where it stands, and whom they see."""

    hub: Hub
    subscription: Subscription
    sight: Sight
    since: Offsets | None
    place: Offsets

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """Yield what happened while the reader was away, then what happens, for a while."""
        try:
            async for missed in self._missed():
                yield missed
            yield ServerSentEvent(event="ready", id=written(self.place), data={})
            async with asyncio.timeout(LONGEST_SECONDS):
                while told := await self.subscription.take():
                    if event := self._event(told, self.sight.see(told)):
                        yield event
        except TimeoutError:
            return
        finally:
            self.hub.unsubscribe(self.subscription)

    async def _missed(self) -> AsyncIterator[ServerSentEvent]:
        if self.since is None:
            return
        now, self.place = self.place, list(self.since)
        try:
            async for told in self.hub.replay(self.since, now):
                if missed := self._event(told, self.sight.recall(told)):
                    yield missed
        except TooFarBehindError:
            yield ServerSentEvent(event="reset", id=written(now), data={})
        self.place = now

    def _event(self, told: Told, change: Change | None) -> ServerSentEvent | None:
        if told.offset >= self.place[told.partition]:
            self.place[told.partition] = told.offset + 1
        if change is None:
            return None
        return ServerSentEvent(event=change.event, id=written(self.place), data=change.data())


async def _stream(
    desk: AtDesk, actor: CurrentActor, last_event_id: Annotated[str | None, Header(max_length=1_000)] = None
) -> Stream:
    """Return a reader's stream. Raises NotPermittedError, and ProblemError 400 and 503."""
    require(actor, Deed.FOLLOW)
    since = _since(last_event_id)
    try:
        subscription = desk.hub.subscribe()
    except HubAwayError as away:
        raise ProblemError(503, "The journey is not heard at the moment.", {"Retry-After": "1"}) from away
    try:
        sight = await _sight(desk, actor)
    except BaseException:
        desk.hub.unsubscribe(subscription)
        raise
    return Stream(desk.hub, subscription, sight, since, list(subscription.start))


@changes_router.get("/changes", response_class=EventSourceResponse)
async def follow_changes(stream: Annotated[Stream, Depends(_stream)]) -> AsyncIterator[ServerSentEvent]:
    """Follow the people whom one sees: `moved` when something about a person is new, `gone` when they are another's.

    `at_least` of an event is what a query takes to answer with that change in it. After `reset` all is read anew.
    """
    async for event in stream.events():
        yield event


def _since(last_event_id: str | None) -> Offsets | None:
    """Return the place to come back to, None for who comes for the first time. Raises ProblemError 400."""
    since = place_of(last_event_id) if last_event_id else None
    if last_event_id and since is None:
        raise ProblemError(400, "Last-Event-ID is not the id of an event of this stream.")
    return since


async def _sight(desk: Desk, actor: Actor) -> Sight:
    """Return whom a reader sees, by a view that knows all that the hub has heard."""
    sight = Sight(actor)
    if actor.role == COACH:
        async with reading(desk.pool, actor.tenant, PEOPLE, desk.hub.heard) as connection:
            for case, person, stands_in in await people.coached(connection, actor.id, desk.store.clock()):
                sight.people.setdefault(person, set()).add(case)
                if stands_in:
                    sight.covered.add(case)
            sight.once = frozenset(await people.once_coached(connection, actor.id))
    elif actor.role == REFERRER:
        async with reading(desk.pool, None, PEOPLE, desk.hub.heard) as connection:
            sight.people = {person: set() for person in await people.sent(connection, actor.id)}
    return sight
