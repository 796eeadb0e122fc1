"""The analytics service's processes: `python -m analytics api|relay|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from analytics.settings import AnalyticsSettings
from chassis.database import chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.store import Store

NAME: Final = "analytics"
DESCRIPTION: Final = "What happened and what works, as of any day, and how each number came about."


def application(settings: AnalyticsSettings) -> FastAPI:
    """Return the HTTP application."""
    verifier = Verifier(settings.jwks, settings.issuer, NAME)
    return service_app("Waymark analytics", DESCRIPTION, [], settings, verifier)


@asynccontextmanager
async def open_store(settings: AnalyticsSettings) -> AsyncIterator[Store]:
    """Open the store of facts."""
    async with open_pool(settings.database) as pool:
        yield Store(pool, NAME)


async def api(settings: AnalyticsSettings) -> None:
    """Answer requests."""
    await serve(application(settings), settings)


def relay_of(settings: AnalyticsSettings) -> Relay:
    """Return what tells the facts of this service."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: AnalyticsSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def everything(settings: AnalyticsSettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_store(settings) as store:
        store.appended = teller.wake
        await together(serve(application(settings), settings), teller.run())


ROLES: Final[Roles[AnalyticsSettings]] = {"api": api, "relay": relay, "all": everything}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(NAME, AnalyticsSettings, scripts, ROLES, arguments)
