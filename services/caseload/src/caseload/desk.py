"""What every route works with, and how a request to change a case is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response

from caseload.access import Deed, Record, require
from caseload.case import Case
from caseload.commands import Target
from chassis.ask import Answer, Ask
from chassis.database import Pool
from chassis.http import CurrentActor, CurrentAsk, accepted
from chassis.identity import Actor
from chassis.keyring import Keyring
from chassis.store import Session, Store


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; main.py puts it into the application's state as `desk`."""

    store: Store
    pool: Pool
    keyring: Keyring
    zone: ZoneInfo


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
CaseWork = Callable[[Session, Target], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class CaseRequest:
    """A request to change a case: who asks, and where."""

    desk: Desk
    actor: Actor
    ask: Ask
    case_id: UUID

    async def answer(self, deed: Deed, expected: int | None, work: CaseWork) -> Response:
        """Run a command on the case, if the actor may, and answer with what it did."""
        require(self.actor, Deed.LIST_OWN, Record(self.actor.tenant))

        def permit(case: Case) -> None:
            require(self.actor, deed, Record(case.tenant, frozenset({case.coach_id})))

        target = Target(self.case_id, permit, expected)
        return accepted(await self.desk.store.execute(self.ask, lambda session: work(session, target)))


def provider_of(actor: Actor, deed: Deed = Deed.LIST_OWN) -> UUID:
    """Return whose cases an actor may ask for. Raises NotPermittedError for who may ask for none."""
    require(actor, deed, Record(actor.tenant))
    assert actor.tenant is not None
    return actor.tenant


def _case_request(desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, case_id: UUID) -> CaseRequest:
    return CaseRequest(desk, actor, ask, case_id)


ToCase = Annotated[CaseRequest, Depends(_case_request)]
