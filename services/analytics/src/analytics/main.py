"""The analytics service's processes: `python -m analytics api|project|all`. It tells no facts and holds no keys."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Final

from analytics import api as numbers
from analytics import export_api, fact_api
from analytics.contracts import Book, Contracts, packaged
from analytics.desk import Desk
from analytics.exporting import Exports
from analytics.settings import AnalyticsSettings
from analytics.views.facts import FACTS
from analytics.views.journeys import JOURNEYS
from chassis.clock import system_clock
from chassis.database import chassis_sql, open_pool
from chassis.http import serve
from chassis.process import Roles, run_role, together
from chassis.service import Service

VIEWS: Final = (JOURNEYS, FACTS)
ROUTERS: Final = (numbers.router, fact_api.router, export_api.router)
SERVICE: Final = Service(
    "analytics", "What happened and what works, as of any day, and how each number came about.", VIEWS
)


def book_of(settings: AnalyticsSettings) -> Book:
    """Return the contracts of programmes. Raises KeyError for a contract that is not there."""
    read = settings.contracts and Contracts.model_validate_json(settings.contracts.read_bytes())
    return Book(read or packaged(), settings.programmes, settings.usual_contract)


@asynccontextmanager
async def open_desk(settings: AnalyticsSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with; exports that are under way are broken off at the end."""
    secret = settings.request_hash_key.get_secret_value().encode()
    async with open_pool(settings.database) as pool:
        exports = Exports(pool, settings.exports, system_clock)
        try:
            yield Desk(pool, system_clock, settings.timezone, book_of(settings), settings.teams, secret, exports)
        finally:
            await exports.close()


async def api(settings: AnalyticsSettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as desk:
        await serve(SERVICE.application(settings, desk, ROUTERS, numbers.STATUSES), settings)


async def everything(settings: AnalyticsSettings) -> None:
    """Do all of it in one process."""
    await together(api(settings), SERVICE.project(settings))


ROLES: Final[Roles[AnalyticsSettings]] = {"api": api, "project": SERVICE.project, "all": everything}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("listen/listen.sql"), files("analytics").joinpath("analytics.sql").read_text()]
    return run_role(SERVICE.name, AnalyticsSettings, scripts, ROLES, arguments, without_kafka=True)
