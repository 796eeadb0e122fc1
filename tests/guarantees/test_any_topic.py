"""What holds on the journey holds on every topic: views, policies, timers, readers, parking and rebuilding."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis import roles
from chassis.ask import Answer, Ask
from chassis.listen.beginning import begin_policies
from chassis.listen.consumers import PolicyConsumer, ViewConsumer
from chassis.listen.feed import reader
from chassis.listen.history import ends_of
from chassis.listen.reading import reading
from chassis.listen.replay import replay
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from chassis.process import together
from chassis.settings import ServiceSettings
from chassis.store import Session, partition_of
from chassis.timers import Ticker
from chassis.topics import TOPICS
from events.envelope import ACTIVITY, JOURNEY, MARKET

from .conftest import PARTITIONS, Topics
from .ground import Ground, contact, open_case, running, until
from .market import (
    CLOSE,
    CLOSING_TIME,
    LOOKS,
    STALLS,
    Stall,
    StallRow,
    Visitor,
    append,
    close,
    fold_stall,
    look,
    open_stall,
    stalls,
)
from .reactions import GREET, greeted
from .visits import VISITS

LIVE = "stalls#1"
CLOSED = "select count(*) from stored_events where topic like '%%StallClosed%%'"
EVENT = ("StallOpened", "StallPriced", "StallClosed")


@asynccontextmanager
async def serving(ground: Ground) -> AsyncIterator[None]:
    """Run the roles of a service that hears the journey and the market."""
    settings = ServiceSettings(
        database=ground.application,
        owner_database=ground.owner,
        kafka=ground.bootstrap,
        topic_prefix=ground.prefix,
        jwks="",
        identity_key=Path("none"),
        request_hash_key="k" * 32,
    )
    projecting = roles.project("caseload", settings, [VISITS, STALLS])
    reacting = roles.react("caseload", settings, [GREET, CLOSE], [], ground.store)
    async with running(together(projecting, reacting)), ground.relaying():
        await until(lambda: begun(ground))
        yield


async def begun(ground: Ground) -> bool:
    built = await ground.rows("select count(*) from view_version where status = 'live'")
    return built == [(2,)] and await ground.rows("select count(*) from policy_begun") == [(2,)]


async def rebuilt(ground: Ground, view: View = STALLS) -> None:
    assert await ground.rebuild(view).run()


@asynccontextmanager
async def hearing(ground: Ground, view: View = STALLS) -> AsyncIterator[ViewConsumer]:
    consumer = ViewConsumer(ground.pool, view)
    async with ground.relaying(), ground.listening(consumer):
        yield consumer


def row_of(stall: Stall, title: str, goods: tuple[str, ...], prices: int, *, closed: bool = False) -> tuple[Any, ...]:
    trail = [EVENT[0], *[EVENT[1]] * prices, *[EVENT[2]] * closed]
    pence = {f"fish {n}": n for n in range(prices)} if prices else None
    return (title, list(goods), [stall.id, UUID(int=7)], pence, trail, closed)


async def test_a_service_keeps_views_and_follows_policies_of_several_topics(ground: Ground) -> None:
    old = open_stall("Old", prices=1)
    await append(ground, old)
    async with ground.relaying():
        await ground.all_told()
    async with serving(ground):
        new, case = open_stall("New", "cod", prices=1), contact(open_case(), 2)
        await append(ground, new)
        await ground.append(case)
        await until(lambda: has_settled(ground, new))
    assert await stalls(ground) == {
        old.id: row_of(old, "Old", (), 1),
        new.id: row_of(new, "New", ("cod",), 1, closed=True),
    }
    assert await greeted(ground) == [3]
    assert await ground.rows(CLOSED) == [(1,)]
    assert await ground.rows("select visits from case_visits") == [(3,)]


async def has_settled(ground: Ground, stall: Stall) -> bool:
    rows = await stalls(ground)
    return stall.id in rows and rows[stall.id][-1] and await ground.rows("select visits from case_visits") == [(3,)]


async def test_each_topic_has_a_consumer_group_of_its_own_and_the_journeys_keeps_its_name(
    ground: Ground, topics: Topics
) -> None:
    wanted = {f"caseload.{role}{suffix}" for role in ("project", "react") for suffix in ("", f".{MARKET}")}
    async with serving(ground), administration(topics) as admin:
        await until(lambda: has_groups(admin, {ground.prefix + name for name in wanted}))


async def has_groups(admin: AIOKafkaAdminClient, wanted: set[str]) -> bool:
    return wanted <= {name for name, *_ in await admin.list_consumer_groups()}


async def test_a_view_of_the_market_is_rebuilt_as_it_was_with_columns_that_hold_several_values(ground: Ground) -> None:
    awkward = ('a "quoted" \\ word', "comma, {brace}", "", "NULL", "naïve ☃")
    made = [open_stall("Fish", *awkward, prices=3), open_stall("Nothing")]
    await rebuilt(ground)
    async with hearing(ground):
        await append(ground, *made)
        await ground.all_told()
        await ground.all_heard(LIVE)
        await append(ground, *map(close, made))
        await ground.all_told()
        await ground.all_heard(LIVE)
    followed = await stalls(ground)
    assert followed == {
        made[0].id: row_of(made[0], "Fish", awkward, 3, closed=True),
        made[1].id: row_of(made[1], "Nothing", (), 0, closed=True),
    }
    await rebuilt(ground)
    assert await stalls(ground) == followed


async def test_an_index_has_the_method_that_its_text_names(ground: Ground) -> None:
    await rebuilt(ground)
    indexes = await ground.rows("select indexdef from pg_indexes where tablename = 'stall__1' order by indexname")
    methods = [definition.partition(" USING ")[2] for (definition,) in indexes]
    assert methods[:3] == [
        "btree (closed, stall_id)",
        "gin (to_tsvector('english'::regconfig, title))",
        "gin (goods)",
    ]


def test_only_another_topic_than_the_journey_is_part_of_the_hash() -> None:
    assert replace(STALLS, topic=JOURNEY).fold_hash != STALLS.fold_hash != replace(STALLS, topic=ACTIVITY).fold_hash
    assert replace(VISITS, topic=JOURNEY).fold_hash == VISITS.fold_hash


async def test_a_policy_of_the_market_acts_on_no_history_and_once_on_each_fact(ground: Ground) -> None:
    before, after = open_stall(prices=2), open_stall(prices=1)
    await append(ground, before)
    async with ground.relaying():
        await ground.all_told()
        await begin_policies(ground.pool, [CLOSE, GREET], ground.bootstrap, topic_prefix=ground.prefix)
        for group in ("one", "again"):
            async with ground.listening(PolicyConsumer(ground.pool, CLOSE, ground.store), group=group):
                if group == "one":
                    await append(ground, after)
                await ground.all_told()
                await ground.all_heard(CLOSE.consumer)
    assert await ground.rows(CLOSED + " and originator_id = %s", after.id) == [(1,)]
    assert await ground.rows(CLOSED) == [(1,)]


async def test_a_timer_on_a_view_of_the_market_waits_for_the_market(ground: Ground) -> None:
    await rebuilt(ground)
    await append(ground, open_stall(), open_stall())
    ticker = Ticker(ground.pool, [CLOSING_TIME], ground.store)
    async with ground.relaying():
        await ground.all_told()
        assert await ticker.tick(CLOSING_TIME) == 0
    async with hearing(ground):
        await ground.all_heard(LIVE)
    assert [await ticker.tick(CLOSING_TIME) for _ in range(2)] == [2, 0]
    assert await ground.rows(CLOSED) == [(2,)]


async def test_a_reader_waits_for_the_places_of_the_views_own_topic_only(ground: Ground) -> None:
    await rebuilt(ground)
    session = Session(ground.store, Ask("test:1", "correlation"))
    told = await session.append([open_stall("Fish"), open_case()], Answer(200))
    assert {place.topic for place in told.places} == {JOURNEY, MARKET}
    asking = asyncio.ensure_future(titles(ground, told))
    await asyncio.wait([asking], timeout=0.2)
    assert not asking.done()
    async with hearing(ground):
        assert await asking == [("Fish",)]


async def titles(ground: Ground, told: Answer) -> list[tuple[str]]:
    async with reading(ground.pool, None, STALLS, told.places) as connection:
        return await (await connection.execute("select title from stall")).fetchall()


async def test_a_fact_of_the_market_is_parked_with_those_behind_it_and_replayed(ground: Ground) -> None:
    broken: set[UUID] = set()

    def fold(row: StallRow | None, told: Told) -> StallRow:
        row = fold_stall(row, told)
        if told.aggregate_id in broken and row.prices:
            message = "half done"
            raise ValueError(message)
        return row

    view = replace(STALLS, tables=(Table("stall", StallRow, lambda told: told.aggregate_id, fold),))
    bad, good = open_stall("Bad", "cod", prices=2), open_stall("Good", prices=2)
    broken.add(bad.id)
    await rebuilt(ground, view)
    await append(ground, open_stall(), bad, good)
    async with hearing(ground, view) as consumer:
        await ground.all_told()
        await ground.all_heard(LIVE)
    rows = await stalls(ground)
    assert (rows[bad.id], rows[good.id]) == (row_of(bad, "Bad", ("cod",), 0), row_of(good, "Good", (), 2))
    broken.clear()
    (replayed,) = await replay(consumer)
    assert (replayed.key, replayed.released, replayed.left) == (str(bad.id), 2, 0)
    assert (await stalls(ground))[bad.id] == row_of(bad, "Bad", ("cod",), 2)


async def test_every_topic_keeps_everything_for_ever_but_activity_for_13_months(topics: Topics) -> None:
    async with administration(topics) as admin:
        asked = [ConfigResource(ConfigResourceType.TOPIC, topics.prefix + topic) for topic in TOPICS]
        (answer,) = await admin.describe_configs(asked)
    settings = {name.removeprefix(topics.prefix): dict(row[:2] for row in rows) for *_, name, rows in answer.resources}
    kept = {topic: int(settings[topic]["retention.ms"]) for topic in TOPICS}
    assert kept == dict.fromkeys(TOPICS, -1) | {ACTIVITY: 397 * 24 * 3600 * 1000}
    assert {one["retention.bytes"] for one in settings.values()} == {"-1"}


async def test_what_a_topic_has_forgotten_is_no_hole_to_who_comes_later(ground: Ground, topics: Topics) -> None:
    known = look(times=5)
    await append(ground, known)
    async with ground.relaying():
        await ground.all_told()
    await forget(topics, most=3)
    await rebuilt(ground, LOOKS)
    assert await looks(ground) == {known.id: 3}
    async with hearing(ground, LOOKS) as consumer:
        await append(ground, look(known), later := look())
        await ground.all_told()
        await ground.all_heard("looks#1")
    assert (consumer.holes, await looks(ground)) == (set(), {known.id: 4, later.id: 1})


async def test_who_saw_last_what_is_forgotten_by_now_goes_on_behind_it(ground: Ground, topics: Topics) -> None:
    visitor = look(times=5)
    await rebuilt(ground, LOOKS)
    await append(ground, visitor)
    async with hearing(ground, LOOKS):
        await ground.all_told()
        await ground.all_heard("looks#1")
    await forget(topics, most=0)
    async with hearing(ground, LOOKS):
        other = await look_elsewhere(ground, visitor)
        await ground.all_told()
        await ground.all_heard("looks#1")
        await append(ground, look(visitor, times=2))
        await ground.all_told()
        await ground.all_heard("looks#1")
    assert await looks(ground) == {visitor.id: 7, other: 1}


async def look_elsewhere(ground: Ground, visitor: Visitor) -> UUID:
    """Let another visitor look, in a partition of their own; return who it was."""
    other = look()
    while partition_of(str(other.id), PARTITIONS) == partition_of(str(visitor.id), PARTITIONS):
        other = look()
    await append(ground, other)
    return other.id


async def looks(ground: Ground) -> dict[UUID, int]:
    return dict(await ground.rows("select visitor_id, looks from look"))


async def forget(topics: Topics, most: int) -> None:
    """Let the topic of activity lose its oldest records, all but `most` in each partition."""
    async with reader(topics.bootstrap) as kafka:
        ends = await ends_of(kafka, topics.prefix + ACTIVITY)
    lost = {partition: RecordsToDelete(max(end - most, 0)) for partition, end in ends.items()}
    async with administration(topics) as admin:
        await admin.delete_records(lost)


@asynccontextmanager
async def administration(topics: Topics) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=topics.bootstrap)
    await admin.start()
    yield admin
    await admin.close()
