"""What a coach meets on Today and on a person's page: worries, days that move, mistakes, and the past as it was."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.gateway.pages import As, press, reading_as
from tests.gateway.running import API, Person, Platform, done, eventually
from tests.gateway.test_taking_back import fill_in, section, take_back

pytestmark = pytest.mark.timeout(600)

TODAY = datetime.now(UTC).date()
SOON, LATER, PAST = (str(TODAY + timedelta(days)) for days in (7, 9, -3))
THEN = str(TODAY - timedelta(5))
CALL = {"channel": "phone", "occurred_at": datetime.now(UTC).isoformat(), "note": "Rang."}
EARLIER: LiteralString = """
update timeline set occurred_at = occurred_at - interval '9 days', recorded_at = recorded_at - interval '9 days',
fact = jsonb_set(fact::jsonb, '{occurred_at}', to_jsonb(occurred_at - interval '9 days'))::text
where participant_id = %s
"""
BEGUN: LiteralString = """
update today_contact set appointments = jsonb_set(appointments::jsonb, array[%s, 'starts_at'], to_jsonb(%s::text))
where participant_id = %s
"""


def change(platform: Platform, statement: LiteralString, *values: object) -> None:
    """Change what the views of cases hold, as if something had happened at another time."""
    with psycopg.connect(platform.addresses.databases["caseload"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', false)")
        assert connection.execute(statement, values).rowcount


def seen(platform: Platform, person: Person, answer: Any) -> Any:
    """Wait until a person's page shows a deed."""
    place = done(answer).headers["waymark-position"]
    return done(platform.client(person.coach).get(f"{API}/today", params={"at_least": place})).json()


def wrong(form: Locator, name: str, words: str) -> None:
    """See that a form is open with a fault at one of its fields, said where the page begins too."""
    expect(form.page.get_by_role("alert")).to_contain_text(words)
    expect(form).to_have_attribute("open", "")
    field = form.locator(".field", has=form.page.locator(f"[name={name}]"))
    expect(field.locator(".error")).to_contain_text(words)


def agree(platform: Platform, person: Person, owner: str, what: str, due: str) -> Any:
    """Agree an action."""
    coach, case = platform.client(person.coach), f"{API}/cases/{person.case}"
    seen_at = {"If-Match": done(coach.get(case)).headers["etag"]}
    return coach.post(f"{case}/actions", json={"owner": owner, "what": what, "due": due}, headers=seen_at)


def test_a_worry_about_safety_is_read_and_handled_where_today_leads_to(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Ines Duarte")
    coach, worry = platform.client(somebody.coach), {"what": "Says that home is not safe at the moment."}
    seen(platform, somebody, coach.post(f"{API}/cases/{somebody.case}/safety-concerns", json=worry))
    with reading(somebody.coach) as reader:
        page = reader.open("/today")
        row = page.locator(f"#person-{somebody.id}")
        expect(row).to_contain_text("A safety concern was raised today")
        expect(row.locator(".mark")).to_have_count(1)
        expect(row.get_by_text("Put off")).to_have_count(0)
        about = page.locator("section[aria-labelledby=news] > ul > li").filter(
            has=page.locator(f"a[href^='/people/{somebody.id}']")
        )
        expect(about).to_have_count(1)
        expect(about.locator("summary")).to_contain_text("more about")
        about.locator("summary").click()
        reader.picture("console-today-concern")
        assert reader.faults() == []
        reader.open("/today")
        press(page, "j", "a")
        concern = page.locator("li[id^=concern-]")
        expect(page.locator("#concerns:target")).to_be_visible()
        expect(concern).to_contain_text("Says that home is not safe at the moment.")
        expect(concern).to_contain_text("has to act")
        concern.locator("summary", has_text="It is dealt with").click()
        reader.picture("console-person-concern")
        assert reader.faults() == []
        concern.locator("[name=how]").fill("A room is found.")
        concern.get_by_role("button", name="It is dealt with").click()
        expect(concern).to_have_count(0)
        path = page.locator("#timeline ~ .path")
        expect(path).to_contain_text("A room is found.")
        page.get_by_role("button", name="Undo").click()
        expect(concern).to_contain_text("Says that home is not safe at the moment.")
        expect(path.locator("s")).to_contain_text("A worry about the person's safety was dealt with.")
        concern.locator("summary", has_text="It is dealt with").click()
        concern.locator("[name=how]").fill("A bed for one night.")
        concern.get_by_role("button", name="It is dealt with").click()
        expect(concern).to_have_count(0)
        page.locator("summary", has_text="Concerns that were dealt with").click()
        expect(section(page, "concerns")).to_contain_text("A bed for one night.")
        reader.picture("console-person-concern-dealt-with")
        assert reader.faults() == []
        page.get_by_role("button", name="That was wrong").click()
        expect(concern).to_have_count(1)
        expect(page.get_by_text("Taken back.", exact=True)).to_be_visible()
        concern.locator("summary", has_text="It is dealt with").click()
        concern.locator("[name=how]").fill("A room is found at last.")
        concern.get_by_role("button", name="It is dealt with").click()
        expect(concern).to_have_count(0)
        place = re.findall("at_least=([^&#]*)", page.url)[0]
        expect(reader.open(f"/today?at_least={place}").get_by_text("A safety concern")).to_have_count(0)


def test_a_past_day_shows_what_there_was_and_nothing_to_press(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Leroy Bennett")
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"
    meeting = {"kind": "review", "channel": "phone", "starts_at": f"{SOON}T10:00:00Z"}
    done(coach.post(f"{case}/appointments", json=meeting | {"place": "Room 2"}))
    seen(platform, somebody, coach.post(f"{case}/messages", json={"text": "Welcome to us."}))
    change(platform, EARLIER, somebody.id)
    done(coach.post(f"{case}/appointments", json=meeting | {"place": "Room 7"}))
    seen(platform, somebody, coach.post(f"{case}/messages", json={"text": "See you on Friday."}))
    with reading(somebody.coach) as reader:
        for by in ("occurred_at", "recorded_at"):
            page = reader.open(f"/people/{somebody.id}?as_of={THEN}&by={by}")
            expect(page.get_by_text("What happened later is not on this page.")).to_be_visible()
            expect(section(page, "meetings")).to_contain_text("Room 2")
            expect(page.locator("main")).not_to_contain_text("Room 7")
            expect(page.locator("main")).not_to_contain_text("See you on Friday.")
            expect(page.locator("main form[method=post]")).to_have_count(0)
        reader.picture("console-person-past")
        assert reader.faults() == []

        page.get_by_label("Show", exact=True).select_option("contact")
        page.get_by_role("button", name="Show").click()
        path = page.locator("#timeline ~ .path")
        expect(path).to_contain_text("Welcome to us.")
        expect(path.locator("li")).to_have_count(2)
        expect(path).not_to_contain_text("See you on Friday.")
        assert f"as_of={THEN}" in page.url


def test_what_is_refused_is_shown_again_as_it_was_filled_in_with_the_fault_at_its_field(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Tom Reilly")
    seen(platform, somebody, agree(platform, somebody, "participant", "Ring two bakeries", SOON))
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        main = page.locator("main")
        for words, name, told, fault in (
            ("Record a job", "hours_a_week", {"title": "Baker", "hours_a_week": "many"}, "Write a number, like 16"),
            ("Agree an action", "due", {"what": "Ask at the <b>bakery</b>", "due": PAST}, "cannot fall due before"),
            ("Book a meeting", "starts_at", {"starts_at": f"{PAST}T10:00", "place": "Room 2"}, "still to come"),
        ):
            fill_in(main, words, **told)
            form = page.locator("details.deed[open]")
            wrong(form, name, fault)
            for field, text in told.items():
                expect(form.locator(f"[name={field}]")).to_have_value(text)
            reader.picture(f"console-person-refused-{name}")
            assert reader.faults() == []
        action = page.locator("[id^=action-]")
        fill_in(action, "Move the date", due=PAST)
        wrong(action.locator("details"), "due", "cannot fall due before")
        action.locator("[name=due]").fill(LATER)
        action.locator("details").get_by_role("button").click()
        expect(action).to_contain_text("in 9 days")
        take_back(page)
        expect(action).to_contain_text("in 7 days")

        # Somebody was faster: the page says so, and shows how it stands now.
        seen(platform, somebody, agree(platform, somebody, "participant", "Mend the CV", SOON))
        action.first.get_by_role("button", name="Done").click()
        expect(page.get_by_role("alert")).to_contain_text("Somebody was faster")
        expect(action).to_have_count(2)


def test_a_date_is_moved_without_undo_where_the_form_tells_no_day_that_it_was(platform: Platform) -> None:
    somebody = platform.refer(name="Leila Nasser")
    agreed = agree(platform, somebody, "participant", "Ring two bakeries", SOON)
    seen(platform, somebody, agreed)
    path = f"/people/{somebody.id}/actions/{agreed.json()['ids']['action']}/due"
    browser, version = platform.browser(somebody.coach), agreed.json()["version"]
    for due, was, undone in ((LATER, f"{SOON} or so", False), (SOON, LATER, True)):
        form = {"case": str(somebody.case), "due": due, "was": was, "version": str(version)}
        told = browser.post(path, data=form)
        assert told.status_code == 303
        assert ("undo=" in told.headers["location"]) is undone
        version += 1


def test_undo_is_offered_of_what_was_told_and_of_a_meeting_whose_time_is_still_to_come(platform: Platform) -> None:
    somebody = platform.refer(name="Leila Nasser")
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"
    raised = done(coach.post(f"{case}/safety-concerns", json={"what": "Home is not safe."}))
    meeting = {"kind": "review", "channel": "phone", "starts_at": f"{SOON}T10:00:00Z"}
    booked = done(coach.post(f"{case}/appointments", json=meeting)).json()
    concern, appointment = raised.json()["ids"]["concern"], booked["ids"]["appointment"]
    dealt_with = (f"/people/{somebody.id}/concerns/{concern}/handled", {"how": "A room is found."})
    moved = (f"/people/{somebody.id}/appointments/{appointment}/to/another-time", {"channel": "phone"})
    browser = platform.browser(somebody.coach)
    for (path, told), undone in (
        (dealt_with, True),
        (dealt_with, False),
        ((moved[0], moved[1] | {"starts_at": f"{SOON}T11:00", "was": f"{PAST}T10:00:00Z", "version": "1"}), False),
        ((moved[0], moved[1] | {"starts_at": f"{SOON}T12:00", "was": f"{SOON}T11:00:00Z", "version": "2"}), True),
    ):
        answer = browser.post(path, data=told | {"case": str(somebody.case)})
        assert (answer.status_code, "undo=" in answer.headers["location"]) == (303, undone)


def test_somebody_is_put_off_looked_at_again_and_answered_from_the_row_of_today(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Maya Osei")
    case = f"{API}/cases/{somebody.case}"
    seen(platform, somebody, platform.client(somebody.actor).post(f"{case}/messages", json={"text": "Hello?"}))
    with reading(somebody.coach) as reader:
        page = reader.open("/today")
        row = page.locator("[data-rows] > li")
        press(page, "j", "s")
        row.locator("[name=until]").fill(PAST)
        row.locator("[name=reason]").fill("Away until Monday")
        row.get_by_role("button", name="Put off").click()
        wrong(row.locator("details", has=page.locator("[name=until]")), "until", "still to come")
        expect(row.locator("[name=reason]")).to_have_value("Away until Monday")
        row.locator("[name=until]").fill(LATER)
        row.get_by_role("button", name="Put off").click()
        expect(page.get_by_text("Put off. A more urgent reason wakes it.")).to_be_visible()
        page = reader.open(f"/people/{somebody.id}")
        expect(section(page, "put-off")).to_contain_text("Away until Monday")
        page.get_by_role("button", name="Look at it again now").click()
        expect(page.locator("#put-off")).to_have_count(0)

        page = reader.open(f"/today?{page.url.partition('?')[2]}")
        press(page, "j", "a")
        row.get_by_label("Write to them").fill("Yes, I am here.")
        reader.picture("console-today-reply")
        assert reader.faults() == []
        row.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Your message is on its way.")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("without a reply")).to_have_count(0)


def test_a_promise_and_what_became_of_a_meeting_are_settled_in_the_row(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Nora Quinn")
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"
    told = seen(platform, somebody, agree(platform, somebody, "coach", "Ring the bakery", str(TODAY)))
    with reading(somebody.coach) as reader:
        row = reader.page.locator("[data-rows] > li")
        assert told["shown"][0]["reason"]["deed"] == "keep_promise"
        page = reader.open("/today")
        press(page, "j", "a")
        expect(page.get_by_text("What you promised")).to_have_count(0)
        take_back(page)
        row.get_by_role("button", name="I did it").click()
        expect(page.get_by_text("What you promised")).to_have_count(0)

        soon = datetime.now(UTC) + timedelta(seconds=2)
        meeting = {"kind": "review", "channel": "in_person", "starts_at": soon.isoformat(), "minutes": 5}
        booked = coach.post(f"{case}/appointments", json=meeting)
        seen(platform, somebody, booked)
        ago = (datetime.now(UTC) - timedelta(minutes=6)).isoformat()
        change(platform, BEGUN, booked.json()["ids"]["appointment"], ago, somebody.id)
        eventually(lambda: coach.get(f"{case}/appointments"), lambda shown: shown["appointments"][0]["needs_outcome"])
        page = reader.open("/today")
        section(page, "diary").locator("summary").click()
        expect(section(page, "diary").get_by_role("button", name="They came late")).to_be_visible()
        reader.picture("console-today-outcome")
        assert reader.faults() == []
        row.get_by_role("button", name="They did not come").click()
        expect(section(page, "diary")).to_contain_text("did not come")
        take_back(page)
        section(page, "diary").get_by_role("button", name="They came").first.click()
        expect(section(page, "diary").get_by_text("came", exact=True)).to_be_visible()


def test_older_history_is_reached_without_scripts_and_why_lands_on_its_fact(
    chromium: Browser, platform: Platform
) -> None:
    somebody = platform.refer(name="Agnieszka O'Hara")
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"
    for number in range(51):
        told = coach.post(f"{case}/contacts", json=CALL | {"note": f"Call {number}."})
    seen(platform, somebody, told)
    first = done(coach.get(f"{API}/participants/{somebody.id}/timeline")).json()["entries"][-1]["id"]
    with reading_as(chromium, platform, somebody.coach, java_script=False) as reader:
        page = reader.open(f"/people/{somebody.id}?kind=contact")
        path = page.locator("#timeline ~ .path > li")
        expect(path).to_have_count(50)
        page.get_by_role("link", name="Show more").click()
        expect(path).to_have_count(1)
        expect(path).to_contain_text("Call 0.")
        page.get_by_role("link", name="Back to the start").click()
        expect(path).to_have_count(50)
        fact = f"?fact={first}#fact-{first.replace(':', '-')}"
        page = reader.open(f"/people/{somebody.id}{fact}")
        expect(page.locator(":target")).to_be_visible()


def test_what_a_coach_reads_of_a_person_is_in_words(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Sam Field", address="1 High Street", postcode="YO1 7HH")
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"
    needs = {"barriers": ["administration", "digital"], "contact_needs": ["call_only"]}
    version = done(coach.get(case)).headers["etag"]
    seen(platform, somebody, coach.post(f"{case}/needs", json=needs, headers={"If-Match": version}))
    done(platform.client(somebody.actor).post(f"{API}/participants/{somebody.id}/courses/interview/enrol"))
    eventually(
        lambda: coach.get(f"{API}/participants/{somebody.id}"),
        lambda shown: any("course" in entry["sentence"] for entry in shown["parts"]["timeline"]["entries"]),
    )
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        expect(page.get_by_text("1 High Street, YO1 7HH")).to_be_visible()
        expect(section(page, "about")).to_contain_text("Administration, Digital")
        expect(section(page, "about")).to_contain_text("0 of ")
    with reading(somebody.actor) as reader:
        expect(reader.open("/me/record").get_by_text("Administration, Digital", exact=True)).to_be_visible()


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the rows of a table as a spreadsheet reads them."""
    return list(csv.DictReader(io.StringIO(text)))


def test_a_caseload_as_a_table_says_whose_when_and_how_and_a_formula_is_text(platform: Platform) -> None:
    formula = '=HYPERLINK("https://elsewhere.example","Click")'
    somebody = platform.refer(name=formula)
    coach = platform.client(somebody.coach)
    seen(platform, somebody, coach.post(f"{API}/cases/{somebody.case}/contacts", json=CALL))
    leader = platform.browser(somebody.provider.actor("team_leader"))
    (row,) = rows_of(done(leader.get("/caseload.csv?ready=everybody")).text)
    assert row["name"] == f"'{formula}"
    assert (UUID(row["coach"]), row["channel"]) == (somebody.coach.id, "phone")
    assert rows_of(done(leader.get("/caseload.csv?ready=no_contact&days=1")).text) == []
    page = done(leader.get("/caseload?ready=no_contact&days=30")).text
    assert "No contact for 30 days" in page
