"""today_view and participant_view: what a coach waits for, over HTTP, in a service that knows 20,000 people."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import httpx

from bench.measure import Machine, Result, half_and_most
from bench.running import Running
from bench.town import CASELOAD, LARGE_CASELOAD, Citizen, Town, settle, town_of
from chassis.identity import Actor
from chassis.signing import SigningKey, person_token
from waymark.local import identity
from waymark.personas import persona

PEOPLE = 20_000
BUSY = 200
READS, LARGE_READS = 100, 40
RUNS = 3
P95_MILLISECONDS = 50.0
WHO = "manager-grace"


def run(machine: Machine) -> list[Result]:
    """Read three times over; the median of each percentile counts."""
    running = Running(machine, machine.folder / "caseload_pages")
    tenant = persona(WHO).actor.tenant
    assert tenant is not None
    town = town_of(tenant, PEOPLE, BUSY)
    with (
        running.roles("keyring", ["api"]),
        running.roles("referrals", ["api", "relay"]),
        running.roles("caseload", ["api", "relay", "project"]),
    ):
        facts = asyncio.run(settle(running, town))
        return _measured(running, town, facts)


def _measured(running: Running, town: Town, facts: int) -> list[Result]:
    large, *coaches = town.coaches
    today = _percentiles(lambda chance: [("/today", chance.choice(coaches)) for _ in range(READS)], running, town)
    whole = _percentiles(lambda _chance: [("/today", large)] * LARGE_READS, running, town)
    people = _percentiles(lambda chance: [_page(chance.choice(town.people)) for _ in range(READS)], running, town)
    busy = _percentiles(lambda chance: [_page(chance.choice(town.busy)) for _ in range(READS)], running, town)
    known = f"{len(town.people):,} people and {facts:,} facts are known"
    return [
        _result("today_view", today, f"a caseload of {CASELOAD}, names opened; {known}; half take {today[0]} ms"),
        _result("today_view_300", whole, f"a caseload of {LARGE_CASELOAD}; half take {whole[0]} ms"),
        _result("participant_view", people, f"the whole page with its timeline; half take {people[0]} ms"),
        _result("participant_view_busy", busy, f"somebody with 150 contacts; half take {busy[0]} ms"),
    ]


def _result(name: str, percentiles: tuple[float, float], remark: str) -> Result:
    p95 = percentiles[1]
    return Result(name, p95, "ms", "limit", P95_MILLISECONDS, "p95 ≤ 50 ms", p95 <= P95_MILLISECONDS, remark)


def _page(citizen: Citizen) -> tuple[str, UUID]:
    return f"/participants/{citizen.id}", citizen.coach


def _percentiles(
    asked: Callable[[random.Random], Sequence[tuple[str, UUID]]], running: Running, town: Town
) -> tuple[float, float]:
    """Return the median, and the time that 95 of 100 reads take at most, in milliseconds."""
    return half_and_most([_times(asked(random.Random(seed)), running, town) for seed in range(RUNS)], 0.95)  # noqa: S311


def _times(asked: Sequence[tuple[str, UUID]], running: Running, town: Town) -> list[float]:
    """Read one page after another, each as the coach whose it is."""
    key = SigningKey.read(identity.people_key(running.addresses.keys))
    times = []
    with httpx.Client(base_url=running.addresses.url("caseload"), trust_env=False, timeout=30) as client:
        for path, coach in asked:
            headers = {"Authorization": f"Bearer {person_token(key, Actor(coach, 'coach', town.tenant))}"}
            began = time.perf_counter()
            client.get(path, headers=headers).raise_for_status()
            times.append(time.perf_counter() - began)
    return times
