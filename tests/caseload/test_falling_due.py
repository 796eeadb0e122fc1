"""An agreed action falls due once, when its last day has passed where the programme is, and only if it is open."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from caseload.timers import timers
from chassis.database import ALL_TENANTS, open_pool
from chassis.store import Store
from chassis.timers import Ticker
from events.caseload import case_of
from tests.caseload.running import Person, Platform, eventually

LONDON = ZoneInfo("Europe/London")
TODAY = datetime.now(LONDON).date()
MIDNIGHT = datetime.combine(TODAY + timedelta(days=1), time.min, LONDON)
PROVIDER, COACH = uuid4(), uuid4()
TIMER, *_ = timers(LONDON)


@pytest.fixture(scope="module")
def coach(platform: Platform) -> Any:
    """Let a coach ask."""
    with platform.client("coach", PROVIDER, COACH) as client:
        yield client


@pytest.fixture
def case(platform: Platform, coach: httpx.Client) -> str:
    """Return the path of a case that is open."""
    person = Person("Ada Lovelace", PROVIDER)
    platform.accept(COACH, person)
    path = f"/cases/{case_of(person.referral)}"
    eventually(coach, path, lambda page: page["coach_id"])
    return path


def tick(platform: Platform, moment: datetime) -> int:
    """Let the timers look at a moment, beside the running service, and return how many commands they gave."""
    database = platform.addresses.databases["caseload"]

    async def tick() -> int:
        async with open_pool(database, scope=ALL_TENANTS) as pool, open_pool(database, scope=ALL_TENANTS) as other:
            return await Ticker(pool, [TIMER], Store(other, "caseload", lambda: moment)).tick(TIMER)

    return asyncio.run(tick())


def agree(coach: httpx.Client, case: str) -> str:
    """Agree on an action for today, and wait until it is seen; return its id."""
    body = {"owner": "coach", "what": "Ring the bakery", "due": TODAY.isoformat()}
    agreed = coach.post(f"{case}/actions", json=body, headers={"If-Match": '"2"'})
    coach.get(case, params={"at_least": agreed.headers["Waymark-Position"]})
    return str(agreed.json()["ids"]["action"])


def test_an_open_action_is_late_from_midnight_and_told_so_once(
    coach: httpx.Client, case: str, platform: Platform
) -> None:
    agree(coach, case)
    before, after, again = [
        tick(platform, MIDNIGHT + shift) for shift in (-timedelta(seconds=1), timedelta(), timedelta(1))
    ]
    page = eventually(coach, case, lambda page: page["actions"][0]["late"])
    assert (before, after, again, page["open_actions"]) == (0, 1, 0, 1)


def test_it_fell_due_at_midnight_however_late_the_timer_looks(
    coach: httpx.Client, case: str, platform: Platform
) -> None:
    agree(coach, case)
    tick(platform, MIDNIGHT + timedelta(days=3))
    person = coach.get(case).json()["participant_id"]
    timeline = eventually(coach, f"/participants/{person}/timeline", lambda page: "not done" in str(page))
    (entry,) = [entry for entry in timeline["entries"] if "not done" in entry["sentence"]]
    assert datetime.fromisoformat(entry["occurred_at"]) == MIDNIGHT.astimezone(UTC)


def test_an_action_that_is_done_never_falls_due(coach: httpx.Client, case: str, platform: Platform) -> None:
    action = agree(coach, case)
    done = coach.post(f"{case}/actions/{action}/done", headers={"If-Match": '"3"'})
    coach.get(case, params={"at_least": done.headers["Waymark-Position"]})
    assert tick(platform, MIDNIGHT) == 0
