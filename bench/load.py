"""load_200: an aggregate of 200 facts, read and folded, one after another."""

import asyncio
import time
from uuid import UUID

from bench.measure import Machine, Result, contact, new_case, paired, service
from bench.stock import stock_application, stock_case
from caseload.case import Case
from chassis.ask import Answer, Ask
from chassis.database import prepare_database
from chassis.store import Session

FACTS = 200
LOADS = 200
GOAL = 3.0


def run(machine: Machine) -> list[Result]:
    """Measure both in turns."""
    ours, peers = [], []
    for _ in range(3):
        ours.append(asyncio.run(_ours(machine)))
        peers.append(_stock(machine))
    value, peer = paired(ours, peers)
    name = "eventsourcing repository, stock transcoder"
    return [Result("load_200", value, "loads/s", name, peer, f"≥ {GOAL} ×", value >= GOAL * peer)]


async def _ours(machine: Machine) -> float:
    async with service(machine, "load") as own:
        case = contact(new_case(), FACTS - 2)
        await Session(own.store, Ask("bench:1", "bench")).append([case], Answer(200))
        began = time.perf_counter()
        for _ in range(LOADS):
            await Session(own.store, Ask("bench:1", "bench")).load(Case, case.id)
        return LOADS / (time.perf_counter() - began)


def _stock(machine: Machine) -> float:
    owner, _ = prepare_database(machine.postgres.dsn(), f"stock_{time.time_ns()}")
    with stock_application(owner) as library:
        case = stock_case()
        for _ in range(FACTS - 1):
            case.record_contact("phone", UUID(int=21))
        library.save(case)
        began = time.perf_counter()
        for _ in range(LOADS):
            library.repository.get(case.id)
        return LOADS / (time.perf_counter() - began)
