"""What every route works with, and what a number is asked by."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request

from analytics.access import COACH, Deed, Scope, is_pseudonymous, require
from analytics.cohorts import Person, people_of
from analytics.contracts import Book
from analytics.counting import Dimension, Key, Question
from analytics.exporting import Exports
from analytics.pseudonyms import Pseudonyms
from analytics.views.journeys import JOURNEYS
from analytics.views.standings import AsOf, By, spells, standings
from chassis.clock import Clock
from chassis.database import Pool
from chassis.http import AtLeast, CurrentActor
from chassis.identity import Actor
from chassis.listen.reading import reading
from chassis.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`."""

    pool: Pool
    clock: Clock
    zone: ZoneInfo
    book: Book
    teams: Mapping[UUID, str]
    secret: bytes
    exports: Exports

    def pseudonyms(self) -> Pseudonyms:
        """Return the pseudonyms that analysts read."""
        return Pseudonyms(hmac.digest(self.secret, b"pseudonyms of analysts", "sha256"))

    def today(self) -> date:
        """Return the day in the programme's time zone."""
        return self.clock().astimezone(self.zone).date()


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks about which people, as they stood when."""

    actor: Actor
    question: Question
    as_of: AsOf

    def may(self, deed: Deed) -> None:
        """Raise NotPermittedError unless the actor may do something with these people."""
        where = self.question.where
        provider, coach = where.get(Dimension.PROVIDER), where.get(Dimension.COACH)
        assert provider is None or isinstance(provider, UUID)
        assert coach is None or isinstance(coach, UUID)
        require(self.actor, deed, Scope(provider, coach))


async def _where(
    programme: Annotated[UUID | None, Query(description="Of this programme.")] = None,
    provider: Annotated[UUID | None, Query(description="Of this provider.")] = None,
    team: Annotated[str | None, Query(max_length=100, description="Of the coaches of this team.")] = None,
    coach: Annotated[UUID | None, Query(description="Whose coach it was on that day; a coach reads their own.")] = None,
    cohort: Annotated[date | None, Query(description="Who came in the month of this day.")] = None,
) -> dict[Dimension, Key]:
    given = (programme, provider, team, coach, cohort and cohort.replace(day=1))
    return {dimension: key for dimension, key in zip(Dimension, given, strict=True) if key is not None}


async def _asked(  # noqa: PLR0913  (each a parameter of the query)
    desk: AtDesk,
    actor: CurrentActor,
    where: Annotated[dict[Dimension, Key], Depends(_where)],
    apart: Annotated[Dimension | None, Query(description="What groups are told apart by.")] = None,
    as_of: Annotated[date | None, Query(description="The end of this day; today if it is left out.")] = None,
    by: Annotated[By, Query(description="What had happened by then, or what was known by then.")] = By.OCCURRED_AT,
) -> Asked:
    if as_of and as_of > desk.today():
        raise ProblemError(422, "as_of is a day that has come.")
    if actor.role == COACH:
        where.setdefault(Dimension.COACH, actor.id)
    question = Question(where, apart, hides=is_pseudonymous(actor))
    return Asked(actor, question, AsOf(as_of or desk.today(), by, desk.zone))


AskedFor = Annotated[Asked, Depends(_asked)]


async def people_asked_for(
    desk: Desk, asked: Asked, at_least: AtLeast, *instead: str | None
) -> tuple[list[Person], ...]:
    """Return everybody in the actor's scope as they stood, once for each contract named, None for their own."""
    async with reading(desk.pool, asked.actor.tenant, JOURNEYS, at_least) as connection:
        found = await standings(connection, asked.as_of)
        jobs = await spells(connection, asked.as_of)
    return tuple(people_of(found, jobs, desk.book, contract) for contract in instead or (None,))
