"""The routes of a person's profile: what they look for."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, Field, model_validator

from chassis.http import Accepted, AtLeast, ExpectedVersion, etag
from chassis.listen.reading import reading
from events.jobsearch import Contract, HoursAWeek, Money, PayPeriod
from events.wishes import MissingWish
from jobsearch.forms import Form, example
from jobsearch.person_desk import AboutPerson
from jobsearch.places import gazetteer
from jobsearch.profile import most_limiting
from jobsearch.profile_commands import Whose, Wishes, tell_wishes
from jobsearch.views.profiles import PROFILES, ProfileRow, cvs_of, find_profile
from jobsearch.words import Line

profile_router = APIRouter(prefix="/participants/{participant_id}/profile", tags=["profile"])


def _known_town(town: int) -> int:
    if town not in gazetteer().towns:
        message = "is no town that is known here"
        raise ValueError(message)
    return town


class WishesForm(Form):
    """What a person looks for. What they do not care about is left out."""

    model_config = example(
        work="baker, kitchen assistant", town=2633352, miles=10, hours_most=30, contracts=["permanent"]
    )

    work: Line | None = Field(None, description="The wanted work in the person's words, wishes apart by commas.")
    town: Annotated[int, AfterValidator(_known_town)] | None = Field(None, description="Its GeoNames id.")
    miles: Annotated[int, Field(ge=0, le=500)] | None = None
    hours_least: HoursAWeek | None = None
    hours_most: HoursAWeek | None = None
    pay_least: Money | None = None
    pay_period: PayPeriod | None = None
    contracts: Annotated[tuple[Contract, ...], Field(max_length=len(Contract))] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.hours_least and self.hours_most and self.hours_least > self.hours_most:
            message = "the fewest hours are more than the most"
            raise ValueError(message)
        if (self.pay_least is None) != (self.pay_period is None):
            message = "a pay is for some time: name both or none"
            raise ValueError(message)
        return self


class ProfilePage(BaseModel):
    """What a person looks for; its version, 0 before they said anything, stands in ETag."""

    work: str | None = Field(description="Null once the person's data is erased.", examples=["baker"])
    town: int | None
    town_name: str | None = Field(examples=["York"])
    miles: int | None
    hours_least: float | None
    hours_most: float | None
    pay_least: float | None
    pay_period: PayPeriod | None
    contracts: list[Contract]
    told_at: datetime | None
    missing: MissingWish | None = Field(description="The one thing whose absence limits a search most.")


@profile_router.get("")
async def read_profile(request: AboutPerson, at_least: AtLeast, response: Response) -> ProfilePage:
    """Return what a person looks for, and the one thing that is missing most."""
    async with reading(request.desk.pool, request.tenant, PROFILES, at_least) as connection:
        row = await find_profile(connection, request.tenant, request.participant_id)
        cvs = await cvs_of(connection, request.tenant, request.participant_id)
    response.headers["ETag"] = etag(row.version if row else 0)
    (work,) = await request.desk.keyring.open_many([row.work if row else None])
    return _page(row, work, has_cv=bool(cvs))


@profile_router.put("", response_model=Accepted)
async def tell_profile(request: AboutPerson, expected: ExpectedVersion, body: WishesForm) -> Response:
    """Say what a person looks for; it replaces what was said before. Version 0 is that of a profile not there yet."""
    whose = Whose(request.participant_id, request.tenant, expected)
    wishes, keyring = Wishes(**body.model_dump()), request.desk.keyring
    return await request.answer(lambda session: tell_wishes(session, keyring, whose, wishes, request.now))


def _page(row: ProfileRow | None, work: str | None, *, has_cv: bool) -> ProfilePage:
    town = gazetteer().towns.get(row.town) if row and row.town else None
    return ProfilePage(
        work=work,
        town=row.town if row else None,
        town_name=town.name if town else None,
        miles=row.miles if row else None,
        hours_least=row.hours_least if row else None,
        hours_most=row.hours_most if row else None,
        pay_least=row.pay_least if row else None,
        pay_period=PayPeriod(row.pay_period) if row and row.pay_period else None,
        contracts=[Contract(contract) for contract in row.contracts] if row else [],
        told_at=row.told_at if row else None,
        missing=most_limiting(row, has_cv=has_cv),
    )
