"""A vacancy comes, reads differently, leaves and comes back; what is so already is no fact."""

from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from chassis.aggregate import Recorded
from events.envelope import MARKET
from events.fact import Fact
from events.jobsearch import Vacancy, VacancyImported, VacancyRevised, VacancyWithdrawn
from jobsearch.vacancy import Listing, listing_id

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BAKER, COOK = Vacancy(source="feed", title="Baker"), Vacancy(source="feed", title="Cook")


def facts(listing: Listing) -> list[type[Fact]]:
    return [type(event.fact) for event in listing.collect_events() if isinstance(event, Recorded)]


def test_a_vacancy_is_told_on_the_market_and_about_nobody() -> None:
    listing = Listing.advertise(uuid4(), BAKER, NOW)
    assert (listing.told_on, listing.subject, listing.tenant) == (MARKET, None, None)
    assert facts(listing) == [VacancyImported]


def test_the_same_again_is_no_fact() -> None:
    listing = Listing.advertise(uuid4(), BAKER, NOW)
    listing.revise(BAKER, NOW)
    assert facts(listing) == [VacancyImported]


def test_a_difference_is_a_revision() -> None:
    listing = Listing.advertise(uuid4(), BAKER, NOW)
    listing.revise(COOK, NOW)
    assert facts(listing) == [VacancyImported, VacancyRevised]
    assert listing.vacancy == COOK


def test_one_that_left_comes_back_and_leaves_once() -> None:
    listing = Listing.advertise(uuid4(), BAKER, NOW)
    listing.withdraw(NOW)
    listing.withdraw(NOW)
    assert not listing.live
    listing.revise(BAKER, NOW)
    assert facts(listing) == [VacancyImported, VacancyWithdrawn, VacancyImported]
    assert listing.live


@given(st.lists(st.sampled_from(["baker", "cook", "gone"])))
def test_whatever_is_told_of_it_no_fact_says_what_was_so(course: list[str]) -> None:
    listing = Listing.advertise(uuid4(), BAKER, NOW)
    for step in course:
        before = (listing.live, listing.vacancy, listing.version)
        if step == "gone":
            listing.withdraw(NOW)
        else:
            listing.revise(BAKER if step == "baker" else COOK, NOW)
        assert (listing.version == before[2]) == ((listing.live, listing.vacancy) == before[:2])


def test_an_identity_has_one_id_in_a_feed() -> None:
    assert listing_id("feed", "A1") == listing_id("feed", "A1")
    assert len({listing_id("feed", "A1"), listing_id("feed", "A2"), listing_id("other", "A1")}) == 3
