"""What a person looks for: told again it is no news, and what is missing most is said."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.aggregate import Recorded
from events.jobsearch import Contract, EmployerDropped, JobWishesTold, PayPeriod, profile_of
from events.sealed import Sealed
from events.wishes import MissingWish
from jobsearch.profile import Profile, most_limiting

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PERSON, PROVIDER = UUID(int=1), UUID(int=2)


def wishes(**fields: Any) -> JobWishesTold:
    work = Sealed(f"sealed:1:{PERSON}:{PERSON}:{JobWishesTold.type_name}:work:c2VhbGVk")
    everything = {
        "work": work,
        "town": 2633352,
        "miles": 10,
        "hours_most": 30,
        "contracts": (Contract.PERMANENT,),
        "pay_least": 12.5,
        "pay_period": PayPeriod.HOUR,
    }
    return JobWishesTold(occurred_at=NOW, participant_id=PERSON, provider_id=PROVIDER, **(everything | fields))


@pytest.fixture
def profile() -> Profile:
    profile = Profile.begin(profile_of(PERSON), wishes())
    profile.collect_events()
    return profile


def news(profile: Profile) -> list[Any]:
    return [event.fact for event in profile.collect_events() if isinstance(event, Recorded)]


def test_the_same_wishes_again_are_no_news(profile: Profile) -> None:
    profile.tell(wishes(), same_words=True)
    assert news(profile) == []


def test_other_words_are_news_though_the_rest_is_the_same(profile: Profile) -> None:
    profile.tell(wishes(), same_words=False)
    assert news(profile) == [wishes()]


def test_another_distance_is_news(profile: Profile) -> None:
    profile.tell(wishes(miles=20), same_words=True)
    assert news(profile) == [wishes(miles=20)]


def test_a_profile_is_whose_it_is(profile: Profile) -> None:
    assert (profile.subject, profile.tenant) == (PERSON, PROVIDER)


def test_a_fact_of_something_else_is_not_folded(profile: Profile) -> None:
    with pytest.raises(TypeError, match="Profile does not fold EmployerDropped"):
        profile.record(EmployerDropped(occurred_at=NOW))


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ({"work": None, "town": None}, MissingWish.WORK),
        ({"town": None, "hours_most": None}, MissingWish.PLACE),
        ({"hours_most": None, "contracts": ()}, MissingWish.HOURS),
        ({"hours_most": None, "hours_least": 16}, None),
        ({"miles": None, "contracts": (), "pay_least": None}, None),
        ({}, None),
    ],
)
def test_the_one_thing_is_said_whose_absence_limits_a_search_most(
    without: dict[str, Any], missing: MissingWish | None
) -> None:
    assert most_limiting(wishes(**without), has_cv=True) is missing


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        (lambda: most_limiting(wishes(), has_cv=False), MissingWish.CV),
        (lambda: most_limiting(wishes(hours_most=None), has_cv=False), MissingWish.CV),
        (lambda: most_limiting(None, has_cv=True), MissingWish.WORK),
    ],
)
def test_a_cv_comes_after_what_and_where(asked: Callable[[], MissingWish | None], missing: MissingWish) -> None:
    assert asked() is missing
