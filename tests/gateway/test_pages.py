"""Pages as their readers use them, in a real browser on the running platform."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import expect

from chassis.identity import Actor
from tests.gateway.pages import As, press
from tests.gateway.running import API, Person, Platform, done, wait_until
from tests.gateway.test_following import made
from tests.gateway.test_participant_pages import agree

pytestmark = pytest.mark.timeout(600)


PORTAL = [
    "/home",
    "/jobs",
    "/applications",
    "/plan",
    "/courses",
    "/courses/interview",
    "/cv",
    "/messages",
    "/me",
    "/me/record",
    "/help",
]
CONSOLE = [
    "/today",
    "/caseload",
    "/caseload?ready=no_contact",
    "/caseload?ready=everybody&sort=end",
    "/diary",
    "/diary?week=2026-01-01",
    "/messages",
    "/incoming",
    "/incoming?stage=accepted",
    "/help",
]
REFERRER = ["/refer", "/refer/file", "/my-referrals"]
LEADER = ["/team", "/standards", "/caseload?ready=unassigned"]


def name_of(path: str) -> str:
    """Return a path as a part of a file's name."""
    return re.sub(r"[^a-z_]+", "-", path.strip("/"))


@pytest.mark.parametrize("path", PORTAL)
def test_a_page_of_the_portal_is_whole(reading: As, person: Person, path: str) -> None:
    with reading(person.actor) as reader:
        reader.open(path)
        reader.picture("portal-" + name_of(path))
        assert reader.faults() == []


@pytest.mark.parametrize("path", CONSOLE)
def test_a_page_of_the_console_is_whole(reading: As, person: Person, path: str) -> None:
    with reading(person.coach) as reader:
        reader.open(path)
        reader.picture("console-" + name_of(path))
        assert reader.faults() == []


@pytest.mark.parametrize("path", REFERRER)
def test_a_page_of_a_referrer_is_whole(reading: As, person: Person, path: str) -> None:
    with reading(person.referrer) as reader:
        reader.open(path)
        reader.picture("referrer-" + name_of(path))
        assert reader.faults() == []


@pytest.mark.parametrize("path", LEADER)
def test_a_page_of_a_leader_is_whole(reading: As, person: Person, path: str) -> None:
    with reading(person.provider.actor("team_leader")) as reader:
        reader.open(path)
        reader.picture("leader-" + name_of(path))
        assert reader.faults() == []


@pytest.mark.parametrize("path", ["/performance", "/performance?apart=coach&by=recorded_at"])
def test_a_page_of_numbers_is_whole(reading: As, person: Person, path: str) -> None:
    for reader_of in (person.manager, Actor(uuid4(), "analyst")):
        with reading(reader_of) as reader:
            reader.open(path)
            reader.picture(f"{reader_of.role}-" + name_of(path))
            assert reader.faults() == []


def test_the_operators_page_shows_every_service_and_nobody_else_sees_it(reading: As, person: Person) -> None:
    with reading(Actor(uuid4(), "operator")) as reader:
        page = reader.open("/platform")
        expect(page.get_by_text("ready").first).to_be_visible()
        reader.picture("operator-platform")
        assert reader.faults() == []
    with reading(person.coach) as reader:
        expect(reader.open("/platform").get_by_text("This page is not for you")).to_be_visible()


@pytest.mark.parametrize("path", ["/home", "/people", "/today"])
def test_a_page_says_up_to_when_it_is_known_what_it_shows_while_a_view_is_behind(
    platform: Platform, reading: As, person: Person, path: str
) -> None:
    database, worker = platform.addresses.databases["caseload"], uuid4()
    behind = "insert into view_reach values ('today', %s, clock_timestamp() - interval '1 hour', 'infinity')"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(behind, [worker])
        try:
            with reading(person.actor if path == "/home" else person.coach) as reader:
                page = reader.open(f"/people/{person.id}" if path == "/people" else path)
                wait_until(lambda: page.reload() and page.get_by_text("What happened since is on its way").count())
                reader.picture(f"behind-{name_of(path)}")
                assert reader.faults() == []
        finally:
            connection.execute("delete from view_reach where worker = %s", [worker])


def test_the_page_of_a_person_is_whole_as_they_stand_and_as_they_stood(reading: As, person: Person) -> None:
    today = datetime.now(UTC).date()
    with reading(person.coach) as reader:
        for when, query in (("now", ""), ("then", f"?as_of={today}&by=recorded_at"), ("case", "?kind=case")):
            reader.open(f"/people/{person.id}{query}")
            reader.picture(f"console-person-{when}")
            assert reader.faults() == []


@pytest.mark.usefixtures("market")
def test_a_person_finds_a_job_in_their_own_words_saves_it_and_says_that_they_applied(
    reading: As, person: Person
) -> None:
    with reading(person.actor) as reader:
        page = reader.open("/jobs")
        page.fill("#words", "care assistant")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_text("You find it under Applications")).to_be_visible()
        page.get_by_role("combobox").first.select_option("begin")
        page.get_by_role("button", name="Move").first.click()
        expect(page.get_by_text("Moved.")).to_be_visible()
        page.get_by_role("combobox").first.select_option("send")
        page.get_by_role("button", name="Move").first.click()
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_text("We note the day")).to_be_visible()
        assert reader.faults() == []
    with reading(person.coach) as reader:
        page = reader.open(f"/people/{person.id}")
        unanswered = page.locator("li").filter(has_text="Sent, no answer yet")
        for _ in range(100):
            if unanswered.count():
                break
            page.reload()
        page.locator("summary", has_text=re.compile("[0-9]+ application")).click()
        expect(unanswered.first).to_be_visible()
        reader.picture("console-person-applications")
        assert reader.faults() == []


@pytest.mark.usefixtures("market")
def test_where_nothing_is_found_a_wider_search_is_one_press_away(reading: As, person: Person) -> None:
    with reading(person.actor) as reader:
        page = reader.open("/jobs")
        page.fill("#words", "care assistant")
        page.get_by_text("How far, pay and hours").click()
        page.get_by_label("Volunteer").check()
        page.get_by_role("button", name="Search").click()
        reader.picture("portal-jobs-wider")
        assert reader.faults() == []
        page.get_by_role("button", name="with any contract").click()
        expect(page.get_by_role("button", name="Save").first).to_be_visible()
        expect(page.locator("#words")).to_have_value("care assistant")


@pytest.mark.usefixtures("market")
def test_a_coach_looks_at_the_market_and_saves_nothing_for_themselves(reading: As, person: Person) -> None:
    with reading(person.coach) as reader:
        page = reader.open("/jobs")
        page.fill("#words", "care assistant")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".job").first).to_be_visible()
        page.locator(".job a").first.click()
        expect(page.get_by_role("link", name="Back to jobs")).to_be_visible()
        expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_what_was_written_stays_where_a_part_of_it_is_wrong(reading: As, platform: Platform) -> None:
    with reading(platform.refer(name="Ines Duarte").actor) as reader:
        page = reader.open("/cv")
        page.fill("#label", "Baker")
        page.fill("#position-0", "Bread and cakes")
        page.fill("#from-0", "last summer")
        page.get_by_role("button", name="Keep as a new version").click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("#label")).to_have_value("Baker")
        expect(page.locator("#from-0")).to_have_value("last summer")
        expect(page.locator(".field", has=page.locator("#from-0"))).to_contain_text(
            "Write a year, or a year and a month"
        )
        expect(page.locator(".field", has=page.locator("#from-1"))).not_to_contain_text("Error:")
        reader.picture("portal-cv-refused")
        assert reader.faults() == []
        page.fill("#label", "")
        page.fill("#from-0", "2024-03")
        page.get_by_role("button", name="Keep as a new version").click()
        expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
        page = reader.open("/plan")
        page.locator("summary", has_text="Propose a step").click()
        page.fill("#suggest-what", "Ring the bakery " * 500)
        page.fill("#suggest-due", f"{datetime.now(UTC).date() + timedelta(days=3)}")
        page.get_by_role("button", name="Propose a step").click()
        expect(page.locator("#suggest-what")).to_have_value(re.compile("Ring the bakery"))
        page.fill("#suggest-what", "Ring the bakery")
        page.fill("#suggest-due", "2026-01-05")
        page.locator("#deed-suggest").get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot fall due before")
        expect(page.locator("#suggest-what")).to_have_value("Ring the bakery")
        reader.picture("portal-plan-refused")
        assert reader.faults() == []
        page = reader.open("/messages")
        page.fill("#text", "So much to say. " * 2_000)
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert")).to_be_visible(timeout=30_000)
        expect(page.locator("#text")).to_have_value(re.compile("So much to say"))


def test_any_form_of_a_person_or_a_referrer_that_is_refused_is_shown_again_with_its_words(platform: Platform) -> None:
    somebody = platform.refer(name="Nora Hill")
    own, seeker = platform.browser(somebody.actor), platform.client(somebody.actor)
    past, soon = (f"{datetime.now(UTC).date() + timedelta(days=days)}" for days in (-3, 3))
    promised = agree(platform, somebody, "participant", "Ring two bakeries", soon)
    action, plan = done(promised).json()["ids"]["action"], {"case": str(somebody.case), "version": "1"}
    kept = done(seeker.post(f"{API}/participants/{somebody.id}/applications", json={"title": "Baker"})).json()
    sent = {"move": "send", "told": "yes", "sent_on": soon}
    offered = done(seeker.post(f"{API}/participants/{somebody.id}/applications", json={"title": "Cook"})).json()
    cook = f"/applications/{offered['ids']['application']}"
    for number, step in enumerate(("send", "offer")):
        seen = {"If-Match": f'"{offered["version"] + number}"'}
        done(seeker.post(f"{API}{cook}/{step}", json={}, headers=seen))
    accepted = {"move": "accept", "told": "yes", "hours_a_week": "many", "version": str(offered["version"] + 2)}
    wishes = {"work": "clocks", "hours_least": "16", "version": "0"}
    assert own.post("/me/wishes", data=wishes).status_code == 303
    move, again = f"/applications/{kept['ids']['application']}/move", {"version": str(kept["version"])}
    withdrawn = {"form": "", "by": "participant", "explanation": "They found <b>work</b>", "version": "1"}
    referral = done(platform.client(somebody.manager).get(f"{API}/referrals/{somebody.referral}"))
    rejected = {"form": "reject", "reason": "hired_elsewhere", "version": referral.headers["etag"].strip('"')}
    late = {"what": "Ask at the bakery", "due": past, "form": "suggest"}
    coach, page, told = platform.browser(somebody.coach), f"/people/{somebody.id}", {"case": str(somebody.case)}
    day = ("Write a day, like", "Fill this in")
    found: list[tuple[str, int, list[str]]] = []
    expected: list[tuple[str, int, list[str]]] = []
    for who, path, sends, status, said in (
        (own, "/plan/suggest", plan | late, 409, ('href="#suggest-due"', 'value="Ask at the bakery"', past)),
        (own, "/messages", plan | {"text": " \n "}, 422, ("Fill this in",)),
        (own, "/messages", plan | {"text": "\u200b"}, 422, ("It has no words",)),
        (own, "/messages", plan | {"text": "a" * 24_400}, 422, ("2,000 characters at most, you wrote 24,400",)),
        (coach, f"{page}/message", told | {"text": "   ", "form": "message"}, 422, ("Fill this in",)),
        (
            coach,
            f"{page}/session",
            plan | {"channel": "phone", "note": "a" * 2_001},
            422,
            ("at most, you wrote 2,001",),
        ),
        (coach, f"{page}/snooze", plan | {"until": "soon", "reason": "  ", "form": "snooze", "rule": "9"}, 422, day),
        (own, f"/plan/actions/{action}/ask/another-day", plan | {"day": "soon", "form": "d"}, 422, ("Write a day",)),
        (own, f"/plan/actions/{action}/done", plan, 412, ("Somebody was faster", "Ring two bakeries")),
        (own, move, sent | again, 409, ('href="#sent_on"', "now or was sent earlier", f'value="{soon}"')),
        (own, f"{cook}/move", accepted, 422, ("Write a number, like 16 or 37.5", 'value="many"')),
        (own, "/me/wishes", wishes | {"hours_most": "all"}, 422, ("Write a number, like 16 or 37.5", 'value="all"')),
        (own, move, sent | {"version": "9"}, 412, ("Somebody was faster", f'value="{soon}"')),
        (own, "/me/wishes", wishes | {"work": "bells"}, 412, ("Somebody was faster", 'value="bells"', 'value="16"')),
        (own, "/courses/interview/quiz", {"question-1": "2"}, 409, ('value="2" checked', "See how it went")),
        (
            platform.browser(somebody.referrer),
            f"/my-referrals/{somebody.referral}/withdraw",
            withdrawn,
            412,
            ("<details open>", "They found &lt;b&gt;work", 'value="participant" checked'),
        ),
        (platform.browser(somebody.manager), f"/incoming/{somebody.referral}/reject", rejected, 409, ('href="#main"',)),
    ):
        answer = who.post(path, data=sends)
        missing = [one for one in ("Something needs mending", *said) if one not in answer.text]
        found.append((path, answer.status_code, missing))
        expected.append((path, status, []))
    assert found == expected


def test_staff_withdraw_a_referral_with_a_reason_that_is_kept_while_somebody_else_was_faster(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Leila Nasser")
    with reading(somebody.manager) as reader:
        page = reader.open(f"/incoming/{somebody.referral}")
        expect(page.locator("#next #deed-withdraw, #next ~ #deed-withdraw")).to_have_count(0)
        expect(page.get_by_text("Programme", exact=True)).to_be_visible()
        expect(page.get_by_text(str(somebody.referrer.id))).to_be_visible()
        withdrawn = page.locator("#deed-withdraw")
        withdrawn.locator("summary").click()
        expect(withdrawn.get_by_role("radio", checked=True)).to_have_count(0)
        expect(withdrawn.locator(".notice")).to_contain_text("You cannot undo this")
        withdrawn.get_by_label("The person").check()
        page.evaluate("document.querySelector('#deed-withdraw form').noValidate = true")
        withdrawn.get_by_role("button", name="Withdraw this referral").click()
        expect(page.get_by_role("alert").get_by_role("link", name="Fill this in")).to_have_attribute(
            "href", "#withdraw-explanation"
        )
        expect(withdrawn.get_by_label("The person")).to_be_checked()
        withdrawn.get_by_label("Why?").fill("They moved to Leeds.")
        reader.picture("console-incoming-withdraw")
        assert reader.faults() == []

        staff, path = platform.client(somebody.coach), f"{API}/referrals/{somebody.referral}"
        meeting = {"meets_at": f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M}:00Z", "channel": "phone"}
        seen = {"If-Match": done(staff.get(path)).headers["etag"]}
        done(staff.post(f"{path}/handover", json=meeting, headers=seen))
        withdrawn.get_by_role("button", name="Withdraw this referral").click()
        expect(page.get_by_role("alert")).to_contain_text("Somebody was faster")
        expect(withdrawn.get_by_label("The person")).to_be_checked()
        expect(withdrawn.get_by_label("Why?")).to_have_value("They moved to Leeds.")
        assert reader.faults() == []
        withdrawn.get_by_role("button", name="Withdraw this referral").click()
        expect(page.get_by_text("Nothing: it is settled.")).to_be_visible()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    told = platform.browser(somebody.referrer).get(f"/my-referrals/{somebody.referral}").text
    assert all(words in told for words in ("They moved to Leeds.", "Who withdrew it", "The person asked for it"))
    link = made(platform, somebody.referrer, f"/my-referrals/{somebody.referral}/link")
    standing = platform.browser(None).get(link).text
    assert "Withdrawn" in standing
    assert not any(words in standing for words in ("Leeds", "The person asked for it"))


def test_a_job_from_elsewhere_is_asked_again_with_what_was_written_until_its_link_is_right(
    reading: As, platform: Platform
) -> None:
    with reading(platform.refer(name="Ines Duarte").actor) as reader:
        page = reader.open("/applications")
        page.get_by_text("Add a job I found elsewhere").click()
        page.fill("#title", "Baker")
        page.fill("#link", "the shop window")
        page.get_by_role("button", name="Add it").click()
        expect(page.get_by_role("alert")).to_contain_text("is not the address of a page")
        expect(page.locator("#title")).to_have_value("Baker")
        assert reader.faults() == []
        page.fill("#link", "https://riverside.example/jobs/1")
        page.get_by_role("button", name="Add it").click()
        expect(page.get_by_role("link", name="Baker")).to_be_visible()


def test_a_coach_records_a_contact_from_today_with_two_keys_after_choosing_the_row(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Ines Duarte")
    worry = {"what": "Says that home is not safe at the moment."}
    told = done(platform.client(somebody.coach).post(f"{API}/cases/{somebody.case}/safety-concerns", json=worry))
    with reading(somebody.coach) as reader:
        page = reader.open(f"/today?at_least={told.headers['waymark-position']}")
        reader.picture("console-today-queue")
        assert reader.faults() == []
        press(page, "j")
        press(page, "c")
        press(page, "Enter")
        expect(page.get_by_text("Contact recorded.")).to_be_visible()


PARTS_AT_FIRST = [
    ("Where to", "Still to do"),
    ("Who is it\\?", "Still to do"),
    ("How to reach them", "If you like"),
    ("What helps to know", "If you like"),
]


def test_a_referrer_sends_a_person_and_reads_what_comes_next(reading: As, person: Person) -> None:
    with reading(person.referrer) as reader:
        page = reader.open("/refer")
        parts = page.get_by_role("navigation", name="Parts of the form").get_by_role("listitem")
        expect(parts).to_have_text([re.compile(rf"{part}\s*{status}") for part, status in PARTS_AT_FIRST])
        page.get_by_role("button", name="Check your answers").click()
        expect(page.get_by_role("alert")).to_contain_text("Write the name")
        page.select_option("#provider_id", index=1)
        page.select_option("#programme_id", index=1)
        page.fill("#name", "Tom <b>Reilly</b>")
        page.fill("#phone", "01632 960001")
        page.get_by_role("button", name="Check your answers").click()
        page.get_by_role("button", name="Change something").click()
        expect(parts.filter(has_text="Done")).to_have_count(3)
        reader.picture("referrer-refer-parts")
        page.get_by_role("button", name="Check your answers").click()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("link", name="Tom <b>Reilly</b>").first).to_be_visible()
        filters = page.get_by_role("navigation", name="Where they stand").get_by_role("link")
        expect(filters).to_have_text([re.compile(rf"{name}\s*[1-9]") for name in ("Everybody", "Sent", "Accepted")])
        filters.nth(1).click()
        page.get_by_role("link", name="Oldest first").click()
        expect(page.locator(".queue-name").last).to_have_text("Tom <b>Reilly</b>")
        expect(page).to_have_url(re.compile(r"stage=submitted&order=oldest"))
        reader.picture("referrer-my-referrals-sent")
        assert reader.faults() == []
        page.get_by_label("Find somebody").fill("tom")
        page.get_by_role("button", name="Find").click()
        expect(page.locator(".queue-name")).to_have_text(["Tom <b>Reilly</b>"])
        expect(page).to_have_url(re.compile("/my-referrals/find$"))
        reader.picture("referrer-my-referrals-found")
        assert reader.faults() == []


def test_a_leader_sees_by_when_new_referrals_are_to_be_confirmed(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Tomasz Bielak")
    programme = done(platform.client(somebody.manager).get(f"{API}/referrals/{somebody.referral}")).json()[
        "programme_id"
    ]
    new = {"provider_id": str(somebody.provider.id), "programme_id": programme, "person": {"name": "Noor Aziz"}}
    sent = done(platform.client(somebody.referrer).post(f"{API}/referrals", json=new))
    with reading(somebody.manager) as reader:
        page = reader.open(f"/incoming?stage=submitted&at_least={sent.headers['waymark-position']}")
        expect(page.get_by_text("The provider confirms by")).to_be_visible()
        for path in ("/team", "/standards"):
            page = reader.open(path)
            expect(page.get_by_text("The provider confirms by")).to_contain_text("that they arrived")
            reader.picture(f"console-to-confirm{path.replace('/', '-')}")
            assert reader.faults() == []
        page.get_by_role("link", name="1 new referral").click()
        expect(page.get_by_role("link", name="Noor Aziz")).to_be_visible()


def test_a_referrer_leaves_a_form_comes_back_to_it_and_begins_anew(reading: As) -> None:
    referrer = Actor(uuid4(), "referrer")
    with reading(referrer) as reader:
        page = reader.open("/refer")
        page.fill("#name", "Ana <b>Lima</b>")
        page.get_by_role("button", name="Keep it and come back").click()
        expect(page.get_by_text("Kept for 14 days.")).to_be_visible()
    with reading(referrer) as reader:
        page = reader.open("/refer")
        expect(page.locator("#name")).to_have_value("Ana <b>Lima</b>")
        reader.picture("referrer-refer-left")
        assert reader.faults() == []
        page.get_by_role("button", name="Begin anew").click()
        expect(page.locator("#name")).to_have_value("")


def test_coach_and_person_make_a_plan_and_agree_it(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Leroy Bennett")
    with reading(somebody.coach) as coach, reading(somebody.actor) as person:
        page = coach.open(f"/people/{somebody.id}")
        page.locator("summary", has_text="Agree an action").click()
        page.fill("#agree-what", "Send the CV to three bakeries")
        page.fill("#agree-due", (datetime.now(UTC) + timedelta(days=7)).date().isoformat())
        page.get_by_role("button", name="Agree an action").click()
        expect(page.get_by_text("Send the CV to three bakeries").first).to_be_visible()
        page.locator("summary", has_text="Write a plan").click()
        page.fill("#plan-goal", "Work in a bakery by the summer.")
        page.get_by_role("button", name="Write a plan").click()
        page.get_by_role("button", name="Sign the plan").click()

        own = person.open("/plan")
        own.get_by_role("button", name="I agree").click()
        expect(own.get_by_text("You and your coach agreed")).to_be_visible()
        own.get_by_role("button", name="Done Send the CV").click()
        expect(own.get_by_text("Nothing to do right now")).to_be_visible()
        assert [coach.faults(), person.faults()] == [[], []]


def test_a_coach_takes_a_step_back_that_was_just_agreed(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Leroy Bennett")
    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        page.locator("summary", has_text="Agree an action").click()
        page.fill("#agree-what", "Send the CV to three bakeries")
        page.fill("#agree-due", (datetime.now(UTC) + timedelta(days=7)).date().isoformat())
        page.get_by_role("button", name="Agree an action").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Taken back.")).to_be_visible()
        page.locator("summary", has_text="Actions that are done or dropped").click()
        expect(page.get_by_text("Send the CV to three bakeries Dropped")).to_be_visible()


def test_coach_and_person_write_to_each_other_see_what_was_read_and_take_back_what_was_not(
    reading: As, platform: Platform
) -> None:
    somebody = platform.refer(name="Leroy Bennett")
    with reading(somebody.coach) as coach, reading(somebody.actor) as person:
        page = coach.open(f"/people/{somebody.id}")
        page.fill("#message-text", "The bakery rang.")
        page.get_by_role("button", name="Send").click()
        written = page.locator(".talk li").filter(has_text="The bakery rang.")
        expect(written).to_be_visible(timeout=20_000)
        expect(written).not_to_contain_text("read")

        own = person.open("/messages")
        expect(own.get_by_text("The bakery rang.")).to_be_visible()
        own.fill("#text", "Which one?")
        own.get_by_role("button", name="Send").click()
        answer = own.locator(".talk li").filter(has_text="Which one?")
        expect(answer).to_be_visible(timeout=20_000)
        wait_until(lambda: "Your turn" in platform.browser(somebody.coach).get("/messages").text)
        for path in ("/messages", "/caseload?ready=waiting_for_my_reply"):
            mine = coach.open(path)
            expect(mine.get_by_role("main")).to_contain_text(
                re.compile("Your turn.*reply: today|Waits since.*since today", re.DOTALL)
            )
            coach.picture(f"console{path.partition('?')[0].replace('/', '-')}-waiting")
            assert coach.faults() == []
        own.get_by_role("button", name="Undo").click()
        expect(own.get_by_text("Taken back.")).to_be_visible()
        expect(answer).to_have_count(0)

        expect(coach.open(f"/people/{somebody.id}").locator(".talk li").first).to_contain_text("read")
        assert [coach.faults(), person.faults()] == [[], []]
