"""Dates that a service standard promises: working days of a country, in a programme's time zone."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days of a programme's calendar count."""

    timezone: ZoneInfo
    bank_holidays: Container[date]

    def after(self, moment: datetime, days: int) -> date:
        """Return the last day on which something promised within `days` working days of `moment` is in time."""
        day = moment.astimezone(self.timezone).date()
        while days > 0:
            day += timedelta(days=1)
            days -= self.counts(day)
        return day

    def counts(self, day: date) -> bool:
        """Return whether people work on this day."""
        return day.weekday() < _SATURDAY and day not in self.bank_holidays
