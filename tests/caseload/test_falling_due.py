"""What falls due does so once, when its day has begun where the programme is, however late the timer looks."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from caseload.timers import timers
from chassis.database import ALL_TENANTS, open_pool
from chassis.store import Store
from chassis.timers import Ticker, Timer
from events.caseload import case_of
from events.referrals import ParticipantStarted, ReferralAcknowledged, ReferralWithdrawn, WithdrawnBy
from tests.caseload.running import Person, Platform, asked, eventually, read_after

LONDON = ZoneInfo("Europe/London")
TODAY = datetime.now(LONDON).date()
TOMORROW = TODAY + timedelta(days=1)
PROVIDER, COACH = uuid4(), uuid4()


def of_this_provider(timer: Timer) -> Timer:
    """Return a timer that sees nobody but this file's people."""
    query: Any = f"select * from ({timer.query}) everybody where tenant = '{PROVIDER}'"  # noqa: S608
    return replace(timer, query=query)


FALL_DUE, WARN, BREACH, ASK, MISS = map(of_this_provider, timers(LONDON))


@pytest.fixture(scope="module")
def coach(platform: Platform) -> Iterator[httpx.Client]:
    """Let a coach ask."""
    with platform.client("coach", PROVIDER, COACH) as client:
        yield client


@pytest.fixture
def person(platform: Platform) -> Person:
    """Accept somebody."""
    person = Person("Ada Lovelace", PROVIDER)
    platform.accept(COACH, person)
    return person


@pytest.fixture
def case(coach: httpx.Client, person: Person) -> str:
    """Return the path of a case that is open."""
    path = f"/cases/{case_of(person.referral)}"
    eventually(coach, path, lambda page: page["coach_id"])
    return path


def begins(day: date) -> datetime:
    """Return when a day begins where the programme is."""
    return datetime.combine(day, time.min, LONDON)


def tick(platform: Platform, timer: Timer, moment: datetime) -> int:
    """Let a timer look at a moment, beside the running service, and return how many commands it gave."""
    database = platform.addresses.databases["caseload"]

    async def tick() -> int:
        async with open_pool(database, scope=ALL_TENANTS) as pool, open_pool(database, scope=ALL_TENANTS) as other:
            return await Ticker(pool, [timer], Store(other, "caseload", lambda: moment)).tick(timer)

    return asyncio.run(tick())


def agree(coach: httpx.Client, case: str) -> str:
    """Agree on an action for today, and wait until it is seen; return its id."""
    body = {"owner": "coach", "what": "Ring the bakery", "due": TODAY.isoformat()}
    agreed = asked(coach, f"{case}/actions", body, version=2)
    read_after(agreed, coach, case)
    return str(agreed.json()["ids"]["action"])


def promised(coach: httpx.Client, case: str) -> dict[str, Any]:
    """Return what is promised for a case, by standard, once it is."""
    page = eventually(coach, f"{case}/standards", lambda page: len(page["standards"]) == 3)
    return {promise["standard"]: promise for promise in page["standards"]}


def becomes(coach: httpx.Client, case: str, standard: str, status: str) -> dict[str, Any]:
    """Return a promise once it has the status."""

    def is_so(page: Any) -> bool:
        return {one["status"] for one in page["standards"] if one["standard"] == standard} == {status}

    page = eventually(coach, f"{case}/standards", is_so)
    (promise,) = [one for one in page["standards"] if one["standard"] == standard]
    return dict(promise)


def test_an_open_action_is_late_from_midnight_and_told_so_once(
    coach: httpx.Client, case: str, platform: Platform
) -> None:
    agree(coach, case)
    midnight = begins(TOMORROW)
    before, after, again = [
        tick(platform, FALL_DUE, midnight + shift) for shift in (-timedelta(seconds=1), timedelta(), timedelta(1))
    ]
    page = eventually(coach, case, lambda page: page["actions"][0]["late"])
    assert (before, after, again, page["open_actions"]) == (0, 1, 0, 1)


def test_it_fell_due_at_midnight_however_late_the_timer_looks(
    coach: httpx.Client, case: str, platform: Platform
) -> None:
    agree(coach, case)
    tick(platform, FALL_DUE, begins(TOMORROW) + timedelta(days=3))
    person = coach.get(case).json()["participant_id"]
    timeline = eventually(coach, f"/participants/{person}/timeline", lambda page: "not done" in str(page))
    (entry,) = [entry for entry in timeline["entries"] if "not done" in entry["sentence"]]
    assert datetime.fromisoformat(entry["occurred_at"]) == begins(TOMORROW).astimezone(UTC)


def test_an_action_that_is_done_or_rests_does_not_fall_due(coach: httpx.Client, case: str, platform: Platform) -> None:
    action = agree(coach, case)
    read_after(asked(coach, f"{case}/actions/{action}/standby", version=3), coach, case)
    resting = tick(platform, FALL_DUE, begins(TOMORROW))
    asked(coach, f"{case}/actions/{action}/resume", version=4)
    read_after(asked(coach, f"{case}/actions/{action}/done", version=5), coach, case)
    assert (resting, tick(platform, FALL_DUE, begins(TOMORROW))) == (0, 0)


def test_in_a_closed_case_nothing_falls_due_until_it_goes_on(
    coach: httpx.Client, case: str, platform: Platform, person: Person
) -> None:
    agree(coach, case)
    began = ParticipantStarted(occurred_at=datetime.now(UTC), programme_id=person.programme, start_date=TODAY)
    asyncio.run(platform.tell({person: [began]}))
    eventually(coach, case, lambda page: page["status"] == "active")
    read_after(asked(coach, f"{case}/exit", {"reason": "own_wish"}, version=4), coach, case)
    closed = tick(platform, FALL_DUE, begins(TOMORROW))
    read_after(asked(coach, f"{case}/reactivate", {"explanation": "They came back."}, version=5), coach, case)
    assert (closed, tick(platform, FALL_DUE, begins(TOMORROW))) == (0, 1)
    eventually(coach, case, lambda page: page["actions"][0]["late"])


def test_a_promise_is_warned_of_and_broken_once_each_and_kept_by_an_earlier_day(
    coach: httpx.Client, case: str, platform: Platform, person: Person
) -> None:
    start = promised(coach, case)["start"]
    warn_on, due = (date.fromisoformat(start[name]) for name in ("warn_on", "due"))
    assert start["status"] == "running"
    tick(platform, WARN, begins(warn_on))
    becomes(coach, case, "start", "warned")
    assert tick(platform, WARN, begins(warn_on)) == 0
    while tick(platform, BREACH, begins(due + timedelta(days=1))):
        pass
    becomes(coach, case, "start", "breached")
    assert tick(platform, BREACH, begins(due + timedelta(days=2))) == 0
    began = ParticipantStarted(occurred_at=datetime.now(UTC), programme_id=person.programme, start_date=TODAY)
    asyncio.run(platform.tell({person: [began]}))
    met = becomes(coach, case, "start", "met")
    assert (met["met_on"], met["in_time"]) == (TODAY.isoformat(), True)
    page = eventually(coach, case, lambda page: page["status"] == "active")
    assert (page["starts_on"], page["ends_on"]) == (TODAY.isoformat(), (TODAY + timedelta(days=364)).isoformat())


def test_a_plan_signed_by_both_keeps_the_promise_of_20_days(
    coach: httpx.Client, case: str, platform: Platform, person: Person
) -> None:
    assert promised(coach, case)["plan"]["status"] == "running"
    asked(coach, f"{case}/plan", {"goal": "Work in a bakery."}, version=2)
    asked(coach, f"{case}/plan/sign", {}, version=3)
    with platform.client("jobseeker", PROVIDER, person.id) as themselves:
        assert asked(themselves, f"{case}/plan/sign", {"by": "coach"}, version=4).status_code == 403
        signed = asked(themselves, f"{case}/plan/sign", {}, version=4)
    assert (signed.status_code, signed.headers["ETag"]) == (200, '"6"')
    assert becomes(coach, case, "plan", "met")["in_time"] is True


def test_an_acknowledgement_told_late_counts_on_its_own_day(
    coach: httpx.Client, case: str, platform: Platform, person: Person
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    promised(coach, case)
    asyncio.run(platform.tell({person: [ReferralAcknowledged(occurred_at=yesterday)]}))
    met = becomes(coach, case, "acknowledge", "met")
    assert (met["met_on"], met["in_time"]) == (yesterday.astimezone(LONDON).date().isoformat(), True)


def test_a_leader_excuses_a_promise_and_the_end_of_the_referral_all_of_them(
    coach: httpx.Client, case: str, platform: Platform, person: Person
) -> None:
    promised(coach, case)
    with platform.client("team_leader", PROVIDER) as leader:
        why = {"explanation": "The person was in hospital."}
        excused = asked(leader, f"{case}/standards/plan/excuse", why)
        again = asked(leader, f"{case}/standards/plan/excuse", why)
    assert (excused.status_code, again.status_code, again.headers.get("Waymark-Position")) == (200, 200, None)
    assert asked(coach, f"{case}/standards/plan/excuse", why).status_code == 403
    becomes(coach, case, "plan", "excused")
    withdrawn = ReferralWithdrawn(occurred_at=datetime.now(UTC), by=WithdrawnBy.REFERRER)
    asyncio.run(platform.tell({person: [withdrawn]}))
    becomes(coach, case, "start", "excused")


def test_it_is_asked_how_work_goes_and_silence_is_noted_a_week_later(
    coach: httpx.Client, case: str, platform: Platform
) -> None:
    recorded = asked(coach, f"{case}/jobs", {"title": "Baker", "starts_on": TODAY.isoformat()})
    read_after(recorded, coach, f"{case}/jobs")
    week_1 = TODAY + timedelta(days=7)
    early, due, again = (
        tick(platform, ASK, begins(week_1) + shift) for shift in (-timedelta(seconds=1), timedelta(), timedelta(1))
    )
    eventually(coach, f"{case}/jobs", lambda page: page["jobs"][0]["version"] == 2)
    patient = tick(platform, MISS, begins(week_1 + timedelta(days=7)) - timedelta(seconds=1))
    silent = tick(platform, MISS, begins(week_1 + timedelta(days=7)))
    page = eventually(coach, f"{case}/jobs", lambda page: page["jobs"][0]["version"] == 3)
    assert (early, due, again, patient, silent) == (0, 1, 0, 0, 1)
    assert page["jobs"][0]["check_ins"][0]["status"] == "missed"
    assert tick(platform, MISS, begins(week_1 + timedelta(days=8))) == 0


def test_nobody_is_asked_about_a_job_that_never_began(coach: httpx.Client, case: str, platform: Platform) -> None:
    recorded = asked(coach, f"{case}/jobs", {"starts_on": TODAY.isoformat()})
    never = asked(coach, f"/jobs/{recorded.json()['ids']['job']}/not-started", {}, version=1)
    read_after(never, coach, f"{case}/jobs")
    tick(platform, ASK, begins(TODAY + timedelta(days=100)))
    assert coach.get(f"{case}/jobs").json()["jobs"][0]["version"] == 2
