"""Dates, times and numbers as people say them. The moment that it is now, and the zone, come in from outside."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

FARTHEST: Final = 60


def N_(words: str) -> str:  # noqa: N802  (what catalogues of translations call a marked text)
    """Mark a text for the catalogue; it is translated where it is shown."""
    return words


class Words:
    """Says things in one language for one reader: `language` is a code such as en or cy, `now` has an offset."""

    def __init__(self, language: str, zone: ZoneInfo, now: datetime, say: Callable[[str], str] = str) -> None:
        """Take what translates a text of this page's catalogue, `say`."""
        self._say = say
        self._locale = "en_GB" if language == "en" else language
        self._zone = zone
        self._today = now.astimezone(zone).date()

    def day(self, day: date | str) -> str:
        """Return a day, also as JSON has it: `Friday 3 April`, with its year when that is another one than now."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        pattern = "EEEE d MMMM" if day.year == self._today.year else "d MMMM y"
        return format_date(day, pattern, locale=self._locale)

    def month(self, day: date | str) -> str:
        """Return the month of a day, also as JSON has it: `April 2026`."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return format_date(day, "MMMM y", locale=self._locale)

    def moment(self, at: datetime | str) -> str:
        """Return a moment, also as JSON has it: `Friday 3 April, 2:30 pm`."""
        return f"{self.day(self._local(at).date())}, {self.clock(at)}"

    def clock(self, at: datetime | str) -> str:
        """Return a time of day: `2:30 pm`."""
        local = self._local(at)
        pattern = "h:mm a" if local.minute else "h a"
        return format_time(local.time(), pattern, locale=self._locale).replace("\u202f", " ")

    def near(self, day: date | str) -> str:
        """Return a day near now: `today`, `tomorrow`, `in 3 days`, `2 days late`; a far one as it is."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        days = (day - self._today).days
        if days == 0:
            return self._say(N_("today"))
        if abs(days) > FARTHEST:
            return self.day(day)
        if days < 0:
            return self._many(N_("1 day late"), N_("%(days)s days late"), -days)
        return self._say(N_("tomorrow")) if days == 1 else self._many("", N_("in %(days)s days"), days)

    def ago(self, at: datetime | str) -> str:
        """Return how many days ago something was: `today`, `yesterday`, `4 days ago`."""
        days = (self._today - self._local(at).date()).days
        if days <= 0:
            return self._say(N_("today"))
        return self._say(N_("yesterday")) if days == 1 else self._many("", N_("%(days)s days ago"), days)

    def waits(self, since: datetime | str) -> str:
        """Return how long somebody has waited: `waits since today`, `waits 1 day`, `waits 4 days`."""
        days = (self._today - self._local(since).date()).days
        if days <= 0:
            return self._say(N_("waits since today"))
        return self._many(N_("waits 1 day"), N_("waits %(days)s days"), days)

    def number(self, number: float) -> str:
        """Return a number with its thousands apart."""
        return format_decimal(number, locale=self._locale)

    def pounds(self, pounds: float) -> str:
        """Return an amount of pounds, pence only where there are any."""
        pattern = "¤#,##0" if float(pounds).is_integer() else "¤#,##0.00"
        return format_currency(pounds, "GBP", pattern, locale=self._locale, currency_digits=False)

    def _local(self, at: datetime | str) -> datetime:
        return (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(self._zone)

    def _many(self, one: str, many: str, days: int) -> str:
        return self._say(one) if one and days == 1 else self._say(many) % {"days": self.number(days)}
