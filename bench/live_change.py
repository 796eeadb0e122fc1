"""live_change: from a command at the gateway to the word of it on a reader's open stream, in processes of their own."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from uuid import UUID, uuid4

import httpx

from bench.client import Connection
from bench.end_to_end import new_referral
from bench.measure import Machine, Result, half_and_most
from bench.running import Running
from chassis.ask import Answer, Ask
from chassis.database import open_pool
from chassis.store import Session, Store
from gateway.routing import PREFIX

COMMANDS_PER_SECOND = 20
SECONDS = 20
WARM_UP = 40
AGAIN_SECONDS = 0.2
PATIENCE_SECONDS = 120
P99_MILLISECONDS = 250.0
WHO = "manager-grace"
WITHOUT_LIMITS = {"WAYMARK_REQUESTS_A_MINUTE": "1000000"}


def run(machine: Machine) -> list[Result]:
    """Let a leader follow their provider's people while referrals are confirmed."""
    running = Running(machine, machine.folder / "live_change")
    with running.roles("referrals", ["api", "relay", "project"]), running.roles("gateway", ["api"], WITHOUT_LIMITS):
        p50, p99 = half_and_most([asyncio.run(_one_run(running))], 0.99)
    remark = (
        f"one fsync takes {machine.fsync_milliseconds:.2f} ms; {COMMANDS_PER_SECOND} commands/s for {SECONDS} s; "
        f"half take {p50} ms"
    )
    held = p99 <= P99_MILLISECONDS
    return [Result("live_change", p99, "ms", "limit", P99_MILLISECONDS, "p99 ≤ 250 ms", held, remark)]


async def _one_run(running: Running) -> list[float]:
    """Return the seconds from each command to its event."""
    headers = {"Authorization": f"Bearer {running.token(WHO)}"}
    site = running.addresses.url("gateway")
    count = COMMANDS_PER_SECOND * SECONDS + WARM_UP
    began: dict[str, float] = {}
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        httpx.AsyncClient(base_url=site, headers=headers, trust_env=False, timeout=PATIENCE_SECONDS) as client,
        aclosing(await _following(client)) as stream,
        asyncio.TaskGroup() as tasks,
    ):
        moved = _moved(stream)
        referrals = await _referred(running, count)
        await _all_told(moved, {person for person, _ in referrals})
        tasks.create_task(_confirm(running, referrals, began))
        times = [await _seconds(moved, began) for _ in range(count)]
    return times[WARM_UP:]


async def _following(client: httpx.AsyncClient) -> httpx.Response:
    """Return the stream of live changes, once the gateway hears the journey."""
    while True:
        stream = await client.send(client.build_request("GET", f"{PREFIX}/changes"), stream=True)
        if stream.is_success:
            return stream
        await stream.aclose()
        await asyncio.sleep(AGAIN_SECONDS)


async def _moved(stream: httpx.Response) -> AsyncIterator[str]:
    """Yield whom each event is about, of those that are about somebody."""
    async for line in stream.aiter_lines():
        if line.startswith("data: ") and (about := json.loads(line.removeprefix("data: ")).get("participant_id")):
            yield str(about)


async def _seconds(moved: AsyncIterator[str], began: dict[str, float]) -> float:
    """Return how long ago the command was given of which the next event tells."""
    person = await anext(moved)
    return time.perf_counter() - began[person]


async def _all_told(moved: AsyncIterator[str], people: set[str]) -> None:
    while people:
        people.discard(await anext(moved))


async def _referred(running: Running, count: int) -> list[tuple[str, UUID]]:
    """Store referrals to confirm; return each with whom it is about."""
    people = [uuid4() for _ in range(count)]
    referrals = [new_referral(person) for person in people]
    async with open_pool(running.addresses.databases["referrals"], 2, "*") as pool:
        await Session(Store(pool, "referrals"), Ask("bench:1", "bench")).append(referrals, Answer(200))
    return [(str(person), referral.id) for person, referral in zip(people, referrals, strict=True)]


async def _confirm(running: Running, referrals: Sequence[tuple[str, UUID]], began: dict[str, float]) -> None:
    """Send a command for each at an even rate, whether or not earlier ones were answered."""
    token, port = running.token(WHO), running.addresses.ports["gateway"]

    async def confirm(person: str, referral: UUID) -> None:
        connection = await Connection.to(port)
        headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"', "Idempotency-Key": uuid4().hex}
        began[person] = time.perf_counter()
        answered = await connection.post(f"{PREFIX}/referrals/{referral}/acknowledge", b"", headers)
        connection.close()
        assert answered.status == httpx.codes.OK, answered

    first = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, (person, referral) in enumerate(referrals):
            await asyncio.sleep(first + number / COMMANDS_PER_SECOND - time.perf_counter())
            tasks.create_task(confirm(person, referral))
