"""The jobsearch service's processes: `python -m jobsearch api|relay|project|react|all`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Final, LiteralString

from fastapi import FastAPI

from chassis import roles
from chassis.asyncapi import asyncapi_routes, specification
from chassis.clock import Clock, system_clock
from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.keyring import Keyring
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store
from events.envelope import ACTIVITY as ACTIVITY_TOPIC
from events.envelope import MARKET
from events.jobsearch import (
    JobSearchMade,
    VacanciesShown,
    VacancyDismissed,
    VacancyImported,
    VacancyOpened,
    VacancyRevised,
    VacancyWithdrawn,
)
from jobsearch.access import NotPermittedError
from jobsearch.activity_api import activity_router
from jobsearch.application_api import application_router
from jobsearch.cv_api import cv_router
from jobsearch.cv_limits import CvRefusedError, CvTooLargeError
from jobsearch.desk import Desk
from jobsearch.employer_api import employer_router
from jobsearch.forgetting import keep_forgetting
from jobsearch.interview_api import interview_router
from jobsearch.market_api import market_router
from jobsearch.match_api import match_router
from jobsearch.places import gazetteer
from jobsearch.policies import POLICIES, timers
from jobsearch.profile_api import profile_router
from jobsearch.settings import JobsearchSettings
from jobsearch.uploads import TooManyUploadsError, Uploads
from jobsearch.vacancy_file import FileRefused
from jobsearch.vacancy_import import Import
from jobsearch.views.activity import ACTIVITY
from jobsearch.views.advertised import ADVERTISED
from jobsearch.views.applications import APPLICATIONS
from jobsearch.views.caring import CARING
from jobsearch.views.employers import EMPLOYERS
from jobsearch.views.profiles import PROFILES
from jobsearch.views.vacancies import VACANCIES

NAME: Final = "jobsearch"
DESCRIPTION: Final = "Vacancies on the market, what a person looks for, their CV, and honest news of every application."
VIEWS: Final = (VACANCIES, CARING, ADVERTISED, APPLICATIONS, PROFILES, EMPLOYERS, ACTIVITY)
ROUTERS: Final = (
    market_router,
    application_router,
    interview_router,
    profile_router,
    cv_router,
    employer_router,
    activity_router,
    match_router,
)
STATUSES: Final[dict[type[Exception], int]] = {
    NotPermittedError: 403,
    FileRefused: 422,
    TooManyUploadsError: 503,
    CvRefusedError: 422,
    CvTooLargeError: 413,
}
HEARS: Final = {view.name: view.facts for view in VIEWS} | {policy.name: tuple(policy.by_fact) for policy in POLICIES}
TOPICS: Final = {consumer.name: consumer.topic for consumer in (*VIEWS, *POLICIES)}
ELSEWHERE: Final = {
    MARKET: (VacancyImported, VacancyRevised, VacancyWithdrawn),
    ACTIVITY_TOPIC: (JobSearchMade, VacanciesShown, VacancyOpened, VacancyDismissed),
}


def application(settings: JobsearchSettings, desk: Desk) -> FastAPI:
    """Return the HTTP application."""
    checks = {
        "views": lambda: roles.require_views(desk.pool, VIEWS),
        "policies": lambda: roles.require_policies(desk.pool, POLICIES),
    }
    verifier = Verifier(settings.jwks, settings.issuer, NAME, desk.clock)
    routers = [*ROUTERS, asyncapi_routes(specification(NAME, DESCRIPTION, HEARS, TOPICS, ELSEWHERE))]
    app = service_app("Waymark jobsearch", DESCRIPTION, routers, settings, verifier, statuses=STATUSES, checks=checks)
    app.state.desk = desk
    return app


@asynccontextmanager
async def open_desk(settings: JobsearchSettings, clock: Clock = system_clock) -> AsyncIterator[Desk]:
    """Open what the routes work with; files that are being brought in stop with it."""
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    uploads = Uploads(clock)
    await asyncio.to_thread(gazetteer)
    async with open_pool(settings.database) as pool, Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        store = Store(pool, NAME, clock)
        try:
            yield Desk(store, pool, keyring, settings.timezone, clock, uploads, Import(store), settings.unanswered_days)
        finally:
            await uploads.close()


async def api(settings: JobsearchSettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as desk:
        await serve(application(settings, desk), settings)


def relay_of(settings: JobsearchSettings) -> Relay:
    """Return what tells the facts of this service."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: JobsearchSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def project(settings: JobsearchSettings) -> None:
    """Keep the views."""
    await roles.project(NAME, settings, VIEWS)


async def react(settings: JobsearchSettings) -> None:
    """Follow policies and timers, and forget what is old."""
    async with open_pool(settings.database) as pool:
        await _react(settings, Store(pool, NAME))


async def everything(settings: JobsearchSettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_desk(settings) as desk:
        desk.store.appended = teller.wake
        serving = serve(application(settings, desk), settings)
        await together(serving, teller.run(), project(settings), _react(settings, desk.store))


ROLES: Final[Roles[JobsearchSettings]] = {
    "api": api,
    "relay": relay,
    "project": project,
    "react": react,
    "all": everything,
}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql"), schema()]
    return run_role(NAME, JobsearchSettings, scripts, ROLES, arguments)


def schema() -> LiteralString:
    """Return what this service adds to the chassis's tables."""
    return files("jobsearch").joinpath("jobsearch.sql").read_text()


async def _react(settings: JobsearchSettings, store: Store) -> None:
    ticking = timers(settings.timezone, settings.unanswered_days)
    async with open_pool(settings.database, size=1, scope=ALL_TENANTS) as pool:
        reacting = roles.react(NAME, settings, POLICIES, ticking, store)
        await together(reacting, keep_forgetting(pool, store.clock))
