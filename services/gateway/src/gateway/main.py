"""The gateway service's processes: `python -m gateway api|relay|project|all`."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, Final, LiteralString

from fastapi import FastAPI

from chassis.clock import system_clock
from chassis.database import ALL_TENANTS, Pool, chassis_sql, open_pool
from chassis.edge import BearerTokens
from chassis.http import PARAMETERS, serve, service_app
from chassis.identity import Verifier
from chassis.pages import described
from chassis.process import run_role, together
from chassis.service import Processes, Service
from chassis.signing import SigningKey
from chassis.store import Store
from events.envelope import ACCESS
from events.gateway import RecordOpened, RecordRefused, RecordsListed
from gateway.api import STATUSES, router
from gateway.catalogue import Catalogue
from gateway.changes import Hub
from gateway.changes_api import changes_router
from gateway.commands import Looks
from gateway.counting import Counted
from gateway.desk import Desk
from gateway.door import Door
from gateway.limits import Limit
from gateway.openid.sign_in import OpenIdSignIn
from gateway.proxy_api import proxy_router
from gateway.recognising import Links, Personas
from gateway.services import Services
from gateway.sessions import Sessions
from gateway.settings import GatewaySettings
from gateway.sign_in_api import sign_in_router
from gateway.sign_in_links import SignInLinks
from gateway.views.looks import WHO_LOOKED
from gateway.views.people import PEOPLE
from gateway.ways import Ways
from gateway.web.desk import WebDesk
from gateway.web.site import add_site

VIEWS: Final = (PEOPLE, WHO_LOOKED)
SERVICE: Final = Service(
    "gateway",
    "The one way in: the public API over every service, live changes, and who looked at whose record.",
    VIEWS,
    elsewhere={ACCESS: (RecordOpened, RecordRefused, RecordsListed)},
)


def application(settings: GatewaySettings, desk: Desk) -> FastAPI:
    """Return the HTTP application: the public API, and the pages."""
    own = [router, sign_in_router, changes_router]
    door = Door(BearerTokens(Verifier(settings.jwks, settings.issuer, SERVICE.name, desk.clock)), desk.sessions)
    limits = (settings.requests_a_minute, settings.strangers_a_minute)
    counted = Counted(door, *(Limit(limit, time.monotonic) for limit in limits))
    routers = [*own, proxy_router, SERVICE.asyncapi_routes()]
    checks = SERVICE.checks(desk.pool)
    app = service_app("Waymark", SERVICE.description, routers, settings, counted, statuses=STATUSES, checks=checks)
    app.state.desk = desk

    def openapi() -> dict[str, Any]:
        return desk.catalogue.described(described(app, own, PARAMETERS))

    app.openapi = openapi  # type: ignore[method-assign]
    add_site(app, web_desk(settings, desk))
    return app


def web_desk(settings: GatewaySettings, desk: Desk) -> WebDesk:
    """Return what pages are made with."""
    return WebDesk(
        pool=desk.pool,
        services=desk.services,
        sessions=desk.sessions,
        ways=desk.ways,
        zone=settings.timezone,
        clock=desk.clock,
        demo=settings.is_demo,
        traces=settings.traces,
        dashboards=settings.dashboards,
        personas=settings.shown_personas(),
        staff=settings.staff,
        coaches_by_provider=settings.coaches,
        providers=settings.providers,
        programmes=settings.programmes,
        operations=SERVICE.operations(settings, desk.pool),
    )


@asynccontextmanager
async def open_ways(settings: GatewaySettings, pool: Pool) -> AsyncIterator[Ways]:
    """Open the ways in."""
    personas = Personas({one.code: (one.name, one.actor) for one in settings.shown_personas()})
    links = Links(SignInLinks(pool, system_clock))
    if settings.registration is None:
        yield Ways(personas, links, None)
        return
    async with OpenIdSignIn.opened(settings.registration, pool, system_clock) as openid:
        yield Ways(personas, links, openid)


@asynccontextmanager
async def open_desk(settings: GatewaySettings) -> AsyncIterator[Desk]:
    """Open what the routes work with."""
    key = SigningKey.read(settings.people_key)
    async with (
        open_pool(settings.database, size=16, scope=ALL_TENANTS) as pool,
        Services(settings.services, key, settings.issuer) as services,
        open_ways(settings, pool) as ways,
    ):
        store = Store(pool, SERVICE.name)
        yield Desk(
            pool=pool,
            clock=store.clock,
            services=services,
            catalogue=Catalogue(services, settings.services),
            looks=Looks(store),
            sessions=Sessions(pool, store.clock),
            links=SignInLinks(pool, store.clock),
            ways=ways,
            hub=Hub(settings.kafka, settings.topic_prefix),
        )


async def answer(settings: GatewaySettings, desk: Desk) -> None:
    """Answer requests, and follow what changes."""
    await desk.catalogue.read()
    await together(serve(application(settings, desk), settings), desk.catalogue.run(), desk.hub.run())


ROLES: Final = Processes(SERVICE, open_desk, answer).roles


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql"), gateway_sql()]
    return run_role(SERVICE.name, GatewaySettings, scripts, ROLES, arguments)


def gateway_sql() -> LiteralString:
    """Return the tables of the gateway itself: sessions and one-time links."""
    return files("gateway").joinpath("gateway.sql").read_text()
