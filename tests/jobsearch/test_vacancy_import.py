"""An import tells what differs, whatever interrupts it and however often it begins again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from secrets import token_hex
from uuid import UUID, uuid4

import pytest

from chassis.ask import Ask
from chassis.database import chassis_sql, migrate, open_pool, prepare_database
from chassis.store import Session, Store
from events.envelope import MARKET
from events.jobsearch import Vacancy
from jobsearch.vacancy import Listing
from jobsearch.vacancy_import import AT_ONCE, Import, Progress
from waymark.local.postgres import Postgres

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASK = Ask("operator:1", uuid4().hex)


@pytest.fixture
async def store(postgres: Postgres) -> AsyncIterator[Store]:
    """The jobsearch service's store, empty."""
    owner, application = prepare_database(postgres.dsn(), f"market_{token_hex(4)}")
    migrate(owner, application, [chassis_sql("store.sql")])
    async with open_pool(application) as pool:
        yield Store(pool, "jobsearch")


def vacancies(count: int, feed: str = "feed", title: str = "Baker") -> dict[UUID, Vacancy]:
    return {UUID(int=number): Vacancy(source=feed, title=f"{title} {number}") for number in range(1, count + 1)}


async def bring_in(store: Store, offered: dict[UUID, Vacancy], *, whole: bool = True, feed: str = "feed") -> Progress:
    progress = Progress()
    await Import(store).bring_in(ASK, feed, offered, NOW, progress, whole=whole)
    return progress


async def listings(store: Store) -> dict[UUID, Listing]:
    ids = await store.ids_told_on(MARKET)
    return await Session(store, ASK).load_many(Listing, ids)


async def test_one_that_is_interrupted_goes_on_when_it_begins_again(store: Store) -> None:
    offered, progress = vacancies(5 * AT_ONCE), Progress()
    broken_off = asyncio.create_task(Import(store).bring_in(ASK, "feed", offered, NOW, progress, whole=True))
    while not progress.added:  # noqa: ASYNC110  (what is waited for is in a database)
        await asyncio.sleep(0.001)
    broken_off.cancel()
    await asyncio.gather(broken_off, return_exceptions=True)
    came = len(await listings(store))
    assert 0 < came < len(offered)

    again = await bring_in(store, offered)

    assert (again.added, again.unchanged, again.withdrawn) == (len(offered) - came, came, 0)
    assert all(listing.version == 1 and listing.live for listing in (await listings(store)).values())


async def test_two_at_once_tell_each_vacancy_once(store: Store) -> None:
    offered = vacancies(3 * AT_ONCE)
    both = await asyncio.gather(bring_in(store, offered), bring_in(store, offered))
    assert sum(progress.added for progress in both) == len(offered)
    assert all(progress.done == len(offered) for progress in both)
    assert {listing.version for listing in (await listings(store)).values()} == {1}


async def test_only_the_own_feed_is_withdrawn_and_only_by_a_whole_file(store: Store) -> None:
    await bring_in(store, vacancies(4))
    others = {uuid4(): Vacancy(source="other", title="Cook")}
    await bring_in(store, others, feed="other")

    assert (await bring_in(store, vacancies(2), whole=False)).withdrawn == 0
    assert (await bring_in(store, vacancies(2))).withdrawn == 2
    assert (await bring_in(store, vacancies(2))).withdrawn == 0

    live = {id_ for id_, listing in (await listings(store)).items() if listing.live}
    assert live == {*vacancies(2), *others}


async def test_what_reads_differently_is_revised(store: Store) -> None:
    await bring_in(store, vacancies(3))
    changed = vacancies(3) | {UUID(int=2): Vacancy(source="feed", title="Head Baker")}
    progress = await bring_in(store, changed)
    assert (progress.added, progress.revised, progress.unchanged) == (0, 1, 2)
    assert (await listings(store))[UUID(int=2)].version == 2


async def test_what_is_not_there_is_not_loaded(store: Store) -> None:
    await bring_in(store, vacancies(1))
    found = await Session(store, ASK).load_many(Listing, [UUID(int=1), uuid4()])
    assert list(found) == [UUID(int=1)]
    assert await store.ids_told_on("waymark.journey") == []
