"""Contracts: which rules and targets hold for a programme, from which day on. All of it is data (contracts.json)."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from analytics.outcome_rules import HourlyWage, Rule, WorkHistory, first_day_in_work
from analytics.outcome_rules import Sustained as InWork

WEEKS_IN_WORK: Final = (13, 26)
PROJECTED_DAYS: Final = 912

Share = Annotated[float, Field(ge=0, le=1)]


class Profile(BaseModel):
    """What a cohort is expected to have reached so many months after the start, and the least that is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_earnings: Share
    outcome: Share
    minimum: Share
    months: Annotated[int, Field(ge=1, le=60)]


class Version(BaseModel):
    """A contract as it holds for people who start from a day on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_day: date
    outcome: Annotated[Rule, Field(discriminator="kind")]
    gap_days: Annotated[int, Field(ge=0)]
    profile: Profile
    standards: Mapping[str, Share]


class Contracts(BaseModel):
    """Every contract by name with its versions, the latest last, and the wages that some of them count by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wages: Annotated[tuple[HourlyWage, ...], Field(min_length=1)]
    contracts: Mapping[str, Annotated[tuple[Version, ...], Field(min_length=1)]]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        listed: list[Sequence[HourlyWage | Version]] = [self.wages, *self.contracts.values()]
        for dated in listed:
            if list(dated) != sorted(dated, key=lambda one: one.from_day):
                message = "wages and versions of a contract are listed by their days, the latest last"
                raise ValueError(message)
        return self

    def version(self, name: str, day: date) -> Version:
        """Return a contract as it holds for somebody who starts on a day. Raises KeyError for an unknown name."""
        versions = self.contracts[name]
        return next((one for one in reversed(versions) if one.from_day <= day), versions[0])


@lru_cache
def packaged() -> Contracts:
    """Return the contracts that come with the service."""
    return Contracts.model_validate_json(files("analytics").joinpath("contracts.json").read_bytes())


class Book:
    """Which contract each programme runs under; one that is not named runs under `usual`."""

    def __init__(self, contracts: Contracts, programmes: Mapping[UUID, str], usual: str) -> None:
        """Take them. Raises KeyError for a name that is none of the contracts'."""
        for name in (*programmes.values(), usual):
            contracts.contracts[name]
        self._contracts = contracts
        self._programmes = programmes
        self._usual = usual

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all contracts."""
        return tuple(self._contracts.contracts)

    def version(self, programme: UUID | None, day: date, instead: str | None = None) -> Version:
        """Return what holds for somebody who starts a programme on a day, under another contract if one is named."""
        name = instead or (self._programmes.get(programme, self._usual) if programme else self._usual)
        return self._contracts.version(name, day)

    def needs(self, number: str, programme: UUID | None, started_on: date) -> str:
        """Return in a sentence what makes somebody who started on a day count in a number of work."""
        version = self.version(programme, started_on)
        if number == "first_earnings":
            return "A first day in work since the start."
        for weeks in WEEKS_IN_WORK:
            if number == f"in_week_{weeks}":
                return InWork((weeks,), 0, version.gap_days, PROJECTED_DAYS).needs(started_on, ())
        return version.outcome.needs(started_on, self._contracts.wages)

    def reached(self, programme: UUID | None, history: WorkHistory, instead: str | None = None) -> dict[str, date]:
        """Return the days of a person's milestones in work: first earnings, weeks in work, and each outcome."""
        version = self.version(programme, history.started_on, instead)
        first = first_day_in_work(history)
        in_work = InWork(WEEKS_IN_WORK, 0, version.gap_days, PROJECTED_DAYS).reached(history, ())
        outcomes = version.outcome.reached(history, self._contracts.wages)
        days = {f"in_{name}": day for name, day in in_work.items()} | {f"outcome_{k}": d for k, d in outcomes.items()}
        days |= {"outcome": min(outcomes.values())} if outcomes else {}
        return days | ({"first_earnings": first} if first else {})
