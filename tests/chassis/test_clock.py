"""A time of day is called what people call it."""

from datetime import UTC, datetime

import pytest

from chassis.clock import time_of_day


@pytest.mark.parametrize(
    ("hour", "minute", "called"),
    [
        (0, 0, "12 am"),
        (0, 5, "12:05 am"),
        (9, 0, "9 am"),
        (11, 59, "11:59 am"),
        (12, 0, "12 pm"),
        (14, 30, "2:30 pm"),
    ],
)
def test_a_time_of_day_is_said_with_twelve_hours(hour: int, minute: int, called: str) -> None:
    assert time_of_day(datetime(2026, 3, 3, hour, minute, tzinfo=UTC)) == called
