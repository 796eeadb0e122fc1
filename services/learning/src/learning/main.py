"""The learning service's processes: `python -m learning api|relay|project|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from chassis import roles
from chassis.asyncapi import asyncapi_routes, specification
from chassis.database import chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.store import Store
from learning.api import STATUSES, router
from learning.desk import Desk
from learning.settings import LearningSettings
from learning.views.coaching import COACHING
from learning.views.enrolments import ENROLMENTS

NAME: Final = "learning"
DESCRIPTION: Final = "Short courses for jobseekers: lessons, a quiz, and how far each person is."
VIEWS: Final = (COACHING, ENROLMENTS)
HEARS: Final = {view.name: view.facts for view in VIEWS}


def application(settings: LearningSettings, desk: Desk) -> FastAPI:
    """Return the HTTP application."""
    checks = {"views": lambda: roles.require_views(desk.pool, VIEWS)}
    verifier = Verifier(settings.jwks, settings.issuer, NAME)
    routers = [router, asyncapi_routes(specification(NAME, DESCRIPTION, HEARS))]
    app = service_app("Waymark learning", DESCRIPTION, routers, settings, verifier, statuses=STATUSES, checks=checks)
    app.state.desk = desk
    return app


@asynccontextmanager
async def open_desk(settings: LearningSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with."""
    async with open_pool(settings.database) as pool:
        yield Desk(Store(pool, NAME), pool)


async def api(settings: LearningSettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as desk:
        await serve(application(settings, desk), settings)


def relay_of(settings: LearningSettings) -> Relay:
    """Return what tells the facts of enrolments."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: LearningSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def project(settings: LearningSettings) -> None:
    """Keep the views."""
    await roles.project(NAME, settings, VIEWS)


async def everything(settings: LearningSettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_desk(settings) as desk:
        desk.store.appended = teller.wake
        await together(serve(application(settings, desk), settings), teller.run(), project(settings))


ROLES: Final[Roles[LearningSettings]] = {"api": api, "relay": relay, "project": project, "all": everything}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(NAME, LearningSettings, scripts, ROLES, arguments)
