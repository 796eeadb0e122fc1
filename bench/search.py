"""search: one person after another searches a whole feed, over HTTP, with reasons for each of 20 hits."""

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg

from bench.import_vacancies import bring_in, market, vacancies
from bench.measure import Machine, Result, half_and_most
from bench.running import Running

SEARCHES = 400
RUNS = 3
P95_MILLISECONDS = 30.0
SETTLED_SECONDS = 120.0
WORDS = (
    "manager", "chef", "care assistant", "sales", "accountant", "driver", "engineer", "nurse", "admin assistant",
    "recruitment consultant", "hr", "teacher", "it support", "warehouse operative", "customer service", "cleaner", "",
)  # fmt: skip
TOWNS = ("London", "Manchester", "Leeds", "Bristol", "Reading", "Cardiff", "Norwich", "Hull", "Exeter", None)
WHO = ("operator-jonah", "coach-amir")


def run(machine: Machine) -> list[Result]:
    """Search three times; the median of each percentile counts."""
    running = Running(machine, machine.folder / "search")
    data, remark = vacancies()
    with running.roles("jobsearch", ["api", "relay", "project"]):
        with market(running, WHO[0]) as operator:
            brought = bring_in(operator, data, "feed")["vacancies"]
        with market(running, WHO[1]) as coach:
            _wait_for(coach, brought)
            _gather_statistics(running)
            p50, p95 = half_and_most([_times(coach, random.Random(seed)) for seed in range(RUNS)], 0.95)  # noqa: S311
    remark = f"{SEARCHES} searches over {brought:,} vacancies: {remark}; half of them take {p50} ms"
    return [Result("search", p95, "ms", "limit", P95_MILLISECONDS, "p95 ≤ 30 ms", p95 <= P95_MILLISECONDS, remark)]


def _asked(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Return what people ask for: words mostly, a place mostly, pay, hours and contract sometimes."""
    for _ in range(SEARCHES):
        town = chance.choice(TOWNS)
        asked: dict[str, Any] = {"words": chance.choice(WORDS)}
        asked |= {"place": town, "miles": chance.choice((5, 10, 25, 50))} if town else {}
        asked |= {"pay_least": chance.choice((18_000, 25_000, 35_000))} if chance.random() < 0.4 else {}
        asked |= {"part_time": True} if chance.random() < 0.2 else {}
        yield asked | ({"contracts": ["permanent"]} if chance.random() < 0.2 else {})


def _times(client: httpx.Client, chance: random.Random) -> list[float]:
    times = []
    for asked in _asked(chance):
        body = json.dumps(asked)
        began = time.perf_counter()
        client.post("/vacancies/search", content=body, headers={"Content-Type": "application/json"}).raise_for_status()
        times.append(time.perf_counter() - began)
    return times


def _wait_for(client: httpx.Client, brought: int) -> None:
    """Wait until the view has nearly all: what is abroad or closed is not found."""
    deadline, before = time.monotonic() + SETTLED_SECONDS, -1
    while time.monotonic() < deadline:
        total = client.post("/vacancies/search", json={}).raise_for_status().json()["total"]
        if total == before and total > brought / 2:
            return
        before = total
        time.sleep(2)
    message = "the vacancies are not seen in time"
    raise TimeoutError(message)


def _gather_statistics(running: Running) -> None:
    """Let PostgreSQL know what the view holds, as autovacuum does within a minute: until then it takes a poor way."""
    with psycopg.connect(running.addresses.owner_databases["jobsearch"], autocommit=True) as connection:
        connection.execute("analyze")
