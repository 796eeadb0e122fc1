"""The referrals service's processes: `python -m referrals api|relay|project|all`. It reacts to nobody's facts yet."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import holidays
import uvloop
from fastapi import FastAPI
from faststream.kafka import KafkaBroker
from pydantic import ValidationError

from chassis.clock import Clock, system_clock
from chassis.database import ALL_TENANTS, Pool, chassis_sql, migrate, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.keyring import Keyring
from chassis.listen.consumers import ViewConsumer
from chassis.listen.feed import Listener
from chassis.listen.reading import reading
from chassis.listen.rebuild import Rebuild
from chassis.relay import Relay
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store
from chassis.telemetry import flush_tracing, start_tracing
from chassis.topics import make_topics
from referrals.access import NotPermittedError
from referrals.api import Desk, router
from referrals.file_api import FileDesk, file_router
from referrals.file_header import FileRefused
from referrals.referral_import import Import
from referrals.settings import ReferralsSettings
from referrals.uploads import TooManyUploadsError, Uploads
from referrals.views.referrals import REFERRALS
from referrals.working_days import WorkingDays

NAME: Final = "referrals"
DESCRIPTION: Final = "People who are sent to a programme, one by one or in a file, and what the provider answers."
STATUSES: Final[dict[type[Exception], int]] = {NotPermittedError: 403, FileRefused: 422, TooManyUploadsError: 503}


def application(
    settings: ReferralsSettings, store: Store, keyring: Keyring, uploads: Uploads, clock: Clock = system_clock
) -> FastAPI:
    """Return the HTTP application."""

    async def view() -> None:
        async with reading(store.pool, None, REFERRALS) as connection:
            await connection.execute("select from referral limit 1")

    app = service_app(
        "Waymark referrals",
        DESCRIPTION,
        [router, file_router],
        settings,
        Verifier(settings.jwks, settings.issuer, NAME, clock),
        statuses=STATUSES,
        checks={"view": view},
    )
    calendar = WorkingDays(settings.timezone, _bank_holidays(settings.bank_holidays))
    hash_key = settings.request_hash_key.get_secret_value().encode()
    means = Import(store, keyring, calendar, settings.acknowledge_within, hash_key)
    app.state.desk = Desk(store, store.pool, keyring, calendar, settings.acknowledge_within, clock)
    app.state.file_desk = FileDesk(uploads, means, settings.coaches)
    return app


async def api(settings: ReferralsSettings) -> None:
    """Answer requests."""
    async with _pool(settings) as pool:
        await _answer(settings, Store(pool, NAME))


async def relay(settings: ReferralsSettings) -> None:
    """Tell facts."""
    await _relay(settings).run()


async def project(settings: ReferralsSettings) -> None:
    """Fold facts into views."""
    async with _pool(settings) as pool:
        await _project(settings, pool)


async def everything(settings: ReferralsSettings) -> None:
    """Do all of it in one process."""
    telling = _relay(settings)
    async with _pool(settings) as pool, asyncio.TaskGroup() as tasks:
        store = Store(pool, NAME)
        store.appended = telling.wake
        tasks.create_task(telling.run())
        tasks.create_task(_project(settings, pool))
        tasks.create_task(_answer(settings, store))


ROLES: Final[Mapping[str, Callable[[ReferralsSettings], Coroutine[Any, Any, None]]]] = {
    "api": api,
    "relay": relay,
    "project": project,
    "all": everything,
}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until SIGTERM or SIGINT. Return why it could not start, in one line."""
    if len(arguments) != 1 or arguments[0] not in ROLES:
        return f"referrals: choose one of {', '.join(ROLES)}"
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for talkative in ("httpx", "aiokafka"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    try:
        settings = ReferralsSettings()
        _migrate(settings)
        start_tracing(NAME)
        uvloop.run(_until_told(ROLES[arguments[0]](settings)))
    except ValidationError as invalid:
        faults = (f"WAYMARK_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in invalid.errors())
        return f"referrals: {'; '.join(faults)}"
    finally:
        flush_tracing()
    return None


@asynccontextmanager
async def _pool(settings: ReferralsSettings) -> AsyncIterator[Pool]:
    async with open_pool(settings.database, scope=ALL_TENANTS) as pool:
        yield pool


def _relay(settings: ReferralsSettings) -> Relay:
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def _answer(settings: ReferralsSettings, store: Store) -> None:
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    uploads = Uploads(store.clock)
    async with Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        try:
            await serve(application(settings, store, keyring, uploads, store.clock), settings)
        finally:
            await uploads.close()


async def _project(settings: ReferralsSettings, pool: Pool) -> None:
    await make_topics(settings.kafka, settings.topic_prefix)
    prefix = settings.topic_prefix
    await Rebuild(REFERRALS, pool, settings.owner_database, settings.kafka, topic_prefix=prefix).run(
        only_if_changed=True
    )
    broker = KafkaBroker(settings.kafka, logger=None)
    Listener(broker, f"{prefix}{NAME}.project", [ViewConsumer(pool, REFERRALS)], settings.kafka, topic_prefix=prefix)
    async with broker:
        await broker.start()
        await asyncio.Event().wait()


def _bank_holidays(place: str) -> holidays.HolidayBase:
    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)


def _migrate(settings: ReferralsSettings) -> None:
    if settings.owner_database:
        scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
        migrate(settings.owner_database, settings.database, scripts)


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    running = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
