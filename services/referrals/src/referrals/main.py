"""The referrals service's processes: `python -m referrals api|relay|project|react|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from chassis import roles
from chassis.asyncapi import asyncapi_routes, specification
from chassis.clock import Clock, system_clock
from chassis.database import chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.keyring import Keyring
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store
from chassis.working_days import WorkingDays
from referrals.api import STATUSES, router
from referrals.desk import Desk
from referrals.file_api import file_router
from referrals.policies import POLICIES, timers
from referrals.referral_import import Import
from referrals.settings import ReferralsSettings
from referrals.start_api import start_router
from referrals.uploads import Uploads
from referrals.views.referrals import REFERRALS

NAME: Final = "referrals"
DESCRIPTION: Final = "People who are sent to a programme, one by one or in a file, and what the provider answers."
VIEWS: Final = (REFERRALS,)
HEARS: Final = {view.name: view.facts for view in VIEWS}


def application(settings: ReferralsSettings, desk: Desk) -> FastAPI:
    """Return the HTTP application."""
    checks = {"views": lambda: roles.require_views(desk.pool, VIEWS)}
    verifier = Verifier(settings.jwks, settings.issuer, NAME, desk.clock)
    routers = [router, start_router, file_router, asyncapi_routes(specification(NAME, DESCRIPTION, HEARS))]
    app = service_app("Waymark referrals", DESCRIPTION, routers, settings, verifier, statuses=STATUSES, checks=checks)
    app.state.desk = desk
    return app


@asynccontextmanager
async def open_desk(settings: ReferralsSettings, clock: Clock = system_clock) -> AsyncIterator[Desk]:
    """Open what the routes work with; files that are being brought in stop with it."""
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    uploads = Uploads(clock)
    async with open_pool(settings.database) as pool, Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        store = Store(pool, NAME, clock)
        calendar = WorkingDays.of(settings.bank_holidays, settings.timezone)
        hash_key = settings.request_hash_key.get_secret_value().encode()
        within = settings.acknowledge_within
        importing = Import(store, keyring, calendar, within, hash_key)
        try:
            yield Desk(store, pool, keyring, calendar, within, clock, uploads, settings.coaches, importing)
        finally:
            await uploads.close()


async def api(settings: ReferralsSettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as desk:
        await serve(application(settings, desk), settings)


def relay_of(settings: ReferralsSettings) -> Relay:
    """Return what tells the facts of referrals."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: ReferralsSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def project(settings: ReferralsSettings) -> None:
    """Keep the view."""
    await roles.project(NAME, settings, VIEWS)


async def react(settings: ReferralsSettings) -> None:
    """Follow timers."""
    async with open_pool(settings.database) as pool:
        await _react(settings, Store(pool, NAME))


async def everything(settings: ReferralsSettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_desk(settings) as desk:
        desk.store.appended = teller.wake
        serving = serve(application(settings, desk), settings)
        await together(serving, teller.run(), project(settings), _react(settings, desk.store))


ROLES: Final[Roles[ReferralsSettings]] = {
    "api": api,
    "relay": relay,
    "project": project,
    "react": react,
    "all": everything,
}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(NAME, ReferralsSettings, scripts, ROLES, arguments)


async def _react(settings: ReferralsSettings, store: Store) -> None:
    await roles.react(NAME, settings, POLICIES, timers(settings.timezone, settings.expire_after), store)
