"""Activity is forgotten after 13 months: in the store and in the view, as Kafka forgets it in the topic.

What is forgotten was told long ago, and goes as a whole: an aggregate with one fact that is younger stays.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

import psycopg

from chassis.clock import Clock
from chassis.database import Pool
from chassis.topics import THIRTEEN_MONTHS
from events.envelope import ACTIVITY

log = logging.getLogger(__name__)

KEPT: Final = THIRTEEN_MONTHS + timedelta(days=1)
"""A day longer than the topic keeps it, so that what the topic still has is never missing here."""
EVERY_SECONDS: Final = 3_600.0
RETRY_SECONDS: Final = 10.0
AT_ONCE: Final = 10_000

FORGET_FACTS: Final = """
with old as (
    select originator_id from stored_events where told_on = %(topic)s
    group by originator_id
    having max(recorded_at) < %(before)s
        and max(notification_id) <= coalesce((select position from relay_cursor), 0)
    limit %(limit)s
)
delete from stored_events using old
where stored_events.told_on = %(topic)s and stored_events.originator_id = old.originator_id
"""
FORGET_ROWS: Final = "delete from activity where recorded_at < %s"
IS_SHOWN: Final = "select to_regclass('activity') is not null"


async def forget_activity(pool: Pool, now: datetime) -> int:
    """Delete activity that is older than it is kept; `pool` sees all tenants. Return how many facts were forgotten."""
    before, forgotten = now - KEPT, 0
    async with pool.connection() as connection:
        while deleted := (await connection.execute(FORGET_FACTS, _arguments(before))).rowcount:
            forgotten += deleted
        if await (await connection.execute(IS_SHOWN)).fetchone() == (True,):
            await connection.execute(FORGET_ROWS, [before])
    return forgotten


async def keep_forgetting(pool: Pool, clock: Clock) -> None:
    """Forget every hour until cancelled; a database that is away is waited for."""
    while True:
        try:
            if forgotten := await forget_activity(pool, clock()):
                log.info("%d facts of activity were older than they are kept", forgotten)
            pause = EVERY_SECONDS
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            log.warning("activity is forgotten later: %s", type(error).__name__)
            pause = RETRY_SECONDS
        await asyncio.sleep(pause)


def _arguments(before: datetime) -> dict[str, object]:
    return {"topic": ACTIVITY, "before": before, "limit": AT_ONCE}
