"""What a search of the market takes and shows: places, hits with their reasons, and how to widen."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.faults import SAYS_SOMETHING
from events.jobsearch import Contract, HoursAWeek, Money, PayPeriod
from jobsearch.market_forms import VacancyShown
from jobsearch.places import Town, gazetteer
from jobsearch.vacancy_search import PAGE, Found, Hit, Widening
from jobsearch.views.search import RANKER

TOWNS_SHOWN: Final = 20
MOST_PAGES: Final = 50

PlaceName = Annotated[str, Field(min_length=1, max_length=100), SAYS_SOMETHING]


class TownShown(BaseModel):
    """A town to search around."""

    town: int = Field(description="Its GeoNames id.", examples=[2641598])
    name: str = Field(examples=["Newport"])
    county: str | None = Field(description="The county that it lies in, about.", examples=["Gwent"])
    nation: str | None = Field(examples=["Wales"])
    near: str | None = Field(description="The nearest large town, null for a large one.", examples=["Cardiff"])
    population: int = Field(examples=[161_506])

    @classmethod
    def of(cls, town: Town) -> Self:
        """Return a town as it is told apart from others of its name."""
        county, near = gazetteer().county_of(town), gazetteer().near(town)
        return cls(
            town=town.id,
            name=town.name,
            county=county.name if county else None,
            nation=county.nation if county else None,
            near=near.name if near else None,
            population=town.population,
        )


class PlaceForm(BaseModel):
    """A place as a person writes it."""

    model_config = ConfigDict(
        extra="forbid", hide_input_in_errors=True, json_schema_extra={"examples": [{"name": "Newport"}]}
    )

    name: PlaceName


class PlaceShown(BaseModel):
    """What a place means: one town, several to choose from, or nothing that is known."""

    state: Literal["found", "ambiguous", "unknown"]
    towns: list[TownShown] = Field(description="The one town, or those to choose from, the largest first.")
    spelt_like: list[str] = Field(description="Towns that are written most like an unknown one.")

    @classmethod
    def of(cls, towns: Sequence[Town], spelt_like: Sequence[str] = ()) -> Self:
        """Return what a place means."""
        shown = [TownShown.of(town) for town in towns[:TOWNS_SHOWN]]
        return cls(state=_STATES[min(len(towns), 2)], towns=shown, spelt_like=list(spelt_like))


_STATES: Final[tuple[Literal["unknown", "found", "ambiguous"], ...]] = ("unknown", "found", "ambiguous")


class VacancySearch(BaseModel):
    """What work is looked for, where, for how much and for how long. Nothing has to be said."""

    model_config = ConfigDict(
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra={
            "examples": [
                {"words": "carer", "place": "Leeds", "miles": 10, "pay_least": 12.6, "pay_period": "hour"},
                {"words": "warehouse", "town": 2641598, "miles": 15, "hours_most": 24, "part_time": True},
            ]
        },
    )

    words: Annotated[str, Field(max_length=200)] = ""
    place: PlaceName | None = Field(None, description="A town, as written.")
    town: int | None = Field(None, description="A town by its GeoNames id, where the place has to be chosen.")
    miles: Annotated[int, Field(ge=0, le=200)] = 10
    pay_least: Money | None = Field(None, description="It has to pay this at least.")
    pay_period: PayPeriod = PayPeriod.YEAR
    hours_least: HoursAWeek | None = None
    hours_most: HoursAWeek | None = None
    contracts: Annotated[list[Contract], Field(max_length=len(Contract))] = []
    part_time: bool = Field(default=False, description="Only what can be done part-time.")
    page: Annotated[int, Field(ge=1, le=MOST_PAGES)] = 1
    participant_id: UUID | None = Field(None, description="For whom; a person searches for themselves.")
    search_id: UUID | None = Field(None, description="The search whose further page this is.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.place is not None and self.town is not None:
            message = "a place is named, or its town, not both"
            raise ValueError(message)
        return self


class ReasonShown(BaseModel):
    """What a vacancy has of what was asked for."""

    asked: str = Field(description="The person's words.", examples=["carer"])
    met: list[str] = Field(description="The vacancy's words.", examples=[["Care Assistant"]])
    field: str = Field(examples=["title"])


class MismatchShown(BaseModel):
    """The one respect in which a vacancy is not as asked."""

    kind: Literal["too_far", "pay_lower", "pay_not_given", "other_hours", "hours_not_given"]
    says: str = Field(examples=["12 miles away, asked for at most 10"])


class HitShown(BaseModel):
    """A vacancy that was found, and why."""

    rank: int
    vacancy: VacancyShown
    miles: float | None = Field(description="How far it is as the crow flies; null where no place was asked for.")
    reasons: list[ReasonShown]
    mismatch: MismatchShown | None

    @classmethod
    def of(cls, hit: Hit, today: date) -> Self:
        """Return a hit as it is shown."""
        mismatch = hit.mismatch and MismatchShown.model_validate(hit.mismatch, from_attributes=True)
        return cls(
            rank=hit.rank,
            vacancy=VacancyShown.of(hit.row, today),
            miles=None if hit.miles is None else round(hit.miles, 1),
            reasons=[ReasonShown.model_validate(reason, from_attributes=True) for reason in hit.reasons],
            mismatch=mismatch,
        )


class WideningShown(BaseModel):
    """What to ask for instead where nothing was found, and how many vacancies that finds."""

    relaxed: Literal["words", "miles", "place", "pay", "hours", "contracts", "part_time"]
    says: str = Field(examples=["within 20 miles"])
    vacancies: int
    miles: int | None = Field(description="How far that goes, null for anywhere.")

    @classmethod
    def of(cls, widening: Widening) -> Self:
        """Return a widening as it is shown."""
        return cls.model_validate(widening, from_attributes=True)


class VacancyPage(BaseModel):
    """Vacancies that were found, in an order that the ranker's version names."""

    search_id: UUID | None = Field(None, description="By which an opened vacancy names a search made for somebody.")
    ranker: str = RANKER
    place: PlaceShown | None = Field(None, description="What the place means; nothing is searched before it is clear.")
    total: int = Field(description="How many there are, those with a mismatch too.")
    fitting: int = Field(description="How many of them fit in every respect: they come first.")
    page: int
    pages: int
    hits: list[HitShown]
    widen: list[WideningShown] = Field(description="How to find more where nothing was found.")

    @classmethod
    def of(cls, found: Found, page: int, place: PlaceShown | None, today: date) -> Self:
        """Return what was found as it is shown."""
        return cls(
            place=place,
            total=found.total,
            fitting=found.fitting,
            page=page,
            pages=min(-(-found.total // PAGE), MOST_PAGES),
            hits=[HitShown.of(hit, today) for hit in found.hits],
            widen=[WideningShown.of(widening) for widening in found.widenings],
        )
