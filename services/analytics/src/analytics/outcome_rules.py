"""When work counts as an outcome: pure functions of the time that a person spent in jobs.

Every number is data of a contract. A rule answers with the days on which its milestones are reached; a day that has not
come yet is a projection, which holds if the jobs of today go on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field

DAY: Final = timedelta(days=1)
DAYS_A_WEEK: Final = 7
DAYS_A_YEAR: Final = 365
MONTHS_A_QUARTER: Final = 3
MONTHS_A_YEAR: Final = 12

Reached = Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Terms:
    """Hours and pay of a job from a day on; what is not known is None."""

    from_day: date
    hours_a_week: float | None
    pay_a_year: float | None


@dataclass(frozen=True, slots=True)
class Spell:
    """A job from its first day to its last, None while it goes on; `terms` in order of their days."""

    starts_on: date
    last_day: date | None
    terms: tuple[Terms, ...]
    self_employed: bool = False


@dataclass(frozen=True, slots=True)
class WorkHistory:
    """A person's jobs since they started on a programme, and the day on which they left it."""

    started_on: date
    left_on: date | None
    spells: tuple[Spell, ...]


class Stretch(NamedTuple):
    """Days, both included, in which the same jobs are held at the same terms: those of several jobs added up."""

    first: date
    last: date
    terms: tuple[Terms, ...]

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def hours(self) -> float:
        """The known hours a week."""
        return sum(terms.hours_a_week or 0.0 for terms in self.terms)


@dataclass(frozen=True, slots=True)
class HourlyWage:
    """The National Living Wage from a day on."""

    from_day: date
    pounds: float


def wage_on(wages: Sequence[HourlyWage], day: date) -> float:
    """Return the wage that holds on a day, the earliest one for a day before all of them."""
    held = [wage for wage in wages if wage.from_day <= day]
    return (held[-1] if held else wages[0]).pounds


def stretches(spells: Iterable[Spell], until: date) -> list[Stretch]:
    """Return the days in work up to `until`, cut wherever a job or its terms begin or end."""
    spells = tuple(spells)
    if len(spells) == 1 and len(spells[0].terms) == 1:
        return _whole(spells[0], until)
    parts = [part for spell in spells for part in _parts(spell, until)]
    cuts = sorted({part.first for part in parts} | {part.last + DAY for part in parts})
    found = []
    for first, following in pairwise(cuts):
        terms = tuple(term for part in parts if part.first <= first <= part.last for term in part.terms)
        if terms:
            found.append(Stretch(first, following - DAY, terms))
    return found


def _whole(spell: Spell, until: date) -> list[Stretch]:
    """Return the one stretch of a job whose terms never change."""
    last = until if spell.last_day is None or spell.last_day > until else spell.last_day
    return [Stretch(spell.starts_on, last, spell.terms)] if spell.starts_on <= last else []


def _parts(spell: Spell, until: date) -> Iterator[Stretch]:
    """Cut one job where its terms change; those told first hold from its first day."""
    last = min(spell.last_day or until, until)
    begins = [spell.starts_on, *(terms.from_day for terms in spell.terms[1:])]
    ends = [*(day - DAY for day in begins[1:]), last]
    for terms, first, end in zip(spell.terms, begins, ends, strict=True):
        if max(first, spell.starts_on) <= min(end, last):
            yield Stretch(max(first, spell.starts_on), min(end, last), (terms,))


def first_day_in_work(history: WorkHistory) -> date | None:
    """Return the day of the first earnings since the start."""
    worked = (
        max(spell.starts_on, history.started_on)
        for spell in history.spells
        if spell.last_day is None or spell.last_day >= max(spell.starts_on, history.started_on)
    )
    return min(worked, default=None)


@dataclass(frozen=True, slots=True)
class Earnings:
    """Earnings since the start as high as so many hours a week for so many weeks at the National Living Wage.

    Where the pay of a job is not known, its hours count at that wage: no employer may pay less. Whoever works for
    themselves has no such floor: they reach it by so many months of that, one job after the other (DWP, Restart and
    Work and Health Programme: six months).
    """

    hours: float
    weeks: int
    within_days: int
    self_employed_months: Annotated[int, Field(ge=1)] | None = None
    kind: Literal["earnings"] = "earnings"

    def reached(self, history: WorkHistory, wages: Sequence[HourlyWage]) -> Reached:
        """Return the day on which the earnings are high enough, and that of enough months of self-employment."""
        until = history.started_on + self.within_days * DAY
        own = [spell for spell in history.spells if spell.self_employed]
        others = [spell for spell in history.spells if not spell.self_employed]
        days = {
            "earnings": self._earned(others, history.started_on, until, wages) if others else None,
            "self_employment": self._worked_for_themselves(own, history.started_on, until) if own else None,
        }
        return {name: day for name, day in days.items() if day}

    def needs(self, started_on: date, wages: Sequence[HourlyWage]) -> str:
        """Return in a sentence what makes the outcome for somebody who started on a day."""
        wage = wage_on(wages, started_on)
        pounds = self.hours * self.weeks * wage
        months = self.self_employed_months
        own = f" Or {months} months of working for themselves." if months else ""
        return (
            f"Pay of £{pounds:,.0f} since the start: {self.hours:g} hours a week for {self.weeks} weeks at £{wage:.2f} "
            f"an hour.{own}"
        )

    def _worked_for_themselves(self, spells: Sequence[Spell], started_on: date, until: date) -> date | None:
        if self.self_employed_months is None:
            return None
        missing = round(self.self_employed_months * DAYS_A_YEAR / MONTHS_A_YEAR)
        for stretch in stretches(spells, until):
            first = max(stretch.first, started_on)
            days = (stretch.last - first).days + 1
            if days >= missing:
                return first + (missing - 1) * DAY
            missing -= max(0, days)
        return None

    def _earned(
        self, spells: Sequence[Spell], started_on: date, until: date, wages: Sequence[HourlyWage]
    ) -> date | None:
        missing = self.hours * self.weeks * wage_on(wages, started_on)
        for stretch in stretches(spells, until):
            after_start = stretch._replace(first=max(stretch.first, started_on))
            a_day = sum(_pay_a_day(terms, wage_on(wages, stretch.first)) for terms in stretch.terms)
            if a_day > 0 and after_start.days * a_day >= missing:
                return after_start.first + (max(1, ceil(missing / a_day - 1e-9)) - 1) * DAY
            missing -= max(0, after_start.days) * a_day
        return None


def _pay_a_day(terms: Terms, wage: float) -> float:
    if terms.pay_a_year is not None:
        return terms.pay_a_year / DAYS_A_YEAR
    return (terms.hours_a_week or 0.0) * wage / DAYS_A_WEEK


@dataclass(frozen=True, slots=True)
class WeeksWithin:
    """So many weeks in work, at so many hours a week or more, inside a longer run of weeks."""

    weeks: int
    within_weeks: int
    hours_least: float
    projected_days: int
    kind: Literal["weeks_within"] = "weeks_within"

    def reached(self, history: WorkHistory, _wages: Sequence[HourlyWage]) -> Reached:
        """Return the first day that ends a run with enough weeks in work."""
        until = history.started_on + self.projected_days * DAY
        worked = [stretch for stretch in stretches(history.spells, until) if stretch.hours >= self.hours_least]
        for index, stretch in enumerate(worked):
            if self._days_before(worked[: index + 1], stretch.last) >= self.weeks * DAYS_A_WEEK:
                return {f"week_{self.weeks}": self._first_day(worked[: index + 1])}
        return {}

    def needs(self, _started_on: date, _wages: Sequence[HourlyWage]) -> str:
        """Return in a sentence what makes the outcome."""
        return f"{self.weeks} weeks in work within {self.within_weeks}, at {self.hours_least:g} hours a week or more."

    def _days_before(self, worked: Sequence[Stretch], day: date) -> int:
        """Return the days in work of the run that ends with `day`."""
        begins = day - (self.within_weeks * DAYS_A_WEEK - 1) * DAY
        return sum(max(0, (min(one.last, day) - max(one.first, begins)).days + 1) for one in worked)

    def _first_day(self, worked: Sequence[Stretch]) -> date:
        """Halve the last stretch: each of its days adds one day to the run, and takes at most one away."""
        first, last = worked[-1].first, worked[-1].last
        while first < last:
            middle = first + (last - first) // 2
            if self._days_before(worked, middle) >= self.weeks * DAYS_A_WEEK:
                last = middle
            else:
                first = middle + DAY
        return first


@dataclass(frozen=True, slots=True)
class Sustained:
    """So many weeks in work; they carry over from job to job when the gap is no longer than allowed."""

    weeks: tuple[int, ...]
    hours_least: float
    gap_days: int
    projected_days: int
    kind: Literal["sustained"] = "sustained"

    def reached(self, history: WorkHistory, _wages: Sequence[HourlyWage]) -> Reached:
        """Return the day that completes each number of weeks."""
        found: dict[str, date] = {}
        worked, last = 0, None
        until = history.started_on + self.projected_days * DAY
        for stretch in stretches(history.spells, until):
            if stretch.hours < self.hours_least:
                continue
            if last is not None and (stretch.first - last).days - 1 > self.gap_days:
                worked = 0
            for weeks in self.weeks:
                missing = weeks * DAYS_A_WEEK - worked
                if 0 < missing <= stretch.days:
                    found.setdefault(f"week_{weeks}", stretch.first + (missing - 1) * DAY)
            worked, last = worked + stretch.days, stretch.last
        return found

    def needs(self, _started_on: date, _wages: Sequence[HourlyWage]) -> str:
        """Return in a sentence what makes the outcome."""
        hours = f", at {self.hours_least:g} hours a week or more" if self.hours_least else ""
        return f"{_listed(self.weeks)} weeks in work{hours}. A gap of up to {self.gap_days} days is allowed."


@dataclass(frozen=True, slots=True)
class QuartersAfterLeaving:
    """In work at some time of these calendar quarters after the one in which the person left."""

    quarters: tuple[int, ...]
    kind: Literal["quarters_after_leaving"] = "quarters_after_leaving"

    def reached(self, history: WorkHistory, _wages: Sequence[HourlyWage]) -> Reached:
        """Return the first day in work of each quarter."""
        if history.left_on is None:
            return {}
        left = history.left_on
        begun = left.replace(month=left.month - (left.month - 1) % MONTHS_A_QUARTER, day=1)
        found = {}
        for quarter in self.quarters:
            first = months_after(begun, quarter * MONTHS_A_QUARTER)
            last = months_after(first, MONTHS_A_QUARTER) - DAY
            if day := _first_worked(history.spells, first, last):
                found[f"quarter_{quarter}"] = day
        return found

    def needs(self, _started_on: date, _wages: Sequence[HourlyWage]) -> str:
        """Return in a sentence what makes the outcome."""
        return f"In work at some time of quarters {_listed(self.quarters)} after the one in which they left."


@dataclass(frozen=True, slots=True)
class AfterLeaving:
    """In work within some days of leaving, and again so many months after leaving."""

    within_days: int
    months: int
    kind: Literal["after_leaving"] = "after_leaving"

    def reached(self, history: WorkHistory, _wages: Sequence[HourlyWage]) -> Reached:
        """Return the first day in work after leaving, and the later day if the person is in work on it."""
        if history.left_on is None:
            return {}
        soon = _first_worked(history.spells, history.left_on, history.left_on + self.within_days * DAY)
        later = months_after(history.left_on, self.months)
        then = _first_worked(history.spells, later, later)
        days = {"on_leaving": soon, f"month_{self.months}": then}
        return {name: day for name, day in days.items() if day}

    def needs(self, _started_on: date, _wages: Sequence[HourlyWage]) -> str:
        """Return in a sentence what makes the outcome."""
        return f"In work within {self.within_days} days of leaving, and again {self.months} months after it."


Rule = Earnings | WeeksWithin | Sustained | QuartersAfterLeaving | AfterLeaving


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + (day.day - 1) * DAY, following - DAY)


def _listed(numbers: Sequence[int]) -> str:
    *others, last = map(str, numbers)
    return f"{', '.join(others)} and {last}" if others else last


def _first_worked(spells: Iterable[Spell], first: date, last: date) -> date | None:
    days = (max(stretch.first, first) for stretch in stretches(spells, last) if stretch.last >= first)
    return min(days, default=None)
