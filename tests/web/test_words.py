"""Dates and numbers as people say them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from gateway.web.words import Words

LONDON = ZoneInfo("Europe/London")
WORDS = Words("en", LONDON, datetime(2026, 4, 2, 9, tzinfo=UTC))


def test_a_day_of_this_year_has_its_weekday_and_one_of_another_year_has_the_year() -> None:
    assert WORDS.day(date(2026, 4, 3)) == "Friday 3 April"
    assert WORDS.day(date(2025, 12, 1)) == "1 December 2025"


def test_a_month_is_told_with_its_year() -> None:
    assert (WORDS.month("2026-03-01"), WORDS.month(date(2025, 12, 24))) == ("March 2026", "December 2025")


def test_a_moment_is_told_in_the_readers_zone() -> None:
    assert WORDS.moment(datetime(2026, 4, 3, 13, 30, tzinfo=UTC)) == "Friday 3 April, 2:30 pm"
    assert WORDS.moment(datetime(2026, 4, 3, 13, 0, tzinfo=UTC)) == "Friday 3 April, 2 pm"


def test_pounds_have_pence_only_when_there_are_some() -> None:
    assert (WORDS.pounds(24000), WORDS.pounds(12.5)) == ("£24,000", "£12.50")


def test_who_waits_is_not_late() -> None:
    since = [datetime(2026, 4, day, 8, tzinfo=UTC) for day in (2, 1)] + [datetime(2026, 3, 29, 8, tzinfo=UTC)]
    assert [WORDS.waits(at) for at in since] == ["waits since today", "waits 1 day", "waits 4 days"]


def test_welsh_says_days_in_welsh() -> None:
    assert Words("cy", LONDON, datetime(2026, 4, 2, tzinfo=UTC)).day(date(2026, 4, 3)) == "Dydd Gwener 3 Ebrill"
