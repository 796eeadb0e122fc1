"""What hands feel: nothing moves under them, few keys do much, and what that takes is counted and printed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from gateway.web.today import WHERE
from tests.gateway.pages import As, press
from tests.gateway.running import API, Person, Platform, Provider, done, eventually

pytestmark = pytest.mark.timeout(600)

Tell = Callable[[str, object], None]
HEARD = """() => new Promise((heard) => {
  const line = document.querySelector("[data-changes]");
  const look = () => line.hidden || heard(Date.now());
  new MutationObserver(look).observe(line, {attributes: true, childList: true, subtree: true});
  look();
})"""
PLACES = "rows => rows.map(row => [row.id, Math.round(row.getBoundingClientRect().top)])"
PATIENT_MILLISECONDS = 90_000
A_WHILE = "00:20"


@pytest.fixture(autouse=True, scope="module")
def patience() -> None:
    """Wait for a busy machine."""
    expect.set_options(timeout=PATIENT_MILLISECONDS)


@pytest.fixture(scope="module")
def queue(platform: Platform) -> list[Person]:
    """Two people whom a coach sees on Today, since something worries about each."""
    first = platform.refer(provider=Provider(), name="Ines Duarte")
    people = [first, platform.refer(first, first.provider, name="Tom Reilly")]
    for person in people:
        worry = {"what": "Says that home is not safe at the moment."}
        done(platform.client(person.coach).post(f"{API}/cases/{person.case}/safety-concerns", json=worry))
    eventually(lambda: platform.client(first.coach).get(f"{API}/today"), lambda page: len(page["shown"]) == len(people))
    return people


@dataclass
class Hand:
    """A hand on the keys that counts them, and looks at the clock."""

    page: Page
    keys: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def press(self, *keys: str) -> None:
        """Press keys."""
        press(self.page, *keys)
        self.keys += keys

    def type(self, text: str) -> None:
        """Type a text, each letter a key."""
        self.page.keyboard.type(text)
        self.keys.extend(text)

    def took(self) -> str:
        """Return how many keys it took, which, and how long."""
        shown = " ".join(self.keys)
        return f"{len(self.keys)} keys ({shown}), {time.monotonic() - self.began:.1f} s"


def apply(platform: Platform, person: Person) -> None:
    """Let a person have an application that was sent."""
    seeker = platform.client(person.actor)
    own = f"{API}/participants/{person.id}/applications"
    saved = done(seeker.post(own, json={"title": "Care assistant", "employer": "Elm House"}))
    one = f"{API}/applications/{saved.json()['ids']['application']}"
    version = saved.json()["version"]
    for step in ("begin", "send"):
        moved = done(seeker.post(f"{one}/{step}", json={}, headers={"If-Match": f'"{version}"'}))
        version = moved.json()["version"]
    at_least = {"at_least": moved.headers["waymark-position"]}
    done(seeker.get(own, params=at_least))


def test_an_invitation_is_told_on_the_coachs_open_page_and_no_row_moves(
    reading: As, platform: Platform, queue: list[Person], record_property: Tell
) -> None:
    for person in queue:
        apply(platform, person)
    with reading(queue[0].coach) as coach, reading(queue[0].actor) as seeker, reading(queue[1].actor) as other:
        today = coach.open("/today")
        rows = today.locator("[data-rows] > li")
        before = rows.evaluate_all(PLACES)
        heard = today.evaluate_handle(f"({{heard: ({HEARD})()}})")
        sent = invited(seeker.open("/applications"))
        expect(today.get_by_role("link", name="1 change, show")).to_be_visible()
        shown = heard.evaluate("it => it.heard")
        record_property("from the person's click to the words on the coach's open page", f"{shown - sent:.0f} ms")
        invited(other.open("/applications"))
        expect(today.get_by_role("link", name="2 changes, show")).to_be_visible()

        assert rows.evaluate_all(PLACES) == before
        today.get_by_role("link", name="2 changes, show").click()
        expect(today.get_by_text("interview").first).to_be_visible()
        assert [coach.faults(), seeker.faults()] == [[], []]


def test_today_says_that_it_hears_of_no_changes_until_it_does_again(reading: As, queue: list[Person]) -> None:
    with reading(queue[0].coach) as reader:
        reader.page.route("**/api/v1/changes", lambda asked: asked.fulfill(status=503))
        reader.page.clock.install()
        page = reader.open("/today")
        stale = page.get_by_text("We cannot see new changes for now.")
        expect(stale).to_be_hidden()
        page.clock.fast_forward(A_WHILE)
        expect(stale).to_be_visible()
        reader.picture("console-today-stale")
        page.unroute("**/api/v1/changes")
        page.clock.fast_forward(A_WHILE)
        expect(stale).to_be_hidden()
        expect(page.get_by_role("link", name="1 change, show")).to_be_visible()


def invited(page: Page) -> float:
    """Say on the board that one was invited to an interview; return when the command left."""
    page.get_by_role("combobox").first.select_option("interviews")
    page.get_by_role("button", name="Move").first.click()
    keep = page.get_by_role("button", name="Keep")
    expect(keep).to_be_visible()
    began = page.evaluate("Date.now()")
    keep.click()
    expect(page.get_by_text("Moved.")).to_be_visible()
    return float(began)


def test_today_is_worked_through_by_single_keys(reading: As, queue: list[Person], record_property: Tell) -> None:
    with reading(queue[0].coach) as reader:
        page = reader.open("/today")
        names = page.locator("[data-rows] .queue-name").all_inner_texts()
        hand = Hand(page)
        chosen = page.locator("[data-chosen] .queue-name")
        hand.press("j", "j")
        expect(chosen).to_have_text(names[1])
        hand.press("k")
        expect(chosen).to_have_text(names[0])
        record_property("down, down and up again on Today", hand.took())

        hand = Hand(page)
        hand.press("Enter")
        expect(page.get_by_role("heading", name=names[0], level=1)).to_be_visible()
        record_property("open the person of the chosen row", hand.took())


def test_what_today_asks_for_is_one_press_away_from_where_it_is_done(reading: As, queue: list[Person]) -> None:
    with reading(queue[1].coach) as reader:
        page = reader.open("/today")
        page.locator("[data-rows] .queue-acts > a").first.click()
        expect(page.locator(":target")).to_be_visible()
        for place in WHERE.values():
            page.goto("about:blank")
            reader.open(f"/people/{queue[1].id}#{place}")
            expect(page.locator(":target")).to_be_visible()


def test_the_first_contact_takes_two_keys_after_the_row_is_chosen(
    reading: As, queue: list[Person], record_property: Tell
) -> None:
    with reading(queue[0].coach) as reader:
        hand = Hand(reader.open("/today"))
        hand.press("j")
        chosen = len(hand.keys)
        hand.press("c", "Enter")
        expect(reader.page.get_by_text("Contact recorded.")).to_be_visible()
        record_property("from Today to the first contact recorded", hand.took())
        assert len(hand.keys) - chosen <= 2


def test_a_row_is_put_off_by_keys_and_taken_back_by_one(reading: As, platform: Platform, record_property: Tell) -> None:
    somebody = platform.refer(name="Maya Osei")
    wrote = platform.client(somebody.actor).post(f"{API}/cases/{somebody.case}/messages", json={"text": "Hello?"})
    place = done(wrote).headers["waymark-position"]
    with reading(somebody.coach) as reader:
        page = reader.open(f"/today?at_least={place}")
        name = page.locator("[data-rows] .queue-name").first.inner_text()
        hand = Hand(page)
        hand.press("j", "s")
        day = page.locator("[data-chosen] input[name=until]")
        expect(day).to_be_focused()
        day.fill((datetime.now(UTC) + timedelta(days=7)).date().isoformat())
        page.locator("[data-chosen] input[name=reason]").focus()
        hand.type("away")
        hand.press("Enter")
        expect(page.locator("[data-rows]").get_by_text(name)).to_have_count(0)
        record_property("put a row off (and a date)", hand.took())

        expect(page.get_by_role("button", name="Undo")).to_be_visible()
        page.wait_for_load_state()
        hand = Hand(page)
        hand.press("u")
        expect(page.locator("[data-rows]").get_by_text(name)).to_have_count(1)
        record_property("take that back", hand.took())


def test_a_session_is_noted_in_one_submit_and_taken_back_in_one(
    reading: As, platform: Platform, queue: list[Person], record_property: Tell
) -> None:
    person = queue[0]
    case = f"{API}/cases/{person.case}"
    starts_at = datetime.now(UTC) + timedelta(seconds=2)
    meeting = {"kind": "review", "channel": "in_person", "starts_at": starts_at.isoformat(), "minutes": 5}
    done(platform.client(person.coach).post(f"{case}/appointments", json=meeting))
    eventually(
        lambda: platform.client(person.coach).get(f"{case}/appointments"),
        lambda page: any(one["needs_outcome"] for one in page["appointments"]),
    )
    with reading(person.coach) as reader:
        page = reader.open(f"/people/{person.id}")
        hand = Hand(page)
        page.locator("#deed-session summary").focus()
        hand.press("Enter")
        box = page.locator("#deed-session")
        box.get_by_label("They came", exact=True).focus()
        hand.press("Space")
        box.get_by_label("What they will do").focus()
        hand.type("Ring two bakeries")
        hand.press("Enter")
        hand.type("Mend the CV")
        box.get_by_label("Note", exact=False).first.focus()
        hand.type("In good spirits")
        box.get_by_role("button", name="Keep all of it").focus()
        hand.press("Enter")
        expect(page.get_by_text("The session is noted.")).to_be_visible()
        record_property("the session box: outcome, two steps and a note in one submit", hand.took())
        expect(page.get_by_text("Mend the CV").first).to_be_visible()
        reader.picture("console-session")
        assert reader.faults() == []

        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        page = reader.open(f"/people/{person.id}")
        expect(page.get_by_text("Did they come?").first).to_be_attached()
        expect(page.locator("[id^='action-']")).to_have_count(0)


def test_a_session_that_cannot_be_kept_is_shown_again_as_it_was_filled_in(reading: As, queue: list[Person]) -> None:
    with reading(queue[1].coach) as reader:
        page = reader.open(f"/people/{queue[1].id}")
        page.locator("#deed-session summary").click()
        page.locator("#session-note").fill("Rang, nobody there")
        page.get_by_role("button", name="Keep all of it").click()
        expect(page.get_by_role("alert")).to_contain_text("Say how you spoke")
        expect(page.locator("#session-note")).to_have_value("Rang, nobody there")
        assert reader.faults() == []

        page.locator("#session-channel-2").check()
        page.locator("#session-participant").fill("Ring back")
        page.locator("#session-due").fill("2020-01-01")
        page.get_by_role("button", name="Keep all of it").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot fall due before")
        expect(page.locator("#session-participant")).to_have_value("Ring back")


def test_single_keys_can_be_switched_off(reading: As, queue: list[Person]) -> None:
    with reading(queue[0].coach) as reader:
        page = reader.open("/help")
        page.get_by_label("Use single keys as shortcuts").uncheck()
        page.get_by_role("button", name="Keep").click()
        page = reader.open("/today")
        page.keyboard.press("j")
        page.keyboard.press("c")
        expect(page.locator("[data-chosen]")).to_have_count(0)
        expect(page.locator("details.deed[open]")).to_have_count(0)
