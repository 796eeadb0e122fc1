"""The example vacancies are made by their script, as of any day; they have what is promised, the dirt too."""

import csv
import io
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from events.jobsearch import PayPeriod, Vacancy
from jobsearch.vacancy_file import Preview, preview

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = date(2026, 9, 7)


@pytest.fixture(scope="module")
def committed() -> bytes:
    return (EXAMPLES / "vacancies.csv").read_bytes()


@pytest.fixture(scope="module")
def checked(committed: bytes) -> Preview:
    return preview(committed, "examples")


@pytest.fixture(scope="module")
def vacancies(checked: Preview) -> list[Vacancy]:
    return list(checked.vacancies.values())


def generate(*arguments: str) -> bytes:
    command = [sys.executable, str(EXAMPLES / "generate_vacancies.py"), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_the_committed_file_is_what_the_script_writes(committed: bytes) -> None:
    assert generate() == committed


def test_another_seed_writes_other_vacancies_and_another_day_only_other_dates(committed: bytes) -> None:
    assert generate("--seed", "2") != committed
    later = preview(generate("--day", "2027-01-04"), "examples").vacancies.values()
    dates = {"posted_on", "closes_on"}
    assert [vacancy.model_dump(exclude=dates) for vacancy in later] == [
        vacancy.model_dump(exclude=dates) for vacancy in preview(committed, "examples").vacancies.values()
    ]
    assert all(vacancy.closes_on is None or vacancy.closes_on > date(2026, 12, 20) for vacancy in later)


def test_there_are_enough_and_most_have_everything(vacancies: list[Vacancy]) -> None:
    whole = [vacancy for vacancy in vacancies if vacancy.employer and vacancy.description and vacancy.link]
    assert len(vacancies) >= 1_000
    assert len(whole) > 0.98 * len(vacancies)


def test_more_than_a_third_are_part_time_and_pay_comes_in_every_way(vacancies: list[Vacancy]) -> None:
    assert sum(vacancy.part_time is True for vacancy in vacancies) >= 0.35 * len(vacancies)
    periods = Counter(vacancy.pay_period for vacancy in vacancies)
    assert all(periods[period] > 100 for period in (PayPeriod.HOUR, PayPeriod.WEEK, PayPeriod.YEAR))
    assert sum(vacancy.pay_text == "Competitive" for vacancy in vacancies) > 10


def test_nine_of_ten_are_still_open(vacancies: list[Vacancy]) -> None:
    still_open = sum(vacancy.closes_on is None or vacancy.closes_on >= DAY for vacancy in vacancies)
    assert 0.85 < still_open / len(vacancies) < 0.95


def test_the_dirt_that_is_promised_is_there(checked: Preview, vacancies: list[Vacancy]) -> None:
    told = {(remark.column, remark.rejected) for remark in checked.remarks}
    assert {("title", True), ("reference", True)} <= told
    assert {(column, False) for column in ("place", "pay", "employer", "closes_on", "link", "hours")} <= told
    assert checked.doubles > 1
    assert any(vacancy.abroad for vacancy in vacancies)
    assert any(vacancy.title.startswith("=HYPERLINK") for vacancy in vacancies)


def test_no_link_leads_to_anybody(committed: bytes) -> None:
    rows = csv.DictReader(io.StringIO(committed.decode(), newline=""))
    links = {row["link"].split("/")[2] for row in rows if row["link"].startswith("https://")}
    assert links == {"jobs.example.com", "jobs.example.net", "jobs.example.org"}
