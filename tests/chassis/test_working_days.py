"""Service standards count working days where the programme is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from chassis.working_days import WorkingDays

LONDON = ZoneInfo("Europe/London")
ENGLAND, SCOTLAND = (WorkingDays.of(place, LONDON) for place in ("GB-ENG", "GB-SCT"))


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 9, 7, 10, tzinfo=UTC), date(2026, 9, 9)),
        (datetime(2026, 9, 10, 10, tzinfo=UTC), date(2026, 9, 14)),
        (datetime(2026, 9, 12, 10, tzinfo=UTC), date(2026, 9, 15)),
        (datetime(2026, 12, 24, 10, tzinfo=UTC), date(2026, 12, 30)),
        (datetime(2026, 8, 28, 10, tzinfo=UTC), date(2026, 9, 2)),
    ],
    ids=["Monday", "Thursday", "Saturday", "Christmas Eve", "before the August bank holiday"],
)
def test_two_working_days_skip_weekends_and_bank_holidays(moment: datetime, due: date) -> None:
    assert ENGLAND.after(moment, 2) == due


def test_bank_holidays_are_those_of_the_country() -> None:
    before_saint_andrew = datetime(2026, 11, 27, 10, tzinfo=UTC)

    assert ENGLAND.after(before_saint_andrew, 1) == date(2026, 11, 30)
    assert SCOTLAND.after(before_saint_andrew, 1) == date(2026, 12, 1)


def test_the_day_begins_at_midnight_in_the_programmes_time_zone() -> None:
    late_on_sunday_in_utc = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)

    assert ENGLAND.after(late_on_sunday_in_utc, 1) == date(2026, 6, 16)


def test_a_day_is_promised_from_a_day_as_from_a_moment_of_it() -> None:
    assert ENGLAND.add(date(2026, 9, 10), 2) == ENGLAND.after(datetime(2026, 9, 10, 10, tzinfo=UTC), 2)


def test_a_place_without_known_bank_holidays_is_refused() -> None:
    with pytest.raises(ValueError, match="no bank holidays are known"):
        WorkingDays.of("XX", LONDON)
