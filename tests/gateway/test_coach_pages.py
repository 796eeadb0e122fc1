"""What a coach does on the pages of their caseload, in a real browser on the running platform."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, expect

from gateway.web.finding import kind_of
from tests.gateway.pages import As, press, reading_as
from tests.gateway.running import API, Person, Platform, done, wait_until

pytestmark = pytest.mark.timeout(600)
SHORT = 140
"""So long an address may be that names what was done and ids that say nothing."""


def test_a_coach_keeps_a_list_under_a_name_renames_it_removes_it_and_has_it_back(reading: As, person: Person) -> None:
    with reading(person.coach) as reader:
        page = reader.open("/caseload?ready=no_agreed_action&sort=end")
        page.locator("summary", has_text="Keep this view").click()
        page.fill("#name", "Ends soon, nothing agreed")
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_role("link", name="Ends soon, nothing agreed")).to_have_attribute("aria-current", "true")

        page.locator("summary", has_text="Rename this view").click()
        page.fill("#new_name", "To agree <b>first</b>")
        page.get_by_role("button", name="Rename", exact=True).click()
        expect(page.get_by_role("link", name="To agree <b>first</b>")).to_be_visible()
        reader.picture("console-caseload-view")
        assert reader.faults() == []
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name="Ends soon, nothing agreed")).to_be_visible()

        page.get_by_role("button", name="Remove this view").click()
        expect(page.get_by_text("The view is removed.")).to_be_visible()
        expect(page.get_by_role("link", name="Ends soon, nothing agreed")).to_have_count(0)
        press(page, "u")
        expect(page.get_by_role("link", name="Ends soon, nothing agreed")).to_be_visible()
        expect(page.locator("#sort")).to_have_value("end")


def test_a_coach_sees_since_when_an_application_waits_and_which_it_is_the_longest_wait_first(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Leroy Bennett")
    seeker, today = platform.client(somebody.actor), datetime.now(UTC).date()
    for title, days in (("Baker", 40), ("Cook", 50), ("Driver", 20)):
        saved = done(seeker.post(f"{API}/participants/{somebody.id}/applications", json={"title": title})).json()
        sent = {"sent_on": (today - timedelta(days=days)).isoformat()}
        path = f"{API}/applications/{saved['ids']['application']}/send"
        done(seeker.post(path, json=sent, headers={"If-Match": f'"{saved["version"]}"'}))
    wait_until(
        lambda: "waits 50 days" in platform.browser(somebody.coach).get("/caseload?ready=application_unanswered").text
    )
    with reading(somebody.coach) as reader:
        page = reader.open("/caseload?ready=application_unanswered")
        expect(page.locator("#sort")).to_have_value("wait")
        reader.picture("console-caseload-unanswered")
        assert reader.faults() == []
        page.get_by_role("link", name="waits 50 days").click()
        expect(page.get_by_role("heading", name="Cook")).to_be_visible()
        page.locator("summary", has_text="a message they can send").click()
        expect(page.get_by_label("The message")).to_have_value(re.compile("Cook"))
        expect(page.locator("[data-copies=chase]")).to_have_count(1)
        reader.picture("console-for-them-news")
        assert reader.faults() == []
        page = reader.open(f"/for/{somebody.id}/applications")
        expect(page.get_by_role("region", name="No answer yet").get_by_role("heading", level=3)).to_have_text(
            ["Cook", "Baker", "Driver"]
        )
    with reading(somebody.provider.actor("team_leader")) as reader:
        page = reader.open("/caseload?ready=application_unanswered&sort=end")
        page.get_by_role("link", name="Wait for my reply").click()
        expect(page.locator("#sort")).to_have_value("end")
        page = reader.open("/caseload?ready=application_unanswered")
        page.get_by_role("link", name="Without a coach").click()
        expect(page.locator("#sort")).to_have_value("opened")


def test_a_view_without_a_name_or_with_one_that_is_taken_is_said_to_be_so(reading: As, person: Person) -> None:
    with reading(person.provider.actor("team_leader")) as reader:
        page = reader.open("/caseload?ready=unassigned")
        for name, said in (("", "Give the view a name"), ("Without", ""), ("Without", "You have a view of this name")):
            page.goto(f"{reader.site}/caseload?ready=unassigned&sort=" + ("end" if said else "opened"))
            page.locator("summary", has_text="Keep this view").click()
            page.locator("#name").evaluate("field => field.required = false")
            page.fill("#name", name)
            page.get_by_role("button", name="Keep").click()
            if said:
                expect(page.get_by_role("alert")).to_contain_text(said)
                assert reader.faults() == []


def test_a_look_at_a_person_takes_the_focus_and_gives_it_back(reading: As, person: Person) -> None:
    with reading(person.coach) as reader:
        page = reader.open("/caseload")
        page.locator(f"#peek-{person.id}").click()
        heading = page.get_by_role("heading", name="Zoë Okafor")
        expect(heading).to_be_focused()
        expect(page.get_by_text("Next action")).to_be_visible()
        reader.picture("console-caseload-peek")
        assert reader.faults() == []
        press(page, "Escape")
        expect(heading).to_have_count(0)
        expect(page.locator(f"#peek-{person.id}")).to_be_focused()
        assert page.url.endswith("/caseload")


def test_a_look_at_a_person_is_a_page_too(chromium: Browser, platform: Platform, person: Person) -> None:
    with reading_as(chromium, platform, person.coach, java_script=False) as reader:
        page = reader.open("/caseload?ready=no_agreed_action&sort=end")
        page.locator(f"#peek-{person.id}").click()
        expect(page.get_by_role("heading", name="Zoë Okafor")).to_be_visible()
        page.get_by_role("link", name="Close").click()
        expect(page.get_by_role("heading", name="Zoë Okafor")).to_have_count(0)
        assert "ready=no_agreed_action&sort=end" in page.url


def test_somebody_is_found_by_what_they_say_on_the_phone_and_by_nobody_elsewhere(
    reading: As, platform: Platform, person: Person
) -> None:
    somebody = platform.refer(name="Agnieszka Maria Kowalska", preferred_name="Agnieszka O\u2019Hara")
    with reading(somebody.coach) as reader:
        expect(reader.open(f"/people/{somebody.id}").get_by_text("Agnieszka Maria Kowalska")).to_be_visible()
        page = reader.open("/caseload")
        for sought, found in (
            ("agnieszka ohara", 1),
            ("kowalska", 1),
            ("  O'Hara ", 1),
            ("07700 900123", 0),
            ("<b>---</b>", 0),
        ):
            page.get_by_label("Find somebody").fill(sought)
            page.get_by_role("button", name="Find").click()
            expect(page.get_by_role("link", name="Agnieszka O\u2019Hara")).to_have_count(found)
            expect(page.get_by_role("heading", name="Nobody found")).to_have_count(1 - found)
            assert page.url == f"{reader.site}/find"
            reader.picture(f"console-found-{found}")
            assert reader.faults() == []
    with reading(person.provider.actor("coach")) as reader:
        page = reader.open("/caseload")
        page.get_by_label("Find somebody").fill("Agnieszka O\u2019Hara")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_text("Nobody found")).to_be_visible()


@pytest.mark.parametrize(
    ("sought", "kind"),
    [
        ("Zoë O'Hara", "name"),
        ("zoe@example.org", "email"),
        ("YO1 7HH", "postcode"),
        ("yo17hh", "postcode"),
        ("+44 (0)7700 900123", "phone"),
        ("QQ 12 34 56 C", "ni_number"),
        ("Q1", "name"),
    ],
)
def test_what_is_sought_is_told_by_its_form(sought: str, kind: str) -> None:
    assert kind_of(sought) == kind


def eventually_sent(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Send a form again until it is taken, and return where that leads."""
    while not (answer := send()).is_redirect:
        time.sleep(0.5)
    return answer


def worried(platform: Platform, name: str) -> tuple[Person, str]:
    """Return somebody who stands in their coach's Today, and the page that shows them there."""
    somebody = platform.refer(name=name)
    worry = {"what": "Says that home is not safe at the moment."}
    told = done(platform.client(somebody.coach).post(f"{API}/cases/{somebody.case}/safety-concerns", json=worry))
    return somebody, f"/today?at_least={told.headers['waymark-position']}"


def test_a_contact_is_taken_back_with_one_key_and_stays_on_the_timeline_struck_through(
    reading: As, platform: Platform
) -> None:
    somebody, today = worried(platform, "Ines Duarte")
    with reading(somebody.coach) as reader:
        page = reader.open(today)
        for key in ("j", "c", "Enter"):
            press(page, key)
        expect(page.get_by_text("Contact recorded.")).to_be_visible()
        expect(page.get_by_text("Last contact today, phone")).to_be_visible()
        reader.picture("console-today-undo")
        assert reader.faults() == []
        press(page, "u")
        expect(page.get_by_text("Taken back.")).to_be_visible()
        expect(page.get_by_text("No contact yet")).to_be_visible()

        page.locator("[data-rows]").get_by_role("link", name="Ines Duarte").click()
        expect(page.locator("#timeline ~ .path s").first).to_be_visible()
        page.locator("summary", has_text="Record contact").click()
        page.get_by_role("button", name="Record contact").click()
        page.get_by_role("button", name="Take back").click()
        expect(page.locator("#timeline ~ .path s")).to_have_count(2)
        reader.picture("console-person-struck")
        assert reader.faults() == []


def test_somebody_who_was_put_off_is_there_again_with_one_key(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Leroy Bennett")
    coach = platform.client(somebody.coach)
    written = platform.client(somebody.actor).post(f"{API}/cases/{somebody.case}/messages", json={"text": "Hello?"})
    place = done(written).headers["waymark-position"]
    done(coach.get(f"{API}/today", params={"at_least": place}))
    with reading(somebody.coach) as reader:
        page = reader.open(f"/today?at_least={place}")
        expect(page.get_by_text("since today")).to_be_visible()
        press(page, "j")
        press(page, "s")
        page.get_by_label("Until when?").fill((datetime.now(UTC) + timedelta(days=3)).date().isoformat())
        page.get_by_label("Why?").fill("Away until Monday")
        press(page, "Enter")
        expect(page.get_by_text("Put off. A more urgent reason wakes it.")).to_be_visible()
        expect(page.locator("[data-rows]")).to_have_count(0)
        press(page, "u")
        expect(page.locator("[data-rows]").get_by_role("link", name="Leroy Bennett")).to_be_visible()


def test_the_diary_shows_a_week_and_takes_what_became_of_a_meeting(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Tom Reilly")
    with reading(somebody.coach) as reader:
        page = reader.open("/diary")
        expect(page.get_by_text("No meetings this week")).to_be_visible()
        reader.picture("console-diary-empty")
        assert reader.faults() == []

        coach, now = platform.client(somebody.coach), datetime.now(UTC)
        meeting = {"kind": "review", "channel": "video", "link": "https://meet.example/room"}
        soon = {"starts_at": (now + timedelta(seconds=3)).isoformat()}
        booked = done(coach.post(f"{API}/cases/{somebody.case}/appointments", json=meeting | soon))
        page = reader.open(f"/diary?at_least={booked.headers['waymark-position']}")
        expect(page.get_by_role("link", name="Join")).to_have_attribute("href", "https://meet.example/room")
        reader.picture("console-diary")
        assert reader.faults() == []

        begun = {"version": booked.json()["version"], "case": str(somebody.case), "back": "/diary?week="}
        path = f"/people/{somebody.id}/appointments/{booked.json()['ids']['appointment']}/came"
        browser_of = platform.browser(somebody.coach)
        told = eventually_sent(lambda: browser_of.post(path, data={"key": uuid4().hex} | begun))
        page = reader.open(told.headers["location"])
        expect(page.get_by_text("came", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="That was wrong")).to_be_visible()
        press(page, "u")
        expect(page.get_by_text("Taken back.")).to_be_visible()
        expect(page.get_by_text("came", exact=True)).to_have_count(0)

        other = {"kind": "review", "channel": "phone", "starts_at": (now + timedelta(minutes=2)).isoformat()}
        booked = done(coach.post(f"{API}/cases/{somebody.case}/appointments", json=other))
        page = reader.open(f"/diary?at_least={booked.headers['waymark-position']}")
        expect(page.get_by_text("overlaps with another")).to_have_count(2)
        reader.picture("console-diary-overlap")
        assert reader.faults() == []

        page.get_by_role("link", name="Later week").click()
        page.get_by_role("link", name="Later week").click()
        expect(page.get_by_text("No meetings this week")).to_be_visible()
        page.get_by_role("link", name="This week").click()
        expect(page.get_by_role("link", name="Tom Reilly").first).to_be_visible()


def test_a_meeting_of_an_earlier_week_that_nobody_settled_stands_before_the_week(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Maya Osei")
    manager, referral = platform.client(somebody.manager), f"{API}/referrals/{somebody.referral}"
    met = {"meets_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(), "channel": "phone"}
    version = done(manager.get(referral)).headers["etag"]
    done(manager.post(f"{referral}/initial-meeting", json=met, headers={"If-Match": version}))
    later = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    with reading(somebody.coach) as reader:
        link = reader.page.get_by_role("link", name="Say what became of it")
        wait_until(lambda: reader.open(f"/diary?week={later}") and link.count())
        expect(reader.page.get_by_text("Nobody said yet what became of these")).to_be_visible()
        assert reader.faults() == []


@pytest.fixture(scope="module")
def pair(platform: Platform) -> tuple[Person, Person]:
    """Two people of one coach."""
    first = platform.refer(name="Maya <b>Osei</b>")
    return first, platform.refer(first, first.provider, name="Sam Field")


def test_a_coach_writes_to_many_and_takes_it_back(reading: As, pair: tuple[Person, Person]) -> None:
    first, second = pair
    with reading(first.coach) as reader, reading(second.actor) as other:
        page = reader.open("/caseload")
        page.get_by_role("button", name="Write to them").click()
        expect(page.get_by_role("alert")).to_contain_text("Tick the people first")
        page.get_by_label("Tick everybody on this page").check()
        page.get_by_role("button", name="Write to them").click()
        expect(page.get_by_role("heading", name="Write to 2 people")).to_be_visible()
        expect(page.get_by_text("Maya <b>Osei</b>")).to_be_visible()
        reader.picture("console-bulk-message")
        assert reader.faults() == []
        page.fill("#text", "The workshop is on Friday.")
        page.get_by_role("button", name="Send to 2 people").click()
        expect(page.get_by_role("button", name="stop")).to_be_visible()
        expect(page.get_by_role("heading", name="2 messages are sent.")).to_be_visible(timeout=60_000)
        reader.picture("console-bulk-message-done")
        assert reader.faults() == []
        press(page, "u")
        expect(page.get_by_text("Taken back.")).to_be_visible()
        assert len(page.url) < SHORT
        expect(other.open("/messages").get_by_text("Taken back")).to_be_visible()


def test_a_leader_gives_people_to_another_coach_and_takes_it_back(
    reading: As, platform: Platform, pair: tuple[Person, Person]
) -> None:
    first, _ = pair
    platform.refer(provider=first.provider, name="Jo Marsh")
    with reading(first.provider.actor("team_leader")) as reader:
        page = reader.open("/team")
        page.locator(f'input[name="coach"][value="{first.coach.id}"]').check()
        page.get_by_role("button", name="Give them another coach").click()
        expect(page.get_by_role("heading", name="Give 2 people a coach")).to_be_visible()
        reader.picture("leader-bulk-assign")
        assert reader.faults() == []
        others = page.locator(f'#coach_id option:not([value=""], [value="{first.coach.id}"])')
        page.select_option("#coach_id", value=others.first.get_attribute("value"))
        page.get_by_role("button", name="Give 2 people to this coach").click()
        expect(page.get_by_role("heading", name="2 people have this coach now.")).to_be_visible()
        reader.picture("leader-bulk-assign-done")
        assert reader.faults() == []
        press(page, "u")
        expect(page.get_by_text("Taken back.")).to_be_visible()
        assert len(page.url) < SHORT
        expect(page.locator(f'input[name="coach"][value="{first.coach.id}"]')).to_be_visible()


def test_a_leader_lets_a_coach_cover_for_one_who_is_away(
    reading: As, platform: Platform, pair: tuple[Person, Person]
) -> None:
    first, _ = pair
    other = platform.refer(provider=first.provider, name="Kim Lang")
    today = datetime.now(UTC).date()
    with reading(first.provider.actor("team_leader")) as reader:
        page = reader.open("/team")
        page.locator("summary", has_text="Let somebody cover").click()
        page.select_option("#coach_id", value=str(first.coach.id))
        page.select_option("#covering_id", value=str(first.coach.id))
        page.fill("#first_day", today.isoformat())
        page.fill("#last_day", (today + timedelta(days=7)).isoformat())
        page.get_by_role("button", name="Let them cover").click()
        expect(page.get_by_role("alert")).to_contain_text("this coach is away")
        page.select_option("#covering_id", value=str(other.coach.id))
        page.get_by_role("button", name="Let them cover").click()
        expect(page.get_by_text("2 people", exact=True)).to_be_visible()
        reader.picture("leader-team-cover")
        assert reader.faults() == []
        with reading(other.coach) as covering:
            covering.open("/today")
            covering.picture("console-today-cover")
            assert covering.faults() == []
        page.get_by_role("button", name="End it now").click()
        expect(page.get_by_text("Nobody is away.")).to_be_visible()
