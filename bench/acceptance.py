"""acceptance: from the answer that a person is accepted to their place in the coach's caseload and timeline.

The way leads through a policy of another service: the relay tells of the acceptance, caseload opens a case and names
its coach, its own relay tells of that, and its views show both.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from uuid import UUID, uuid4

import httpx

from bench.client import Connection
from bench.end_to_end import new_referral
from bench.measure import NOW, Machine, Result, half_and_most
from bench.running import Running
from chassis.ask import Answer, Ask
from chassis.database import open_pool
from chassis.store import Session, Store
from events.caseload import CoachAssigned
from referrals.referral import Referral
from waymark.personas import id_of

COMMANDS_PER_SECOND = 20
SECONDS = 15
WARM_UP = 40
POLL_SECONDS = 0.004
PATIENCE_SECONDS = 120
P99_MILLISECONDS = 1_000.0
WHO, COACH = "manager-grace", "coach-amir"
READY = "select to_regclass('caseload') is not null and to_regclass('timeline') is not null"
SHOWN = """
select c.participant_id from caseload c where c.participant_id = any(%s) and c.coach_id = %s
    and exists (select from timeline t where t.participant_id = c.participant_id and t.type_name = %s)
"""


def run(machine: Machine) -> list[Result]:
    """Accept people at an even rate."""
    running = Running(machine, machine.folder / "acceptance")
    every = ["api", "relay", "project", "react"]
    with running.roles("referrals", every[:3]), running.roles("caseload", every):
        p50, p99 = half_and_most([asyncio.run(_one_run(running))], 0.99)
    remark = (
        f"one fsync takes {machine.fsync_milliseconds:.2f} ms; {COMMANDS_PER_SECOND} people/s for {SECONDS} s; "
        f"half take {p50} ms"
    )
    held = p99 <= P99_MILLISECONDS
    return [Result("acceptance", p99, "ms", "limit", P99_MILLISECONDS, "p99 ≤ 1 s", held, remark)]


async def _one_run(running: Running) -> list[float]:
    """Return the seconds that each person was waited for."""
    people = [uuid4() for _ in range(COMMANDS_PER_SECOND * SECONDS + WARM_UP)]
    referrals = await _assessed(running, people)
    accepted: dict[UUID, float] = {}
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
        shown = tasks.create_task(_shown(running, people))
        tasks.create_task(_accept(running, dict(zip(people, referrals, strict=True)), accepted))
    return [max(0.0, shown.result()[person] - accepted[person]) for person in people[WARM_UP:]]


async def _assessed(running: Running, people: Sequence[UUID]) -> list[UUID]:
    """Store referrals that wait for their answer."""
    referrals = [_assessed_referral(person) for person in people]
    async with open_pool(running.addresses.databases["referrals"], 2, "*") as pool:
        await Session(Store(pool, "referrals"), Ask("bench:1", "bench")).append(referrals, Answer(200))
    return [referral.id for referral in referrals]


def _assessed_referral(person: UUID) -> Referral:
    referral = new_referral(person)
    referral.acknowledge(NOW)
    referral.assess(NOW)
    return referral


async def _accept(running: Running, referrals: dict[UUID, UUID], accepted: dict[UUID, float]) -> None:
    """Accept each, whether or not earlier ones were answered, and note when it was answered."""
    token, port = running.token(WHO), running.addresses.ports["referrals"]
    body = json.dumps({"coach_id": str(id_of(COACH))}).encode()

    async def accept(person: UUID, referral: UUID) -> None:
        connection = await Connection.to(port)
        headers = {"Authorization": f"Bearer {token}", "If-Match": '"3"', "Idempotency-Key": uuid4().hex}
        answered = await connection.post(f"/referrals/{referral}/accept", body, headers)
        accepted[person] = time.perf_counter()
        connection.close()
        assert answered.status == httpx.codes.OK, answered

    first = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, (person, referral) in enumerate(referrals.items()):
            await asyncio.sleep(first + number / COMMANDS_PER_SECOND - time.perf_counter())
            tasks.create_task(accept(person, referral))


async def _shown(running: Running, people: Sequence[UUID]) -> dict[UUID, float]:
    """Return when each person stood in the coach's caseload and was told of in their timeline."""
    found: dict[UUID, float] = {}
    async with open_pool(running.addresses.databases["caseload"], 1, "*") as pool, pool.connection() as connection:
        while (await (await connection.execute(READY)).fetchone()) != (True,):  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)
        while missing := [person for person in people if person not in found]:
            asked = [missing, id_of(COACH), CoachAssigned.type_name]
            rows = await (await connection.execute(SHOWN, asked, prepare=True)).fetchall()
            found |= dict.fromkeys((person for (person,) in rows), time.perf_counter())
            await asyncio.sleep(POLL_SECONDS)
    return found
