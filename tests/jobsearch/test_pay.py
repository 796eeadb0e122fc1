"""Pay is read as it is written, never guessed, and compared by the year or the hour only where that is certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.jobsearch import PayPeriod
from jobsearch.pay import MOST_MONEY, Pay, read_pay
from jobsearch.views.vacancies import comparable_pay

YEAR, MONTH, WEEK, DAY, HOUR = PayPeriod.YEAR, PayPeriod.MONTH, PayPeriod.WEEK, PayPeriod.DAY, PayPeriod.HOUR
WRITTEN = [
    ("£18,000 - £22,000 per annum, negotiable, OTE", Pay(18_000, 22_000, YEAR)),
    ("£18,323 per annum", Pay(18_323, 18_323, YEAR)),
    ("up to £30,000 per annum", Pay(None, 30_000, YEAR)),
    ("from £22,000 a year", Pay(22_000, None, YEAR)),
    ("£25k - 30k pa", Pay(25_000, 30_000, YEAR)),
    ("£25-30k per annum", Pay(25_000, 30_000, YEAR)),
    ("£11.44 to £12.60 an hour", Pay(11.44, 12.60, HOUR)),
    ("£12.60 p/h", Pay(12.60, 12.60, HOUR)),
    ("£450 pw", Pay(450, 450, WEEK)),
    ("£150/day", Pay(150, 150, DAY)),
    ("£1,800 pcm", Pay(1_800, 1_800, MONTH)),
]


@pytest.mark.parametrize(("text", "pay"), WRITTEN)
def test_pay_is_read_as_it_is_written(text: str, pay: Pay) -> None:
    assert read_pay(text) == pay


@pytest.mark.parametrize(
    "text",
    ["Competitive", "", "£30,000", "€30,000 per annum", "$20 an hour", "£30,000 - £20,000 per annum", "per annum"],
)
def test_what_is_not_certain_is_no_pay(text: str) -> None:
    assert read_pay(text) == Pay()


@given(st.one_of(st.text(), st.text(alphabet="£0123456789.,k -perannumhourtoupm/")))
def test_no_text_breaks_the_reader_and_least_is_never_more_than_most(text: str) -> None:
    pay = read_pay(text)
    assert (pay.period is None) == (pay.least is None and pay.most is None)
    assert 0 <= (pay.least or 0) <= MOST_MONEY
    assert pay.least is None or pay.most is None or pay.least <= pay.most <= MOST_MONEY


@pytest.mark.parametrize(
    ("pay", "period", "hours", "part_time", "a_year", "an_hour"),
    [
        (19_500, YEAR, None, False, 19_500, 10),
        (10, HOUR, None, None, 19_500, 10),
        (10, HOUR, 20, True, 10_400, 10),
        (10, HOUR, None, True, None, 10),
        (400, WEEK, 40, None, 20_800, 10),
        (20_000, YEAR, None, True, 20_000, None),
        (None, YEAR, 40, None, None, None),
        (10, None, 40, None, None, None),
    ],
)
def test_pay_is_compared_where_hours_are_known_or_full_time(
    pay: float | None,
    period: PayPeriod | None,
    hours: float | None,
    part_time: bool | None,
    a_year: float | None,
    an_hour: float | None,
) -> None:
    assert comparable_pay(pay, period, hours, part_time=part_time) == pytest.approx((a_year, an_hour))
