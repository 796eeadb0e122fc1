"""Guarantee 6: a policy starts where it was first deployed, acts once on each fact, and takes no for an answer."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

import psutil
import pytest

from caseload.case import Case
from chassis.aggregate import Refusal
from chassis.ask import Answer
from chassis.listen.consumers import PolicyConsumer
from chassis.listen.policies import Heard, Policy, Reaction
from chassis.store import Session, partition_of
from events import fact
from events.caseload import CaseOpened, ContactRecorded

from .conftest import PARTITIONS
from .ground import Ground, contact, open_case, open_cases, until
from .nursery import Nursery, kill
from .reactions import GREET, begin, greet, greeted, greeted_people, keep_greeting
from .visits import VISITS

KILLS = 6
OPENED = "select notification_id, subject from stored_events where topic like '%%CaseOpened%%' order by 1"


class Unwelcome(Refusal):
    """Somebody is refused."""


@asynccontextmanager
async def reacting(ground: Ground, *policies: Policy) -> AsyncIterator[None]:
    consumers = [PolicyConsumer(ground.pool, policy, ground.store) for policy in policies or (GREET,)]
    async with ground.relaying(), ground.listening(*consumers):
        yield


async def settled(ground: Ground, policy: Policy = GREET) -> None:
    await ground.all_told()
    await ground.all_heard(policy.consumer)


async def told_before(ground: Ground, cases: int = 50) -> None:
    await ground.append(*open_cases(cases))
    async with ground.relaying():
        await ground.all_told()


async def kept(ground: Ground) -> list[tuple[str, ...]]:
    """Return the refusals that are kept as answers of a policy's commands."""
    query = "select answer::json ->> 4 from command where key like 'policy:%%' and answer::json ->> 4 <> ''"
    return await ground.rows(query)


async def parked(ground: Ground) -> int:
    return len(await ground.rows("select from parked"))


async def test_a_new_policy_does_not_act_on_history(ground: Ground) -> None:
    await told_before(ground)
    assert await begin(ground) == [GREET.name]
    async with reacting(ground):
        await ground.append(*open_cases(7))
        await settled(ground)
    assert await greeted(ground) == [0] * 50 + [1] * 7


async def test_a_policy_that_has_begun_hears_what_was_told_while_it_was_away(ground: Ground) -> None:
    await begin(ground)
    await told_before(ground)
    assert await begin(ground) == []
    async with reacting(ground):
        await settled(ground)
    assert await greeted(ground) == [1] * 50


async def test_a_new_policy_beside_an_old_one_begins_for_itself(ground: Ground) -> None:
    await begin(ground)
    await told_before(ground)
    farewell = Policy("when_case_opened_say_farewell", CaseOpened, greet)
    assert await begin(ground, GREET, farewell) == [farewell.name]
    async with reacting(ground, GREET, farewell):
        await settled(ground)
        await settled(ground, farewell)
    assert await greeted(ground) == [1] * 50


async def test_policies_that_follow_each_other_react_to_a_person_in_the_order_of_what_was_told(ground: Ground) -> None:
    reacted: list[tuple[UUID, str]] = []

    async def slowly(heard: Heard, session: Session) -> Answer:
        await asyncio.sleep(random.random() / 50)
        reacted.append((heard.told.aggregate_id, heard.policy))
        return await session.save()

    last = Policy("when_contact_recorded_part", ContactRecorded, slowly)
    first = Policy("when_case_opened_meet", CaseOpened, slowly, then=(last,))
    await begin(ground, first)
    await ground.append(*open_cases(20, contacts=2))
    async with reacting(ground, first):
        await settled(ground, first)
    for case in {case for case, _ in reacted}:
        assert [name for which, name in reacted if which == case] == [first.name, last.name, last.name]
    assert len(reacted) == 60


async def test_of_workers_that_begin_a_policy_at_once_one_decides(ground: Ground) -> None:
    await told_before(ground)
    begun = await asyncio.gather(*(begin(ground) for _ in range(6)))
    assert sorted(begun) == [[]] * 5 + [[GREET.name]]
    last = "select max(notification_id) from stored_events"
    assert await ground.rows("select max(position) from heard_position") == await ground.rows(last)


async def test_what_is_told_while_a_policy_begins_is_either_history_or_acted_upon(ground: Ground) -> None:
    async with ground.relaying():
        appending = asyncio.ensure_future(told_slowly(ground))
        await asyncio.sleep(0.2)
        await begin(ground)
        fences = dict(await ground.rows("select partition, position from heard_position"))
        await appending
    async with reacting(ground):
        await settled(ground)
    opened = await ground.rows(OPENED)
    expected = [int(place > fences.get(partition_of(str(who), PARTITIONS), 0)) for place, who in opened]
    assert await greeted(ground) == expected
    assert {0, 1} == set(expected)


async def told_slowly(ground: Ground) -> None:
    for case in open_cases(100):
        await ground.append(case)
        await asyncio.sleep(0.005)


async def refuse_every_third(heard: Heard, session: Session) -> Answer:
    if heard.told.subject.int % 3 == 0:
        raise Unwelcome(str(Unwelcome.__doc__), ["go away"])
    return await greet(heard, session)


async def claim_the_same(heard: Heard, session: Session) -> Answer:
    case = contact(await session.load(Case, heard.told.aggregate_id))
    return await session.save(case, claims={"greeting:only-one": case.id})


@pytest.mark.parametrize(("reaction", "refused"), [(refuse_every_third, 10), (claim_the_same, 29)])
async def test_a_command_refused_is_an_answer_kept_under_its_key_and_not_poison(
    ground: Ground, reaction: Reaction, refused: int
) -> None:
    policy = Policy("when_case_opened_greet_some", CaseOpened, reaction)
    await begin(ground, policy)
    async with reacting(ground, policy):
        await ground.append(*(open_case(person=UUID(int=number)) for number in range(1, 31)))
        await settled(ground, policy)
    assert sum(await greeted(ground)) == 30 - refused
    assert (len(await kept(ground)), await parked(ground)) == (refused, 0)


async def test_a_refused_reaction_is_refused_for_good(ground: Ground) -> None:
    open_doors = False

    async def greet_when_open(heard: Heard, session: Session) -> Answer:
        if not open_doors:
            raise Unwelcome(str(Unwelcome.__doc__))
        return await greet(heard, session)

    policy = Policy("when_case_opened_greet_when_open", CaseOpened, greet_when_open)
    async with reacting(ground, policy):
        await ground.append(*open_cases(5))
        await settled(ground, policy)
    open_doors = True
    await forget_positions(ground)
    async with reacting(ground, policy):
        await settled(ground, policy)
    assert await greeted(ground) == [0] * 5


async def test_a_redelivered_fact_repeats_no_command(ground: Ground) -> None:
    await begin(ground)
    for _ in range(3):
        async with reacting(ground):
            await ground.append(*open_cases(20))
            await settled(ground)
        await forget_positions(ground)
    assert await greeted(ground) == [1] * 60


async def forget_positions(ground: Ground) -> None:
    """Make every policy hear the topic from its first fact again, as after a restored backup."""
    await ground.rows("delete from heard_position returning consumer")


async def test_a_policy_killed_between_its_command_and_its_position_acts_once(ground: Ground, nursery: Nursery) -> None:
    await begin(ground)
    places = (ground.application, ground.bootstrap, ground.prefix)
    moments = random.Random(6)
    async with ground.relaying():
        for _ in range(KILLS):
            await ground.append(*open_cases(12))
            reacting = nursery.start(keep_greeting, *places, moments.randint(1, 12))
            await until(partial(is_gone, reacting))
        last = nursery.start(keep_greeting, *places)
        await settled(ground)
        kill(last)
    assert await greeted(ground) == [1] * 12 * KILLS
    assert await parked(ground) == 0


async def is_gone(process: psutil.Process) -> bool:
    return not process.is_running()


async def test_a_failing_reaction_takes_back_nothing_of_the_others(ground: Ground) -> None:
    async def greet_most(heard: Heard, session: Session) -> Answer:
        if heard.told.subject.int % 50 == 0:
            message = "a bug that shows with few people"
            raise ValueError(message)
        return await greet(heard, session)

    policy = Policy("when_case_opened_greet_most", CaseOpened, greet_most)
    async with reacting(ground, policy):
        await ground.append(*(open_case(person=UUID(int=number)) for number in range(1, 101)))
        await settled(ground, policy)
    assert await greeted_people(ground) == {UUID(int=number): int(number % 50 != 0) for number in range(1, 101)}
    assert await parked(ground) == 2


async def test_a_fact_in_an_old_form_is_acted_upon(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    old = "waymark.caseload.CaseOpened.v0"
    await begin(ground)
    await ground.append(*open_cases(5))
    async with ground.pool.connection() as connection:
        await connection.execute("update stored_events set topic = %s", [old])
    monkeypatch.setitem(fact._upcasters, old, (CaseOpened.type_name, lambda raw: raw))
    async with reacting(ground):
        await settled(ground)
    ((greetings,),) = await ground.rows("select count(*) from stored_events where topic like '%%ContactRecorded%%'")
    assert greetings == 5


async def test_a_policy_waits_for_a_release_that_knows_a_type(ground: Ground) -> None:
    await begin(ground)
    strange = open_case()
    await ground.append(strange)
    async with ground.pool.connection() as connection:
        await connection.execute("update stored_events set topic = 'waymark.caseload.CaseDreamt.v1'")
    async with reacting(ground):
        await ground.append(*open_cases(30))
        await ground.append(open_case(person=strange.subject))
        await settled(ground)
    assert await greeted(ground) == [1] * 30 + [0]
    assert await ground.rows("select error <> '' from parked order by id") == [(True,), (False,)]


async def test_policies_are_silent_while_a_view_is_rebuilt(ground: Ground) -> None:
    await told_before(ground, cases=20)
    await begin(ground)
    async with reacting(ground):
        await ground.append(*open_cases(5))
        await settled(ground)
        for _ in range(2):
            await ground.rebuild(VISITS).run()
        await settled(ground)
    assert await greeted(ground) == [0] * 20 + [1] * 5


async def test_what_a_reaction_makes_has_ids_that_follow_from_its_cause(ground: Ground) -> None:
    made: list[UUID] = []

    async def make(heard: Heard, session: Session) -> Answer:
        made.append(heard.new_id("gift"))
        return await greet(heard, session)

    policy = Policy("when_case_opened_give", CaseOpened, make)
    for _ in range(2):
        async with reacting(ground, policy):
            await ground.append(*([] if made else open_cases(3)))
            await settled(ground, policy)
        await ground.rows("delete from command returning key")
        await forget_positions(ground)
    assert len(made) == 6
    assert len(set(made)) == 3
