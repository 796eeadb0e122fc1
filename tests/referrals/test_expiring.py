"""A referral that nobody touches expires once, when its time has passed where the programme is."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from chassis.database import ALL_TENANTS, open_pool
from chassis.identity import Actor
from chassis.store import Store
from chassis.timers import Ticker
from referrals.policies import timers
from tests.referrals.conftest import Provider, Running

LONDON = ZoneInfo("Europe/London")
DAYS = 5
TODAY = datetime.now(LONDON).date()
DUE = datetime.combine(TODAY + timedelta(days=DAYS + 1), time.min, LONDON)
(TIMER,) = timers(LONDON, DAYS)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def manager(service: Running, provider: Provider) -> httpx.Client:
    return service.client(provider.actor("provider_manager"))


@pytest.fixture
def referral(service: Running, provider: Provider, manager: httpx.Client) -> str:
    """Return the path of a referral that is seen as submitted."""
    form = {"provider_id": str(provider.id), "programme_id": str(uuid4()), "person": {"name": "Ada Lovelace"}}
    answer = service.client(Actor(uuid4(), "referrer")).post("/referrals", json=form)
    path = f"/referrals/{answer.json()['ids']['referral']}"
    assert manager.get(path, params={"at_least": answer.headers["waymark-position"]}).is_success
    return path


def tick(service: Running, moment: datetime) -> None:
    """Let the timer look at a moment, beside the running service."""
    database = service.addresses.databases["referrals"]

    async def tick() -> None:
        async with open_pool(database, scope=ALL_TENANTS) as pool, open_pool(database, scope=ALL_TENANTS) as other:
            while await Ticker(pool, [TIMER], Store(other, "referrals", lambda: moment)).tick(TIMER):
                pass

    asyncio.run(tick())


def ask(manager: httpx.Client, path: str, step: str, version: int) -> httpx.Response:
    answer = manager.post(f"{path}/{step}", headers={"If-Match": f'"{version}"'}, json={})
    if "waymark-position" in answer.headers:
        manager.get(path, params={"at_least": answer.headers["waymark-position"]})
    return answer


def expired(manager: httpx.Client, path: str) -> Any:
    """Return the referral as it is once it is acknowledged in vain: the answer says what the aggregate knows."""
    return manager.post(f"{path}/acknowledge", headers={"If-Match": '"2"'}).json()


def test_who_waited_in_vain_is_told_so_and_may_be_referred_again(
    service: Running, manager: httpx.Client, referral: str
) -> None:
    tick(service, DUE - timedelta(seconds=1))
    assert "expected" in expired(manager, referral)

    tick(service, DUE)
    tick(service, DUE + timedelta(days=1))

    assert "Nobody answered the referral in its time" in expired(manager, referral)["detail"]


def test_a_referral_that_somebody_touched_has_its_time_again(
    service: Running, manager: httpx.Client, referral: str
) -> None:
    assert ask(manager, referral, "acknowledge", 1).is_success
    assert ask(manager, referral, "assess", 2).is_success

    tick(service, DUE + timedelta(days=400))

    assert ask(manager, referral, "waitlist", 3).is_success
