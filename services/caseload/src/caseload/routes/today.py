"""Routes that show a coach's day, and a person's next step."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from caseload.access import Deed
from caseload.desk import AtDesk, provider_of
from caseload.next_step.choice import next_step
from caseload.person_desk import now_at, rules_at, standing_for
from caseload.today.queue import today_of
from caseload.today_page import ShownStep, TodayPage, today_page
from caseload.views.today import TODAY, standings_of_coach
from chassis.http import AtLeast, CurrentActor
from chassis.listen.reading import reading

MOST_JOBS: Final = 1_000_000

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
    today = today_of(caseload, now, lambda programme: rules_at(desk, programme, now).today)
    return await today_page(desk.keyring, today, now)


@today_router.get("/participants/{participant_id}/next-step")
async def read_next_step(
    desk: AtDesk,
    actor: CurrentActor,
    at_least: AtLeast,
    participant_id: UUID,
    new_jobs: Annotated[
        int, Query(ge=0, le=MOST_JOBS, description="How many new vacancies fit, as the market knows.")
    ] = 0,
) -> ShownStep:
    """Return a person's one next step, as their Home and their coach see it."""
    standing = await standing_for(desk, actor, participant_id, at_least)
    now = now_at(desk)
    rules = rules_at(desk, standing.case.programme_id, now)
    return ShownStep.of(next_step(standing, now, rules.next_step, rules.today, new_jobs))
