"""The route of what fits a person: new vacancies by what they told of themselves, each with its reasons."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from chassis.http import AtLeast
from chassis.listen.reading import reading
from jobsearch.matching import criteria_of, fits_of, matches, wished
from jobsearch.person_desk import AboutPerson, RequestAboutPerson
from jobsearch.places import gazetteer
from jobsearch.profile import MissingWish, most_limiting
from jobsearch.search_forms import HitShown
from jobsearch.views.activity import ACTIVITY, dismissed_of
from jobsearch.views.applications import APPLICATIONS, applications_of
from jobsearch.views.profiles import PROFILES, ProfileRow, cvs_of, find_profile
from jobsearch.views.search import RANKER
from jobsearch.views.vacancies import VACANCIES

THREE: Final = 3
MOST: Final = 20

match_router = APIRouter(prefix="/participants/{participant_id}/matches", tags=["matches"])


class MatchShown(HitShown):
    """A vacancy that fits a person."""

    fits: list[str] = Field(
        description="What is as they wish, beside the work.", examples=[["4 miles from Leeds", "16 to 20 hours a week"]]
    )


class Matches(BaseModel):
    """The best vacancies that a person has neither saved nor dismissed."""

    ranker: str = RANKER
    hits: list[MatchShown]
    missing: MissingWish | None = Field(description="What they have not said and what would help most.")


@match_router.get("")
async def read_matches(
    request: AboutPerson, at_least: AtLeast, most: Annotated[int, Query(ge=1, le=MOST)] = THREE
) -> Matches:
    """Return new vacancies that fit what a person looks for; none before they said what work they want."""
    async with reading(request.desk.pool, request.tenant, PROFILES, at_least) as connection:
        profile = await find_profile(connection, request.tenant, request.participant_id)
        cvs = await cvs_of(connection, request.tenant, request.participant_id)
    missing = most_limiting(profile, has_cv=bool(cvs))
    (work,) = await request.desk.keyring.open_many([profile.work if profile else None])
    if profile is None or not work:
        return Matches(hits=[], missing=missing)
    return Matches(hits=await _matches(request, profile, work, most), missing=missing)


async def _matches(request: RequestAboutPerson, profile: ProfileRow, work: str, most: int) -> list[MatchShown]:
    criteria = criteria_of(profile, gazetteer(), request.today)
    saved = await _saved(request)
    async with reading(request.desk.pool, None, VACANCIES) as connection:
        query, wording = await wished(connection, work)
        hits = await matches(connection, replace(criteria, query=query), wording, saved, MOST) if query else []
    dismissed = await _dismissed(request, [hit.row.vacancy_id for hit in hits])
    town = gazetteer().towns.get(profile.town) if profile.town else None
    return [
        MatchShown(
            **HitShown.of(hit, request.today).model_dump(), fits=fits_of(criteria, hit, town.name if town else None)
        )
        for hit in [hit for hit in hits if hit.row.vacancy_id not in dismissed][:most]
    ]


async def _saved(request: RequestAboutPerson) -> set[UUID]:
    async with reading(request.desk.pool, request.tenant, APPLICATIONS) as connection:
        applications = await applications_of(connection, request.tenant, request.participant_id)
    return {application.vacancy_id for application in applications if application.vacancy_id}


async def _dismissed(request: RequestAboutPerson, vacancies: Sequence[UUID]) -> set[UUID]:
    async with reading(request.desk.pool, request.tenant, ACTIVITY) as connection:
        return await dismissed_of(connection, request.tenant, request.participant_id, vacancies)
