"""The page of who runs the platform: how each service is, what is held back, and having it handled."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from playwright.sync_api import expect

from chassis.identity import Actor
from chassis.store import partition_of
from events.envelope import MARKET
from events.jobsearch import VacancyWithdrawn
from tests.envelope import Envelope
from tests.gateway.pages import As
from tests.gateway.running import Platform
from tests.running import topic_prefix


def tell_of_a_vacancy_that_never_came(platform: Platform) -> None:
    """Tell the market that something left it that nobody heard of."""
    vacancy, now = uuid4(), datetime.now(UTC)
    fact = VacancyWithdrawn(occurred_at=now)
    envelope = Envelope(f"{vacancy}:2", "elsewhere", fact.type_name, None, now, now, 1, 0, "c", "", "operator:1")

    async def tell() -> None:
        async with AIOKafkaProducer(bootstrap_servers=f"127.0.0.1:{platform.addresses.ports['kafka']}") as producer:
            await producer.send_and_wait(
                topic_prefix(platform.folder) + MARKET,
                fact.model_dump_json(exclude_none=True).encode(),
                key=str(vacancy).encode(),
                partition=partition_of(str(vacancy)),
                headers=envelope.headers(),
            )

    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(tell())).result()


@pytest.fixture
def poisoned(platform: Platform) -> Iterator[Platform]:
    """The platform with a fact that jobsearch cannot handle; gone afterwards, so that other tests find none."""
    tell_of_a_vacancy_that_never_came(platform)
    yield platform
    with psycopg.connect(platform.addresses.owner_databases["jobsearch"]) as connection:
        connection.execute("delete from parked")


def test_an_operator_sees_how_every_service_is_and_what_is_held_back_and_has_it_handled(
    reading: As, poisoned: Platform
) -> None:
    with reading(Actor(uuid4(), "operator")) as reader:
        page = reader.open("/platform")
        expect(page.locator("tbody tr")).to_have_count(len(poisoned.services))
        caseload = page.locator("tbody tr").filter(has=page.get_by_role("rowheader", name="caseload", exact=True))
        expect(caseload.locator("td[data-label='Behind']")).to_have_text(re.compile(r"[0-9.]+ s"))
        expect(caseload.locator("td[data-label='Not told yet']")).to_have_text(re.compile("[0-9]"))
        keyring = page.locator("tbody tr").filter(has=page.get_by_role("rowheader", name="keyring", exact=True))
        expect(keyring.locator("td[data-label='Not told yet']")).to_have_text(re.compile("[0-9]"))
        expect(page.locator("tbody tr").filter(has_text="ready")).to_have_count(len(poisoned.services))
        dashboards = page.get_by_role("link", name="The numbers over time, as dashboards")
        expect(dashboards).to_have_attribute("href", "http://127.0.0.1:3000/d/waymark")
        held = page.get_by_role("listitem").filter(has_text="jobsearch: vacancies")
        for _ in range(100):
            if held.count():
                break
            page.reload()
        expect(held).to_contain_text("1 fact, of 1 person or thing")
        expect(held).to_contain_text("LookupError")
        reader.picture("operator-held-back")
        assert reader.faults() == []
        held.get_by_role("button", name="Handle them now").click()
        expect(page.get_by_text("Some of it fails still, and stays where it is.")).to_be_visible()
        expect(held).to_be_visible()


def test_a_replay_that_nobody_can_mean_is_refused(platform: Platform) -> None:
    operator = platform.browser(Actor(uuid4(), "operator"))
    for service, consumer in (("nobody", "vacancies"), ("jobsearch", "nobody"), ("gateway", "nobody")):
        asked = {"service": service, "consumer": consumer}
        assert operator.post("/platform/replay", data=asked).status_code == 404
