"""Routes that show lists: the ready filters of a caseload, and a leader's team."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from caseload.access import COACH, Deed
from caseload.caseload_page import ReadyPage, ready_page
from caseload.desk import AtDesk, provider_of
from caseload.person_desk import now_at
from caseload.team_page import TeamPage, team_page
from caseload.views.ready_filters import PAGE, Order, Question, Ready, answers
from caseload.views.team import loads, nearing
from caseload.views.today import TODAY
from chassis.http import AtLeast, CurrentActor
from chassis.listen.reading import reading

AHEAD: Final = timedelta(days=7)
MOST_DAYS: Final = 3_650
MOST_PAGES: Final = 10_000
COUNTED: Final = "What new, without contact and near count: 14 when nothing is said, 28 for meetings in person."

team_router = APIRouter()


async def _question(  # noqa: PLR0913  (each is a part of the question)
    actor: CurrentActor,
    ready: Ready,
    sort: Annotated[Order, Query(description="What the list is in order of.")] = Order.OPENED,
    coach: Annotated[UUID | None, Query(description="Whose; a coach reads their own.")] = None,
    days: Annotated[int | None, Query(ge=0, le=MOST_DAYS, description=COUNTED)] = None,
    page: Annotated[int, Query(ge=1, le=MOST_PAGES, description="Which page of a hundred.")] = 1,
) -> Question:
    own = actor.id if actor.role == COACH and ready is not Ready.UNASSIGNED else None
    return Question(ready, sort, coach or own, days, page)


@team_router.get("/caseload/{ready}")
async def read_ready_filter(
    desk: AtDesk, actor: CurrentActor, at_least: AtLeast, question: Annotated[Question, Depends(_question)]
) -> ReadyPage:
    """Return whom a ready filter selects: of one's own caseload, of a coach's, or of the whole provider."""
    tenant = provider_of(actor, Deed.LIST_OWN if question.coach == actor.id else Deed.LIST_ALL)
    now = now_at(desk)
    async with reading(desk.pool, tenant, TODAY, at_least) as connection:
        people = await answers(connection, tenant, question, now.moment, now.today)
    further = question.page + 1 if len(people) > PAGE else None
    return await ready_page(desk.keyring, people[:PAGE], now, further)


@team_router.get("/team")
async def read_team(desk: AtDesk, actor: CurrentActor, at_least: AtLeast) -> TeamPage:
    """Return a leader's team: the load of each coach, continuity, who is unassigned, and standards that near."""
    tenant, now = provider_of(actor, Deed.LIST_ALL), now_at(desk)
    async with reading(desk.pool, tenant, TODAY, at_least) as connection:
        found = await loads(connection, tenant, now.today, (now.moment, now.moment + AHEAD))
        near = await nearing(connection, tenant, now.today, now.today + AHEAD)
    return await team_page(desk.keyring, found, near, now.today)
