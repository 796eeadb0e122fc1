"""What every route works with, and how a request to change a case is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response

from caseload.access import JOBSEEKER, Deed, NotPermittedError, Record, require, require_role
from caseload.case import Case
from caseload.commands.target import Target
from caseload.programme_rules import Terms
from chassis.aggregate import Refusal
from chassis.ask import Answer, Ask
from chassis.database import Pool
from chassis.http import CurrentActor, CurrentAsk, accepted
from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.store import Session, Store
from events.caseload import ActionOwner


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`."""

    store: Store
    pool: Pool
    keyring: Keyring
    terms: Terms

    @property
    def zone(self) -> ZoneInfo:
        """The programmes' time zone."""
        return self.terms.zone

    def today(self) -> date:
        """Return the day that it is where the programmes are."""
        return self.day_of(self.store.clock())

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment where the programmes are."""
        return moment.astimezone(self.zone).date()


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


class HappensInTheFuture(Refusal):
    """What happens is recorded when it has happened, not before."""

    about = "occurred_at"


AtDesk = Annotated[Desk, Depends(_desk)]
CaseWork = Callable[[Session, Target], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks for a change: who, where and when."""

    desk: Desk
    actor: Actor
    ask: Ask
    now: datetime

    @property
    def today(self) -> date:
        """The day that it is where the programmes are."""
        return self.desk.day_of(self.now)

    @property
    def by(self) -> ActionOwner:
        """Which of the two asks: the person, or the coach's side."""
        return ActionOwner.PARTICIPANT if self.actor.role == JOBSEEKER else ActionOwner.COACH

    @property
    def keyring(self) -> Keyring:
        """What seals the words that are sent."""
        return self.desk.keyring

    @property
    def reader(self) -> Session:
        """What loads for who only reads."""
        return Session(self.desk.store, replace(self.ask, key=None))

    def earlier(self, moment: datetime | None) -> datetime:
        """Return when something happened: now, or at the earlier moment that the coach's side says.

        Raises NotPermittedError when the person says so, HappensInTheFuture for a moment still to come.
        """
        if moment is None:
            return self.now
        if self.by is ActionOwner.PARTICIPANT:
            message = "only the coach dates something earlier"
            raise NotPermittedError(message)
        if moment > self.now:
            raise HappensInTheFuture(str(HappensInTheFuture.__doc__))
        return moment

    def speaking_for(self, whom: ActionOwner | None) -> ActionOwner:
        """Return for which of the two somebody speaks: the coach's side may for both, in the person's presence.

        Raises NotPermittedError when the person speaks for the coach.
        """
        if self.by is ActionOwner.PARTICIPANT and whom is ActionOwner.COACH:
            message = "a person speaks for nobody else"
            raise NotPermittedError(message)
        return whom or self.by

    def permit(self, deed: Deed) -> Callable[[Case], None]:
        """Return what lets this actor do something to a case, or raises; at once for who never has to do with one.

        Who stands in for a coach may do what the coach may, but hand that on.
        """
        require_role(self.actor, deed)

        def check(case: Case) -> None:
            coaches = frozenset({case.coach_id}) if deed is Deed.COVER else case.coaches_at(self.now)
            require(self.actor, deed, Record(case.tenant, coaches, case.subject))

        return check

    async def run(self, work: Callable[[Session], Awaitable[Answer]]) -> Response:
        """Run a command and answer with what it did."""
        return accepted(await self.execute(work))

    async def execute(self, work: Callable[[Session], Awaitable[Answer]]) -> Answer:
        """Run a command and return what it did."""
        return await self.desk.store.execute(self.ask, work)


@dataclass(frozen=True, slots=True)
class CaseRequest(Asking):
    """A request to change a case."""

    case_id: UUID

    async def answer(self, deed: Deed, expected: int | None, work: CaseWork) -> Response:
        """Run a command on the case, if the actor may, and answer with what it did."""
        target = Target(self.case_id, self.permit(deed), expected)
        return await self.run(lambda session: work(session, target))

    async def case(self, deed: Deed) -> Case:
        """Return the case for who may read what belongs to it."""
        return await Target(self.case_id, self.permit(deed)).load(self.reader)


def provider_of(actor: Actor, deed: Deed = Deed.LIST_OWN) -> UUID:
    """Return whose cases an actor may ask for. Raises NotPermittedError for who may ask for none."""
    require(actor, deed, Record(actor.tenant))
    assert actor.tenant is not None
    return actor.tenant


async def _asking(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> Asking:
    return Asking(desk, actor, ask, desk.store.clock())


async def _case_request(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, case_id: UUID) -> CaseRequest:
    return CaseRequest(desk, actor, ask, desk.store.clock(), case_id)


Asks = Annotated[Asking, Depends(_asking)]
ToCase = Annotated[CaseRequest, Depends(_case_request)]
