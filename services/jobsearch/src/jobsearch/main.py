"""The jobsearch service's processes: `python -m jobsearch api|relay|project|react|all`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Final, LiteralString

from chassis import roles
from chassis.clock import system_clock
from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.http import serve
from chassis.keyring import Keyring
from chassis.process import run_role, together
from chassis.service import Processes, Service
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
ELSEWHERE: Final = {
    MARKET: (VacancyImported, VacancyRevised, VacancyWithdrawn),
    ACTIVITY_TOPIC: (JobSearchMade, VacanciesShown, VacancyOpened, VacancyDismissed),
}
SERVICE: Final = Service(
    "jobsearch",
    "Vacancies on the market, what a person looks for, their CV, and honest news of every application.",
    VIEWS,
    POLICIES,
    ELSEWHERE,
)


async def answer(settings: JobsearchSettings, desk: Desk) -> None:
    """Answer requests."""
    await serve(SERVICE.application(settings, desk, ROUTERS, STATUSES), settings)


@asynccontextmanager
async def open_desk(settings: JobsearchSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with; files that are being brought in stop with it."""
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    uploads = Uploads(system_clock)
    await asyncio.to_thread(gazetteer)
    async with open_pool(settings.database) as pool, Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        store = Store(pool, SERVICE.name)
        try:
            yield Desk(
                store, pool, keyring, settings.timezone, store.clock, uploads, Import(store), settings.unanswered_days
            )
        finally:
            await uploads.close()


async def react(settings: JobsearchSettings, store: Store) -> None:
    """Follow policies and timers, and forget what is old."""
    ticking = timers(settings.timezone, settings.unanswered_days)
    async with open_pool(settings.database, size=1, scope=ALL_TENANTS) as pool:
        reacting = roles.react(SERVICE.name, settings, POLICIES, ticking, store)
        await together(reacting, keep_forgetting(pool, store.clock))


ROLES: Final = Processes(SERVICE, open_desk, answer, {"react": react}).roles


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql"), schema()]
    return run_role(SERVICE.name, JobsearchSettings, scripts, ROLES, arguments)


def schema() -> LiteralString:
    """Return what this service adds to the chassis's tables."""
    return files("jobsearch").joinpath("jobsearch.sql").read_text()
