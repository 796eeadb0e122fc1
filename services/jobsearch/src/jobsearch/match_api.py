"""The route of what fits a person: new vacancies by what they told of themselves, each with its reasons."""

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from chassis.http import AtLeast
from chassis.listen.reading import reading
from events.wishes import MissingWish
from jobsearch.matching import criteria_of, fits_of, wished
from jobsearch.person_desk import AboutPerson, RequestAboutPerson
from jobsearch.places import gazetteer
from jobsearch.profile import most_limiting
from jobsearch.search_forms import HitShown
from jobsearch.vacancy_search import PAGE, Found, find
from jobsearch.views.activity import ACTIVITY, Past, past_of
from jobsearch.views.applications import APPLICATIONS, applications_of
from jobsearch.views.profiles import PROFILES, ProfileRow, cvs_of, find_profile
from jobsearch.views.search import RANKER
from jobsearch.views.vacancies import VACANCIES

THREE: Final = 3
MOST: Final = PAGE
NOT_SAID: Final = frozenset({"pay_not_given", "hours_not_given"})
"""Mismatches that are only what a vacancy leaves open."""

match_router = APIRouter(prefix="/participants/{participant_id}/matches", tags=["matches"])


class MatchShown(HitShown):
    """A vacancy that fits a person."""

    fits: list[str] = Field(
        description="What is as they wish, beside the work.", examples=[["4 miles from Leeds", "16 to 20 hours a week"]]
    )
    new: bool = Field(description="Whether it came in since they last looked for jobs.")


class Matches(BaseModel):
    """The best vacancies that a person has neither saved nor dismissed; what is new to them comes first."""

    ranker: str = RANKER
    hits: list[MatchShown]
    new: int = Field(0, description=f"How many are new, of the {MOST} best, and fit as far as they say.", examples=[3])
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
    hits = await _matches(request, profile, work)
    return Matches(hits=hits[:most], new=sum(map(_is_news, hits)), missing=missing)


async def _matches(request: RequestAboutPerson, profile: ProfileRow, work: str) -> list[MatchShown]:
    criteria, past = criteria_of(profile, gazetteer(), request.today), await _past(request)
    known = frozenset(await _saved(request) | past.dismissed)
    async with reading(request.desk.pool, None, VACANCIES) as connection:
        query, wording = await wished(connection, work)
        found = await find(connection, replace(criteria, query=query, known=known), wording) if query else Found()
    town = gazetteer().towns.get(profile.town) if profile.town else None
    shown = [
        MatchShown(
            **HitShown.of(hit, request.today).model_dump(),
            fits=fits_of(criteria, hit, town.name if town else None),
            new=past.looked_at is None or hit.row.first_seen > past.looked_at,
        )
        for hit in found.hits
    ]
    return sorted(shown, key=lambda match: not _is_news(match))


def _is_news(match: MatchShown) -> bool:
    """Whether a vacancy is new and nothing that it says is against it."""
    return match.new and (match.mismatch is None or match.mismatch.kind in NOT_SAID)


async def _saved(request: RequestAboutPerson) -> set[UUID]:
    async with reading(request.desk.pool, request.tenant, APPLICATIONS) as connection:
        applications = await applications_of(connection, request.tenant, request.participant_id)
    return {application.vacancy_id for application in applications if application.vacancy_id}


async def _past(request: RequestAboutPerson) -> Past:
    async with reading(request.desk.pool, request.tenant, ACTIVITY) as connection:
        return await past_of(connection, request.tenant, request.participant_id)
