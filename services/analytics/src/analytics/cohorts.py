"""People as they are counted: their milestones in work by the rules of their contract, and curves since the start."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from analytics.contracts import Book, Profile
from analytics.counting import Place, Tally, tallied
from analytics.outcome_rules import Spell, WorkHistory, months_after
from analytics.views.standings import BIT, Standing

WORK: Final = ("first_earnings", "in_week_13", "in_week_26", "outcome")
OUTCOMES: Final = ("started", *WORK, "projected")
CURVES: Final = ("first_earnings", "outcome")
CURVE_MONTHS: Final = 18

_PROJECTED: Final = 1 << len(BIT)
_AT_MONTH: Final = {
    f"{name}_by_month_{month}": 1 << (len(BIT) + 1 + place * (CURVE_MONTHS + 1) + month)
    for place, name in enumerate(CURVES)
    for month in range(CURVE_MONTHS + 1)
}
OUTCOME_BITS: Final[Mapping[str, int]] = (
    {name: BIT[name] for name in OUTCOMES if name != "projected"} | {"projected": _PROJECTED} | _AT_MONTH
)

Teams = Mapping[UUID, str]
Spells = Mapping[UUID, tuple[Spell, ...]]


class Person(NamedTuple):
    """A journey with the days of its milestones in work, those to come projected."""

    standing: Standing
    days: Mapping[str, date]
    jobs: tuple[Spell, ...] = ()


def people_of(standings: Iterable[Standing], spells: Spells, book: Book, instead: str | None = None) -> list[Person]:
    """Return everybody with their milestones in work, under another contract if one is named."""
    return [
        Person(standing, _days(standing, spells, book, instead), spells.get(standing.case_id, ()))
        for standing in standings
    ]


def _days(standing: Standing, spells: Spells, book: Book, instead: str | None) -> Mapping[str, date]:
    jobs = spells.get(standing.case_id)
    if jobs is None or standing.started_on is None:
        return {}
    history = WorkHistory(standing.started_on, standing.left_on, jobs)
    return book.reached(standing.programme_id, history, instead)


def funnel_tally(people: Iterable[Person], day: date, teams: Teams) -> Tally:
    """Return people by the month in which they were referred, with what they had reached by a day."""
    return tallied((funnel_place(person.standing, teams), reached(person, day)) for person in people)


def outcome_tally(people: Iterable[Person], day: date, teams: Teams) -> Tally:
    """Return those who started by the month of their start, with their outcomes and how soon they came."""
    return tallied(
        (place, outcomes(person, day)) for person in people if (place := outcome_place(person.standing, teams))
    )


def reached(person: Person, day: date) -> int:
    """Return the bit of each number that a person counts in by a day."""
    bits = person.standing.reached
    for name in WORK:
        if name in person.days and person.days[name] <= day:
            bits |= BIT[name]
    return bits


def outcomes(person: Person, day: date) -> int:
    """Return the bit of each outcome number that somebody who started counts in by a day."""
    bits = reached(person, day)
    outcome = person.days.get("outcome")
    if outcome and outcome > day:
        bits |= _PROJECTED
    for name in CURVES:
        if name in person.days and person.days[name] <= day:
            for month in range(_months_to(person, person.days[name]), CURVE_MONTHS + 1):
                bits |= _AT_MONTH[f"{name}_by_month_{month}"]
    return bits


def _months_to(person: Person, day: date) -> int:
    """Return in how many months after the start a day had come."""
    started = person.standing.started_on
    assert started
    months = max(0, (day.year - started.year) * 12 + day.month - started.month)
    return months if day <= months_after(started, months) else months + 1


def funnel_place(standing: Standing, teams: Teams) -> Place:
    """Return where a journey is counted: in the month of its referral."""
    return _place(standing, standing.referred_in, teams)


def outcome_place(standing: Standing, teams: Teams) -> Place | None:
    """Return where somebody who started is counted: in the month of the start. None for who has not."""
    return _place(standing, standing.started_on.replace(day=1), teams) if standing.started_on else None


def _place(standing: Standing, cohort: date, teams: Teams) -> Place:
    team = teams.get(standing.coach_id) if standing.coach_id else None
    return Place(standing.programme_id, standing.tenant, team, standing.coach_id, cohort)


def complete_months(starts: Iterable[date], day: date) -> int:
    """Return for how many months everybody who started on these days had been on the programme by a day."""
    latest = max(starts, default=day)
    months = 0
    while months < CURVE_MONTHS and months_after(latest, months + 1) <= day:
        months += 1
    return months


def profile_of(people: Iterable[Person], book: Book) -> Profile | None:
    """Return the profile of the one contract that holds for all, None where several do."""
    kinds = {(one.standing.programme_id, one.standing.started_on) for one in people if one.standing.started_on}
    profiles = {book.version(programme, started).profile for programme, started in kinds if started}
    return profiles.pop() if len(profiles) == 1 else None


class Difference(NamedTuple):
    """Somebody whose outcome comes on another day, or not at all, under another contract."""

    standing: Standing
    before: date | None
    after: date | None


def differences(own: Sequence[Person], other: Sequence[Person]) -> list[Difference]:
    """Return whose outcome differs between two contracts, listed person by person in the same order."""
    pairs = zip(own, other, strict=True)
    found = (Difference(one.standing, one.days.get("outcome"), two.days.get("outcome")) for one, two in pairs)
    return [difference for difference in found if difference.before != difference.after]
