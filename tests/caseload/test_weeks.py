"""Weeks of a programme, as people count them."""

from datetime import date, timedelta

from caseload.today_page import week_of, weeks_of

START = date(2026, 1, 5)
YEAR = START + timedelta(days=365)


def test_a_year_has_52_weeks() -> None:
    assert weeks_of(START, YEAR) == 52
    assert weeks_of(START, START + timedelta(weeks=26)) == 26
    assert weeks_of(START, None) is None


def test_the_last_days_of_a_programme_are_of_its_last_week() -> None:
    days = (0, 6, 7, 362, 364, 365)
    assert [week_of(START, YEAR, START + timedelta(days=day)) for day in days] == [1, 1, 2, 52, 52, 52]
    assert week_of(START, None, START + timedelta(days=400)) == 58
    assert week_of(START, YEAR, START - timedelta(days=1)) is None
