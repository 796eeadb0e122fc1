"""Timers: what is due in a view becomes a command, once, whichever process is alive. The aggregate decides.

A service folds what is due into a table of a view, as it folds anything else, and declares a `Timer` on it:

    ACTION_FELL_DUE = Timer("action_fell_due", CASELOAD, '''
        select action_id::text as key, case_id as aggregate_id, tenant,
            (due + 1)::timestamp at time zone %(zone)s as due_at
        from agreed_action where stage in ('agreed', 'in_progress') and not fell_due
            and due < (%(now)s::timestamptz at time zone %(zone)s)::date
    ''', when_action_is_due, {"zone": "Europe/London"})

    async def when_action_is_due(due: Due, session: Session) -> Answer:
        case = await session.load(Case, due.aggregate_id)
        case.let_fall_due(UUID(due.key), ..., due.due_at)
        return await session.save(case)
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from chassis.ask import Answer, Ask
from chassis.database import Connection, Pool
from chassis.listen.policies import give
from chassis.listen.views import View
from chassis.store import ConflictError, Session, Store
from chassis.telemetry import first_span, frames_of, traceparent_of

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 1.0
CATCH_UP_SECONDS: Final = 0.02
FAILED_SECONDS: Final = 60.0
LONGEST_BACKOFF: Final = 10.0
TAKEN_AT_ONCE: Final = 100
COMMANDS_AT_ONCE: Final = 4

TOLD: Final = """
select coalesce(array_agg(partition), '{}'), coalesce(array_agg(position), '{}') from relay_position where topic = %s
"""
CAUGHT_UP: Final = """
select not exists (
    select from unnest(%(partitions)s::int[], %(positions)s::bigint[]) as told (partition, position)
    left join heard_position h on h.consumer = v.view || '#' || v.generation
        and h.source = %(source)s and h.topic = %(topic)s and h.partition = told.partition
    where coalesce(h.position, 0) < told.position
) from view_version v where v.view = %(view)s and v.status = 'live' and v.fold_hash = %(fold_hash)s
"""
TAKE: Final[LiteralString] = """
select due.key, due.aggregate_id, due.tenant, due.due_at, asked.command_key
from ({}) due, lateral (
    select 'timer:' || %(timer)s || ':' || due.key || ':'
        || to_char(due.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as command_key
) asked
where due.due_at <= %(now)s and asked.command_key <> all(%(failed)s)
    and not exists (select from command c where c.key = asked.command_key)
order by due.due_at limit %(limit)s for update of due skip locked
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time has come: a row that a timer's query found.

    `key` names it within the timer, `due_at` is when it fell due and so when the fact that follows happened.
    `command_key` is the idempotency key of the command.
    """

    key: str
    aggregate_id: UUID
    tenant: UUID | None
    due_at: datetime
    command_key: str


Command = Callable[[Due, Session], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Timer:
    """`name` is written down for ever: command keys hang on it.

    `query` selects from the tables of `view` what is open, due by now or later: key (text), aggregate_id (uuid), tenant
    (uuid) and due_at (timestamptz); one plain select, so that its rows can be locked. `command` loads, decides and
    saves; a refusal is an answer. `arguments` are those of the query's own %(name)s; `also` are further views whose
    tables it reads.
    """

    name: str
    view: View
    query: LiteralString
    command: Command
    arguments: Mapping[str, object] = field(default_factory=dict)
    also: tuple[View, ...] = ()


class Ticker:
    """Gives the commands of a service's timers while it runs; any number may run at once."""

    def __init__(self, pool: Pool, timers: Sequence[Timer], store: Store) -> None:
        """Prepare: `pool` sees all tenants and is another one than the store's."""
        self._pool = pool
        self._timers = timers
        self._store = store
        self._failed: dict[str, float] = {}
        self._slots = asyncio.Semaphore(COMMANDS_AT_ONCE)

    async def run(self) -> None:
        """Tick until cancelled; a database that is away is waited for."""
        backoff = TICK_SECONDS
        while True:
            try:
                given = [await self.tick(timer) for timer in self._timers]
                backoff = TICK_SECONDS
            except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
                log.warning("timers wait %.0f s: %s", backoff, type(error).__name__)
                backoff = min(2 * backoff, LONGEST_BACKOFF)
                given = []
            if TAKEN_AT_ONCE not in given:
                await asyncio.sleep(backoff)

    async def tick(self, timer: Timer) -> int:
        """Give the commands of what is due now, at most TAKEN_AT_ONCE, once the view knows all that was told by now.

        Returns how many there were; none while the view is not built as this release folds it, or falls behind.
        """
        async with self._pool.connection() as connection:
            for view in (timer.view, *timer.also):
                if not await self._caught_up(connection, view):
                    return 0
            async with connection.transaction():
                due = await self._take(connection, timer)
                by_aggregate: dict[UUID, list[Due]] = {}
                for one in due:
                    by_aggregate.setdefault(one.aggregate_id, []).append(one)
                await asyncio.gather(*(self._give_in_order(timer, some) for some in by_aggregate.values()))
        return len(due)

    async def _caught_up(self, connection: Connection, view: View) -> bool:
        """Wait a tick for the view to have heard what this service had told when the wait began."""
        row = await (await connection.execute(TOLD, [view.topic])).fetchone() or ([], [])
        places = {"partitions": row[0], "positions": row[1], "source": self._store.source, "topic": view.topic}
        ours = {"view": view.name, "fold_hash": view.fold_hash}
        deadline = asyncio.get_running_loop().time() + TICK_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            cursor = await connection.execute(CAUGHT_UP, {**places, **ours}, prepare=True)
            if (await cursor.fetchone() or (False,))[0]:
                return True
            await asyncio.sleep(CATCH_UP_SECONDS)
        return False

    async def _take(self, connection: Connection, timer: Timer) -> list[Due]:
        now = asyncio.get_running_loop().time()
        self._failed = {key: until for key, until in self._failed.items() if until > now}
        arguments = {
            **timer.arguments,
            "timer": timer.name,
            "now": self._store.clock(),
            "failed": list(self._failed),
            "limit": TAKEN_AT_ONCE,
        }
        async with connection.cursor(row_factory=class_row(Due)) as cursor:
            return await (await cursor.execute(TAKE.format(timer.query), arguments)).fetchall()

    async def _give_in_order(self, timer: Timer, due: Sequence[Due]) -> None:
        async with self._slots:
            for one in due:
                await self._give(timer, one)

    async def _give(self, timer: Timer, due: Due) -> None:
        """Give one command. One that fails is put off for FAILED_SECONDS, the others go on."""
        try:
            with first_span(f"timer {timer.name}") as span:
                ask = _ask(timer, due, traceparent_of(span))
                await give(self._store, ask, lambda session: timer.command(due, session))
        except (ConflictError, psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
            log.warning("%s tries again at the next tick: %s", timer.name, type(error).__name__)
        except Exception as error:  # noqa: BLE001  (whatever it is, other timers do not wait for it)
            log.error("%s failed for %s\n%s", timer.name, due.aggregate_id, frames_of(error))  # noqa: TRY400
            self._failed[due.command_key] = asyncio.get_running_loop().time() + FAILED_SECONDS


def _ask(timer: Timer, due: Due, traceparent: str) -> Ask:
    return Ask(
        actor=f"timer:{timer.name}",
        correlation_id=due.command_key,
        traceparent=traceparent,
        tenant=due.tenant,
        key=due.command_key,
    )
