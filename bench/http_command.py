"""http_command: load and append through a service's own HTTP, beside the library's recorder in `def` endpoints.

Both stand behind the same edge (token check, server span), with row-level security and with the idempotency key in the
transaction of the facts. Both are traced in full, and send their spans.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from uuid import UUID, uuid4

from bench.client import Connection
from bench.measure import Machine, Result, new_case, paired, rate
from bench.running import Running, wait_for
from bench.spans import TRACED, taken
from bench.stock import stock_application, stock_case
from chassis.ask import Answer, Ask
from chassis.database import open_pool, prepare_database
from chassis.store import Session, Store
from waymark.local import environment
from waymark.local.ports import any_free
from waymark.personas import persona

CONNECTIONS = 16
SECONDS = 5.0
CASES = 200
OK = 200
GOAL = 2.0
WHO = "manager-grace"
COACHES = (UUID(int=22), UUID(int=23))


@dataclass(slots=True)
class Versioned:
    """A case, and the version that the next command expects."""

    id: UUID
    version: int


def run(machine: Machine) -> list[Result]:
    """Measure both in turns."""
    running = Running(machine, machine.folder / "http")
    ours, peers = [], []
    with taken(running.addresses.ports["zipkin"]):
        for _ in range(2):
            ours.append(_ours(running))
            peers.append(_stock(machine, running))
    value, peer = paired(ours, peers)
    name = "eventsourcing stock recorder in def endpoints"
    remark = "both traced in full; the key is in the transaction of the facts"
    return [Result("http_command", value, "commands/s", name, peer, f"≥ {GOAL} ×", value >= GOAL * peer, remark)]


def _ours(running: Running) -> float:
    with running.roles("caseload", ["api"], TRACED):
        cases = asyncio.run(_prepare(running))
        return asyncio.run(_load(running.token(WHO), running.addresses.ports["caseload"], cases))


async def _prepare(running: Running) -> list[Versioned]:
    tenant = persona(WHO).actor.tenant
    assert tenant is not None
    async with open_pool(running.addresses.databases["caseload"], 2, "*") as pool:
        cases = [new_case(tenant) for _ in range(CASES)]
        await Session(Store(pool, "caseload"), Ask("bench:1", "bench")).append(cases, Answer(200))
    return [Versioned(case.id, case.version) for case in cases]


async def _load(token: str, port: int, cases: Sequence[Versioned]) -> float:
    """Return how many commands a second were accepted; each connection gives its own cases new coaches in turn."""
    connections = [await Connection.to(port) for _ in range(CONNECTIONS)]
    own = [cycle(cases[writer::CONNECTIONS]) for writer in range(CONNECTIONS)]

    async def post(writer: int) -> None:
        case = next(own[writer])
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": uuid4().hex,
            "If-Match": f'"{case.version}"',
        }
        body = b'{"coach_id": "%s"}' % str(COACHES[case.version % 2]).encode()
        answered = await connections[writer].post(f"/cases/{case.id}/coach", body, headers)
        assert answered.status == OK, answered
        case.version += 1

    try:
        return await rate(CONNECTIONS, SECONDS, post)
    finally:
        for connection in connections:
            connection.close()


def _stock(machine: Machine, running: Running) -> float:
    owner, _ = prepare_database(machine.postgres.dsn(), f"stock_{uuid4().hex[:8]}")
    with stock_application(owner) as library:
        cases = [stock_case() for _ in range(CASES)]
        library.save(*cases)
    port = any_free()
    told = environment.of_service("caseload", running.addresses)
    told |= {
        **TRACED,
        "WAYMARK_ACCESS_LOG": "false",
        "WAYMARK_PORT": str(port),
        "STOCK_DATABASE": owner,
        "PGOPTIONS": "-c waymark.tenant=*",
    }
    process = subprocess.Popen([sys.executable, "-m", "bench.stock_service"], env={**os.environ, **told})
    try:
        wait_for(process, port)
        return asyncio.run(_load(running.token(WHO), port, [Versioned(case.id, case.version) for case in cases]))
    finally:
        process.terminate()
        process.wait()
