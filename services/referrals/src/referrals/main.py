"""The referrals service's processes: `python -m referrals api|relay|project|react|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from chassis import roles
from chassis.clock import system_clock
from chassis.database import chassis_sql, open_pool
from chassis.http import serve
from chassis.keyring import Keyring
from chassis.process import run_role
from chassis.service import Processes, Service
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store
from chassis.working_days import WorkingDays
from referrals.api import STATUSES, router
from referrals.desk import Desk
from referrals.file_api import file_router
from referrals.merge_api import merge_router
from referrals.policies import timers
from referrals.referral_import import Import
from referrals.settings import ReferralsSettings
from referrals.start_api import start_router
from referrals.uploads import Uploads
from referrals.views.referrals import REFERRALS

VIEWS: Final = (REFERRALS,)
ROUTERS: Final = (router, start_router, merge_router, file_router)
SERVICE: Final = Service(
    "referrals",
    "People who are sent to a programme, one by one or in a file, and what the provider answers.",
    VIEWS,
)


async def answer(settings: ReferralsSettings, desk: Desk) -> None:
    """Answer requests."""
    await serve(SERVICE.application(settings, desk, ROUTERS, STATUSES), settings)


@asynccontextmanager
async def open_desk(settings: ReferralsSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with; files that are being brought in stop with it."""
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    uploads = Uploads(system_clock)
    async with open_pool(settings.database) as pool, Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        store = Store(pool, SERVICE.name)
        calendar = WorkingDays.of(settings.bank_holidays, settings.timezone)
        hash_key = settings.request_hash_key.get_secret_value().encode()
        within = settings.acknowledge_within
        importing = Import(store, keyring, calendar, within, hash_key)
        try:
            yield Desk(store, pool, keyring, calendar, within, store.clock, uploads, settings.coaches, importing)
        finally:
            await uploads.close()


async def react(settings: ReferralsSettings, store: Store) -> None:
    """Follow timers."""
    await roles.react(SERVICE.name, settings, (), timers(settings.timezone, settings.expire_after), store)


ROLES: Final = Processes(SERVICE, open_desk, answer, {"react": react}).roles


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(SERVICE.name, ReferralsSettings, scripts, ROLES, arguments)
