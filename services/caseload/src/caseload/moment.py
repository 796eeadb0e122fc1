"""Now, as rules see it: a moment, its day in the programme's time zone, and days and ages in words."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from chassis.clock import time_of_day

WEEK: Final = 7


@dataclass(frozen=True)
class Now:
    """A moment in a programme's time zone. Rules are given one and never look at a clock."""

    moment: datetime
    zone: ZoneInfo

    @cached_property
    def today(self) -> date:
        """The day."""
        return self.day_of(self.moment)

    def day_of(self, moment: datetime) -> date:
        """Return the day that a moment is on."""
        return moment.astimezone(self.zone).date()

    def beginning_of(self, day: date) -> datetime:
        """Return the moment at which a day begins."""
        return datetime.combine(day, time(), self.zone)

    def ago(self, moment: datetime) -> str:
        """Return how long ago something was, in days."""
        return days_ago((self.today - self.day_of(moment)).days)

    def named(self, day: date) -> str:
        """Return which day it is, seen from today: `today`, `tomorrow`, `Friday`, `6 March`; or how long ago."""
        days = (day - self.today).days
        if days < 0:
            return days_ago(-days)
        if days <= 1:
            return ("today", "tomorrow")[days]
        return f"{day:%A}" if days < WEEK else written(day)

    def ahead(self, day: date) -> str:
        """Return when a day is, as the end of a sentence has it: `today`, `on Friday`, `on 6 March`, `3 days ago`."""
        return f"on {self.named(day)}" if (day - self.today).days > 1 else self.named(day)

    def clock(self, moment: datetime) -> str:
        """Return the time of day of a moment."""
        return time_of_day(moment.astimezone(self.zone))

    def plus(self, days: int) -> date:
        """Return the day so many days from today."""
        return self.today + timedelta(days=days)


def days_ago(days: int) -> str:
    """Return a number of days before today in words."""
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"


def written(day: date) -> str:
    """Return a day without its year, written out."""
    return f"{day.day} {day:%B}"


def counted(number: int, thing: str) -> str:
    """Return so many things in words: `1 day`, `3 days`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
