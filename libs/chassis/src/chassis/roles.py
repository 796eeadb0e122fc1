"""The roles that are the same in every service: `project` keeps its views, `react` follows its policies and timers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from aiokafka.errors import KafkaError

from chassis.database import ALL_TENANTS, Pool, open_pool
from chassis.listen.beginning import begin_policies
from chassis.listen.consumers import Consumer, PolicyConsumer, ViewConsumer
from chassis.listen.currency import Currency
from chassis.listen.feed import Listener, live_broker
from chassis.listen.policies import Policy
from chassis.listen.rebuild import Rebuild
from chassis.listen.views import View
from chassis.listen.watching import watching
from chassis.process import together
from chassis.settings import ServiceSettings
from chassis.store import Store
from chassis.timers import Ticker, Timer
from chassis.topics import make_topics
from events.envelope import JOURNEY

log = logging.getLogger(__name__)

NOBODY_LOOKS_SECONDS: Final = 30.0
AGAIN_SECONDS: Final = 1.0
ALL_BUILT: Final = """
select count(*) from view_version
where status = 'live' and (view, fold_hash) in (select * from unnest(%s::text[], %s::text[]))
"""
ALL_BEGUN: Final = "select count(*) from policy_begun where policy = any(%s)"


async def project(name: str, settings: ServiceSettings, views: Sequence[View]) -> None:
    """Keep the views of the service `name`: rebuild those whose fold changed, then follow their topics."""
    await _with_kafka(name, partial(make_topics, settings.kafka, settings.topic_prefix))
    async with open_pool(settings.database, scope=ALL_TENANTS, patience=NOBODY_LOOKS_SECONDS) as pool:
        for view in views:
            await _with_kafka(name, partial(_rebuild_changed, settings, view, pool))
        await _listen(f"{name}.project", settings, [ViewConsumer(pool, view) for view in views], pool)


async def react(
    name: str, settings: ServiceSettings, policies: Sequence[Policy], timers: Sequence[Timer], store: Store
) -> None:
    """Follow the policies and timers of the service `name`, whose commands go to `store`.

    They have connections of their own, because each waits for the store's while it holds one.
    """
    await _with_kafka(name, partial(make_topics, settings.kafka, settings.topic_prefix))
    size = 2 * len(policies) + len(timers) + 1
    async with open_pool(settings.database, size, ALL_TENANTS, NOBODY_LOOKS_SECONDS) as pool:
        begin = partial(begin_policies, pool, policies, settings.kafka, topic_prefix=settings.topic_prefix)
        await _with_kafka(name, begin)
        consumers = [PolicyConsumer(pool, policy, store) for policy in policies]
        listening = [_listen(f"{name}.react", settings, consumers)] if consumers else []
        await together(*listening, Ticker(pool, timers, store).run())


async def require_views(pool: Pool, views: Sequence[View]) -> None:
    """Check that every view is there as this release folds it, for /health.

    Raises LookupError while one is not built yet.
    """
    columns = [view.name for view in views], [view.fold_hash for view in views]
    async with pool.connection() as connection:
        row = await (await connection.execute(ALL_BUILT, columns)).fetchone()
    if row != (len(views),):
        message = "a view is not built yet"
        raise LookupError(message)


async def require_policies(pool: Pool, policies: Sequence[Policy]) -> None:
    """Check that every policy hears what is told from now on, for /health.

    Raises LookupError while one has not begun: it would take what is told now for history.
    """
    async with pool.connection() as connection:
        row = await (await connection.execute(ALL_BEGUN, [[policy.name for policy in policies]])).fetchone()
    if row != (len(policies),):
        message = "a policy has not begun yet"
        raise LookupError(message)


async def _with_kafka(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do what can be done again until Kafka has answered for all of it: a slow broker is no reason to end a process."""
    while True:
        try:
            await work()
        except KafkaError as away:
            log.warning("%s waits for Kafka: %s", name, type(away).__name__)
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return


async def _rebuild_changed(settings: ServiceSettings, view: View, pool: Pool) -> None:
    """Rebuild a view at deploy; where this role may not make tables, `waymark rebuild` was run before."""
    if settings.owner_database:
        prefix = settings.topic_prefix
        rebuild = Rebuild(view, pool, settings.owner_database, settings.kafka, topic_prefix=prefix)
        await rebuild.run(only_if_changed=True)


async def _listen(
    group: str, settings: ServiceSettings, consumers: Sequence[Consumer], views: Pool | None = None
) -> None:
    """Hear the consumers' topics until cancelled; a group of processes for each topic shares its partitions.

    How current views are is said in the database of `views`.
    """
    broker = live_broker(settings.kafka)
    prefix = settings.topic_prefix
    by_topic: dict[str, list[Consumer]] = {}
    for consumer in consumers:
        by_topic.setdefault(consumer.topic, []).append(consumer)
    listeners = [
        Listener(broker, f"{prefix}{group}{_suffix(topic)}", some, settings.kafka, topic_prefix=prefix)
        for topic, some in by_topic.items()
    ]
    async with broker:
        await broker.start()
        with watching(listeners):
            saying = [Currency(views, listeners).run()] if views else []
            await together(*(listener.run() for listener in listeners), *saying)


def _suffix(topic: str) -> str:
    """Return what tells the groups of one role's topics apart; the journey's has always been without."""
    return "" if topic == JOURNEY else f".{topic}"
