"""The route that shows a coach's day."""

from functools import cache
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from caseload.access import Deed
from caseload.desk import AtDesk, provider_of
from caseload.person_desk import now_at, rules_at
from caseload.today.queue import today_of
from caseload.today_page import TodayPage, today_page
from caseload.views.today import TODAY, standings_of_coach
from chassis.http import AtLeast, CurrentActor
from chassis.listen.reading import reading

today_router = APIRouter()


@today_router.get("/today")
async def read_today(
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    coach: Annotated[UUID | None, Query(description="Whose day; one's own when nobody is named.")] = None,
) -> TodayPage:
    """Return a coach's day: who needs them now and why, what can wait, who is on course, and the diary."""
    whose = coach or actor.id
    tenant = provider_of(actor, Deed.LIST_OWN if whose == actor.id else Deed.LIST_ALL)
    async with reading(desk.pool, tenant, TODAY, at_least) as connection:
        caseload = await standings_of_coach(connection, tenant, whose)
    now = now_at(desk)
    today = today_of(caseload, now, cache(lambda programme: rules_at(desk, programme, now).today))
    return await today_page(desk.keyring, today, now)
