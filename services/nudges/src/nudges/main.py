"""The nudges service's processes: `python -m nudges api|relay|project|react|deliver|all`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from chassis import roles
from chassis.database import ALL_TENANTS, chassis_sql, open_pool
from chassis.http import serve
from chassis.keyring import Keyring
from chassis.process import run_role
from chassis.service import Processes, Service
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

TICKS_WITH: Final = 2
VIEWS: Final = (SITUATION, MESSAGES)
SERVICE: Final = Service(
    "nudges",
    "Help at the right moment: what was decided, why, how it was sent, and what became of it.",
    VIEWS,
    POLICIES,
)


async def answer(settings: NudgesSettings, desk: Desk) -> None:
    """Answer requests."""
    await serve(SERVICE.application(settings, desk, [router], STATUSES), settings)


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
        yield Desk(Store(pool, SERVICE.name), pool, keyring, Rules(settings.timezone), holdout_of(settings))


def watch_of(settings: NudgesSettings, store: Store) -> Watch:
    """Return what decides on what is due."""
    by_mail = settings.mail_server is not None
    return Watch(store.pool, Rules(settings.timezone), holdout_of(settings), store.clock, by_mail)


async def react(settings: NudgesSettings, store: Store) -> None:
    """Decide on what is due, and note what people did."""
    await roles.react(SERVICE.name, settings, POLICIES, decision_timers(watch_of(settings, store)), store)


async def deliver(settings: NudgesSettings, store: Store) -> None:
    """Send what was decided, and reminders. A carrier that is slow keeps no decision waiting."""
    server = settings.mail_server
    async with (
        keyring_of(settings) as keyring,
        open_pool(settings.database, size=TICKS_WITH, scope=ALL_TENANTS) as pool,
    ):
        mail = Mail(server, keyring, settings.portal_url) if server else None
        delivery = Delivery(watch_of(settings, store), mail, settings.portal_url)
        await Ticker(pool, delivery_timers(delivery), store).run()


ROLES: Final = Processes(SERVICE, open_desk, answer, {"react": react, "deliver": deliver}).roles


def main(arguments: Sequence[str]) -> str | None:
    """Run one role until told to stop. Return why it could not start, in one line."""
    scripts = [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")]
    return run_role(SERVICE.name, NudgesSettings, scripts, ROLES, arguments)
