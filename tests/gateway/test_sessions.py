"""Sessions and one-time links, on a real database."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import uuid4

import pytest_asyncio

from chassis.database import Pool, migrate, open_pool, prepare_database
from chassis.identity import Actor
from gateway.sessions import IDLE, LONGEST, Sessions
from gateway.sign_in_links import VALID, SignInLinks
from waymark.local.postgres import Postgres

COACH = Actor(uuid4(), "coach", uuid4())
ADA = Actor(uuid4(), "jobseeker", COACH.tenant)


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 4, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@pytest_asyncio.fixture
async def pool(postgres: Postgres) -> AsyncIterator[Pool]:
    """A database with the gateway's own tables."""
    owner, application = prepare_database(postgres.dsn(), f"gateway_{secrets.token_hex(4)}")
    migrate(owner, application, [files("gateway").joinpath("gateway.sql").read_text()])
    async with open_pool(application) as pool:
        yield pool


async def test_who_signed_in_is_found_by_the_secret_alone(pool: Pool) -> None:
    sessions = Sessions(pool, Hands())
    secret = await sessions.start(COACH, "Amir Hussain")

    found = await sessions.find(secret)
    assert found is not None
    assert (found.actor, found.name) == (COACH, "Amir Hussain")
    assert await sessions.find(secret[:-1] + ("a" if secret[-1] != "a" else "b")) is None


async def test_neither_the_secret_nor_the_name_lies_in_the_database(pool: Pool) -> None:
    secret = await Sessions(pool, Hands()).start(COACH, "Amir Hussain")
    async with pool.connection() as connection:
        row = await (await connection.execute("select web_session::text from web_session")).fetchone()
    assert row is not None
    for planted in ("Amir", secret):
        assert planted not in row[0]
        assert planted.encode().hex() not in row[0]


async def test_a_sign_in_ends_the_session_that_the_browser_brought(pool: Pool) -> None:
    sessions = Sessions(pool, Hands())
    planted = await sessions.start(ADA, "")
    secret = await sessions.start(COACH, "Amir", instead_of=planted)

    assert secret != planted
    assert await sessions.find(planted) is None


async def test_a_session_ends_when_it_is_left_alone_or_has_lasted_long_enough(pool: Pool) -> None:
    hands = Hands()
    sessions = Sessions(pool, hands)
    idle, busy = await sessions.start(COACH, ""), await sessions.start(COACH, "")
    for _ in range(LONGEST // IDLE * 2 - 1):
        hands.move(IDLE / 2)
        assert await sessions.find(busy)
    assert await sessions.find(idle) is None
    hands.move(IDLE / 2)
    assert await sessions.find(busy) is None


async def test_signing_out_ends_one_session_and_signing_out_everywhere_ends_all(pool: Pool) -> None:
    sessions = Sessions(pool, Hands())
    first, second, third = [await sessions.start(COACH, "") for _ in range(3)]
    await sessions.end(first)
    assert [bool(await sessions.find(secret)) for secret in (first, second)] == [False, True]
    await sessions.end_all(COACH.id)
    assert [await sessions.find(secret) for secret in (second, third)] == [None, None]


async def test_wishes_last_as_long_as_the_session(pool: Pool) -> None:
    sessions = Sessions(pool, Hands())
    secret = await sessions.start(COACH, "")
    await sessions.wish(secret, language="cy", shortcuts=False)
    found = await sessions.find(secret)
    assert found is not None
    assert (found.language, found.shortcuts) == ("cy", False)


async def test_a_link_brings_its_one_person_in_once(pool: Pool) -> None:
    links = SignInLinks(pool, Hands())
    shared_address = [await links.make(person, COACH) for person in (ADA, Actor(uuid4(), "jobseeker", COACH.tenant))]

    assert await links.use(shared_address[0]) == ADA
    assert await links.use(shared_address[0]) is None
    assert await links.use("made up") is None


async def test_a_link_grows_old(pool: Pool) -> None:
    hands = Hands()
    links = SignInLinks(pool, hands)
    secret = await links.make(ADA, COACH)
    hands.move(VALID)
    assert await links.use(secret) is None
