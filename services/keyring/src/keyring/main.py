"""The keyring's processes: `python -m keyring api|relay|all`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from chassis.asyncapi import asyncapi_routes, specification
from chassis.clock import Clock, system_clock
from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.store import Store
from events.fact import Fact
from keyring.access import NotAllowedError
from keyring.api import routes
from keyring.blind_index import NotIndexableError
from keyring.ring import Ring, schema
from keyring.rotation import rotate_when_due
from keyring.settings import KeyringSettings
from keyring.vault import Vault, VaultError

NAME: Final = "keyring"
DESCRIPTION: Final = "Keys that seal and open personal data, the index to find persons by, and their destruction."
HEARS: Final[Mapping[str, tuple[type[Fact], ...]]] = {}
LOOK_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


def application(ring: Ring, store: Store, settings: KeyringSettings, clock: Clock = system_clock) -> FastAPI:
    """Return the HTTP application."""

    async def reachable() -> None:
        async with ring.pool.connection() as connection:
            await ring.current(connection)

    return service_app(
        "Waymark keyring",
        DESCRIPTION,
        [routes(ring, store, clock), asyncapi_routes(specification(NAME, DESCRIPTION, HEARS))],
        settings,
        Verifier(settings.jwks, settings.issuer, NAME, clock),
        statuses={NotAllowedError: 403, NotIndexableError: 422},
        checks={"ring": reachable},
    )


async def api(settings: KeyringSettings) -> None:
    """Answer requests, and rotate the wrapping key daily."""
    async with _opened(settings) as ring:
        app = application(ring, Store(ring.pool, NAME), settings)
        await together(serve(app, settings), _rotate_daily(ring))


async def relay(settings: KeyringSettings) -> None:
    """Tell facts."""
    await _relay(settings).run()


async def everything(settings: KeyringSettings) -> None:
    """Do all of it in one process."""
    telling = _relay(settings)
    async with _opened(settings) as ring:
        store = Store(ring.pool, NAME)
        store.appended = telling.wake
        await together(serve(application(ring, store, settings), settings), _rotate_daily(ring), telling.run())


ROLES: Final[Roles[KeyringSettings]] = {"api": api, "relay": relay, "all": everything}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until SIGTERM or SIGINT. Return why it could not start, in one line."""
    try:
        scripts = [chassis_sql("store.sql"), schema()]
        return run_role(NAME, KeyringSettings, scripts, ROLES, arguments, without_kafka=True)
    except VaultError as refused:
        return f"{NAME}: {refused}"


@asynccontextmanager
async def _opened(settings: KeyringSettings) -> AsyncIterator[Ring]:
    vault = Vault.opened(settings.vault, settings.master_key_file)
    async with open_pool(settings.database, scope=ALL_TENANTS) as pool:
        yield await Ring.opened(pool, vault, system_clock())


def _relay(settings: KeyringSettings) -> Relay:
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def _rotate_daily(ring: Ring) -> None:
    while True:
        try:
            if await rotate_when_due(ring, system_clock()):
                _log.info("the wrapping key was rotated")
        except (OperationalError, PoolTimeout) as away:
            _log.warning("no rotation now, the database does not answer (%s)", type(away).__name__)
        await asyncio.sleep(LOOK_EVERY_SECONDS)
