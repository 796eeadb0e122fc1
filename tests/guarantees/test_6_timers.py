"""Guarantee 6, of policies that wait for a day instead of a fact: what is due becomes a command, once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from caseload.case import Case
from caseload.timers import timers
from caseload.views.caseload import CASELOAD
from chassis.aggregate import Refusal
from chassis.ask import Answer
from chassis.database import ALL_TENANTS, open_pool
from chassis.listen.consumers import ViewConsumer
from chassis.store import Session, Store
from chassis.timers import Due, Ticker
from events.caseload import ActionAgreed, ActionOwner
from events.sealed import Sealed

from .ground import NOON, Ground, open_case

FALL_DUE, *_ = timers(ZoneInfo("Europe/London"))
DUE = date(2026, 7, 1)
MIDNIGHT = datetime(2026, 7, 1, 23, tzinfo=UTC)
FELL_DUE = "select count(*) from stored_events where topic like '%%ActionFellDue%%'"


@asynccontextmanager
async def ticker(ground: Ground, now: datetime = MIDNIGHT) -> AsyncIterator[Ticker]:
    """Open a ticker as a service does, in a process of its own: it has its own connections, and a clock."""
    async with open_pool(ground.application, scope=ALL_TENANTS) as pool, open_pool(ground.application) as own:
        yield Ticker(pool, [FALL_DUE], Store(own, ground.source, lambda: now))


def with_actions(count: int) -> Case:
    """Return a case with agreed actions, all due on the same day."""
    case = open_case()
    for _ in range(count):
        sealed = Sealed(f"sealed:1:{UUID(int=9)}:{case.subject}:{ActionAgreed.type_name}:what:c2VhbGVk")
        agreed = ActionAgreed(occurred_at=NOON, action_id=uuid4(), owner=ActionOwner.COACH, what=sealed, due=DUE)
        case.agree(agreed, NOON.date())
    return case


async def folded(ground: Ground) -> None:
    """Let the view hear everything, and nothing that comes later."""
    await ground.rebuild(CASELOAD).run(only_if_changed=True)
    async with ground.relaying(), ground.listening(ViewConsumer(ground.pool, CASELOAD)):
        await ground.all_told()
        await ground.all_heard("caseload#1")


async def commands(ground: Ground) -> int:
    return len(await ground.rows("select from command where key like 'timer:%%'"))


async def test_what_is_due_becomes_a_fact_that_occurred_when_it_was_due(ground: Ground) -> None:
    await ground.append(with_actions(3))
    await folded(ground)
    async with ticker(ground, MIDNIGHT - timedelta(seconds=1)) as early:
        assert await early.tick(FALL_DUE) == 0
    async with ticker(ground, MIDNIGHT + timedelta(days=2)) as late:
        assert [await late.tick(FALL_DUE), await late.tick(FALL_DUE)] == [3, 0]
    query = "select distinct occurred_at, actor from stored_events where topic like '%%ActionFellDue%%'"
    assert await ground.rows(query) == [(MIDNIGHT, f"timer:{FALL_DUE.name}")]


async def test_tickers_in_several_processes_share_what_is_due(ground: Ground) -> None:
    await ground.append(*(with_actions(3) for _ in range(100)))
    await folded(ground)
    async with ticker(ground) as one, ticker(ground) as two, ticker(ground) as three:
        given = [await asyncio.gather(*(each.tick(FALL_DUE) for each in (one, two, three))) for _ in range(4)]
    assert sum(map(sum, given)) == 300
    assert (await ground.rows(FELL_DUE), await commands(ground)) == ([(300,)], 300)


async def test_a_timer_waits_until_its_view_has_heard_what_the_service_told(ground: Ground) -> None:
    case = with_actions(1)
    await ground.append(case)
    await folded(ground)
    case.finish(next(iter(case.actions)), NOON)
    await ground.append(case)
    async with ground.relaying():
        await ground.all_told()
    async with ticker(ground) as waiting:
        assert await waiting.tick(FALL_DUE) == 0
    await folded(ground)
    async with ticker(ground) as waiting:
        assert await waiting.tick(FALL_DUE) == 0
    assert await commands(ground) == 0


async def test_a_timer_waits_until_its_view_is_folded_as_this_release_does(ground: Ground) -> None:
    await ground.append(with_actions(1))
    async with ground.relaying():
        await ground.all_told()
    await ground.rebuild(replace(CASELOAD, tables=CASELOAD.tables[::-1])).run()
    async with ticker(ground) as waiting:
        assert await waiting.tick(FALL_DUE) == 0
        await ground.rebuild(CASELOAD).run(only_if_changed=True)
        assert await waiting.tick(FALL_DUE) == 1


async def test_a_view_that_is_rebuilt_wakes_no_timer_again(ground: Ground) -> None:
    await ground.append(with_actions(5))
    await folded(ground)
    async with ticker(ground) as running:
        assert await running.tick(FALL_DUE) == 5
        async with ground.relaying():
            await ground.all_told()
        await ground.rebuild(CASELOAD).run()
        assert await running.tick(FALL_DUE) == 0
    assert await ground.rows(FELL_DUE) == [(5,)]


async def test_a_refusal_is_an_answer_and_a_failure_keeps_nobody_waiting(ground: Ground) -> None:
    cases = [with_actions(1) for _ in range(6)]
    await ground.append(*cases)
    await folded(ground)

    async def decide(due: Due, session: Session) -> Answer:
        number = [case.id for case in cases].index(due.aggregate_id)
        if number == 0:
            message = "no"
            raise Refusal(message)
        if number == 1:
            message = "a bug"
            raise ValueError(message)
        return await FALL_DUE.command(due, session)

    timer = replace(FALL_DUE, command=decide)
    async with ticker(ground) as running:
        assert [await running.tick(timer) for _ in range(3)] == [6, 0, 0]
    assert (await ground.rows(FELL_DUE), await commands(ground)) == ([(4,)], 5)


async def test_the_same_due_is_never_given_twice_even_where_the_row_stays_open(ground: Ground) -> None:
    await ground.append(with_actions(4))
    await folded(ground)
    given = []
    for _ in range(3):
        async with ticker(ground) as fresh:
            given.append(await fresh.tick(FALL_DUE))
    assert (given, await ground.rows(FELL_DUE)) == ([4, 0, 0], [(4,)])
