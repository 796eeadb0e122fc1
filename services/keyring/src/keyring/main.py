"""The keyring's processes: `python -m keyring api|relay|all`."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import uvloop
from fastapi import FastAPI
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from pydantic import ValidationError

from chassis.clock import Clock, system_clock
from chassis.database import ALL_TENANTS, chassis_sql, migrate, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.relay import Relay
from chassis.store import Store
from chassis.telemetry import flush_tracing, start_tracing
from keyring.access import NotAllowedError
from keyring.api import routes
from keyring.blind_index import NotIndexableError
from keyring.ring import Ring, schema
from keyring.rotation import rotate_when_due
from keyring.settings import KeyringSettings
from keyring.vault import Vault, VaultError

NAME: Final = "keyring"
DESCRIPTION: Final = "Keys that seal and open personal data, the index to find persons by, and their destruction."
LOOK_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


def application(ring: Ring, settings: KeyringSettings, clock: Clock = system_clock) -> FastAPI:
    """Return the keyring's HTTP application."""

    async def database() -> None:
        async with ring.pool.connection() as connection:
            await ring.current(connection)

    return service_app(
        "Waymark keyring",
        DESCRIPTION,
        [routes(ring, Store(ring.pool, NAME, clock), clock)],
        settings,
        Verifier(settings.jwks, settings.issuer, NAME, clock),
        statuses={NotAllowedError: 403, NotIndexableError: 422},
        checks={"ring": database},
    )


async def api(settings: KeyringSettings) -> None:
    """Answer requests, and rotate the wrapping key daily."""
    async with _opened(settings) as ring:
        await _together(serve(application(ring, settings), settings), _rotate_daily(ring))


async def relay(settings: KeyringSettings) -> None:
    """Tell the keyring's facts."""
    await Relay(settings.database, NAME, settings.kafka, settings.topic_prefix).run()


async def everything(settings: KeyringSettings) -> None:
    """Do all of it in one process."""
    async with _opened(settings) as ring:
        await _together(serve(application(ring, settings), settings), _rotate_daily(ring), relay(settings))


ROLES: Final[Mapping[str, Callable[[KeyringSettings], Coroutine[Any, Any, None]]]] = {
    "api": api,
    "relay": relay,
    "all": everything,
}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until SIGTERM or SIGINT. Return why it could not start, in one line."""
    if len(arguments) != 1 or arguments[0] not in ROLES:
        return f"keyring: choose one of {', '.join(ROLES)}"
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = KeyringSettings()
        _migrate(settings)
        start_tracing(NAME)
        uvloop.run(_until_told(ROLES[arguments[0]](settings)))
    except ValidationError as invalid:
        faults = (f"WAYMARK_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in invalid.errors())
        return f"keyring: {'; '.join(faults)}"
    except VaultError as refused:
        return f"keyring: {refused}"
    finally:
        flush_tracing()
    return None


@asynccontextmanager
async def _opened(settings: KeyringSettings) -> AsyncIterator[Ring]:
    vault = Vault.opened(settings.vault, settings.master_key_file)
    async with open_pool(settings.database, scope=ALL_TENANTS) as pool:
        yield await Ring.opened(pool, vault, system_clock())


def _migrate(settings: KeyringSettings) -> None:
    if settings.owner_database:
        migrate(settings.owner_database, settings.database, [chassis_sql("store.sql"), schema()])


async def _rotate_daily(ring: Ring) -> None:
    while True:
        try:
            if await rotate_when_due(ring, system_clock()):
                _log.info("the wrapping key was rotated")
        except (OperationalError, PoolTimeout) as away:
            _log.warning("no rotation now, the database does not answer (%s)", type(away).__name__)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _together(*parts: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(part)


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    running = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
