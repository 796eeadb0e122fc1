"""What an analyst does in the pages: search facts, follow one to its trace, look back, fetch an export."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from chassis.identity import Actor
from gateway.web.facts import said
from gateway.web.performance import FURTHEST, slid, weeks_back
from tests.gateway.pages import As
from tests.gateway.running import API, Person, Platform, eventually

pytestmark = pytest.mark.timeout(600)

ANALYST = Actor(uuid4(), "analyst")
TODAY = date(2026, 4, 2)
PATIENT = 60_000


@pytest.fixture(scope="module")
def counted(platform: Platform, person: Person) -> Person:
    """Somebody whom analytics has heard of."""
    manager = platform.client(person.manager)
    eventually(lambda: manager.get(f"{API}/funnel"), lambda page: page["total"]["people"])
    asked = {"types": ["waymark.referrals.ReferralAccepted.v1"]}
    eventually(lambda: manager.post(f"{API}/facts/search", json=asked), lambda page: page["facts"])
    return person


@pytest.mark.usefixtures("counted")
def test_a_fact_is_found_and_followed_to_what_belongs_to_it(reading: As) -> None:
    with reading(ANALYST) as reader:
        page = reader.open("/facts")
        expect(page.get_by_text("Nothing was searched yet")).to_be_visible()
        reader.picture("analyst-facts-empty")
        assert reader.faults() == []

        page.get_by_label("What happened").select_option(label="Referral accepted")
        page.get_by_role("button", name="Search").click()
        expect(page).to_have_url(re.compile("/facts$"), timeout=PATIENT)
        expect(page.get_by_role("row").filter(has_text="Referral accepted").first).to_be_visible()
        page.get_by_text("What it says").first.click()
        reader.picture("analyst-facts")
        assert reader.faults() == []

        page.get_by_role("link", name="What it belongs to").first.click()
        expect(page.get_by_role("heading", name="What belongs together")).to_be_visible(timeout=PATIENT)
        expect(page.get_by_text("Case opened")).to_be_visible()
        reader.picture("analyst-together")
        assert reader.faults() == []


@pytest.mark.usefixtures("counted")
def test_a_search_that_finds_nothing_says_what_else_to_try(reading: As) -> None:
    with reading(ANALYST) as reader:
        page = reader.open("/facts")
        page.get_by_label("Learned up to").fill("2020-01-01")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_text("No fact is like that")).to_be_visible(timeout=PATIENT)
        assert reader.faults() == []


@pytest.mark.usefixtures("counted")
def test_a_number_of_a_person_that_is_none_is_shown_at_its_field(reading: As) -> None:
    with reading(ANALYST) as reader:
        page = reader.open("/facts")
        page.get_by_label("About one person").fill("<b>nobody</b>")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("link", name="This is not the number of a person")).to_be_visible(timeout=PATIENT)
        expect(page.get_by_label("About one person")).to_have_value("<b>nobody</b>", timeout=PATIENT)
        assert reader.faults() == []


def test_a_number_leads_to_its_people_and_they_to_their_facts(reading: As, counted: Person) -> None:
    with reading(counted.manager) as reader:
        page = reader.open("/performance")
        reader.picture("manager-performance")
        expect(page.get_by_role("row", name="Referred")).to_contain_text("100 %")
        page = reader.open("/performance?apart=coach")
        groups = page.get_by_role("region", name="Table of the groups")
        expect(page.get_by_text("The table goes on to the right")).to_be_visible()
        reader.picture("manager-performance-groups")
        assert reader.faults() == []
        groups.get_by_role("link", name="people: show them").first.click()
        expect(page).to_have_url(re.compile(f"coach={counted.coach.id}"))
        expect(page.get_by_text("1 person: Referred")).to_be_visible(timeout=PATIENT)
        reader.open("/performance").get_by_role("link", name="people: show them").first.click()
        expect(page.get_by_role("heading", name="The people behind a number")).to_be_visible(timeout=PATIENT)
        reader.picture("manager-drill")
        assert reader.faults() == []
        expect(page.get_by_role("rowheader", name="Zoë Okafor")).to_be_visible(timeout=PATIENT)
        page.get_by_role("button", name=re.compile("Show why")).first.click()
        expect(page.get_by_text("These facts make the person count in: referred.")).to_be_visible(timeout=PATIENT)
        expect(page.locator("tbody tr")).to_have_count(1, timeout=PATIENT)
        expect(page.locator("tbody tr")).to_contain_text("Referral submitted")
        reader.picture("manager-why")
        assert reader.faults() == []
        page.get_by_role("button", name="Show all their facts").click()
        expect(page.get_by_role("row").filter(has_text="Case opened").first).to_be_visible(timeout=PATIENT)


@pytest.mark.usefixtures("counted")
def test_the_slider_shows_how_it_stood_with_and_without_javascript(reading: As, platform: Platform) -> None:
    today = datetime.now(UTC).date()
    back = platform.browser(ANALYST).get("/performance", params={"back": "4", "was_back": "0", "as_of": str(today)})
    assert f'name="as_of" value="{today - timedelta(weeks=4)}"' in back.text

    with reading(ANALYST) as reader:
        page = reader.open("/performance")
        slider = page.get_by_role("slider")
        slider.focus()
        slider.press("ArrowRight")
        expect(page.get_by_label("As it stood on")).to_have_value(str(today - timedelta(weeks=1)), timeout=PATIENT)
        expect(page.get_by_role("slider")).to_be_focused()
        reader.picture("analyst-performance")
        assert reader.faults() == []


@pytest.mark.usefixtures("counted")
def test_an_export_is_begun_watched_and_fetched(reading: As) -> None:
    with reading(ANALYST) as reader:
        page = reader.open("/exports")
        reader.picture("analyst-exports")
        assert reader.faults() == []
        page.get_by_role("button", name="Begin an export").click()
        link = page.get_by_role("link", name=re.compile("^Fetch")).first
        expect(link).to_be_visible(timeout=PATIENT)
        reader.picture("analyst-export")
        assert reader.faults() == []
        with page.expect_download() as fetched:
            link.click()
        assert fetched.value.suggested_filename.endswith(".parquet")
        assert fetched.value.path().read_bytes()[:4] == b"PAR1"


@pytest.mark.parametrize("path", ["/facts", "/exports", "/performance/people?number=referred"])
def test_who_works_with_people_or_machines_sees_no_page_of_an_analyst(
    platform: Platform, person: Person, path: str
) -> None:
    for actor in (person.coach, person.actor, person.referrer, Actor(uuid4(), "operator")):
        assert platform.browser(actor).get(path).status_code == 403


def test_a_type_of_fact_is_said_in_words() -> None:
    assert said("waymark.referrals.ReferralAccepted.v1") == "Referral accepted"


@pytest.mark.parametrize(
    ("as_of", "back", "was_back", "day"),
    [
        ("2026-03-01", "4", "4", "2026-03-01"),
        ("2026-03-01", "1", "4", "2026-03-26"),
        ("", "0", "4", "2026-04-02"),
        ("", "", "", ""),
        ("2026-03-01", "many", "4", "2026-03-01"),
        ("", "9999999999", "0", str(TODAY - timedelta(weeks=FURTHEST))),
    ],
)
def test_a_slider_that_was_moved_goes_before_a_day(as_of: str, back: str, was_back: str, day: str) -> None:
    assert slid(TODAY, as_of, back, was_back) == day


@pytest.mark.parametrize(("as_of", "weeks"), [("", 0), ("2026-04-02", 0), ("2026-03-05", 4), ("1999-01-01", FURTHEST)])
def test_a_slider_stands_where_the_day_is(as_of: str, weeks: int) -> None:
    assert weeks_back(TODAY, as_of) == weeks
