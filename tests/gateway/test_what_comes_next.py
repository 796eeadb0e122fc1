"""What a person does next, on their own pages: new jobs, meetings, interviews, steps of the plan, all that is kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import httpx
import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.gateway.pages import As
from tests.gateway.running import API, Person, Platform, done, eventually
from tests.gateway.test_taking_back import take_back
from tests.jobsearch.files import pdf

pytestmark = pytest.mark.timeout(600)

TODAY: Final = datetime.now(UTC).date()
ADDRESS: Final = "https://meet.example/room"
POSTING: Final[dict[str, Any]] = {
    "@type": "JobPosting",
    "identifier": "what-comes-next",
    "title": "Clockmaker",
    "url": "https://clocks.example/jobs/1",
    "jobLocation": {"address": {"addressLocality": "York", "addressCountry": "GB"}},
}


def settled(platform: Platform, name: str, work: str = "lamplighter") -> Person:
    """Return somebody who told what they look for, and to whom nothing is left to say but new jobs."""
    somebody = platform.refer(name=name)
    seeker, own = platform.client(somebody.actor), f"{API}/participants/{somebody.id}"
    wishes = {"work": work, "place": "York", "hours_least": "16", "version": "0"}
    assert platform.browser(somebody.actor).post("/me/wishes", data=wishes).status_code == 303
    done(seeker.post(f"{own}/cvs", json={"basics": {"label": work}}))
    return somebody


def step_of(client: httpx.Client, somebody: Person, rule: int) -> dict[str, Any]:
    """Wait until the next step of somebody is one of a rule, as their Home shows it."""
    path = (
        f"{API}/home" if client.get(f"{API}/me").json()["role"] == "jobseeker" else f"{API}/participants/{somebody.id}"
    )
    found: dict[str, Any] = eventually(
        lambda: client.get(path), lambda page: page["parts"].get("next_step", {}).get("rule") == rule
    )
    return found


def the_step(page: Page) -> Any:
    """Return the card of the next step."""
    return page.locator("article.step")


def opened(platform: Platform, somebody: Person) -> int:
    """Return how many times it was told that somebody opened a vacancy."""
    query = "select count(*) from stored_events where topic like '%%VacancyOpened%%' and subject = %s"
    with psycopg.connect(platform.addresses.databases["jobsearch"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', false)")
        rows = connection.execute(query, [somebody.id]).fetchall()
    return int(rows[0][0])


def test_new_jobs_that_fit_are_the_next_step_until_somebody_looks_and_one_is_applied_for(
    reading: As, platform: Platform
) -> None:
    somebody = settled(platform, "Ines Duarte", "clockmaker")
    seeker, coach = platform.client(somebody.actor), platform.client(somebody.coach)
    step_of(seeker, somebody, 13)
    manager, other = platform.client(somebody.manager), POSTING | {"identifier": "other", "title": "Night clockmaker"}
    for posting in (POSTING, other):
        done(manager.post(f"{API}/vacancies/json-ld", json=posting, params={"feed": "next"}))
    eventually(lambda: seeker.get(f"{API}/home"), lambda page: page["parts"]["jobs"]["new"] == 2)
    step_of(seeker, somebody, 12)
    assert step_of(coach, somebody, 12)["parts"]["participant"]["next_step"]["rule"] == 12

    with reading(somebody.coach) as reader:
        page = reader.open(f"/people/{somebody.id}")
        expect(page.get_by_text("Look at 2 new jobs that may fit you.")).to_be_visible()
    with reading(somebody.actor) as reader:
        page = reader.open("/home")
        expect(the_step(page)).to_contain_text("Look at 2 new jobs that may fit you.")
        the_step(page).get_by_role("link", name="See them").click()
        reader.picture("portal-jobs-new")
        page.get_by_role("link", name="Night clockmaker").click()
        step_of(seeker, somebody, 13)
        page.reload()
        assert opened(platform, somebody) == 1
        page.locator("summary", has_text="It is not for me").click()
        page.get_by_role("radio", name="The hours do not fit").check()
        reader.picture("portal-job")
        assert reader.faults() == []
        page.get_by_role("button", name="It is not for me").click()
        eventually(lambda: seeker.get(f"{API}/home"), lambda home: len(home["parts"]["jobs"]["hits"]) == 1)
        reader.open("/jobs")
        page.get_by_role("link", name="Clockmaker", exact=True).click()
        page.get_by_role("button", name="Apply on the employer's page").click()
        expect(page.get_by_role("heading", name="Did you send it?")).to_be_visible()
        expect(page.get_by_role("link", name="Open the employer's page")).to_have_attribute("href", POSTING["url"])
        reader.picture("portal-application-asked")
        assert reader.faults() == []

        reader.open("/applications")
        expect(page.get_by_role("region", name="Thinking about it")).to_contain_text("Did you send it?")
        page = reader.open("/home")
        page.get_by_role("link", name="Say when").click()
        page.fill("#sent_on", f"{TODAY - timedelta(days=1)}")
        page.select_option("#cv_version", "1")
        page.get_by_role("button", name="Keep").click()
        page.get_by_role("link", name="Clockmaker").click()
        expect(page.get_by_text("CV that you sent")).to_be_visible()
        reader.open("/home")
        expect(page.get_by_text("Did you send it?")).to_have_count(0)


def test_all_new_jobs_are_shown_before_none_is_new_any_more_and_a_coachs_look_is_no_look_of_theirs(
    platform: Platform,
) -> None:
    somebody = settled(platform, "Tom Reilly", "glassblower")
    seeker, own = platform.client(somebody.actor), f"{API}/participants/{somebody.id}"
    manager = platform.client(somebody.manager)
    titles = [f"Glassblower {number}" for number in range(5)]
    for title in titles:
        posting = POSTING | {"identifier": title, "title": title}
        done(manager.post(f"{API}/vacancies/json-ld", json=posting, params={"feed": "all-new"}))
    fit = eventually(lambda: seeker.get(f"{own}/matches"), lambda page: page["new"] == len(titles))
    one = fit["hits"][0]["vacancy"]["id"]

    coach = platform.browser(somebody.coach)
    seen = done(coach.get(f"/for/{somebody.id}/jobs")).text
    assert [title for title in titles if title not in seen] == []
    done(coach.get(f"/for/{somebody.id}/jobs/{one}"))
    assert done(seeker.get(f"{own}/matches")).json()["new"] == len(titles)

    seen = done(platform.browser(somebody.actor).get("/jobs")).text
    assert [title for title in titles if title not in seen] == []
    eventually(lambda: seeker.get(f"{own}/matches"), lambda page: page["new"] == 0)
    week = done(seeker.get(f"{own}/activity/weekly")).json()["weeks"][0]
    assert (week["shown"], week["opened"]) == (len(titles), 0)


def test_a_meeting_and_an_interview_are_told_with_when_and_where_moved_and_called_off(
    reading: As, platform: Platform
) -> None:
    somebody = settled(platform, "Leroy Bennett")
    coach, case = platform.client(somebody.coach), f"{API}/cases/{somebody.case}"
    soon = datetime.now(UTC) + timedelta(hours=3)
    meeting = {"kind": "review", "channel": "video", "starts_at": soon.isoformat(), "link": ADDRESS}
    done(coach.post(f"{case}/appointments", json=meeting))
    promise = {"owner": "coach", "what": "Ring the bakery", "due": f"{TODAY + timedelta(days=2)}"}
    version = {"If-Match": done(coach.get(case)).headers["etag"]}
    place = done(coach.post(f"{case}/actions", json=promise, headers=version)).headers["waymark-position"]
    step_of(platform.client(somebody.actor), somebody, 1)

    with reading(somebody.actor) as reader:
        page = reader.open(f"/home?at_least={place}")
        expect(the_step(page).get_by_role("link", name="Join")).to_have_attribute("href", ADDRESS)
        expect(the_step(page).get_by_role("link", name="See when and where")).to_have_attribute(
            "href", "/plan#meetings"
        )
        mine = page.get_by_role("region", name="My coach")
        expect(mine).to_contain_text("Your next meeting")
        expect(mine).to_contain_text("Ring the bakery")
        expect(page.get_by_role("region", name="This week")).to_contain_text("Meeting with your coach")
        reader.picture("portal-home-meeting")
        assert reader.faults() == []
        the_step(page).get_by_text("I can't make it").click()
        page.get_by_role("button", name="Call it off").click()
        expect(page.get_by_text("Your coach sees that you cannot come")).to_be_visible()
        expect(mine).to_contain_text("No meeting is booked.")

        invited_to_an_interview(reader.open("/applications"), TODAY + timedelta(days=9))
        page.get_by_text("Move it", exact=True).click()
        page.locator("details[open] [name=day]").fill("")
        page.locator("details[open] [name=time]").fill("00:05")
        page.locator("details[open] [name=place]").fill("2 High Street")
        page.locator("details[open]").get_by_role("button", name="Keep").click()
        expect(page.get_by_role("alert")).to_contain_text("Say the day too")
        expect(page.locator("details[open] [name=time]")).to_have_value("00:05")
        expect(page.locator("details[open] [name=place]")).to_have_value("2 High Street")
        page.locator("details[open] [name=day]").fill(f"{TODAY + timedelta(days=1)}")
        page.locator("details[open]").get_by_role("button", name="Keep").click()
        expect(page.get_by_text("12:05 am")).to_be_visible()
        reader.picture("portal-application-interview")
        assert reader.faults() == []
        step_of(platform.client(somebody.actor), somebody, 1)
        page = reader.open("/home")
        expect(the_step(page)).to_contain_text("Your interview is tomorrow")
        the_step(page).get_by_text("I can't make it").click()
        reader.picture("portal-home-interview")
        assert reader.faults() == []
        the_step(page).get_by_role("button", name="It will not take place").click()
        expect(page.get_by_text("Called off")).to_be_visible()


def invited_to_an_interview(page: Page, day: date) -> None:
    """Note on the pages that an application was sent and led to an interview, at half past two."""
    page.get_by_text("Add a job I found elsewhere").click()
    page.fill("#title", "Baker")
    page.get_by_role("button", name="Add it").click()
    for move in ("send", "interviews"):
        page.get_by_role("combobox").first.select_option(move)
        page.get_by_role("button", name="Move").first.click()
        if move == "interviews":
            page.fill("#time", "14:30")
            page.select_option("#channel", "video")
            page.fill("#place", ADDRESS)
            page.get_by_role("button", name="Keep").click()
            expect(page.get_by_role("alert")).to_contain_text("Say the day too")
            expect(page.locator("#time")).to_have_value("14:30")
            expect(page.locator("#channel")).to_have_value("video")
            expect(page.locator("#place")).to_have_value(ADDRESS)
            page.fill("#day", f"{day}")
        page.get_by_role("button", name="Keep").click()
    page.get_by_role("link", name="Baker").click()
    expect(page.get_by_text("2:30 pm")).to_be_visible()


def test_a_person_asks_for_another_day_says_their_hours_and_takes_away_what_is_kept(
    reading: As, platform: Platform
) -> None:
    somebody = settled(platform, "Nora Hill")
    coach, seeker, case = (
        platform.client(somebody.coach),
        platform.client(somebody.actor),
        f"{API}/cases/{somebody.case}",
    )
    step = {"owner": "participant", "what": "Visit two bakeries", "due": f"{TODAY + timedelta(days=1)}"}
    done(coach.post(f"{case}/actions", json=step, headers={"If-Match": done(coach.get(case)).headers["etag"]}))
    kept = {"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="cv.pdf"'}
    done(seeker.post(f"{API}/participants/{somebody.id}/cvs/file", content=pdf(), headers=kept))
    step_of(seeker, somebody, 7)

    with reading(somebody.actor) as reader:
        page = reader.open("/home")
        the_step(page).get_by_role("link", name="Show me").click()
        page.get_by_text("Change it or drop it").click()
        page.get_by_label("Which day is better?").fill(f"{TODAY + timedelta(days=5)}")
        reader.picture("portal-plan-asks")
        assert reader.faults() == []
        page.get_by_role("button", name="Ask for this day").click()
        expect(page.get_by_text("Asked. Your coach sees it")).to_be_visible()
        step_of(seeker, somebody, 13)
        take_back(page)
        step_of(seeker, somebody, 7)
        page.get_by_text("Change it or drop it").click()
        page.get_by_role("button", name="Ask to drop it").click()
        expect(page.get_by_text("Asked. Your coach sees it")).to_be_visible()
        page = reader.open("/messages")
        expect(page.locator(".talk li.mine").filter(has_text="Can we drop this step of the plan")).to_be_visible()
        step_of(seeker, somebody, 13)

        page = reader.open("/me")
        expect(page.get_by_label("Hours a week at least")).to_have_value("16")
        page.get_by_label("Hours a week at most").fill("30")
        page.get_by_label("Permanent").check()
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_label("Permanent")).to_be_checked()
        reader.picture("portal-me-wishes")
        assert reader.faults() == []

    told = done(platform.browser(somebody.actor).get("/me/everything.json")).json()
    assert [one["kind"] for one in told["cvs"]] == ["file", "typed"]
    assert told["cvs"][0]["file"]
    assert told["messages"][0]["by"] == "participant"
    assert {"who_looked", "nudge_wishes", "timeline", "appointments", "weeks", "courses"} <= told.keys()
