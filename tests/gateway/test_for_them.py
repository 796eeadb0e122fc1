"""What is a person's own is done for them by who works with them, and it is told who did it."""

import pytest
from playwright.sync_api import expect

from tests.gateway.pages import As
from tests.gateway.running import API, Platform, done, wait_until

pytestmark = pytest.mark.timeout(600)


def test_a_coach_keeps_applications_cv_and_wishes_of_somebody_who_is_not_digital(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Winston Clarke")
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        page.get_by_role("link", name="Do it for them").click()
        expect(page.get_by_text("You act for")).to_contain_text("Winston Clarke")
        page.locator("summary", has_text="Add a job they found elsewhere").click()
        page.fill("#title", "Gardener")
        page.get_by_role("button", name="Add it").click()
        page.get_by_role("combobox").first.select_option("send")
        page.get_by_role("button", name="Move").click()
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_role("region", name="Sent")).to_contain_text("Gardener")
        expect(page.get_by_role("main")).to_contain_text("They asked the employer for news")
        expect(page.get_by_role("main")).not_to_contain_text("I asked")
        reader.picture("console-for-them")
        assert reader.faults() == []

        theirs = page.get_by_role("navigation", name="Theirs")
        theirs.get_by_role("link", name="CV").click()
        page.fill("#label", "Gardener")
        page.get_by_role("button", name="Keep as a new version").click()
        expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
        theirs.get_by_role("link", name="What they look for").click()
        page.fill("#work", "gardens")
        page.get_by_role("button", name="Keep").click()
        expect(page.locator("#work")).to_have_value("gardens")
        expect(page.get_by_role("heading", name="Who looked at my record")).to_have_count(0)
        assert reader.faults() == []

        page.get_by_role("link", name="Winston Clarke").click()
        sent = page.locator(".path > li", has_text="The person applied")
        expect(sent).to_contain_text("noted for them")
    with reading(somebody.actor) as reader:
        page = reader.open("/applications")
        expect(page.get_by_role("region", name="Sent")).to_contain_text("Gardener")
        expect(page.get_by_text("You act for")).to_have_count(0)
        page.goto(f"{reader.site}/for/{somebody.id}/applications")
        expect(page.get_by_text("This page is not for you")).to_be_visible()


def test_what_is_somebody_elses_is_not_found_below_a_persons_address(platform: Platform) -> None:
    first = platform.refer(name="Maya Osei")
    second = platform.refer(first, first.provider, name="Sam Field")
    saved = platform.client(second.actor).post(f"{API}/participants/{second.id}/applications", json={"title": "Baker"})
    page = f"/applications/{done(saved).json()['ids']['application']}"
    coach = platform.browser(first.coach)
    wait_until(lambda: coach.get(f"/for/{second.id}{page}").status_code == 200)
    wait_until(lambda: coach.get(f"/for/{first.id}{page}").status_code == 404)
    assert coach.post(f"/for/{first.id}{page}/move", data={"move": "interest"}).status_code == 404
    assert coach.get("/for/nobody/applications").status_code == 404
