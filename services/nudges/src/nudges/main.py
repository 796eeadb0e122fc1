"""The nudges service's processes: `python -m nudges api|relay|project|react|deliver|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from chassis import roles
from chassis.asyncapi import asyncapi_routes, specification
from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.http import serve, service_app
from chassis.identity import Verifier
from chassis.keyring import Keyring
from chassis.process import Roles, run_role, together
from chassis.relay import Relay
from chassis.signing import ServiceTokens, SigningKey
from chassis.store import Store
from chassis.timers import Ticker
from nudges.api import STATUSES, router
from nudges.carriers import Mail
from nudges.decision import Holdout, Rules
from nudges.delivery import Delivery
from nudges.desk import Desk
from nudges.policies import POLICIES, decision_timers, delivery_timers
from nudges.settings import NudgesSettings
from nudges.views.messages import MESSAGES
from nudges.views.situation import SITUATION
from nudges.watch import Watch

NAME: Final = "nudges"
DESCRIPTION: Final = "Help at the right moment: what was decided, why, how it was sent, and what became of it."
TICKS_WITH: Final = 2
VIEWS: Final = (SITUATION, MESSAGES)
HEARS: Final = {view.name: view.facts for view in VIEWS} | {policy.name: (policy.fact,) for policy in POLICIES}


def application(settings: NudgesSettings, desk: Desk) -> FastAPI:
    """Return the HTTP application."""
    checks = {
        "views": lambda: roles.require_views(desk.pool, VIEWS),
        "policies": lambda: roles.require_policies(desk.pool, POLICIES),
    }
    verifier = Verifier(settings.jwks, settings.issuer, NAME)
    routers = [router, asyncapi_routes(specification(NAME, DESCRIPTION, HEARS))]
    app = service_app("Waymark nudges", DESCRIPTION, routers, settings, verifier, statuses=STATUSES, checks=checks)
    app.state.desk = desk
    return app


def holdout_of(settings: NudgesSettings) -> Holdout:
    """Return the permanent holdout."""
    return Holdout(settings.holdout_key.get_secret_value().encode(), settings.holdout_share)


def keyring_of(settings: NudgesSettings) -> Keyring:
    """Return the keyring as this service sees it."""
    return Keyring(settings.keyring_url, ServiceTokens(SigningKey.read(settings.identity_key)).to("keyring"))


@asynccontextmanager
async def open_desk(settings: NudgesSettings) -> AsyncIterator[Desk]:
    """Open what the routes work with."""
    async with open_pool(settings.database) as pool, keyring_of(settings) as keyring:
        yield Desk(Store(pool, NAME), pool, keyring, Rules(settings.timezone), holdout_of(settings))


async def api(settings: NudgesSettings) -> None:
    """Answer requests."""
    async with open_desk(settings) as desk:
        await serve(application(settings, desk), settings)


def relay_of(settings: NudgesSettings) -> Relay:
    """Return what tells the facts of nudges."""
    return Relay(settings.database, NAME, settings.kafka, settings.topic_prefix)


async def relay(settings: NudgesSettings) -> None:
    """Tell facts."""
    await relay_of(settings).run()


async def project(settings: NudgesSettings) -> None:
    """Keep the views."""
    await roles.project(NAME, settings, VIEWS)


async def react(settings: NudgesSettings) -> None:
    """Decide on what is due, and note what people did."""
    async with open_pool(settings.database) as pool:
        await _react(settings, Store(pool, NAME))


async def deliver(settings: NudgesSettings) -> None:
    """Send what was decided, and reminders. A carrier that is slow keeps no decision waiting."""
    async with open_pool(settings.database) as pool, keyring_of(settings) as keyring:
        await _deliver(settings, Store(pool, NAME), keyring)


async def everything(settings: NudgesSettings) -> None:
    """Do all of it in one process, where an appended fact is told at once."""
    teller = relay_of(settings)
    async with open_desk(settings) as desk:
        desk.store.appended = teller.wake
        await together(
            serve(application(settings, desk), settings),
            teller.run(),
            project(settings),
            _react(settings, desk.store),
            _deliver(settings, desk.store, desk.keyring),
        )


ROLES: Final[Roles[NudgesSettings]] = {
    "api": api,
    "relay": relay,
    "project": project,
    "react": react,
    "deliver": deliver,
    "all": everything,
}


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(NAME, NudgesSettings, scripts, ROLES, arguments)


def watch_of(settings: NudgesSettings, store: Store) -> Watch:
    """Return what decides on what is due."""
    by_mail = settings.mail_server is not None
    return Watch(store.pool, Rules(settings.timezone), holdout_of(settings), store.clock, by_mail)


async def _react(settings: NudgesSettings, store: Store) -> None:
    await roles.react(NAME, settings, POLICIES, decision_timers(watch_of(settings, store)), store)


async def _deliver(settings: NudgesSettings, store: Store, keyring: Keyring) -> None:
    server = settings.mail_server
    mail = Mail(server, keyring, settings.portal_url) if server else None
    delivery = Delivery(watch_of(settings, store), mail, settings.portal_url)
    async with open_pool(settings.database, size=TICKS_WITH, scope=ALL_TENANTS) as pool:
        await Ticker(pool, delivery_timers(delivery), store).run()
