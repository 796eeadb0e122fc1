"""Routes of cover: who stands in for an absent coach, from a day to a day."""

from datetime import date, timedelta
from typing import Final, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from caseload.access import COACH, Deed
from caseload.commands import bulk as commands
from caseload.commands.bulk import Targets
from caseload.desk import Asking, Asks, AtDesk, provider_of
from caseload.forms import Asked, Day, example
from caseload.moment import Now
from caseload.person_desk import now_at
from caseload.routes.bulk import BulkResult
from caseload.views.covering import Covering, cases_to_cover, covers_of
from caseload.views.today import TODAY
from chassis.http import AtLeast, CurrentActor, answered
from chassis.listen.reading import reading
from events.caseload import CaseCovered

MOST_CASES: Final = 300

cover_router = APIRouter()


class NewCover(Asked):
    """Who stands in for whom, from a first to a last day; for oneself when nobody is named."""

    model_config = example(
        covering_id="8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10", first_day="2030-03-04", last_day="2030-03-15"
    )

    coach_id: UUID | None = None
    covering_id: UUID
    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day < self.first_day:
            message = "the last day is before the first one"
            raise ValueError(message)
        return self


class CoverEnd(Asked):
    """For whom nobody stands in any longer; for oneself when nobody is named."""

    model_config = example(coach_id="8a2d1f80-7a4f-4f0e-8f1c-2f0f1c1f1a10")

    coach_id: UUID | None = None


class CoverEntry(BaseModel):
    """A coach who stands in for another, now or from a day to come."""

    coach_id: UUID
    covering_id: UUID
    first_day: date
    last_day: date
    holds: bool = Field(description="Whether it holds today.")
    cases: int


class CoverPage(BaseModel):
    """Who stands in for whom, the next to begin first."""

    covers: list[CoverEntry]


@cover_router.post("/cover", response_model=BulkResult)
async def cover_coach(asking: Asks, body: NewCover) -> Response:
    """Let a coach stand in for another in all of that one's open cases. It ends by itself after its last day."""
    now = Now(asking.now, asking.desk.zone)
    covered = CaseCovered(
        occurred_at=asking.now,
        coach_id=body.covering_id,
        begins_at=now.beginning_of(body.first_day),
        ends_at=now.beginning_of(body.last_day + timedelta(days=1)),
    )
    targets = await _cases(asking, body.coach_id)
    answer = await asking.execute(lambda session: commands.stand_in(session, targets, covered, asking.now))
    return answered(answer, BulkResult.of(answer).model_dump(mode="json"))


@cover_router.post("/cover/end", response_model=BulkResult)
async def end_cover(asking: Asks, body: CoverEnd) -> Response:
    """Let nobody stand in for a coach any longer, as when they are back early."""
    targets = await _cases(asking, body.coach_id)
    answer = await asking.execute(lambda session: commands.end_cover(session, targets, asking.now))
    return answered(answer, BulkResult.of(answer).model_dump(mode="json"))


@cover_router.get("/cover")
async def read_cover(desk: AtDesk, actor: CurrentActor, at_least: AtLeast) -> CoverPage:
    """Return who stands in for whom, now or later: a coach reads of themselves, leaders of everybody."""
    tenant, now = provider_of(actor), now_at(desk)
    async with reading(desk.pool, tenant, TODAY, at_least) as connection:
        found = await covers_of(connection, tenant, actor.id if actor.role == COACH else None, now.moment)
    return CoverPage(covers=[_entry(one, now) for one in found])


async def _cases(asking: Asking, coach: UUID | None) -> Targets:
    """Return the open cases of a coach, for who may say who stands in there."""
    whose = coach or asking.actor.id
    tenant = provider_of(asking.actor, Deed.LIST_OWN if whose == asking.actor.id else Deed.LIST_ALL)
    async with reading(asking.desk.pool, tenant, TODAY) as connection:
        cases = await cases_to_cover(connection, tenant, whose, MOST_CASES)
    return Targets(cases, asking.permit(Deed.COVER))


def _entry(one: Covering, now: Now) -> CoverEntry:
    return CoverEntry(
        coach_id=one.coach_id,
        covering_id=one.covering_id,
        first_day=now.day_of(one.begins_at),
        last_day=now.day_of(one.ends_at) - timedelta(days=1),
        holds=one.begins_at <= now.moment < one.ends_at,
        cases=one.cases,
    )
