"""What numbers look like when they are answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from analytics.cohorts import CURVE_MONTHS, CURVES, OUTCOMES, Difference
from analytics.contracts import Profile
from analytics.counting import PEOPLE, Dimension, Group, Table
from analytics.hiding import hidden_steps
from analytics.outcome_rules import Spell
from analytics.pseudonyms import Pseudonyms
from analytics.views.standings import AsOf, By

HIDDEN = "Null where so few people are counted that each might be recognised, or would be found by subtraction."


class Numbers(BaseModel):
    """One group of people and what they had reached."""

    key: str | None = Field(description="Which group; null for all together, and for those without one.")
    people: int | None = Field(description=HIDDEN, examples=[34])
    numbers: dict[str, int | None] = Field(description=HIDDEN, examples=[{"started": 28, "outcome": None}])

    @classmethod
    def of(cls, group: Group, names: Iterable[str]) -> Self:
        """Return a group with some of its numbers."""
        key = None if group.key is None else str(group.key)
        return cls(key=key, people=group.cells[PEOPLE], numbers={name: group.cells[name] for name in names})


class Page(BaseModel):
    """What was asked for."""

    as_of: date
    by: By
    apart: Dimension | None


class FunnelPage(Page):
    """How many were referred, and how far they came."""

    total: Numbers
    groups: list[Numbers]

    @classmethod
    def of(cls, table: Table, names: Sequence[str], as_of: AsOf, apart: Dimension | None) -> Self:
        """Return a table of numbers."""
        groups = [Numbers.of(group, names) for group in table.groups]
        return cls(as_of=as_of.day, by=as_of.by, apart=apart, total=Numbers.of(table.total, names), groups=groups)


class CurvePoint(BaseModel):
    """Which share had their first earnings, and an outcome, within so many months of the start."""

    month: int
    first_earnings: float | None = Field(description="Null while not everybody has had so many months, or hidden.")
    outcome: float | None


class OutcomeNumbers(Numbers):
    """One group of people who started."""

    complete_months: int = Field(description="For how many months everybody of the group has been on the programme.")
    mature: bool = Field(description="Whether that is long enough to hold the group against its profile.")
    profile: Profile | None = Field(description="What its contract expects; null where several contracts are mixed.")
    curve: list[CurvePoint]


class OutcomesPage(Page):
    """Who came into work, and whose work lasted."""

    total: OutcomeNumbers
    groups: list[OutcomeNumbers]


class StandardNumbers(Numbers):
    """How a service standard was kept for one group: `people` counts promises."""

    standard: str
    target: float | None = Field(description="The share that the contract asks for.", examples=[0.99])
    share_kept: float | None = Field(description="Kept in time, of those that are settled.", examples=[0.97])


class StandardsPage(Page):
    """How the service's timed promises were kept."""

    total: list[StandardNumbers]
    groups: list[StandardNumbers]


class WorkDone(BaseModel):
    """A job, at the terms that it began with."""

    starts_on: date
    last_day: date | None
    hours_a_week: float | None
    pay_a_year: float | None
    self_employed: bool

    @classmethod
    def of(cls, job: Spell) -> Self:
        """Return a job as it is shown."""
        terms = job.terms[0]
        return cls(
            starts_on=job.starts_on,
            last_day=job.last_day,
            hours_a_week=terms.hours_a_week,
            pay_a_year=terms.pay_a_year,
            self_employed=job.self_employed,
        )


class DrillEntry(BaseModel):
    """One of the people behind a number."""

    person: UUID = Field(description="The participant; a pseudonym for an analyst. Search their facts by it.")
    case: UUID
    coach: UUID | None
    started_on: date | None
    milestones: dict[str, date] = Field(description="First earnings, weeks in work and outcomes, also those to come.")
    needs: str | None = Field(description="What makes somebody count, where it is work that does, by their contract.")
    jobs: list[WorkDone] = Field(description="Where it is work that counts.")


class DrillPage(BaseModel):
    """The people behind a number."""

    number: str
    hidden: bool = Field(description="Whether they are too few to be shown to who asks.")
    counted_by: list[str] = Field(description="The types of the facts by which a person counts in it.")
    people: list[DrillEntry]
    count: int | None = Field(None, description="How many they are, on this page and all others.")
    next: UUID | None = Field(None, description="Ask for `after` this case to read on.")


class ReplayedDifference(BaseModel):
    """Somebody whose outcome comes on another day, or not at all, under the other contract."""

    person: UUID
    before: date | None
    after: date | None


class ReplayPage(Page):
    """Outcomes under another contract, beside those under the people's own."""

    contract: str
    people: int | None
    before: int | None = Field(description="Outcomes by the day under their own contract. " + HIDDEN)
    after: int | None = Field(description="Outcomes by the day under the other contract. " + HIDDEN)
    differing: int | None = Field(description=HIDDEN)
    differences: list[ReplayedDifference]
    next: int | None = Field(None, description="Ask for `after` this many differences to read on.")


def outcome_numbers(group: Group, complete: int, profile: Profile | None) -> OutcomeNumbers:
    """Return a group of people who started, with its curve."""
    mature = profile is not None and complete >= profile.months
    plain = Numbers.of(group, OUTCOMES)
    curve = _curve(group, complete)
    return OutcomeNumbers(**plain.model_dump(), complete_months=complete, mature=mature, profile=profile, curve=curve)


def _curve(group: Group, complete: int) -> list[CurvePoint]:
    shares = {name: _shares(group, name) for name in CURVES}
    return [
        CurvePoint(month=month, **{name: share[month] if month <= complete else None for name, share in shares.items()})
        for month in range(CURVE_MONTHS + 1)
    ]


def _shares(group: Group, name: str) -> list[float | None]:
    people = group.cells[PEOPLE]
    counts = [group.cells[f"{name}_by_month_{month}"] for month in range(CURVE_MONTHS + 1)]
    return [None if count is None or not people else round(count / people, 4) for count in counts]


def with_steps_hidden(group: Group) -> Group:
    """Return a group whose curves do not tell of one month what a small group did in it."""
    cells = dict(group.cells)
    for name in CURVES:
        names = [f"{name}_by_month_{month}" for month in range(CURVE_MONTHS + 1)]
        shown = hidden_steps([cells[each] or 0 for each in names])
        cells |= {each: None if cells[each] is None else step for each, step in zip(names, shown, strict=True)}
    return Group(group.key, cells)


def standard_numbers(standard: str, group: Group, target: float | None) -> StandardNumbers:
    """Return how a standard was kept for one group."""
    plain = Numbers.of(group, [name for name in group.cells if name != PEOPLE])
    kept, late, breached = (plain.numbers[name] for name in ("kept", "late", "breached"))
    share = None
    if kept is not None and late is not None and breached is not None and kept + late + breached:
        share = round(kept / (kept + late + breached), 4)
    return StandardNumbers(**plain.model_dump(), standard=standard, target=target, share_kept=share)


def replayed(differences: Sequence[Difference], pseudonyms: Pseudonyms | None) -> list[ReplayedDifference]:
    """Return differences person by person."""
    return [
        ReplayedDifference(person=named(one.standing.participant_id, pseudonyms), before=one.before, after=one.after)
        for one in differences
    ]


def named(id: UUID, pseudonyms: Pseudonyms | None) -> UUID:  # noqa: A002  (as everywhere)
    """Return an id, or its pseudonym."""
    return pseudonyms.of(id) if pseudonyms else id


def milestones(days: Mapping[str, date]) -> dict[str, date]:
    """Return milestones in order of their days."""
    return dict(sorted(days.items(), key=lambda item: item[1]))
