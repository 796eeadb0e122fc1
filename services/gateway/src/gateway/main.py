"""The gateway service's processes: `python -m gateway api|relay|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Final, LiteralString

from fastapi import FastAPI

from chassis.database import chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.store import Store
from gateway.settings import GatewaySettings

NAME: Final = "gateway"
DESCRIPTION: Final = "The one way in: the public API over every service, live changes, and who looked at whose record."


def application(settings: GatewaySettings) -> FastAPI:
    """Return the HTTP application."""
    verifier = Verifier(settings.jwks, settings.issuer, NAME)
    return service_app("Waymark gateway", DESCRIPTION, [], settings, verifier)


@asynccontextmanager
async def open_store(settings: GatewaySettings) -> AsyncIterator[Store]:
    """Open the store of facts."""
    async with open_pool(settings.database) as pool:
        yield Store(pool, NAME)


async def api(settings: GatewaySettings) -> None:
    """Answer requests."""
    await serve(application(settings), settings)


def relay_of(settings: GatewaySettings) -> Relay:
    """Return what tells the facts of this service."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: GatewaySettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def everything(settings: GatewaySettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_store(settings) as store:
        store.appended = teller.wake
        await together(serve(application(settings), settings), teller.run())


ROLES: Final[Roles[GatewaySettings]] = {"api": api, "relay": relay, "all": everything}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql"), gateway_sql()]
    return run_role(NAME, GatewaySettings, scripts, ROLES, arguments)


def gateway_sql() -> LiteralString:
    """Return the tables of the gateway itself: sessions and one-time links."""
    return files("gateway").joinpath("gateway.sql").read_text()
