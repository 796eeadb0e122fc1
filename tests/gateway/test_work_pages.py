"""A job on the pages: recorded, on other terms, over and open again; and how it goes, as the person says."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gateway.pages import As, press, reading_as
from tests.gateway.running import API, Person, Platform, done, eventually

pytestmark = pytest.mark.timeout(600)

TODAY = datetime.now(UTC).date()
TEN_DAYS_AGO, LATELY, YESTERDAY = (str(TODAY - timedelta(days)) for days in (10, 3, 1))


def employed(platform: Platform, name: str) -> Person:
    """Return somebody who began to work ten days ago, and whom the platform has asked how it goes."""
    somebody = platform.refer(name=name)
    coach, seeker = platform.client(somebody.coach), platform.client(somebody.actor)
    work = {"title": "Baker", "employer": "Riverside Bakery", "starts_on": TEN_DAYS_AGO}
    done(coach.post(f"{API}/cases/{somebody.case}/jobs", json=work))
    path = f"{API}/participants/{somebody.id}"
    eventually(lambda: seeker.get(path), lambda page: page["parts"]["next_step"]["button"] == "check_in")
    return somebody


def say(page: Page, job: str, words: str, **told: str) -> None:
    """Open a form of a job, fill it in and send it."""
    row = page.locator("#work ~ .work > li", has_text=job)
    row.locator("summary", has_text=words).click()
    form = row.locator("details[open]", has_text=words)
    for name, value in told.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button").click()


def test_a_coach_records_a_job_says_that_it_is_over_and_takes_that_back(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Ines Duarte")
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        work = page.locator("section", has=page.locator("#work"))
        expect(work).to_contain_text("No job yet.")
        work.locator("summary", has_text="Record a job").click()
        for name, value in (("title", "Baker"), ("employer", "Riverside Bakery"), ("starts_on", LATELY)):
            work.locator(f"[name={name}]").fill(value)
        work.get_by_role("radio", name="Yes").check()
        work.get_by_role("button", name="Record a job").click()
        expect(work).to_contain_text("In work")
        expect(work).to_contain_text("works for themselves")

        say(page, "Baker", "Other hours or pay", from_day=LATELY, hours_a_week="37.5")
        expect(work).to_contain_text("37.5 hours a week")
        say(page, "Baker", "It is over", last_day=YESTERDAY)
        expect(work).to_contain_text("The contract ended")
        reader.picture("console-person-work-over")
        assert reader.faults() == []
        press(page, "u")
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        expect(work).to_contain_text("In work")

        say(page, "Baker", "It never began")
        expect(work).to_contain_text("Never began")
        work.get_by_role("button", name="That was wrong").click()
        expect(work).to_contain_text("In work")
        expect(page.locator("#timeline ~ .path")).to_contain_text("was wrong and was taken back")
        reader.open(f"/people/{somebody.id}?as_of={TODAY}")
        expect(work).to_contain_text("Baker")
        expect(work.get_by_role("button")).to_have_count(0)
        assert reader.faults() == []


def test_a_person_says_how_work_goes_and_the_coach_sees_who_needs_a_word(reading: As, platform: Platform) -> None:
    somebody = employed(platform, "Tom Reilly")
    with reading(somebody.actor) as reader:
        page = reader.open("/home")
        page.get_by_role("link", name="Say how it goes").click()
        page.get_by_role("button", name="Tell my coach").click()
        expect(page.get_by_role("radio", name="It is hard")).to_be_visible()
        page.get_by_role("radio", name="It is hard").check()
        page.get_by_label("In your words").fill("The early bus <b>never</b> comes.")
        reader.picture("portal-plan-work")
        assert reader.faults() == []
        page.get_by_role("button", name="Tell my coach").click()
        expect(page.get_by_text("Thank you. Your coach sees how it goes.")).to_be_visible()
        expect(page.get_by_text("Week 1: It is hard, The early bus <b>never</b> comes.")).to_be_visible()
        assert reader.faults() == []
    with reading(somebody.coach) as reader:
        page = reader.open("/today")
        expect(page.locator("[data-rows] li", has_text="Tom Reilly")).to_contain_text("Work is difficult")
        page.get_by_role("link", name="Tom Reilly").first.click()
        expect(page.get_by_text("Week 1: It is hard, The early bus <b>never</b> comes.")).to_be_visible()


def test_how_work_goes_is_said_without_scripts_and_noted_by_a_coach_too(chromium: Browser, platform: Platform) -> None:
    for actor, path, button in (("actor", "/plan", "Tell my coach"), ("coach", "/people/{id}", "Note it")):
        somebody = employed(platform, f"Nora {actor.title()}")
        with reading_as(chromium, platform, getattr(somebody, actor), java_script=False) as reader:
            page = reader.open(path.format(id=somebody.id))
            form = page.locator("details", has_text="Week 1: how does work go?")
            if actor == "coach":
                form.locator("summary").click()
            form.get_by_role("radio", name="It goes well").check()
            form.get_by_role("button", name=button).click()
            expect(page.get_by_text("Week 1: It goes well")).to_be_visible()
