"""end_to_end: from a command's answer over HTTP to its fact in another service's view, in processes of their own."""

import asyncio
import base64
import time
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID, uuid4

from bench.client import Connection
from bench.measure import NOW, Machine, Result, half_and_most
from bench.running import Running
from caseload.views.timeline import TIMELINE
from chassis.ask import Answer, Ask, Place, decode_places
from chassis.database import open_pool
from chassis.store import Session, Store
from events.envelope import JOURNEY
from events.referrals import ReferralSubmitted
from events.sealed import Sealed
from referrals.referral import Referral
from waymark.personas import persona

COMMANDS_PER_SECOND = 100
SECONDS = 60
RUNS = 3
WARM_UP = 100
POLL_SECONDS = 0.004
P50_MILLISECONDS, P99_MILLISECONDS = 60.0, 150.0
WHO = "manager-grace"
REACHED = """
select p.partition, p.position from view_version v join heard_position p on p.consumer = v.view || '#' || v.generation
where v.view = %s and v.status = 'live' and p.source = 'referrals' and p.topic = %s
"""


def run(machine: Machine) -> list[Result]:
    """Run three minutes of commands; the median run counts."""
    running = Running(machine, machine.folder / "end_to_end")
    with running.roles("referrals", ["api", "relay", "project"]), running.roles("caseload", ["api", "project"]):
        p50, p99 = half_and_most([asyncio.run(_one_run(running)) for _ in range(RUNS)], 0.99)
    remark = f"one fsync takes {machine.fsync_milliseconds:.2f} ms; {COMMANDS_PER_SECOND} commands/s for {SECONDS} s"
    return [
        Result("end_to_end_p50", p50, "ms", "limit", P50_MILLISECONDS, "≤ 60 ms", p50 <= P50_MILLISECONDS, remark),
        Result("end_to_end_p99", p99, "ms", "limit", P99_MILLISECONDS, "≤ 150 ms", p99 <= P99_MILLISECONDS, remark),
    ]


async def _one_run(running: Running) -> list[float]:
    """Return the seconds that each command took from its answer to the view."""
    count = COMMANDS_PER_SECOND * SECONDS + WARM_UP
    ids = await _referrals(running, count)
    pending: dict[Place, float] = {}
    times: list[float] = []
    watching = asyncio.create_task(_watch(running, pending, times))
    try:
        await _acknowledge(running, ids, pending)
        async with asyncio.timeout(30):
            while pending:  # noqa: ASYNC110  (what is waited for is in a database)
                await asyncio.sleep(POLL_SECONDS)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return times[WARM_UP:]


async def _acknowledge(running: Running, ids: Sequence[UUID], pending: dict[Place, float]) -> None:
    """Send commands at an even rate, whether or not earlier ones were answered."""
    token, port = running.token(WHO), running.addresses.ports["referrals"]
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(32):
        free.put_nowait(await Connection.to(port))

    async def acknowledge(referral: UUID) -> None:
        connection = await free.get()
        headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"', "Idempotency-Key": uuid4().hex}
        answered = await connection.post(f"/referrals/{referral}/acknowledge", b"", headers)
        free.put_nowait(connection)
        pending[decode_places(answered.headers["waymark-position"])[0]] = time.perf_counter()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, referral in enumerate(ids):
            await asyncio.sleep(began + number / COMMANDS_PER_SECOND - time.perf_counter())
            tasks.create_task(acknowledge(referral))


async def _watch(running: Running, pending: dict[Place, float], times: list[float]) -> None:
    """Look at the view's committed positions, and take out what they have reached."""
    async with open_pool(running.addresses.databases["caseload"], 1, "*") as pool, pool.connection() as connection:
        while True:
            rows = await (await connection.execute(REACHED, [TIMELINE.name, JOURNEY], prepare=True)).fetchall()
            now, positions = time.perf_counter(), dict(rows)
            reached = [place for place in pending if positions.get(place.partition, 0) >= place.position]
            times.extend(now - pending.pop(place) for place in reached)
            await asyncio.sleep(POLL_SECONDS)


async def _referrals(running: Running, count: int) -> list[UUID]:
    """Store referrals to acknowledge, and wait until they have all been folded."""
    async with open_pool(running.addresses.databases["referrals"], 2, "*") as pool:
        referrals = [new_referral(uuid4()) for _ in range(count)]
        for first in range(0, count, 500):
            session = Session(Store(pool, "referrals"), Ask("bench:1", "bench"))
            answer = await session.append(referrals[first : first + 500], Answer(200))
    await _folded(running, answer.places)
    return [referral.id for referral in referrals]


async def _folded(running: Running, places: Sequence[Place]) -> None:
    async with open_pool(running.addresses.databases["caseload"], 1, "*") as pool, asyncio.timeout(60):
        while True:
            async with pool.connection() as connection:
                rows = await (await connection.execute(REACHED, [TIMELINE.name, JOURNEY])).fetchall()
            if all(dict(rows).get(place.partition, 0) >= place.position for place in places):
                return
            await asyncio.sleep(0.05)


def new_referral(participant: UUID) -> Referral:
    """Return a new referral of somebody to the provider of the manager who confirms it."""
    tenant = persona(WHO).actor.tenant
    assert tenant is not None
    secret = base64.urlsafe_b64encode(bytes(48)).decode()
    submitted = ReferralSubmitted(
        occurred_at=NOW,
        participant_id=participant,
        programme_id=UUID(int=12),
        provider_id=tenant,
        referrer_id=UUID(int=41),
        acknowledge_by=NOW.date(),
        name=Sealed(f"sealed:1:{uuid4()}:{participant}:{ReferralSubmitted.type_name}:name:{secret}"),
    )
    return Referral.submit(uuid4(), submitted)
