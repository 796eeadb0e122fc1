"""Dates that a service standard promises: working days of a country, in a programme's time zone."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

import holidays
from pydantic import AfterValidator

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days of a programme's calendar count."""

    timezone: ZoneInfo
    bank_holidays: Container[date]

    @classmethod
    def of(cls, place: str, timezone: ZoneInfo) -> Self:
        """Return the working days of a country (`GB`), or of a part of it (`GB-SCT`).

        Raises ValueError for a place whose bank holidays are not known.
        """
        country, _, part = place.partition("-")
        try:
            return cls(timezone, holidays.country_holidays(country, subdiv=part or None))
        except NotImplementedError as unknown:
            message = "no bank holidays are known of this place; GB-SCT is one of which they are"
            raise ValueError(message) from unknown

    def after(self, moment: datetime, days: int) -> date:
        """Return the last day on which something promised within `days` working days of `moment` is in time."""
        return self.add(moment.astimezone(self.timezone).date(), days)

    def add(self, day: date, days: int) -> date:
        """Return the day that lies `days` working days after `day`, which itself does not count."""
        while days > 0:
            day += timedelta(days=1)
            days -= self.counts(day)
        return day

    def counts(self, day: date) -> bool:
        """Return whether people work on this day."""
        return day.weekday() < _SATURDAY and day not in self.bank_holidays


def _known(place: str) -> str:
    WorkingDays.of(place, ZoneInfo("UTC"))
    return place


HolidayPlace = Annotated[str, AfterValidator(_known)]
