"""A broker of three is killed under load while it leads: nothing is lost, told twice or out of order.

Not one of the tests of `make test`, for its memory: run by `make test-cluster`.
"""

import random
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from chassis.database import ALL_TENANTS, open_pool
from chassis.store import Store
from chassis.topics import make_topics
from tests.cluster.brokers import Cluster, Member
from tests.guarantees.conftest import PARTITIONS, make_home
from tests.guarantees.ground import Ground, until
from tests.guarantees.nursery import Nursery, kill
from tests.guarantees.topic import assert_told, records, relay
from tests.guarantees.writers import stop, write
from waymark.local.postgres import Postgres

FACTS = 30_000


@pytest.fixture
def cluster(platform_folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(platform_folder / "cluster")
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def nursery(platform_folder: Path) -> Iterator[Nursery]:
    nursery = Nursery(platform_folder / "nursery.log")
    yield nursery
    nursery.close()


@pytest_asyncio.fixture
async def ground(postgres: Postgres, cluster: Cluster) -> AsyncIterator[Ground]:
    home, prefix = make_home(postgres), f"{secrets.token_hex(4)}."
    await make_topics(cluster.bootstrap, prefix, PARTITIONS, replicas=3)
    async with open_pool(home.application, scope=ALL_TENANTS) as pool:
        store = Store(pool, "caseload", partitions=PARTITIONS)
        yield Ground(home.owner, home.application, cluster.bootstrap, prefix, pool, store)


async def test_a_leader_killed_under_load_loses_doubles_and_reorders_nothing(
    ground: Ground, cluster: Cluster, nursery: Nursery
) -> None:
    writers = [nursery.start(write, ground.application, seed, FACTS // 2) for seed in random.sample(range(1000), 2)]
    teller = nursery.start(relay, ground.application, ground.bootstrap, ground.prefix)
    await until(lambda: _has_told(ground, FACTS // 10), seconds=60)
    leader = await _leader(ground, cluster)
    leader.kill()
    await until(lambda: _has_stored(ground, FACTS), seconds=120)
    await stop(ground, writers)
    await ground.all_told()
    leader.start()
    kill(teller)
    assert await assert_told(ground) >= FACTS
    assert len({fact.id for fact in await records(ground)}) == len(await records(ground))


async def _leader(ground: Ground, cluster: Cluster) -> Member:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    await admin.start()
    (journey,) = await admin.describe_topics([f"{ground.prefix}waymark.journey"])
    await admin.close()
    number = journey["partitions"][0]["leader"]
    return next(member for member in cluster.members if member.number == number)


async def _has_told(ground: Ground, facts: int) -> bool:
    ((position,),) = await ground.rows("select coalesce(max(position), 0) from relay_cursor")
    return int(position) >= facts


async def _has_stored(ground: Ground, facts: int) -> bool:
    ((count,),) = await ground.rows("select count(*) from stored_events")
    return int(count) >= facts
