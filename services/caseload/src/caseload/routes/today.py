"""The route that shows a coach's day."""

from datetime import timedelta
from functools import cache
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from caseload.access import Deed
from caseload.desk import AtDesk, provider_of
from caseload.diary import DiaryPage, diary_page
from caseload.forms import Day
from caseload.news import HEARD, MOST, Learned, since_when
from caseload.person_desk import now_at, rules_at
from caseload.today.queue import today_of
from caseload.today_page import TodayPage, today_page
from caseload.views.timeline import TIMELINE, News, news_of
from caseload.views.today import TODAY, standings_of_coach
from chassis.http import AtLeast, CurrentActor
from chassis.listen.reading import reading

MOST_DAYS: Final = 62
Whose = Annotated[UUID | None, Query(description="Whose; one's own when nobody is named.")]

today_router = APIRouter()


@today_router.get("/today")
async def read_today(
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    coach: Whose = None,
    since: Annotated[
        AwareDatetime | None,
        Query(description="When the day was looked at last, `changes.until` then; a day ago where that is not known."),
    ] = None,
) -> TodayPage:
    """Return a coach's day: who needs them now and why, what changed, who can wait or is on course, and the diary."""
    whose = coach or actor.id
    tenant, now = provider_of(actor, Deed.LIST_OWN if whose == actor.id else Deed.LIST_ALL), now_at(desk)
    async with reading(desk.pool, tenant, TODAY, at_least) as connection:
        caseload = await standings_of_coach(connection, tenant, whose, now.moment)
    since = since_when(since, now.moment)
    people = [standing.case.participant_id for standing in caseload]
    async with reading(desk.pool, tenant, TIMELINE, at_least) as connection:
        rows = await news_of(connection, tenant, News(people, since, HEARD, str(actor), MOST + 1))
    today = today_of(caseload, now, cache(lambda programme: rules_at(desk, programme, now).today))
    return await today_page(desk.keyring, today, Learned(since, rows), now)


@today_router.get("/diary")
async def read_diary(  # noqa: PLR0913  (whose, and which days)
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    coach: Whose = None,
    first_day: Annotated[Day | None, Query(description="Today when nothing is said.")] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days.")] = 14,
) -> DiaryPage:
    """Return a coach's meetings from a day on, across their cases, and the earlier ones that need an outcome."""
    whose = coach or actor.id
    tenant, now = provider_of(actor, Deed.LIST_OWN if whose == actor.id else Deed.LIST_ALL), now_at(desk)
    async with reading(desk.pool, tenant, TODAY, at_least) as connection:
        caseload = await standings_of_coach(connection, tenant, whose, now.moment)
    first = first_day or now.today
    return await diary_page(desk.keyring, caseload, (first, first + timedelta(days=days - 1)), now)
