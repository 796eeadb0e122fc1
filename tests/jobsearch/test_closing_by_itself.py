"""An application that nobody answers closes by itself, once, on the day that was said, and can be reopened."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from chassis.database import ALL_TENANTS, open_pool
from chassis.store import Store
from chassis.timers import Ticker
from jobsearch.policies import timers
from tests.jobsearch.running import Person, Platform, SpeaksAs, asked, eventually, read_after

LONDON = ZoneInfo("Europe/London")
SENT_ON = datetime.now(LONDON).date() - timedelta(days=10)
CLOSES_ON = SENT_ON + timedelta(days=60)
TIMER, *_ = timers(LONDON, 60)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON)


def tick(platform: Platform, moment: datetime) -> int:
    """Let the timer look at a moment, beside the running service, and return how many commands it gave."""
    database = platform.addresses.databases["jobsearch"]

    async def tick() -> int:
        async with open_pool(database, scope=ALL_TENANTS) as pool, open_pool(database, scope=ALL_TENANTS) as other:
            return await Ticker(pool, [TIMER], Store(other, "jobsearch", lambda: moment)).tick(TIMER)

    return asyncio.run(tick())


def sent(client: httpx.Client, participant: Person) -> str:
    """Return the path of an application that was sent ten days ago."""
    saved = asked(client, f"/participants/{participant.id}/applications", {"title": "Baker"})
    path = f"/applications/{saved.json()['ids']['application']}"
    read_after(asked(client, f"{path}/send", {"sent_on": SENT_ON.isoformat()}, 1), client, path)
    return path


def test_it_closes_on_the_day_that_was_said_and_reopens_with_a_new_wait(speaks: SpeaksAs, platform: Platform) -> None:
    person = Person(uuid4())
    client = speaks(person)
    path = sent(client, person)
    assert client.get(path).json()["closes_itself_on"] == CLOSES_ON.isoformat()
    tick(platform, midnight(CLOSES_ON) - timedelta(seconds=1))
    assert client.get(path).json()["stage"] == "applied"
    assert tick(platform, midnight(CLOSES_ON)) >= 1
    closed = eventually(client, path, lambda entry: entry["stage"] == "no_response")
    assert datetime.fromisoformat(closed["since"]) == midnight(CLOSES_ON).astimezone(UTC)
    assert "reopen" in closed["allowed"]
    reopened = read_after(asked(client, f"{path}/reopen", version=closed["version"]), client, path)
    assert (reopened["stage"], reopened["closes_itself_on"] > CLOSES_ON.isoformat()) == ("applied", True)


def test_an_employer_who_was_asked_again_gets_as_much_time_again(speaks: SpeaksAs, platform: Platform) -> None:
    person = Person(uuid4())
    client = speaks(person)
    path = sent(client, person)
    read_after(asked(client, f"{path}/chase", version=2), client, path)
    tick(platform, midnight(CLOSES_ON))
    entry = client.get(path).json()
    assert (entry["stage"], entry["silent_since"]) == ("applied", SENT_ON.isoformat())
