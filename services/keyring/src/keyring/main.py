"""The keyring's processes: `python -m keyring api|relay|all`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from chassis.clock import system_clock
from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.operations import Operations
from chassis.process import run_role, together
from chassis.service import Processes, Service
from chassis.store import Store
from keyring.access import NotAllowedError
from keyring.api import routes
from keyring.blind_index import NotIndexableError
from keyring.ring import Ring, schema
from keyring.rotation import rotate_when_due
from keyring.settings import KeyringSettings
from keyring.vault import Vault, VaultError

SERVICE: Final = Service(
    "keyring", "Keys that seal and open personal data, the index to find persons by, and their destruction."
)
LOOK_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with."""

    ring: Ring
    store: Store


def application(settings: KeyringSettings, desk: Desk) -> FastAPI:
    """Return the HTTP application."""
    ring = desk.ring

    async def reachable() -> None:
        async with ring.pool.connection() as connection:
            await ring.current(connection)

    operations = Operations(SERVICE.name, settings.database, ring.pool, {"ring": reachable})
    return service_app(
        "Waymark keyring",
        SERVICE.description,
        [routes(ring, desk.store, system_clock), SERVICE.asyncapi_routes(), operations.routes()],
        settings,
        Verifier(settings.jwks, settings.issuer, SERVICE.name),
        statuses={NotAllowedError: 403, NotIndexableError: 422},
        checks=operations.checks,
    )


async def answer(settings: KeyringSettings, desk: Desk) -> None:
    """Answer requests, and rotate the wrapping key daily."""
    await together(serve(application(settings, desk), settings), _rotate_daily(desk.ring))


@asynccontextmanager
async def open_desk(settings: KeyringSettings) -> AsyncIterator[Desk]:
    """Open the ring."""
    vault = Vault.opened(settings.vault, settings.master_key_file)
    async with open_pool(settings.database, scope=ALL_TENANTS) as pool:
        yield Desk(await Ring.opened(pool, vault, system_clock()), Store(pool, SERVICE.name))


ROLES: Final = Processes(SERVICE, open_desk, answer).roles


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until SIGTERM or SIGINT. Return why it could not start, in one line."""
    try:
        scripts = [chassis_sql("store.sql"), schema()]
        return run_role(SERVICE.name, KeyringSettings, scripts, ROLES, arguments, without_kafka=True)
    except VaultError as refused:
        return f"{SERVICE.name}: {refused}"


async def _rotate_daily(ring: Ring) -> None:
    while True:
        try:
            if await rotate_when_due(ring, system_clock()):
                _log.info("the wrapping key was rotated")
        except (OperationalError, PoolTimeout) as away:
            _log.warning("no rotation now, the database does not answer (%s)", type(away).__name__)
        await asyncio.sleep(LOOK_EVERY_SECONDS)
