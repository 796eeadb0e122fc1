"""The caseload service's processes: `python -m caseload api|relay|project|react|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from caseload.api import STATUSES, router
from caseload.desk import Desk
from caseload.policies import policies
from caseload.programme_rules import Terms
from caseload.routes.action import action_router
from caseload.routes.appointment import appointment_router
from caseload.routes.bulk import bulk_router
from caseload.routes.case import case_router
from caseload.routes.contact import contact_router
from caseload.routes.conversation import conversation_router
from caseload.routes.cover import cover_router
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
from chassis.database import chassis_sql, open_pool
from chassis.http import serve
from chassis.keyring import Keyring
from chassis.process import run_role
from chassis.service import Processes, Service
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store

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
ROUTERS: Final = (
    router,
    today_router,
    participant_router,
    team_router,
    bulk_router,
    cover_router,
    case_router,
    action_router,
    appointment_router,
    contact_router,
    conversation_router,
    job_router,
    session_router,
)
SERVICE: Final = Service(
    "caseload",
    "Cases of accepted people: their coach, what was agreed, who spoke when, and the whole journey.",
    VIEWS,
    POLICIES,
)


async def answer(settings: CaseloadSettings, desk: Desk) -> None:
    """Answer requests."""
    service = replace(SERVICE, policies=policies(settings.terms))
    await serve(service.application(settings, desk, ROUTERS, STATUSES), settings)


@asynccontextmanager
async def open_desk(settings: CaseloadSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with."""
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    async with open_pool(settings.database) as pool, Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        yield Desk(Store(pool, SERVICE.name), pool, keyring, settings.terms)


async def react(settings: CaseloadSettings, store: Store) -> None:
    """Follow policies and timers."""
    await roles.react(SERVICE.name, settings, policies(settings.terms), timers(settings.timezone), store)


ROLES: Final = Processes(SERVICE, open_desk, answer, {"react": react}).roles


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(SERVICE.name, CaseloadSettings, scripts, ROLES, arguments)
