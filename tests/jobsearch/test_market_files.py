"""Files of vacancies over HTTP: what differs is told, once, and what the feed no longer has leaves the market."""

import gzip
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.jobsearch.market import bring_in, confirmed, counts, feed, searched, send
from tests.jobsearch.running import Platform, eventually

POSTING = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "identifier": "P-1",
    "title": "Puppeteer",
    "hiringOrganization": {"@type": "Organization", "name": "Riverside Theatre"},
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "York", "addressCountry": "GB"}},
    "baseSalary": {"currency": "GBP", "value": {"minValue": 13, "maxValue": 15, "unitText": "HOUR"}},
}


@pytest.fixture(scope="module")
def operator(platform: Platform) -> Iterator[httpx.Client]:
    with platform.client("operator", None) as client:
        yield client


def rows(*titles: str) -> str:
    return "id,title,place\n" + "".join(f"R{number},{title},Leeds\n" for number, title in enumerate(titles))


def test_nothing_comes_in_before_it_is_confirmed(platform: Platform, operator: httpx.Client) -> None:
    shown = send(operator, rows("Zitherist"), feed()).json()
    assert (shown["state"], shown["vacancies"], shown["done"]) == ("previewed", 1, 0)
    with platform.client("coach", uuid4()) as coach:
        assert searched(coach, words="zitherist")["total"] == 0


def test_the_same_file_again_changes_nothing(operator: httpx.Client) -> None:
    of, text = feed(), rows("Baker", "Cook", "Cook")
    assert counts(bring_in(operator, text, of)) == (3, 0, 0, 0)
    assert counts(bring_in(operator, text, of)) == (0, 0, 3, 0)
    assert counts(bring_in(operator, gzip.compress(text.encode()), of)) == (0, 0, 3, 0)


def test_a_changed_file_tells_the_differences_only(operator: httpx.Client) -> None:
    of = feed()
    bring_in(operator, rows("Baker", "Cook", "Waiter"), of)
    assert counts(bring_in(operator, rows("Baker", "Chef"), of)) == (0, 1, 1, 1)
    assert counts(bring_in(operator, rows("Baker", "Chef", "Waiter"), of)) == (1, 0, 2, 0)


def test_rows_without_a_reference_differ_as_leaving_and_coming(operator: httpx.Client) -> None:
    of = feed()
    bring_in(operator, "title,pay\nBaker,£12 an hour\n", of)
    assert counts(bring_in(operator, "title,pay\nBaker,£13 an hour\n", of)) == (1, 0, 0, 1)


def test_a_part_of_a_feed_withdraws_nothing(operator: httpx.Client) -> None:
    of = feed()
    bring_in(operator, rows("Baker", "Cook"), of)
    assert counts(bring_in(operator, rows("Baker"), of, whole=False)) == (0, 0, 1, 0)


def test_one_feed_leaves_another_alone(operator: httpx.Client) -> None:
    one, other = feed(), feed()
    bring_in(operator, rows("Baker", "Cook"), one)
    bring_in(operator, rows("Baker"), other)
    assert counts(bring_in(operator, rows("Baker", "Cook"), one)) == (0, 0, 2, 0)


def test_a_file_confirmed_twice_at_once_comes_in_once(operator: httpx.Client) -> None:
    of = feed()
    text = rows(*(f"Job {number}" for number in range(900)))
    files = [send(operator, text, of).json()["id"] for _ in range(2)]
    for file in files:
        operator.post(f"/vacancy-files/{file}/confirm")
    both = [confirmed(operator, file) for file in files]
    assert sum(shown["added"] for shown in both) == 900
    assert sum(shown["unchanged"] for shown in both) == 900


def test_rejects_are_shown_and_all_remarks_are_in_the_report(operator: httpx.Client) -> None:
    shown = send(operator, "title,place,pay\n,Leeds,£1 an hour\nBaker,Nowhereton,Competitive\n", feed()).json()
    assert (shown["rejected"], shown["warnings"]) == (1, 2)
    assert shown["rejects"] == [{"row": 2, "column": "title", "reason": "is empty"}]
    report = operator.get(f"/vacancy-files/{shown['id']}/report")
    assert report.headers["content-type"].startswith("text/csv")
    assert [line.split(",")[:3] for line in report.text.splitlines()] == [
        ["row", "column", "kind"],
        ["2", "title", "rejected"],
        ["3", "place", "warning"],
        ["3", "pay", "warning"],
    ]


@pytest.mark.parametrize(
    ("content", "status", "limit"),
    [
        (b"0" * (33 * 1024 * 1024), 413, "33554432 bytes"),
        (gzip.compress(b"0" * (100 * 1024 * 1024), 1), 422, "96 MB"),
        (b"PK\x03\x04", 422, "zip archive"),
        (b"name\nBaker\n", 422, "a column called title"),
    ],
    ids=["too large", "a bomb", "zip", "no title"],
)
def test_what_is_too_large_or_no_table_is_refused_with_the_limit(
    operator: httpx.Client, content: bytes, status: int, limit: str
) -> None:
    answer = send(operator, content, feed())
    assert answer.status_code == status
    assert limit in answer.json()["detail"]


def test_a_file_is_shown_to_who_sent_it_only(platform: Platform, operator: httpx.Client) -> None:
    file = send(operator, rows("Baker"), feed()).json()["id"]
    with platform.client("operator", None) as another:
        assert another.get(f"/vacancy-files/{file}").status_code == 404
        assert another.get(f"/vacancy-files/{file}/report").status_code == 404


def post(operator: httpx.Client, of: str, posting: dict[str, Any]) -> httpx.Response:
    return operator.post("/vacancies/json-ld", params={"feed": of}, json=posting)


def test_a_posting_comes_in_changes_by_its_identifier_and_goes_out_again(operator: httpx.Client) -> None:
    of = feed()
    first, same = post(operator, of, POSTING), post(operator, of, POSTING)
    changed = post(operator, of, POSTING | {"title": "Head Puppeteer"})
    assert [answer.status_code for answer in (first, same, changed)] == [201, 201, 201]
    assert [answer.json()["version"] for answer in (first, same, changed)] == [1, 1, 2]
    url = f"/vacancies/{first.json()['ids']['vacancy']}"
    shown = eventually(operator, url, lambda vacancy: vacancy["title"] == "Head Puppeteer")
    assert (shown["employer"], shown["pay_text"], shown["live"]) == ("Riverside Theatre", "£13 - 15 per hour", True)
    assert "Closing date not given" in shown["missing"]
    linked = operator.get(url, headers={"Accept": "application/ld+json"})
    assert linked.headers["content-type"] == "application/ld+json"
    assert linked.json()["baseSalary"]["value"]["unitText"] == "HOUR"


def test_a_posting_that_is_none_is_told_by_its_place(operator: httpx.Client) -> None:
    answer = post(operator, feed(), POSTING | {"@type": "Recipe"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/@type")
    assert post(operator, feed(), POSTING | {"title": "\ufffd"}).json()["errors"][0]["pointer"] == "#/title"


def test_a_vacancy_that_nobody_brought_in_is_not_there(operator: httpx.Client) -> None:
    assert operator.get(f"/vacancies/{uuid4()}").status_code == 404


def test_a_formula_stays_text(operator: httpx.Client) -> None:
    of = feed()
    answer = post(operator, of, POSTING | {"title": '=HYPERLINK("http://x.example")'})
    url = f"/vacancies/{answer.json()['ids']['vacancy']}"
    assert eventually(operator, url, lambda _: True)["title"] == '=HYPERLINK("http://x.example")'
