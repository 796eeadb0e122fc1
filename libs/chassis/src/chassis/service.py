"""A service as a whole: what it is called, hears and tells, its application, and its processes by role.

A service says once what makes it unlike the others:

    SERVICE: Final = Service("learning", "Short courses for jobseekers.", VIEWS)

    async def answer(settings: LearningSettings, desk: Desk) -> None:
        await serve(SERVICE.application(settings, desk, [router], STATUSES), settings)

    ROLES: Final = Processes(SERVICE, open_desk, answer).roles
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from fastapi import APIRouter, FastAPI

from chassis import roles
from chassis.asyncapi import asyncapi_routes, specification
from chassis.database import Pool, open_pool
from chassis.health import Check
from chassis.http import service_app
from chassis.identity import Verifier
from chassis.listen.policies import Policy
from chassis.listen.views import View
from chassis.operations import Operations
from chassis.process import Roles, Work, together
from chassis.relay import Relay
from chassis.settings import ServiceSettings
from chassis.store import Store
from events.fact import Fact


class ReadingDesk(Protocol):
    """What routes work with, where they read views."""

    @property
    def pool(self) -> Pool:
        """Connections to the service's database."""
        ...


class WritingDesk(Protocol):
    """What routes work with, where they give commands."""

    @property
    def store(self) -> Store:
        """What commands go to."""
        ...


S = TypeVar("S", bound=ServiceSettings)
D = TypeVar("D", bound=WritingDesk)


@dataclass(frozen=True)
class Service:
    """What a service is called, hears and tells; `elsewhere` are, by topic, the facts it tells off the journey."""

    name: str
    description: str
    views: Sequence[View] = ()
    policies: Sequence[Policy] = ()
    elsewhere: Mapping[str, Sequence[type[Fact]]] = field(default_factory=dict)

    def specification(self) -> dict[str, Any]:
        """Return the AsyncAPI document."""
        hears = {view.name: view.facts for view in self.views}
        hears |= {policy.name: tuple(policy.by_fact) for policy in self.policies}
        topics = {view.name: view.topic for view in self.views}
        topics |= {policy.name: policy.topic for policy in self.policies}
        return specification(self.name, self.description, hears, topics, self.elsewhere)

    def asyncapi_routes(self) -> APIRouter:
        """Return the route that serves the AsyncAPI document."""
        return asyncapi_routes(self.specification())

    def checks(self, pool: Pool) -> dict[str, Check]:
        """Return what has to be there before the service is ready, for /health."""
        checks: dict[str, Check] = {}
        if self.views:
            checks["views"] = lambda: roles.require_views(pool, self.views)
        if self.policies:
            checks["policies"] = lambda: roles.require_policies(pool, self.policies)
        return checks

    def application(
        self,
        settings: ServiceSettings,
        desk: ReadingDesk,
        routers: Iterable[APIRouter],
        statuses: Mapping[type[Exception], int],
    ) -> FastAPI:
        """Return the HTTP application for bearers of tokens; its routes find `desk` in its state. See service_app."""
        operations = self.operations(settings, desk.pool)
        app = service_app(
            f"Waymark {self.name}",
            self.description,
            [*routers, self.asyncapi_routes(), operations.routes()],
            settings,
            Verifier(settings.jwks, settings.issuer, self.name),
            statuses=statuses,
            checks=operations.checks,
        )
        app.state.desk = desk
        return app

    def operations(self, settings: ServiceSettings, pool: Pool) -> Operations:
        """Return what operators may ask for."""
        return Operations(self.name, settings.database, pool, self.checks(pool), self.views, self.policies)

    async def project(self, settings: ServiceSettings) -> None:
        """Keep the views."""
        await roles.project(self.name, settings, self.views)

    def relay(self, settings: ServiceSettings) -> Relay:
        """Return what tells the facts."""
        return Relay(settings.database, self.name, settings.kafka, settings.topic_prefix)


@dataclass(frozen=True)
class Processes(Generic[S, D]):
    """The processes of a service that tells facts: `answer` serves requests with what `open_desk` opens.

    `others` are, by role, what else gives commands to the store, such as policies and timers.
    """

    service: Service
    open_desk: Callable[[S], AbstractAsyncContextManager[D]]
    answer: Callable[[S, D], Work]
    others: Mapping[str, Callable[[S, Store], Work]] = field(default_factory=dict)

    @property
    def roles(self) -> Roles[S]:
        """What `python -m <service> ROLE` runs."""
        views = {"project": self.service.project} if self.service.views else {}
        others = {role: self._alone(work) for role, work in self.others.items()}
        return {"api": self._api, "relay": self._relay, **views, **others, "all": self._everything}

    async def _api(self, settings: S) -> None:
        async with self.open_desk(settings) as desk:
            await self.answer(settings, desk)

    async def _relay(self, settings: S) -> None:
        await self.service.relay(settings).run()

    def _alone(self, work: Callable[[S, Store], Work]) -> Callable[[S], Work]:
        async def run(settings: S) -> None:
            async with open_pool(settings.database) as pool:
                await work(settings, Store(pool, self.service.name))

        return run

    async def _everything(self, settings: S) -> None:
        """Do all of it in one process, where an appended fact is told at once."""
        teller = self.service.relay(settings)
        async with self.open_desk(settings) as desk:
            desk.store.appended = teller.wake
            views = [self.service.project(settings)] if self.service.views else []
            others = [work(settings, desk.store) for work in self.others.values()]
            await together(self.answer(settings, desk), teller.run(), *views, *others)
