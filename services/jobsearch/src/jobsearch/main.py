"""The jobsearch service's processes: `python -m jobsearch api|relay|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from chassis.database import chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.store import Store
from jobsearch.settings import JobsearchSettings

NAME: Final = "jobsearch"
DESCRIPTION: Final = "Vacancies on the market, what a person looks for, their CV, and honest news of every application."


def application(settings: JobsearchSettings) -> FastAPI:
    """Return the HTTP application."""
    verifier = Verifier(settings.jwks, settings.issuer, NAME)
    return service_app("Waymark jobsearch", DESCRIPTION, [], settings, verifier)


@asynccontextmanager
async def open_store(settings: JobsearchSettings) -> AsyncIterator[Store]:
    """Open the store of facts."""
    async with open_pool(settings.database) as pool:
        yield Store(pool, NAME)


async def api(settings: JobsearchSettings) -> None:
    """Answer requests."""
    await serve(application(settings), settings)


def relay_of(settings: JobsearchSettings) -> Relay:
    """Return what tells the facts of this service."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: JobsearchSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def everything(settings: JobsearchSettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_store(settings) as store:
        store.appended = teller.wake
        await together(serve(application(settings), settings), teller.run())


ROLES: Final[Roles[JobsearchSettings]] = {"api": api, "relay": relay, "all": everything}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(NAME, JobsearchSettings, scripts, ROLES, arguments)
