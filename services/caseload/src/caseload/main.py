"""The caseload service's processes: `python -m caseload api|relay|project|react|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from caseload.api import STATUSES, router
from caseload.desk import Desk
from caseload.policies import policies
from caseload.programme_rules import Terms
from caseload.routes.action import action_router
from caseload.routes.appointment import appointment_router
from caseload.routes.case import case_router
from caseload.routes.conversation import conversation_router
from caseload.routes.job import job_router
from caseload.routes.participant import participant_router
from caseload.routes.session import session_router
from caseload.routes.team import team_router
from caseload.routes.today import today_router
from caseload.settings import CaseloadSettings
from caseload.timers import timers
from caseload.views.appointments import APPOINTMENTS
from caseload.views.caseload import CASELOAD
from caseload.views.jobs import JOBS
from caseload.views.messages import MESSAGES
from caseload.views.standards import STANDARDS
from caseload.views.timeline import TIMELINE
from caseload.views.today import TODAY
from chassis import roles
from chassis.asyncapi import asyncapi_routes, specification
from chassis.database import chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.keyring import Keyring
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store

NAME: Final = "caseload"
DESCRIPTION: Final = "Cases of accepted people: their coach, what was agreed, who spoke when, and the whole journey."
VIEWS: Final = (
    CASELOAD,
    APPOINTMENTS,
    MESSAGES,
    JOBS,
    STANDARDS,
    TIMELINE,
    TODAY,
)
# Which facts they hear does not depend on the programmes' rules.
POLICIES: Final = policies(Terms())
HEARS: Final = {view.name: view.facts for view in VIEWS} | {policy.name: tuple(policy.by_fact) for policy in POLICIES}
ROUTERS: Final = (
    router,
    today_router,
    participant_router,
    team_router,
    case_router,
    action_router,
    appointment_router,
    conversation_router,
    job_router,
    session_router,
)


def application(settings: CaseloadSettings, desk: Desk) -> FastAPI:
    """Return the HTTP application."""
    checks = {
        "views": lambda: roles.require_views(desk.pool, VIEWS),
        "policies": lambda: roles.require_policies(desk.pool, POLICIES),
    }
    verifier = Verifier(settings.jwks, settings.issuer, NAME)
    routers = [*ROUTERS, asyncapi_routes(specification(NAME, DESCRIPTION, HEARS))]
    app = service_app("Waymark caseload", DESCRIPTION, routers, settings, verifier, statuses=STATUSES, checks=checks)
    app.state.desk = desk
    return app


@asynccontextmanager
async def open_desk(settings: CaseloadSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with."""
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    async with open_pool(settings.database) as pool, Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        yield Desk(Store(pool, NAME), pool, keyring, settings.terms)


async def api(settings: CaseloadSettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as desk:
        await serve(application(settings, desk), settings)


def relay_of(settings: CaseloadSettings) -> Relay:
    """Return what tells the facts of cases."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: CaseloadSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def project(settings: CaseloadSettings) -> None:
    """Keep the views."""
    await roles.project(NAME, settings, VIEWS)


async def react(settings: CaseloadSettings) -> None:
    """Follow policies and timers."""
    async with open_pool(settings.database) as pool:
        await _react(settings, Store(pool, NAME))


async def everything(settings: CaseloadSettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_desk(settings) as desk:
        desk.store.appended = teller.wake
        serving = serve(application(settings, desk), settings)
        await together(serving, teller.run(), project(settings), _react(settings, desk.store))


ROLES: Final[Roles[CaseloadSettings]] = {
    "api": api,
    "relay": relay,
    "project": project,
    "react": react,
    "all": everything,
}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    return run_role(
        NAME, CaseloadSettings, [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")], ROLES, arguments
    )


async def _react(settings: CaseloadSettings, store: Store) -> None:
    await roles.react(NAME, settings, policies(settings.terms), timers(settings.timezone), store)
