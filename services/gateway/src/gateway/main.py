"""The gateway service's processes: `python -m gateway api|relay|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Final, LiteralString

from fastapi import FastAPI

from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.edge import BearerTokens
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.signing import SigningKey
from chassis.store import Store
from gateway.door import Door
from gateway.services import Services
from gateway.sessions import Sessions
from gateway.settings import GatewaySettings
from gateway.sign_in_links import SignInLinks
from gateway.web.desk import WebDesk
from gateway.web.site import add_site

NAME: Final = "gateway"
DESCRIPTION: Final = "The one way in: the public API over every service, live changes, and who looked at whose record."


def application(settings: GatewaySettings, web: WebDesk) -> FastAPI:
    """Return the HTTP application."""
    bearer = BearerTokens(Verifier(settings.jwks, settings.issuer, NAME))
    app = service_app("Waymark", DESCRIPTION, [], settings, Door(bearer, web.sessions))
    add_site(app, web)
    return app


@asynccontextmanager
async def open_desk(settings: GatewaySettings) -> AsyncIterator[tuple[Store, WebDesk]]:
    """Open the store of facts and what pages are made with."""
    key = SigningKey.read(settings.people_key)
    async with (
        open_pool(settings.database, scope=ALL_TENANTS) as pool,
        Services(settings.services, key, settings.issuer) as services,
    ):
        store = Store(pool, NAME)
        sessions, links = Sessions(pool, store.clock), SignInLinks(pool, store.clock)
        demo, personas = settings.is_demo, settings.shown_personas()
        names = settings.staff, settings.providers, settings.programmes
        yield store, WebDesk(services, sessions, links, settings.timezone, store.clock, demo, personas, *names)


async def api(settings: GatewaySettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as (_store, web):
        await serve(application(settings, web), settings)


def relay_of(settings: GatewaySettings) -> Relay:
    """Return what tells the facts of this service."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: GatewaySettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def everything(settings: GatewaySettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_desk(settings) as (store, web):
        store.appended = teller.wake
        await together(serve(application(settings, web), settings), teller.run())


ROLES: Final[Roles[GatewaySettings]] = {"api": api, "relay": relay, "all": everything}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql"), gateway_sql()]
    return run_role(NAME, GatewaySettings, scripts, ROLES, arguments)


def gateway_sql() -> LiteralString:
    """Return the tables of the gateway itself: sessions and one-time links."""
    return files("gateway").joinpath("gateway.sql").read_text()
