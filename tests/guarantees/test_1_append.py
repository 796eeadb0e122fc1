"""Guarantee 1, Append: an accepted command is in the log once, whole, whoever else writes and whatever dies."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
from eventsourcing.application import Application
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict

from caseload.action import DueBeforeAgreed
from caseload.case import Case
from chassis.aggregate import Refusal
from chassis.ask import Answer
from chassis.store import (
    LARGEST_FACT,
    ClaimTakenError,
    ConflictError,
    FactTooLargeError,
    KeyReusedError,
    Session,
    StaleVersionError,
    Store,
)
from events.caseload import ActionAgreed, ActionOwner, ActionStage, Channel, ContactRecorded
from events.fact import read
from events.sealed import Sealed

from .conftest import Home
from .ground import NOON, contact, open_case, until
from .nursery import Nursery, kill
from .writers import ask, compete, mark, mark_and_die, mark_new_case, uncommitted

AT_ONCE = 8


async def stored(store: Store, *cases: Case) -> Answer:
    return await Session(store, ask()).append(cases, Answer(200))


async def loaded(store: Store, case_id: UUID) -> Case:
    return await Session(store, ask()).load(Case, case_id)


async def rows(store: Store, query: Any, *arguments: object) -> list[tuple[Any, ...]]:
    async with store.pool.connection() as connection:
        return await (await connection.execute(query, arguments)).fetchall()


async def marks(store: Store) -> dict[UUID, list[tuple[str, int, int]]]:
    """Return where in the log (case, version, position) each marker is found."""
    found: dict[UUID, list[tuple[str, int, int]]] = {}
    query = "select originator_id, originator_version, notification_id, topic, state from stored_events"
    for case_id, version, position, type_name, state in await rows(store, query):
        fact = read(type_name, state)
        if isinstance(fact, ContactRecorded):
            found.setdefault(fact.coach_id, []).append((str(case_id), version, position))
    return found


async def log_size(store: Store) -> int:
    ((size,),) = await rows(store, "select count(*) from stored_events")
    return int(size)


async def test_sixteen_writers_in_two_processes_lose_nothing_and_hear_of_every_conflict(
    home: Home, store: Store, nursery: Nursery, tmp_path: Path
) -> None:
    cases = [open_case() for _ in range(4)]
    await stored(store, *cases)
    reports = [tmp_path / "first", tmp_path / "second"]
    places = [str(case.id) for case in cases]
    processes = [nursery.start(compete, home.application, str(report), places, 40) for report in reports]
    await asyncio.gather(*(asyncio.to_thread(process.wait) for process in processes))

    told = [outcome for report in reports for outcome in json.loads(report.read_text())]
    accepted = {UUID(one["marker"]): [tuple(one["place"])] for one in told if one["place"]}
    conflicts = {UUID(one["marker"]) for one in told if not one["place"]}
    assert len(told) == len(reports) * AT_ONCE * 40
    assert accepted
    assert conflicts
    assert await marks(store) == accepted
    assert {UUID(key) for (key,) in await rows(store, "select key from command")} == set(accepted)
    versions = Counter(case_id for ((case_id, *_),) in accepted.values())
    for case in cases:
        assert (await loaded(store, case.id)).version == 1 + versions[str(case.id)]


async def test_several_aggregates_are_stored_together_or_not_at_all(store: Store) -> None:
    first, second, third = (open_case() for _ in range(3))
    await stored(store, first, second)
    overtaken = await loaded(store, second.id)
    await stored(store, contact(second))
    before = await log_size(store)

    with pytest.raises(ConflictError):
        await stored(store, contact(first), contact(overtaken), third)
    assert await log_size(store) == before

    await stored(store, contact(await loaded(store, first.id)), contact(second), open_case())
    assert await log_size(store) == before + 3


async def test_writers_of_the_same_aggregates_in_any_order_succeed_or_conflict(store: Store) -> None:
    cases = [open_case() for _ in range(4)]
    await stored(store, *cases)

    async def mark_all() -> UUID | None:
        marker = uuid4()
        copies = [mark(await loaded(store, case.id), marker) for case in random.sample(cases, len(cases))]
        try:
            await stored(store, *copies)
        except ConflictError:
            return None
        return marker

    outcomes = [outcome for _ in range(10) for outcome in await asyncio.gather(*(mark_all() for _ in range(AT_ONCE)))]
    found = await marks(store)
    assert set(found) == set(filter(None, outcomes))
    assert all(len(places) == len(cases) for places in found.values())


async def test_a_repeated_key_appends_nothing_and_answers_as_the_first_time(store: Store) -> None:
    first = await mark_new_case(store, "key", uuid4())
    before = await log_size(store)
    again = await mark_new_case(store, "key", uuid4())

    assert (first.repeated, again.repeated) == (False, True)
    assert (again.status, again.ids, again.version, again.places) == (200, first.ids, first.version, first.places)
    assert await log_size(store) == before


async def test_one_key_for_two_requests_is_refused(store: Store) -> None:
    async def work(session: Session) -> Answer:
        return await session.save(open_case())

    await store.execute(ask("key", b"what was asked"), work)
    with pytest.raises(KeyReusedError):
        await store.execute(ask("key", b"something else"), work)
    assert await log_size(store) == 1


async def test_a_repeated_key_hears_the_first_refusal_even_when_it_could_be_done_by_now(store: Store) -> None:
    case = open_case()
    await stored(store, case)

    async def work(session: Session) -> Answer:
        current = await session.load(Case, case.id)
        if current.coach_id is None:
            raise DueBeforeAgreed(str(DueBeforeAgreed.__doc__), ["assign"])
        return await session.save(contact(current))

    with pytest.raises(Refusal) as first:
        await store.execute(ask("key"), work)
    case.assign(uuid4(), NOON)
    await stored(store, case)
    with pytest.raises(Refusal) as again:
        await store.execute(ask("key"), work)
    for told in (first.value, again.value):
        assert (told.reason, told.allowed, told.about) == (str(DueBeforeAgreed.__doc__), ("assign",), "due")
    assert await log_size(store) == 2


async def test_one_key_at_the_same_instant_makes_one_case_and_one_answer(store: Store) -> None:
    for number in range(20):
        key = f"key {number}"
        answers = await asyncio.gather(*(mark_new_case(store, key, uuid4()) for _ in range(AT_ONCE)))
        assert sum(not answer.repeated for answer in answers) == 1
        assert len({(answer.ids["case_id"], answer.version, answer.places) for answer in answers}) == 1
        assert await log_size(store) == 2 * (number + 1)


async def test_a_repeated_key_that_overlaps_the_first_is_not_told_that_it_came_too_late(
    home: Home, store: Store
) -> None:
    """The second one looks for an answer, then for facts: what the first commits in between must not be half seen."""
    case = open_case()
    await stored(store, case)

    async def work(session: Session) -> Answer:
        return await session.save(contact(await session.load(Case, case.id, expected=1)))

    async with await AsyncConnection.connect(home.administrator) as connection:
        first = await uncommitted(connection).execute(ask("key"), work)
        await connection.execute("lock table stored_events in access exclusive mode")
        second = asyncio.create_task(store.execute(ask("key"), work))
        await until(lambda: somebody_waits(home))
        await connection.commit()
    assert ((await second).version, (await second).repeated) == (first.version, True)


async def test_a_version_that_another_command_has_passed_is_told(store: Store) -> None:
    case = open_case(contacts=2)
    await stored(store, case)
    with pytest.raises(StaleVersionError) as told:
        await Session(store, ask()).load(Case, case.id, expected=2)
    assert (told.value.expected, told.value.actual) == (2, 3)


async def test_a_process_that_dies_between_commit_and_answer_is_answered_by_the_same_key(
    home: Home, store: Store, nursery: Nursery
) -> None:
    marker = uuid4()
    process = nursery.start(mark_and_die, home.application, "key", str(marker), True)
    await asyncio.to_thread(process.wait)
    ((_, version, position),) = (await marks(store))[marker]

    answer = await mark_new_case(store, "key", uuid4())
    assert answer.repeated
    assert (answer.version, [place.position for place in answer.places]) == (version, [position])
    assert list(await marks(store)) == [marker]


async def test_a_process_that_dies_at_any_moment_is_answered_by_the_same_key(
    home: Home, store: Store, nursery: Nursery
) -> None:
    for number in range(15):
        first, second, key = uuid4(), uuid4(), f"key {number}"
        process = nursery.start(mark_and_die, home.application, key, str(first), False)
        await asyncio.sleep(random.uniform(0, 0.05))
        with suppress(psutil.NoSuchProcess):  # it was done before
            kill(process)
        answer = await mark_new_case(store, key, second)
        found = await marks(store)
        assert [first in found, second in found] == [answer.repeated, not answer.repeated]
        assert await log_size(store) == 2 * (number + 1)


async def test_of_commands_with_the_same_claim_one_is_accepted_and_the_others_leave_nothing(store: Store) -> None:
    cases = [open_case() for _ in range(AT_ONCE)]

    async def claim(case: Case) -> Answer:
        return await store.execute(
            ask(str(case.id)), lambda session: session.save(case, claims={"open referral:one person": case.id})
        )

    outcomes = await asyncio.gather(*map(claim, cases), return_exceptions=True)
    (owner,) = [case for case, outcome in zip(cases, outcomes, strict=True) if isinstance(outcome, Answer)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, ClaimTakenError)]
    assert [str(refusal) for refusal in refusals] == ["open referral"] * (AT_ONCE - 1)
    assert await rows(store, "select owner from claim") == [(owner.id,)]
    assert await rows(store, "select key from command") == [(str(owner.id),)]
    assert await log_size(store) == 1


async def test_a_released_claim_can_be_made_again(store: Store) -> None:
    first, second = open_case(), open_case()
    await Session(store, ask()).save(first, claims={"kind:one": first.id})
    with pytest.raises(ClaimTakenError):
        await Session(store, ask()).save(second, claims={"kind:one": second.id})
    await Session(store, ask()).save(contact(first), releases=["kind:one"])
    await Session(store, ask()).save(open_case(), claims={"kind:one": second.id})
    assert await rows(store, "select owner from claim") == [(second.id,)]


async def test_two_commands_that_wait_for_each_others_claims_end_with_a_conflict_to_decide_again(
    home: Home, store: Store
) -> None:
    await Session(store, ask()).save(claims={"kind:one": uuid4(), "kind:two": uuid4()})
    async with slowed_releases(home):
        outcomes = await asyncio.gather(
            Session(store, ask()).save(claims={"kind:two": uuid4()}, releases=["kind:one"]),
            Session(store, ask()).save(claims={"kind:one": uuid4()}, releases=["kind:two"]),
            return_exceptions=True,
        )
    assert {type(outcome) for outcome in outcomes} == {ConflictError, ClaimTakenError}


async def test_a_fact_of_more_than_256_kilobytes_is_refused_with_everything_beside_it(store: Store) -> None:
    case, other = open_case(), open_case()
    case.record_contact(noted(LARGEST_FACT), NOON)
    with pytest.raises(FactTooLargeError):
        await stored(store, other, case)
    assert await log_size(store) == 0

    just_right = open_case()
    length = LARGEST_FACT - len(noted(0).model_dump_json(exclude_none=True))
    just_right.record_contact(noted(length), NOON)
    await stored(store, just_right)
    assert await log_size(store) == 2


async def test_the_librarys_own_application_reads_what_was_written_without_keys(home: Home, store: Store) -> None:
    case = open_case(contacts=3)
    action = ActionAgreed(
        occurred_at=NOON, action_id=uuid4(), owner=ActionOwner.COACH, what=sealed("x" * 40), due=NOON.date()
    )
    case.agree(action, NOON.date())
    case.finish(action.action_id, NOON)
    await stored(store, case)

    read_back = await asyncio.to_thread(read_by_the_library, home, case.id)
    assert read_back == await loaded(store, case.id)
    assert read_back.version == 6
    assert read_back.actions[action.action_id].stage is ActionStage.DONE


async def test_the_aggregates_about_a_person_are_found_the_oldest_first_within_the_tenant(store: Store) -> None:
    person, tenant, elsewhere = uuid4(), uuid4(), uuid4()
    cases = [open_case(person=person, tenant=tenant, contacts=1) for _ in range(3)]
    for case in (*cases, open_case(person=person, tenant=elsewhere), open_case(tenant=tenant)):
        await stored(store, case)
    session = Session(store, replace(ask(), tenant=tenant))
    assert [found.id for found in await session.about(Case, person)] == [case.id for case in cases]


async def somebody_waits(home: Home) -> bool:
    async with await AsyncConnection.connect(home.administrator) as connection:
        query = "select exists (select from pg_locks where relation = 'stored_events'::regclass and not granted)"
        return await (await connection.execute(query)).fetchone() == (True,)


def sealed(text: str) -> Sealed:
    """Return what nobody has a key for."""
    return Sealed(f"sealed:1:{UUID(int=1)}:{UUID(int=2)}:waymark.caseload.ContactRecorded.v1:note:{text}")


def noted(length: int) -> ContactRecorded:
    """Return a contact with a long note."""
    return ContactRecorded(occurred_at=NOON, channel=Channel.PHONE, coach_id=uuid4(), note=sealed("x" * (length + 1)))


@asynccontextmanager
async def slowed_releases(home: Home) -> AsyncIterator[None]:
    """Let each release of a claim take its time, so that two of them surely meet."""
    async with await AsyncConnection.connect(home.owner, autocommit=True) as connection:
        await connection.execute("""
            create function dawdle() returns trigger language plpgsql as $$
                begin perform pg_sleep(0.2); return null; end $$;
            create trigger dawdle after delete on claim for each row execute function dawdle()
        """)
        yield


class Stored(Application[UUID]):
    """The library's own application on the chassis's table."""

    name = "stored"


def read_by_the_library(home: Home, case_id: UUID) -> Case:
    parts = conninfo_to_dict(home.administrator)
    library = Stored(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "MAPPER_TOPIC": "chassis.aggregate:FactMapper",
            "CREATE_TABLE": "no",
            **{f"POSTGRES_{name.upper()}": str(parts[name]) for name in ("host", "port", "dbname", "user")},
            "POSTGRES_PASSWORD": "",
        }
    )
    try:
        case: Case = library.repository.get(case_id)
        notifications = library.notification_log.select(1, 10)
        assert [one.originator_id for one in notifications] == [case_id] * case.version
        return case
    finally:
        library.close()
