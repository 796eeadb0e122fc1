"""Three brokers, and one service whose facts are told on them."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chassis.database import ALL_TENANTS, open_pool
from chassis.store import Store
from chassis.topics import make_topics
from tests.guarantees.conftest import PARTITIONS, make_home
from tests.guarantees.ground import Ground
from tests.guarantees.nursery import Nursery
from waymark.local.postgres import Postgres

from .cluster import SIZE, Broker, three_brokers


@pytest.fixture
def brokers(platform_folder: Path) -> Iterator[dict[int, Broker]]:
    """Three brokers, by number."""
    with three_brokers(platform_folder) as running:
        yield running


@pytest_asyncio.fixture
async def ground(brokers: dict[int, Broker], postgres: Postgres) -> AsyncIterator[Ground]:
    """A service on topics of three replicas."""
    home = make_home(postgres)
    bootstrap = ",".join(broker.bootstrap for broker in brokers.values())
    prefix = f"{secrets.token_hex(4)}."
    await make_topics(bootstrap, prefix, PARTITIONS, replicas=SIZE)
    async with open_pool(home.application, scope=ALL_TENANTS) as pool:
        store = Store(pool, "caseload", partitions=PARTITIONS)
        yield Ground(home.owner, home.application, bootstrap, prefix, pool, store)


@pytest.fixture
def nursery(platform_folder: Path) -> Iterator[Nursery]:
    """Where the writers and the relay come from."""
    children = Nursery(platform_folder / "nursery.log")
    yield children
    children.close()
