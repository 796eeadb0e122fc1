"""The caseload service's processes: `python -m caseload api|relay|project|react|all`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from faststream.kafka import KafkaBroker

from caseload.api import STATUSES, router
from caseload.desk import Desk
from caseload.policies import POLICIES
from caseload.settings import CaseloadSettings
from caseload.views.caseload import CASELOAD
from caseload.views.timeline import TIMELINE
from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.keyring import Keyring
from chassis.listen.consumers import Consumer, PolicyConsumer, ViewConsumer
from chassis.listen.feed import Listener
from chassis.listen.rebuild import Rebuild
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store
from chassis.topics import make_topics

NAME: Final = "caseload"
DESCRIPTION: Final = "Cases of accepted people: their coach, what was agreed, who spoke when, and the whole journey."
VIEWS: Final = (CASELOAD, TIMELINE)


def application(settings: CaseloadSettings, desk: Desk) -> FastAPI:
    """Return the HTTP application."""

    async def views() -> None:
        query = "select count(*) = %s from view_version where status = 'live'"
        async with desk.pool.connection() as connection:
            row = await (await connection.execute(query, [len(VIEWS)])).fetchone()
        if row != (True,):
            message = "a view is not built yet"
            raise LookupError(message)

    verifier = Verifier(settings.jwks, settings.issuer, NAME)
    app = service_app(
        "Waymark caseload", DESCRIPTION, [router], settings, verifier, statuses=STATUSES, checks={"views": views}
    )
    app.state.desk = desk
    return app


@asynccontextmanager
async def open_desk(settings: CaseloadSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with."""
    tokens = ServiceTokens(SigningKey.read(settings.identity_key))
    async with open_pool(settings.database) as pool, Keyring(settings.keyring_url, tokens.to("keyring")) as keyring:
        yield Desk(Store(pool, NAME), pool, keyring, settings.timezone)


async def api(settings: CaseloadSettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as desk:
        await serve(application(settings, desk), settings)


def relay_of(settings: CaseloadSettings) -> Relay:
    """Return what tells the facts of cases."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: CaseloadSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def project(settings: CaseloadSettings) -> None:
    """Keep the views: rebuild those whose fold changed, then follow the journey."""
    await make_topics(settings.kafka, settings.topic_prefix)
    async with open_pool(settings.database, scope=ALL_TENANTS) as pool:
        for view in VIEWS:
            rebuild = Rebuild(view, pool, settings.owner_database, settings.kafka, topic_prefix=settings.topic_prefix)
            await rebuild.run(only_if_changed=True)
        await _listen(settings, "project", [ViewConsumer(pool, view) for view in VIEWS])


async def react(settings: CaseloadSettings) -> None:
    """Follow policies."""
    async with open_pool(settings.database, scope=ALL_TENANTS) as pool:
        store = Store(pool, NAME)
        await _listen(settings, "react", [PolicyConsumer(pool, policy, store) for policy in POLICIES])


async def everything(settings: CaseloadSettings) -> None:
    """Do all of it in one process."""
    teller = relay_of(settings)
    async with open_desk(settings) as desk:
        desk.store.appended = teller.wake
        await together(serve(application(settings, desk), settings), teller.run(), project(settings), react(settings))


ROLES: Final[Roles[CaseloadSettings]] = {
    "api": api,
    "relay": relay,
    "project": project,
    "react": react,
    "all": everything,
}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    return run_role(
        NAME, CaseloadSettings, [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")], ROLES, arguments
    )


async def _listen(settings: CaseloadSettings, role: str, consumers: Sequence[Consumer]) -> None:
    broker = KafkaBroker(settings.kafka, logger=None)
    group = f"{settings.topic_prefix}{NAME}-{role}"
    Listener(broker, group, consumers, settings.kafka, topic_prefix=settings.topic_prefix)
    async with broker:
        await broker.start()
        await asyncio.Event().wait()
