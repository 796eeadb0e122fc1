"""What the tests of the guarantees share: a service's database, topics of its own, and processes to be killed."""

import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from chassis.database import ALL_TENANTS, Pool, chassis_sql, migrate, open_pool, prepare_database
from chassis.store import Store
from chassis.topics import make_topics
from events.envelope import JOURNEY
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

from .ground import Ground
from .nursery import Nursery
from .town import Town, running

PARTITIONS = 6


@dataclass(frozen=True)
class Home:
    """The database of one service, as its owner, as its own role and as PostgreSQL's administrator."""

    owner: str
    application: str
    administrator: str


@dataclass(frozen=True)
class Topics:
    """Topics that no other test uses."""

    bootstrap: str
    prefix: str
    partitions: int = PARTITIONS

    @property
    def journey(self) -> str:
        """The journey's name on the broker."""
        return self.prefix + JOURNEY


def make_home(server: Postgres) -> Home:
    """Make a database with the tables of the chassis."""
    name = f"guarantee_{secrets.token_hex(4)}"
    owner, application = prepare_database(server.dsn(), name)
    migrate(owner, application, [chassis_sql("store.sql"), chassis_sql("listen/listen.sql")])
    return Home(owner, application, server.dsn(name))


@pytest.fixture
def home(postgres: Postgres) -> Home:
    """The database of one service."""
    return make_home(postgres)


@pytest_asyncio.fixture
async def topics(kafka: Kafka) -> Topics:
    """Topics of the platform, empty."""
    made = Topics(kafka.bootstrap, f"{secrets.token_hex(4)}.")
    await make_topics(made.bootstrap, made.prefix, made.partitions)
    return made


@pytest_asyncio.fixture
async def pool(home: Home) -> AsyncIterator[Pool]:
    """Connections that see the rows of all tenants."""
    async with open_pool(home.application, size=16, scope=ALL_TENANTS) as opened:
        yield opened


@pytest.fixture
def store(pool: Pool) -> Store:
    """The facts of the service `caseload`."""
    return Store(pool, "caseload", partitions=PARTITIONS)


@pytest.fixture(scope="package")
def nursery(platform_folder: Path) -> Iterator[Nursery]:
    """Where processes that are to be killed come from."""
    children = Nursery(platform_folder / "nursery.log")
    yield children
    children.close()


@pytest.fixture
def ground(home: Home, topics: Topics, pool: Pool, store: Store) -> Ground:
    """All of it together."""
    return Ground(home.owner, home.application, topics.bootstrap, topics.prefix, pool, store)


@pytest.fixture(scope="package")
def town(platform_folder: Path) -> Iterator[Town]:
    """Every service of Waymark, running on a platform of its own."""
    with running(platform_folder / "town") as everything:
        yield everything
