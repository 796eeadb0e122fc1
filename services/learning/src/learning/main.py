"""The learning service's processes: `python -m learning api|relay|project|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from chassis.database import chassis_sql, open_pool
from chassis.http import serve
from chassis.process import run_role
from chassis.service import Processes, Service
from chassis.store import Store
from learning.api import STATUSES, router
from learning.desk import Desk
from learning.settings import LearningSettings
from learning.views.coaching import COACHING
from learning.views.enrolments import ENROLMENTS

VIEWS: Final = (COACHING, ENROLMENTS)
SERVICE: Final = Service(
    "learning", "Short courses for jobseekers: lessons, a quiz, and how far each person is.", VIEWS
)


async def answer(settings: LearningSettings, desk: Desk) -> None:
    """Answer requests."""
    await serve(SERVICE.application(settings, desk, [router], STATUSES), settings)


@asynccontextmanager
async def open_desk(settings: LearningSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with."""
    async with open_pool(settings.database) as pool:
        yield Desk(Store(pool, SERVICE.name), pool)


ROLES: Final = Processes(SERVICE, open_desk, answer).roles


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(SERVICE.name, LearningSettings, scripts, ROLES, arguments)
