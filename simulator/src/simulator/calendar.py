"""Days and hours at which people work: the simulator's own clock, and moments drawn in office hours."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from chassis.working_days import WorkingDays

LONDON: Final = ZoneInfo("Europe/London")
CALENDAR: Final = WorkingDays.of("GB-ENG", LONDON)
FIRST_HOUR, LAST_HOUR = 9, 16
MINUTES: Final = (0, 15, 30, 45)


class Clock:
    """A clock that stands where it is set, and never goes back."""

    def __init__(self, now: datetime) -> None:
        """Set it."""
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now


@lru_cache(maxsize=2_000)
def working_day(day: date) -> date:
    """Return the day, or the next one on which people work."""
    while not CALENDAR.counts(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=10_000)
def working_days_later(day: date, days: int) -> date:
    """Return the day so many working days later, itself one on which people work."""
    return CALENDAR.add(day, days) if days else working_day(day)


def slot(day: date, rng: Random) -> datetime:
    """Return a time to meet on a day, or on the next on which people work."""
    return _at(working_day(day), rng.randint(FIRST_HOUR, LAST_HOUR), rng.choice(MINUTES))


def in_hours(day: date, rng: Random) -> datetime:
    """Return some minute of office hours on a day, or on the next on which people work."""
    return _at(working_day(day), rng.randint(FIRST_HOUR, LAST_HOUR), rng.randrange(60))


def at_home(day: date, rng: Random) -> datetime:
    """Return some minute of a day between breakfast and bedtime, on which a person does something by themselves."""
    return _at(day, rng.randint(8, 21), rng.randrange(60))


def weeks(first: date, last: date) -> Iterator[date]:
    """Return the first day of each whole week of some days."""
    day = first
    while day + timedelta(days=6) <= last:
        yield day
        day += timedelta(weeks=1)


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return _at(day, 0, 0)


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON)
