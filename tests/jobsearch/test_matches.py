"""Three new jobs that fit: by what a person told, each with its reasons, none that they saved or dismissed."""

import time
from functools import partial
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from jobsearch.places import gazetteer
from tests.jobsearch.market import bring_in, feed, searched
from tests.jobsearch.running import Person, Platform, SpeaksAs, asked, eventually, read_after

LEEDS: Final = 2644688
MARKET: Final = """title,employer,place,region,contract,hours,pay
Bellringer,Near,Leeds,West Yorkshire,"Permanent, part-time",16-20,£14 per hour
Night Bellringer,Nearby,Bradford,West Yorkshire,"Permanent, part-time",20,£13 per hour
Organ Tuner,Other Wish,Wakefield,West Yorkshire,"Permanent, part-time",18,£15 per hour
Bellringer,Badly Paid,Leeds,West Yorkshire,"Permanent, part-time",20,£12 per hour
Bellringer,Far,Norwich,Norfolk,"Permanent, part-time",20,£14 per hour
Bellringer,Temporary,Leeds,West Yorkshire,"Temporary, part-time",20,£14 per hour
"""
WISHES: Final = {
    "work": "bellringer, organ tuner",
    "town": LEEDS,
    "miles": 12,
    "hours_most": 24,
    "pay_least": 13,
    "pay_period": "hour",
    "contracts": ["permanent"],
}


@pytest.fixture
def ada(platform: Platform) -> Person:
    """A person whose coach is known."""
    person = Person(uuid4())
    platform.take_on(person)
    with platform.client("coach", person.provider, person.coach) as coach:
        eventually(coach, f"/participants/{person.id}/matches", lambda page: page["hits"] == [])
    return person


@pytest.fixture(scope="module", autouse=True)
def jobs(platform: Platform) -> None:
    """Bring jobs to market that only these tests know, and wait until they are found."""
    with platform.client("provider_manager", uuid4()) as manager:
        bring_in(manager, MARKET, feed())
        found = partial(searched, manager, words="bellringer", place="Norwich", miles=5)
        while not found()["hits"]:
            time.sleep(0.05)


def tell(client: httpx.Client, person: Person, **changes: Any) -> None:
    """Tell the person's wishes, and wait until they are seen."""
    path = f"/participants/{person.id}/profile"
    version = client.get(path).headers["ETag"]
    answer = client.put(path, json=WISHES | changes, headers={"If-Match": version})
    read_after(answer, client, path)


def employers(page: dict[str, Any]) -> set[str]:
    return {match["vacancy"]["employer"] for match in page["hits"]}


def test_leeds_is_the_town_of_these_tests() -> None:
    assert gazetteer().towns[LEEDS].name == "Leeds"


def test_nobody_is_matched_before_they_said_what_they_want(ada: Person, speaks: SpeaksAs) -> None:
    page = speaks(ada).get(f"/participants/{ada.id}/matches").json()
    assert (page["hits"], page["missing"]) == ([], "work")


def test_what_fits_comes_with_its_reasons(ada: Person, speaks: SpeaksAs) -> None:
    client = speaks(ada)
    tell(client, ada)

    page = eventually(client, f"/participants/{ada.id}/matches", lambda page: len(page["hits"]) == 3)

    assert employers(page) == {"Near", "Nearby", "Other Wish"}
    near = next(match for match in page["hits"] if match["vacancy"]["employer"] == "Near")
    assert near["reasons"] == [{"asked": "bellringer", "met": ["Bellringer"], "field": "title"}]
    assert near["fits"] == ["in Leeds", "pays £14 per hour", "16 to 20 hours a week", "permanent"]
    assert near["mismatch"] is None
    other = next(match for match in page["hits"] if match["vacancy"]["employer"] == "Other Wish")
    assert {reason["asked"] for reason in other["reasons"]} == {"organ", "tuner"}
    assert other["fits"][0].endswith("miles from Leeds")


def test_what_was_saved_or_dismissed_is_not_new(ada: Person, speaks: SpeaksAs) -> None:
    client, path = speaks(ada), f"/participants/{ada.id}/matches"
    tell(client, ada)
    page = eventually(client, path, lambda page: len(page["hits"]) == 3)
    saved, dismissed, left = (match["vacancy"]["id"] for match in page["hits"])

    asked(client, f"/participants/{ada.id}/applications", {"vacancy_id": saved})
    asked(client, f"/participants/{ada.id}/activity/dismissed", {"vacancy_id": dismissed, "reason": "wrong_work"})

    def without_both(page: dict[str, Any]) -> bool:
        ids = {match["vacancy"]["id"] for match in page["hits"]}
        return left in ids and not ids & {saved, dismissed}

    eventually(client, f"{path}?most=20", without_both)


def test_a_coach_sees_the_same(ada: Person, speaks: SpeaksAs) -> None:
    tell(speaks(ada), ada, work="bellringer")
    path = f"/participants/{ada.id}/matches"
    own = eventually(speaks(ada), path, lambda page: len(page["hits"]) == 3)
    assert speaks(ada, "coach").get(path).json() == own


def test_who_said_no_to_the_twenty_best_is_shown_the_next_and_what_was_shown_is_not_new(
    ada: Person, speaks: SpeaksAs, platform: Platform
) -> None:
    client, path = speaks(ada), f"/participants/{ada.id}/matches"
    rows = "".join(f"Lamplighter,Lamps {number},Leeds,West Yorkshire\n" for number in range(23))
    with platform.client("provider_manager", uuid4()) as manager:
        bring_in(manager, f"title,employer,place,region\n{rows}", feed())
    tell(client, ada, work="lamplighter", hours_most=None, pay_least=None, pay_period=None, contracts=[])
    best = eventually(client, f"{path}?most=20", lambda page: page["new"] == len(page["hits"]) == 20)["hits"]

    shown = [match["vacancy"]["id"] for match in best]
    assert asked(client, f"/participants/{ada.id}/activity/shown", {"vacancy_ids": shown}).status_code == 201
    assert asked(client, f"/participants/{ada.id}/activity/shown", {"vacancy_ids": [str(ada.id)]}).status_code == 404
    eventually(client, path, lambda page: page["new"] == 0 and not page["hits"][0]["new"])
    for vacancy in shown:
        asked(client, f"/participants/{ada.id}/activity/dismissed", {"vacancy_id": vacancy, "reason": "too_far"})
    left = eventually(client, f"{path}?most=20", lambda page: len(page["hits"]) == 3)
    assert not {match["vacancy"]["id"] for match in left["hits"]} & set(shown)
