"""Guarantee 6: a policy starts where it was first deployed, acts once on each fact, and takes no for an answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from caseload.case import Case
from chassis.ask import Answer
from chassis.listen.beginning import begin_policies
from chassis.listen.consumers import PolicyConsumer
from chassis.listen.policies import Heard, Policy
from chassis.store import Session
from events.caseload import CaseOpened

from .ground import COACH, NOON, Ground, open_cases


async def assign(heard: Heard, session: Session) -> Answer:
    """Give every new case the same coach."""
    case = await session.load(Case, heard.told.aggregate_id)
    case.assign(COACH, NOON)
    return await session.save(case)


ASSIGN = Policy("when_case_opened_assign_coach", CaseOpened, assign)


@asynccontextmanager
async def reacting(ground: Ground, policy: Policy = ASSIGN) -> AsyncIterator[PolicyConsumer]:
    consumer = PolicyConsumer(ground.pool, policy, ground.store)
    async with ground.relaying(), ground.listening(consumer):
        yield consumer


async def assigned(ground: Ground) -> int:
    count: int
    ((count,),) = await ground.rows("select count(*) from stored_events where topic like '%%CoachAssigned.v1'")
    return count


async def begin(ground: Ground, *policies: Policy) -> list[str]:
    return await begin_policies(ground.pool, policies or [ASSIGN], ground.bootstrap, topic_prefix=ground.prefix)


async def test_a_new_policy_does_not_act_on_history(ground: Ground) -> None:
    await ground.append(*open_cases(50))
    async with ground.relaying():
        await ground.all_told()
    assert await begin(ground) == [ASSIGN.name]
    async with reacting(ground):
        await ground.append(*open_cases(7))
        await ground.all_told()
        await ground.all_heard(ASSIGN.consumer)
    assert await assigned(ground) == 7
