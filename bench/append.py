"""append_16_writers: one fact a save, sixteen writers, each on aggregates of its own."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from bench.measure import Machine, Result, contact, new_case, paired, rate, service
from bench.stock import StockCase, stock_application, stock_case
from chassis.ask import Answer, Ask
from chassis.database import prepare_database
from chassis.store import Session

WRITERS = 16
SECONDS = 3.0
SLOW_FSYNC_MILLISECONDS = 1.0


def run(machine: Machine) -> list[Result]:
    """Measure both in turns."""
    ours, peers = [], []
    for _ in range(2):
        ours.append(asyncio.run(_ours(machine)))
        peers.append(_stock(machine))
    value, peer = paired(ours, peers)
    goal = 3.0 if machine.fsync_milliseconds >= SLOW_FSYNC_MILLISECONDS else 1.5
    remark = f"one fsync takes {machine.fsync_milliseconds:.2f} ms; the goal is 3 × from 1 ms on, else 1.5 ×"
    return [
        Result(
            "append_16_writers",
            value,
            "appends/s",
            "eventsourcing stock recorder, 16 threads",
            peer,
            f"≥ {goal} ×",
            value >= goal * peer,
            remark,
        )
    ]


async def _ours(machine: Machine) -> float:
    async with service(machine, "append") as own:
        cases = [new_case() for _ in range(WRITERS)]

        async def append(writer: int) -> None:
            await Session(own.store, Ask("bench:1", "bench")).append([contact(cases[writer])], Answer(200))

        return await rate(WRITERS, SECONDS, append)


def _stock(machine: Machine) -> float:
    owner, _ = prepare_database(machine.postgres.dsn(), f"stock_{time.time_ns()}")
    with stock_application(owner) as library, ThreadPoolExecutor(WRITERS) as threads:
        stop = time.perf_counter() + SECONDS

        def write(_: int) -> int:
            case: StockCase = stock_case()
            done = 0
            while time.perf_counter() < stop:
                case.record_contact("phone", UUID(int=21))
                library.save(case)
                done += 1
            return done

        began = time.perf_counter()
        return sum(threads.map(write, range(WRITERS))) / (time.perf_counter() - began)
