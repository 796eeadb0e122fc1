"""The only place that reads the time, and what a time of day is called."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return now, in UTC."""
    return datetime.now(UTC)


def time_of_day(moment: datetime) -> str:
    """Return the time of day of a moment, by its own zone, as people say it: `2:30 pm`, `9 am`."""
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'am' if moment.hour < 12 else 'pm'}"  # noqa: PLR2004
