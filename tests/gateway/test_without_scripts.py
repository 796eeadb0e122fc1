"""What people come for, in a browser in which no script runs."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from chassis.identity import Actor
from tests.gateway.pages import Reader, reading_as
from tests.gateway.running import Person, Platform

pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("belongings")]

MOST_STEPS: Final = 12
"""More steps than the person of these pages has."""


def plainly(chromium: Browser, platform: Platform, actor: Actor) -> AbstractContextManager[Reader]:
    """Open a browser without scripts in which somebody is signed in."""
    return reading_as(chromium, platform, actor, "Maya Osei", java_script=False)


def test_somebody_finds_a_job_keeps_it_and_moves_it_on(
    chromium: Browser, platform: Platform, somebody: Person, belongings: Mapping[str, str]
) -> None:
    with plainly(chromium, platform, somebody.actor) as reader:
        page = reader.open("/jobs")
        page.fill("#words", "baker")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("link", name="Baker").first).to_be_visible()
        reader.open(f"/jobs/{belongings['vacancy_id']}")
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_text("You find it under Applications")).to_be_visible()
        page.get_by_role("combobox").first.select_option("begin")
        page.get_by_role("button", name="Move").first.click()
        expect(page.get_by_text("Moved.")).to_be_visible()


def test_somebody_proposes_a_step_writes_to_their_coach_and_sets_the_next_step_aside(
    chromium: Browser, platform: Platform, somebody: Person
) -> None:
    with plainly(chromium, platform, somebody.actor) as reader:
        page = reader.open("/plan")
        page.locator("summary", has_text="Propose").first.click()
        page.locator("[name=what]").fill("Ask at the bakery")
        page.locator("[name=due]").fill("2030-01-02")
        page.locator("form[action='/plan/suggest'] button").click()
        expect(page.get_by_text("Ask at the bakery").first).to_be_visible()
        page = reader.open("/messages")
        page.locator("[name=text]").fill("May I come on Friday?")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Your message is on its way.")).to_be_visible()
        page = reader.open("/home")
        page.locator("summary", has_text="I can't do this now").click()
        page.get_by_role("button", name="Later").click()
        expect(page.get_by_text("All right. It comes back in three days.")).to_be_visible()
        put_off = 1
        while page.get_by_text("I can't do this now").count():
            put_off += 1
            assert put_off < MOST_STEPS, "a step that was set aside is there again"
            page.locator("summary", has_text="I can't do this now").click()
            page.get_by_role("button", name="It is not right for me").click()
        expect(page.get_by_role("heading", name="You have put off all of these.")).to_be_visible()
        expect(page.get_by_text("It comes back on")).to_have_count(put_off)
        reader.picture("portal-home-put-off")
        first = page.locator("article.step li").first.locator("strong").inner_text()
        page.get_by_role("button", name="Do it now after all").first.click()
        expect(page.get_by_text("It is there again.")).to_be_visible()
        expect(page.locator("article.step h2")).to_have_text(first)
        page.get_by_text("steps that you put off").click()
        expect(page.get_by_text("It comes back on")).to_have_count(put_off - 1)


def test_a_coach_records_a_contact_and_a_referrer_sends_somebody(
    chromium: Browser, platform: Platform, somebody: Person
) -> None:
    with plainly(chromium, platform, somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        page.locator("summary", has_text="Record contact").first.click()
        page.locator("form[action$='/contact'] button[type=submit]").first.click()
        expect(page.get_by_text("Contact recorded.")).to_be_visible()
    with plainly(chromium, platform, somebody.referrer) as reader:
        page = reader.open("/refer")
        page.select_option("#provider_id", index=1)
        page.select_option("#programme_id", index=1)
        page.fill("#name", "Tom Reilly")
        page.get_by_role("button", name="Check your answers").click()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("link", name="Tom Reilly").first).to_be_visible()
