"""A nudge at home names the job that it is about, leads to it, and can be put away."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from chassis.ask import Answer, Ask
from chassis.database import open_pool
from chassis.store import Session, Store
from events.nudges import DeliveryChannel, NudgeKind
from nudges.commands import nudges_for
from nudges.decision import Circumstances, Rules
from nudges.occasion import Attempt, Candidate
from nudges.occasion import Person as Nudged
from tests.gateway.pages import As
from tests.gateway.running import API, Person, Platform, done, eventually

YESTERDAY_NOON = datetime.combine(datetime.now(UTC).date() - timedelta(days=1), time(12), UTC)


def applied(platform: Platform, person: Person, title: str) -> UUID:
    own = f"{API}/participants/{person.id}/applications"
    return UUID(done(platform.client(person.actor).post(own, json={"title": title})).json()["ids"]["application"])


def offered(platform: Platform, person: Person, title: str) -> UUID:
    """Return an application whose offer waits for an answer, which is the next step of the person."""
    application, seeker = applied(platform, person, title), platform.client(person.actor)
    path = f"{API}/applications/{application}"
    for version, deed in enumerate(("send", "offer"), 1):
        done(seeker.post(f"{path}/{deed}", json={}, headers={"If-Match": f'"{version}"'}))
    own = f"{API}/participants/{person.id}/next-step"
    eventually(lambda: seeker.get(own), lambda step: step["about"] == str(application))
    return application


def nudge_to_chase(platform: Platform, person: Person, application: UUID) -> None:
    """Let the nudges service decide and send, as it would have at noon of a day on which one became due."""
    candidate = Candidate(NudgeKind.CHASE_AN_APPLICATION, application, YESTERDAY_NOON - timedelta(days=14))

    async def send(session: Session) -> Answer:
        nudges = await nudges_for(session, Nudged(person.id, person.provider.id), YESTERDAY_NOON)
        nudges.consider(candidate, Circumstances(), Rules(ZoneInfo("Europe/London")), None, YESTERDAY_NOON)
        nudges.deliver(candidate.nudge_id, Attempt(DeliveryChannel.INBOX), YESTERDAY_NOON)
        return await session.save(nudges)

    async def execute() -> None:
        async with open_pool(platform.addresses.databases["nudges"]) as pool:
            ask = Ask("nudges", uuid4().hex, tenant=person.provider.id)
            await Store(pool, "nudges", lambda: YESTERDAY_NOON).execute(ask, send)

    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(execute())).result()


def test_a_nudge_names_its_job_leads_to_it_or_is_put_away_and_says_nothing_beside_the_step_about_the_same_job(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Ines Duarte")
    for title in ("Baker", "Gardener"):
        nudge_to_chase(platform, somebody, applied(platform, somebody, title))
    nudge_to_chase(platform, somebody, offered(platform, somebody, "Cook"))
    inbox = platform.client(somebody.actor)
    eventually(lambda: inbox.get(f"{API}/participants/{somebody.id}/nudges"), lambda page: len(page["nudges"]) == 3)

    with reading(somebody.actor) as reader:
        page = reader.open("/home")
        reader.picture("home-with-nudges")
        assert reader.faults() == []
        nudges = page.get_by_role("region", name="A thought from us")
        expect(nudges.locator(".sheet")).to_have_count(2)
        about_baker = nudges.locator(".sheet").filter(has_text="Ask what became of your application: Baker")
        about_baker.get_by_role("button", name="Show me").click()
        expect(page.get_by_role("heading", name="Baker", level=1)).to_be_visible()
        reader.open("/home")
        expect(nudges.locator(".sheet")).to_have_count(1)
        nudges.get_by_role("button", name="Not for me").click()
        expect(page.get_by_text("Put away.")).to_be_visible()
        expect(nudges).to_have_count(0)

    page_now = inbox.get(f"{API}/participants/{somebody.id}/nudges").json()
    assert sorted(one["state"] for one in page_now["nudges"]) == ["dismissed", "seen", "sent"]
