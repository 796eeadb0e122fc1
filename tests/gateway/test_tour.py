"""README's tour of five minutes, taken in a real browser: the same steps in the same words, through pages alone.

With WAYMARK_TOUR set to a folder, the tour is taken in the demo that is up, and leaves a picture of each step there.
"""

import os
import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.web.browser import browser
from waymark.local import record
from waymark.operator.tour import tour_steps

pytestmark = pytest.mark.timeout(900)

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = os.environ.get("WAYMARK_TOUR", "")
SIZE: Final[ViewportSize] = {"width": 1100, "height": 760}
QUALITY: Final = 60
PATIENCE_SECONDS: Final = 90
A_LOOK_MILLISECONDS: Final = 3_000
LONDON: Final = ZoneInfo("Europe/London")
SOMEBODY: Final = "Rosa Lindley"


@dataclass
class Tour:
    """Who is taken on the tour: a window for everybody whom they are, all of them open at once."""

    chromium: Browser
    site: str
    windows: dict[str, Page] = field(default_factory=dict)
    link: str = ""

    def be(self, name: str) -> Page:
        """Return the window of a persona, who comes in by the front page the first time."""
        if name not in self.windows:
            page = self.window(name, "/")
            page.get_by_role("button", name=f"Be {name}").click()
        return self.windows[name]

    def window(self, name: str, path: str) -> Page:
        """Open a window that shares nothing with the others."""
        page = self.chromium.new_context(viewport=SIZE, timezone_id="Europe/London").new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.goto(path if path.startswith("http") else self.site + path)
        self.windows[name] = page
        return page

    def picture(self, page: Page, number: int) -> None:
        """Keep a small picture of what is seen."""
        session = page.context.new_cdp_session(page)
        taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        (ROOT / PICTURES / f"{number}.webp").write_bytes(b64decode(taken["data"]))


Take = Callable[[Tour], Page]
STEPS: Final[list[tuple[str, Take]]] = []


def step(words: str) -> Callable[[Take], Take]:
    """Make a function the next step of the tour, in README's words."""

    def add(take: Take) -> Take:
        STEPS.append((words, take))
        return take

    return add


def go(page: Page, place: str) -> None:
    """Follow the page's own navigation."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=place, exact=True).click()


def press(page: Page, *names: str) -> None:
    """Press buttons, each on the page that the one before led to."""
    for name in names:
        page.get_by_role("button", name=name, exact=True).first.click()


def fill_in(page: Page, deed: str, **told: str) -> None:
    """Open a deed, tell what it has to know, and do it."""
    words = re.compile(rf"^{re.escape(deed)}$")
    page.locator("summary", has_text=words).first.click()
    form = page.locator("details.deed", has=page.locator("summary", has_text=words)).first
    for name, value in told.items():
        asked = form.locator(f"[name={name}]")
        if asked.first.get_attribute("type") == "radio":
            form.get_by_label(value, exact=True).check()
        else:
            asked.fill(value)
    form.get_by_role("button", name=deed, exact=True).click()


def soon(page: Page, seen: Locator) -> Locator:
    """Load a page again until it shows what another service has to hear of first."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(TookTooLong):
            seen.first.wait_for(timeout=A_LOOK_MILLISECONDS)
            break
        page.reload()
    expect(seen.first).to_be_visible()
    return seen.first


def today() -> date:
    """Return the day that it is where the programme is."""
    return datetime.now(LONDON).date()


@step(
    "Be **Irena**, who refers: *Refer* to Northway, a name, *Check your answers*, *Send*. *My referrals* says the rest."
)
def refer(tour: Tour) -> Page:
    page = tour.be("Irena Kowalska")
    go(page, "Refer")
    page.get_by_label("To which provider?").select_option(label="Northway Employment")
    page.get_by_label("For which programme?").select_option(label="Work and Health")
    page.get_by_label("Full name").fill(SOMEBODY)
    press(page, "Check your answers", "Send")
    go(page, "My referrals")
    expect(page.get_by_role("link", name=SOMEBODY).first).to_be_visible()
    return page


@step("Be **Amir**, a coach: *Incoming*, the new person, confirm, look, *Take the person on* with Amir as their coach.")
def accept(tour: Tour) -> Page:
    page = tour.be("Amir Hussain")
    go(page, "Incoming")
    soon(page, page.get_by_role("link", name=SOMEBODY)).click()
    press(page, "Confirm that it arrived", "Begin to look at it")
    fill_in(page, "Take the person on", coach_id="Amir Hussain")
    expect(page.get_by_text("Noted. The referrer sees it now.")).to_be_visible()
    return page


@step("*Book the first meeting* for now, *They came*, and *Start* with today as the first day.")
def meet(tour: Tour) -> Page:
    page = tour.be("Amir Hussain")
    fill_in(page, "Book the first meeting", meets_at=f"{datetime.now(LONDON):%Y-%m-%dT%H:%M}")
    press(page, "They came")
    fill_in(page, "Start", start_date=today().isoformat())
    expect(page.get_by_text("Started").first).to_be_visible()
    return page


@step("*Caseload*, the new person: *Agree an action*, *Write a plan*, *Sign the plan*.")
def plan(tour: Tour) -> Page:
    page = tour.be("Amir Hussain")
    go(page, "Caseload")
    soon(page, page.get_by_role("link", name=SOMEBODY)).click()
    due = (today() + timedelta(days=7)).isoformat()
    fill_in(page, "Agree an action", what="Send the CV to three care homes", due=due)
    fill_in(page, "Write a plan", goal="Work in care by the summer.")
    press(page, "Sign the plan")
    expect(page.get_by_text("Waits for a signature")).to_be_visible()
    page.locator("#plan").scroll_into_view_if_needed()
    return page


@step("*Make a sign-in link*, and open it in a private window: *Come in*, *Plan*, *I agree*, as that person.")
def agree(tour: Tour) -> Page:
    press(tour.be("Amir Hussain"), "Make a sign-in link")
    link = tour.be("Amir Hussain").get_by_label("The link").input_value()
    page = tour.window(SOMEBODY, link)
    press(page, "Come in")
    go(page, "Plan")
    press(page, "I agree")
    expect(page.get_by_text("You and your coach agreed")).to_be_visible()
    return page


@step("*Jobs*: say in your own words what you look for, such as `care assistant`. Each job says why it fits.")
def look_for_work(tour: Tour) -> Page:
    page = tour.be(SOMEBODY)
    go(page, "Jobs")
    page.get_by_label("What work?").fill("care assistant")
    press(page, "Search")
    expect(page.get_by_text("You said “").first).to_be_visible()
    return page


@step("*Save* one. *Applications* has it: *I am getting it ready*, then *I sent it*.")
def apply(tour: Tour) -> Page:
    page = tour.be(SOMEBODY)
    press(page, "Save")
    for words in ("I am getting it ready", "I sent it"):
        page.get_by_role("combobox").first.select_option(label=words)
        press(page, "Move")
    press(page, "Keep")
    expect(page.get_by_text("Good. We note the day")).to_be_visible()
    return page


@step("Amir's page of the person has it a moment later: under *Job search*, and in *What happened*.")
def follow(tour: Tour) -> Page:
    page = tour.be("Amir Hussain")
    go(page, "Caseload")
    page.get_by_role("link", name=SOMEBODY).first.click()
    soon(page, page.locator(".path").get_by_text("applied"))
    page.locator("#funnel").scroll_into_view_if_needed()
    return page


@step("Leave Amir on *Today*. The person: *They invited me to an interview*, today. Amir's page says *1 change, show*.")
def be_invited(tour: Tour) -> Page:
    coach, page = tour.be("Amir Hussain"), tour.be(SOMEBODY)
    go(coach, "Today")
    page.get_by_role("combobox").first.select_option(label="They invited me to an interview")
    press(page, "Move")
    page.get_by_label("On which day?").fill(today().isoformat())
    press(page, "Keep")
    change = coach.get_by_role("link", name=re.compile(r"changes?, show"))
    expect(change).to_be_visible()
    change.click()
    soon(coach, coach.locator("[data-rows]").get_by_role("link", name=SOMEBODY))
    return coach


@step("The person: the application, *I was there*, *They offered me the job*, *I take the job*. Amir reads of it.")
def get_the_job(tour: Tour) -> Page:
    page, coach = tour.be(SOMEBODY), tour.be("Amir Hussain")
    page.locator(".board h3 a").first.click()
    press(page, "I was there", "They offered me the job", "Keep")
    page.get_by_role("combobox").first.select_option(label="I take the job")
    press(page, "Move")
    page.get_by_label("First day").fill(today().isoformat())
    page.get_by_label("Hours a week").fill("25")
    press(page, "Keep")
    coach.locator("[data-rows]").get_by_role("link", name=SOMEBODY).first.click()
    soon(coach, coach.locator("section", has=coach.locator("#work")).get_by_text("from "))
    coach.locator("#work").scroll_into_view_if_needed()
    return coach


@step("Be **Keiko**, who analyses: *Performance*, *As it stood on* any day of the past, *Show*.")
def look_back(tour: Tour) -> Page:
    page = tour.be("Keiko Tanaka")
    go(page, "Performance")
    page.get_by_label("As it stood on").fill((today() - timedelta(days=60)).isoformat())
    press(page, "Show")
    expect(page.get_by_role("heading", name="How far people came")).to_be_visible()
    return page


@step("Be **Jonah**, who operates: *Platform*, *Follow one request through every service*, *Run Query*, *Show*.")
def trace(tour: Tour) -> Page:
    page = tour.be("Jonah Adeyemi")
    go(page, "Platform")
    page.get_by_role("link", name="Follow one request through every service").click()
    press(page, "Run Query")
    page.get_by_role("button", name=re.compile("^show$", re.IGNORECASE)).first.click()
    expect(page.get_by_text("Total Spans")).to_be_visible()
    return page


@pytest.fixture
def tour(request: pytest.FixtureRequest) -> Iterator[Tour]:
    """Somebody in front of the platform of the tests, or of the demo where pictures are wanted."""
    addresses = record.addresses() if PICTURES else request.getfixturevalue("platform").addresses
    if not PICTURES:
        request.getfixturevalue("market")
    with browser() as chromium:
        expect.set_options(timeout=PATIENCE_SECONDS * 1000)
        yield Tour(chromium, addresses.url("gateway"))


def test_the_tour_of_five_minutes(tour: Tour) -> None:
    for number, (_, take) in enumerate(STEPS, 1):
        page = take(tour)
        if PICTURES:
            tour.picture(page, number)


def test_the_steps_are_those_of_the_readme() -> None:
    assert [words for words, _ in STEPS] == tour_steps((ROOT / "README.md").read_text())
