"""Since when somebody is told what is new, on a real database."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import uuid4

import pytest_asyncio

from chassis.database import ALL_TENANTS, migrate, open_pool, prepare_database
from chassis.identity import Actor
from gateway.last_visits import PAUSE, LastVisits
from waymark.local.postgres import Postgres

AMIR = Actor(uuid4(), "coach", uuid4())
BEA = Actor(uuid4(), "coach", AMIR.tenant)
MONDAY = datetime(2026, 4, 6, 9, tzinfo=UTC)


class Hands:
    """A clock that is set by hand."""

    now = MONDAY

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now


HANDS = Hands()


@pytest_asyncio.fixture
async def visits(postgres: Postgres) -> AsyncIterator[LastVisits]:
    """Nobody has looked yet; it is Monday morning."""
    owner, application = prepare_database(postgres.dsn(), f"gateway_{secrets.token_hex(4)}")
    migrate(owner, application, [files("gateway").joinpath("gateway.sql").read_text()])
    HANDS.now = MONDAY
    async with open_pool(application, scope=ALL_TENANTS) as pool:
        yield LastVisits(pool, HANDS)


async def test_what_was_seen_stays_new_while_the_visit_lasts(visits: LastVisits) -> None:
    assert await visits.since(AMIR) is None
    friday = MONDAY - timedelta(days=3)
    await visits.note(AMIR, friday, MONDAY)
    HANDS.now = MONDAY + PAUSE / 2
    assert await visits.since(AMIR) == friday
    await visits.note(AMIR, friday, HANDS.now)
    HANDS.now += PAUSE / 2
    assert await visits.since(AMIR) == friday


async def test_the_next_visit_is_told_what_came_after_the_last(visits: LastVisits) -> None:
    await visits.note(AMIR, MONDAY - timedelta(days=3), MONDAY)
    HANDS.now = MONDAY + timedelta(days=1)
    assert await visits.since(AMIR) == MONDAY
    assert await visits.since(BEA) is None
