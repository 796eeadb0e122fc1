"""What was done with a button can be taken back with the next one: the coach's deeds, the person's, the leader's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.gateway.pages import As, press
from tests.gateway.running import API, Person, Platform, done, eventually, wait_until

pytestmark = pytest.mark.timeout(600)

TODAY = datetime.now(UTC).date()
SOON, LONG_AGO = str(TODAY + timedelta(7)), str(TODAY - timedelta(10))


def section(page: Page, heading: str) -> Locator:
    """Return the part of a page below a heading."""
    return page.locator("section", has=page.locator(f"#{heading}"))


def take_back(page: Page) -> None:
    """Press Undo."""
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()


def fill_in(place: Locator, words: str, /, choice: str = "", **told: str) -> None:
    """Open a form, fill it in and send it."""
    place.locator("summary", has_text=words).click()
    form = place.locator("details[open]", has_text=words)
    for name, value in told.items():
        form.locator(f"[name={name}]").fill(value)
    if choice:
        form.get_by_label(choice, exact=True).check()
    form.get_by_role("button").click()


def started(platform: Platform, name: str, *, plan: bool = True) -> Person:
    """Return somebody who is on the programme, with an action and a plan that both signed."""
    somebody = platform.refer(name=name)
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"
    manager, referral = platform.client(somebody.manager), f"{API}/referrals/{somebody.referral}"
    met_at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    tell(
        manager,
        referral,
        ("initial-meeting", {"meets_at": met_at, "channel": "phone"}),
        ("initial-meeting/held", None),
        ("start", {"start_date": str(TODAY)}),
    )
    eventually(lambda: coach.get(case), lambda page: page["status"] == "active")
    if not plan:
        return somebody
    tell(
        coach,
        case,
        ("actions", {"owner": "participant", "what": "Write a CV", "due": SOON}),
        ("plan", {"goal": "Work in a bakery."}),
        ("plan/sign", {"by": "participant"}),
        ("plan/sign", {"by": "coach"}),
    )
    return somebody


def tell(client: httpx.Client, about: str, *deeds: tuple[str, Any]) -> None:
    """Do one thing after the other, and wait until the last is seen."""
    version = done(client.get(about)).headers["etag"].strip('"')
    for path, body in deeds:
        told = done(client.post(f"{about}/{path}", json=body, headers={"If-Match": f'"{version}"'}))
        version = told.json()["version"]
    done(client.get(about, params={"at_least": told.headers["waymark-position"]}))


def test_a_coach_takes_back_what_a_button_said_too_early(reading: As, platform: Platform) -> None:
    somebody = started(platform, "Ines Duarte")
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        plan, action = section(page, "plan"), page.locator("[id^=action-]")
        due = plan.get_by_text("Look at it again by").inner_text()
        action.get_by_role("button", name="Done").click()
        expect(action).to_have_count(0)
        press(page, "u")
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        expect(action).to_contain_text("Write a CV")
        expect(page.locator("#timeline ~ .path s").first).to_have_text("An agreed action was done.")

        fill_in(plan, "Note a review", note="Two of three done.")
        take_back(page)
        expect(plan).to_contain_text(due)

        fill_in(section(page, "session"), "Book a meeting", starts_at=f"{SOON}T10:00")
        expect(section(page, "meetings")).to_contain_text("booked")
        take_back(page)
        expect(section(page, "meetings")).to_contain_text("called off")

        action.get_by_role("button", name="Done").click()
        plan.locator("summary", has_text="Actions that are done or dropped").click()
        plan.get_by_role("button", name="That was wrong").click()
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        expect(action).to_contain_text("Write a CV")
        assert reader.faults() == []


def test_a_coach_lets_a_case_rest_ends_it_and_goes_on_with_it(reading: As, platform: Platform) -> None:
    somebody = started(platform, "Leroy Bennett")
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        fill_in(page.locator("main"), "Pause their case", "Holiday", until=SOON)
        take_back(page)
        fill_in(page.locator("main"), "Pause their case", "Health", until=SOON)
        page.get_by_role("button", name="Go on", exact=True).click()
        page.get_by_role("button", name="Complete the programme").click()
        expect(page.locator("summary", has_text="Hand back to the referrer")).to_be_visible()
        expect(page.get_by_text("Completed the programme", exact=True)).to_be_visible()
        expect(page.locator("summary", has_text="Agree an action")).to_have_count(0)
        reader.picture("console-person-ended")
        assert reader.faults() == []
        take_back(page)
        expect(page.get_by_role("button", name="Complete the programme")).to_be_visible()
        fill_in(page.locator("main"), "They leave early", "Moved away")
        fill_in(page.locator("main"), "Go on with them", explanation="The move fell through.")
        fill_in(page.locator("main"), "They leave early", "Moved away")
        fill_in(page.locator("main"), "Hand back to the referrer", report="Two interviews, one offer declined.")
        expect(page.get_by_text("The referrer has the person back, with a report.")).to_be_visible()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    with reading(somebody.referrer) as reader:
        page = reader.open(f"/my-referrals/{somebody.referral}")
        expect(section(page, "report")).to_contain_text("Two interviews, one offer declined.")
        expect(page.get_by_text("the person is handed back")).to_be_visible()
        reader.open("/my-referrals")
        expect(page.get_by_text("Handed back", exact=True)).to_be_visible()
        reader.picture("referrer-handed-back")
        assert reader.faults() == []


def test_a_person_takes_back_what_they_pressed_by_mistake(reading: As, platform: Platform) -> None:
    somebody = started(platform, "Tom Reilly")
    coach, seeker = platform.client(somebody.coach), platform.client(somebody.actor)
    done(coach.post(f"{API}/cases/{somebody.case}/jobs", json={"title": "Baker", "starts_on": LONG_AGO}))
    person = f"{API}/participants/{somebody.id}"
    eventually(lambda: seeker.get(person), lambda shown: shown["parts"]["next_step"]["button"] == "check_in")
    with reading(somebody.actor) as reader:
        page = reader.open("/home")
        step = page.locator("#step").inner_text()
        page.locator("summary", has_text="I can't do this now").click()
        page.get_by_role("button", name="Later").click()
        expect(page.locator("#step")).not_to_have_text(step)
        reader.picture("portal-home-undo")
        assert reader.faults() == []
        take_back(page)
        expect(page.locator("#step")).to_have_text(step)

        reader.open("/plan")
        page.locator("[id^=action-]").get_by_role("button", name="Done").click()
        expect(page.locator("[id^=action-]")).to_have_count(0)
        take_back(page)
        expect(page.locator("[id^=action-]")).to_contain_text("Write a CV")
        page.get_by_role("radio", name="It is hard").check()
        page.get_by_role("button", name="Tell my coach").click()
        expect(page.get_by_text("Week 1: It is hard")).to_be_visible()
        take_back(page)
        expect(page.get_by_role("button", name="Tell my coach")).to_be_visible()

        reader.open("/applications")
        fill_in(page.locator("main"), "Add a job I found elsewhere", title="Carpenter")
        card = page.locator("[id^=application-]")
        card.get_by_role("combobox").select_option("withdraw")
        card.get_by_role("button", name="Move").click()
        page.locator("#move").get_by_role("button").first.click()
        expect(section(page, "column-over")).to_contain_text("Carpenter")
        take_back(page)
        expect(section(page, "column-thinking")).to_contain_text("Carpenter")
        assert reader.faults() == []


def test_a_leader_excuses_a_promise_with_a_reason_and_takes_that_back(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Zoë Okafor")
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        expect(section(page, "standards")).to_contain_text("Agree a plan")
        expect(page.locator("summary", has_text="It no longer applies")).to_have_count(0)
    with reading(somebody.manager) as reader:
        page = reader.open(f"/people/{somebody.id}")
        promise = section(page, "standards").locator("li", has_text="Agree a plan")
        fill_in(promise, "It no longer applies", explanation="In hospital since the first day.")
        expect(promise).to_have_count(0)
        take_back(page)
        expect(promise).to_be_visible()
        reader.picture("console-person-promise")
        assert reader.faults() == []


def test_the_end_of_a_case_that_was_none_gives_back_what_was_promised(reading: As, platform: Platform) -> None:
    somebody = started(platform, "Nora Quinn", plan=False)
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"

    def promise() -> str:
        standards = done(coach.get(f"{case}/standards")).json()["standards"]
        return str(next(one["status"] for one in standards if one["standard"] == "plan"))

    assert promise() == "running"
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        fill_in(page.locator("main"), "They leave early", "Moved away")
        wait_until(lambda: promise() == "excused")
        take_back(page)
        wait_until(lambda: promise() == "running")


def test_meetings_are_moved_and_called_off_by_either_of_the_two(reading: As, platform: Platform) -> None:
    somebody = started(platform, "Sam Field")
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        for _ in range(2):
            fill_in(section(page, "session"), "Book a meeting", starts_at=f"{SOON}T10:00", place="Room 2")
        meetings = section(page, "meetings")
        fill_in(meetings.locator("[id^=appointment-]").first, "Move it", starts_at=f"{SOON}T11:30")
        expect(meetings).to_contain_text("11:30 am")
        expect(meetings.get_by_text("Room 2")).to_have_count(2)
        take_back(page)
        expect(meetings).not_to_contain_text("11:30 am")
        expect(meetings.get_by_text("Room 2")).to_have_count(2)
        meetings.get_by_role("button", name="Call it off").first.click()
        expect(meetings.get_by_text("called off", exact=True)).to_have_count(1)
        reader.picture("console-person-meetings")
        assert reader.faults() == []
    with reading(somebody.actor) as reader:
        page = reader.open("/plan")
        page.get_by_role("button", name="I cannot come").click()
        expect(page.get_by_text("Your coach sees that you cannot come")).to_be_visible()
        expect(page.get_by_role("button", name="I cannot come")).to_have_count(0)
        fill_in(page.locator("main"), "Propose a step", what="Ask at the bakery", due=SOON)
        expect(page.get_by_text("Your coach has to agree first.")).to_be_visible()
        reader.picture("portal-plan-suggested")
        assert reader.faults() == []


def test_a_message_waits_ten_seconds_and_the_button_stops_it(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Ines Duarte")
    seeker, sent = platform.client(somebody.actor), f"{API}/cases/{somebody.case}/messages"
    with reading(somebody.actor) as reader:
        reader.page.clock.install()
        page = reader.open("/messages")
        words, button = page.get_by_label("Write to your coach"), page.locator("form[data-waits] button")
        words.fill("The bus is late again.")

        button.click()
        page.clock.run_for(9_500)
        expect(button).to_have_text("Sends in 1 s, stop")
        button.click()
        expect(button).to_have_text("Send")
        page.clock.run_for(60_000)
        assert done(seeker.get(sent)).json()["messages"] == []
        expect(words).to_have_value("The bus is late again.")

        button.click()
        page.clock.run_for(9_500)
        assert done(seeker.get(sent)).json()["messages"] == []
        page.clock.run_for(1_000)
        expect(page.locator(".talk")).to_contain_text("The bus is late again.")
        assert reader.said == []
    assert len(done(seeker.get(sent)).json()["messages"]) == 1
