"""Searching the market: each hit says why, a misfit comes last and says so, and nothing found says how to widen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.jobsearch.market import bring_in, feed, searched
from tests.jobsearch.running import Platform

TODAY = datetime.now(UTC).date()
CLOSED, OPEN = (TODAY + timedelta(days=days) for days in (-3, 30))
MARKET = f"""id,title,employer,description,place,region,contract,hours,pay,closes_on
1,Lutemaker,Riverside,Build lutes.,Leeds,West Yorkshire,"Permanent, full-time",37.5,£24000 per annum,{OPEN}
2,Lutemaker,Harbour,Build lutes.,York,North Yorkshire,"Temporary, part-time",16-20,£15 per hour,
3,Workshop Assistant,Riverside,Help our lutemakers.,Leeds,West Yorkshire,"Permanent, part-time",,Competitive,
4,Lutemaker,Elsewhere,Build lutes.,Glasgow,Lanarkshire,"Permanent, full-time",40,£30000 per annum,
5,Lutemaker,Closed,Build lutes.,Leeds,West Yorkshire,"Permanent, full-time",40,£30000 per annum,{CLOSED}
6,Lutemaker,Abroad,Build lutes.,Lyon,France,"Permanent, full-time",40,£30000 per annum,
"""


@pytest.fixture(scope="module")
def seeker(platform: Platform) -> Iterator[httpx.Client]:
    with platform.client("operator", None) as operator:
        of = feed()
        bring_in(operator, MARKET + "7,Lutemaker,Gone,Build lutes.,Leeds,West Yorkshire,,,,\n", of)
        assert bring_in(operator, MARKET, of)["withdrawn"] == 1
    with platform.client("jobseeker", uuid4()) as client:
        searched(client, 4, words="lutemaker")
        yield client


def employers(page: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return who advertises each hit, and the kind of its mismatch."""
    return [(hit["vacancy"]["employer"], hit["mismatch"]["kind"] if hit["mismatch"] else None) for hit in page["hits"]]


def test_what_closed_left_or_is_abroad_is_not_found(seeker: httpx.Client) -> None:
    found = {employer for employer, _ in employers(searched(seeker, words="lutemaker"))}
    assert found == {"Riverside", "Harbour", "Elsewhere"}


def test_a_title_comes_before_a_text_and_each_hit_says_what_it_met(seeker: httpx.Client) -> None:
    page = searched(seeker, words="Lutemakers")
    reasons = [hit["reasons"] for hit in page["hits"]]
    assert reasons[:3] == [[{"asked": "Lutemakers", "met": ["Lutemaker"], "field": "title"}]] * 3
    assert reasons[3] == [{"asked": "Lutemakers", "met": ["lutemakers"], "field": "description"}]
    assert page["ranker"] == "fit-title-near-new.1"


def test_the_nearer_comes_first_and_a_little_too_far_comes_last(seeker: httpx.Client) -> None:
    page = searched(seeker, words="lutemaker", place="Leeds", miles=20)
    assert employers(page) == [("Riverside", None), ("Riverside", None), ("Harbour", "too_far")]
    assert (page["total"], page["fitting"]) == (3, 2)
    assert page["hits"][2]["mismatch"]["says"] == "22 miles away, asked for at most 20"
    assert [hit["miles"] for hit in page["hits"][:2]] == [0, 0]


def test_pay_is_compared_by_the_year_and_by_the_hour(seeker: httpx.Client) -> None:
    a_year = searched(seeker, words="lutemaker", pay_least=25_000)
    assert employers(a_year) == [("Elsewhere", None), ("Riverside", "pay_lower"), ("Riverside", "pay_not_given")]
    an_hour = searched(seeker, words="lutemaker", pay_least=15, pay_period="hour")
    assert employers(an_hour) == [("Harbour", None), ("Elsewhere", "pay_lower"), ("Riverside", "pay_not_given")]
    assert an_hour["hits"][2]["mismatch"]["says"] == "Pay not given: Competitive"


def test_hours_that_are_not_given_are_a_mismatch_and_not_a_guess(seeker: httpx.Client) -> None:
    page = searched(seeker, words="lutemaker", hours_most=20)
    assert employers(page) == [("Harbour", None), ("Riverside", "hours_not_given")]


def test_contract_and_part_time_choose(seeker: httpx.Client) -> None:
    assert searched(seeker, words="lutemaker", part_time=True)["total"] == 2
    assert employers(searched(seeker, words="lutemaker", contracts=["temporary"])) == [("Harbour", None)]


def test_an_ambiguous_place_asks_which_and_its_town_answers(seeker: httpx.Client) -> None:
    page = searched(seeker, words="lutemaker", place="Newport")
    assert (page["place"]["state"], page["total"], page["hits"]) == ("ambiguous", 0, [])
    assert {"Gwent", "Isle of Wight", "Shropshire"} <= {town["county"] for town in page["place"]["towns"]}
    chosen = searched(seeker, words="lutemaker", town=page["place"]["towns"][0]["town"])
    assert chosen["place"]["state"] == "found"


def test_an_unknown_place_is_told_with_what_is_written_like_it(seeker: httpx.Client) -> None:
    place = searched(seeker, place="Machester")["place"]
    assert (place["state"], place["spelt_like"][0]) == ("unknown", "Manchester")
    assert seeker.post("/places", json={"name": "Newport"}).json()["state"] == "ambiguous"


def test_nothing_found_says_how_to_widen(seeker: httpx.Client) -> None:
    page = searched(seeker, words="lutemaker", place="Glasgow", miles=5, contracts=["temporary"])
    assert page["total"] == 0
    widened = {way["relaxed"]: way["vacancies"] for way in page["widen"]}
    assert widened == {"place": 1, "contracts": 1}
    either = searched(seeker, words="lutemaker zitherist")["widen"]
    any_word = {"relaxed": "words", "says": "with any of the words instead of all", "vacancies": 4, "miles": None}
    assert any_word in either


def test_words_that_say_nothing_ask_for_nothing(seeker: httpx.Client) -> None:
    assert searched(seeker, words="the lutemaker")["total"] == 4
    assert searched(seeker, words="the")["total"] >= 4
    assert searched(seeker)["total"] >= 4


def test_other_names_of_the_same_work_are_found(platform: Platform, seeker: httpx.Client) -> None:
    with platform.client("operator", None) as operator:
        bring_in(operator, "title,employer\nCare Assistant,Quillstone\n", feed())
    page = searched(seeker, 1, words="carer quillstone")
    assert page["hits"][0]["reasons"] == [
        {"asked": "carer", "met": ["Care Assistant"], "field": "title"},
        {"asked": "quillstone", "met": ["Quillstone"], "field": "employer"},
    ]


def test_pages_have_twenty_and_follow_each_other(platform: Platform, seeker: httpx.Client) -> None:
    with platform.client("operator", None) as operator:
        text = "title,employer\n" + "".join(f"Hurdygurdist,Number {number}\n" for number in range(45))
        bring_in(operator, text, feed())
    searched(seeker, 45, words="hurdygurdist")
    pages = [searched(seeker, words="hurdygurdist", page=page) for page in (1, 2, 3, 4)]
    ids = [hit["vacancy"]["id"] for page in pages for hit in page["hits"]]
    assert [len(page["hits"]) for page in pages] == [20, 20, 5, 0]
    assert len(set(ids)) == 45
    assert [hit["rank"] for hit in pages[2]["hits"]] == [41, 42, 43, 44, 45]
    assert [(page["total"], page["pages"]) for page in pages] == [(45, 3)] * 4


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"words": "x" * 201}, "#/words"),
        ({"miles": 5_000}, "#/miles"),
        ({"shoe_size": 41}, "#/shoe_size"),
        ({"place": "Leeds", "town": 1}, "#"),
        ({"page": 0}, "#/page"),
    ],
)
def test_what_cannot_be_asked_is_told_by_its_place(seeker: httpx.Client, asked: dict[str, Any], place: str) -> None:
    answer = seeker.post("/vacancies/search", json=asked)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, place)


@pytest.mark.parametrize(
    "words", ["'); drop table vacancy; --", "a & b | !c <-> :*", "\u27e6\u27e7", "🙂", "% %s %(x)s"]
)
def test_no_words_break_the_search(seeker: httpx.Client, words: str) -> None:
    assert searched(seeker, words=words)["total"] >= 0
