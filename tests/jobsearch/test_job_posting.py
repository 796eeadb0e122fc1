"""Vacancies as JobPosting of schema.org: what goes out comes in again, and no posting breaks the reader."""

from datetime import date
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from events.jobsearch import Contract, PayPeriod, Vacancy
from jobsearch.job_posting import cells_of, posting_of
from jobsearch.vacancy_row import Reading

VACANCY = Vacancy(
    source="feed",
    title="Care Assistant",
    employer="Riverside Care",
    category="care",
    description="Help people at home.\nDrive the van.",
    place="Leeds",
    region="West Yorkshire",
    town=2644688,
    latitude=53.79648,
    longitude=-1.54785,
    abroad=False,
    contract=Contract.TEMPORARY,
    part_time=True,
    hours_least=16,
    hours_most=24,
    pay_least=12.6,
    pay_most=13,
    pay_period=PayPeriod.HOUR,
    pay_text="£12.6 - 13 per hour",
    link="https://jobs.example/17",
    posted_on=date(2030, 3, 1),
    closes_on=date(2030, 3, 31),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=10), inner, max_size=3)),
    max_leaves=8,
)
PROPERTIES = (
    "identifier",
    "title",
    "hiringOrganization",
    "jobLocation",
    "employmentType",
    "baseSalary",
    "validThrough",
)


def test_what_goes_out_comes_in_again() -> None:
    row = Reading.of(cells_of(posting_of(uuid4(), VACANCY)))
    assert row.vacancy("feed") == VACANCY
    assert row.doubts == []


def test_what_is_not_given_is_left_out() -> None:
    posting = posting_of(uuid4(), Vacancy(source="feed", title="Baker"))
    assert posting.keys() == {"@context", "@type", "identifier", "title"}


def test_pay_in_other_money_is_shown_and_not_compared() -> None:
    salary = {"@type": "MonetaryAmount", "currency": "EUR", "value": {"minValue": 12.5, "unitText": "HOUR"}}
    vacancy = Reading.of(cells_of({"title": "Baker", "baseSalary": salary})).vacancy("feed")
    assert (vacancy.pay_period, vacancy.pay_text) == (None, "EUR 12.5 per hour")


def test_a_country_tells_what_is_abroad() -> None:
    place = {"address": {"addressLocality": "Lyon", "addressCountry": "France"}}
    assert Reading.of(cells_of({"title": "Baker", "jobLocation": [place]})).vacancy("feed").abroad


@given(st.dictionaries(st.sampled_from(PROPERTIES), ANYTHING))
def test_no_posting_breaks_the_reader(posting: dict[str, Any]) -> None:
    assert all(isinstance(cell, str) for cell in cells_of(posting).values())
