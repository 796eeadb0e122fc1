"""Platform: how each service is, how far behind, what it holds back, and to have that handled after all."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final

import psycopg
from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, Response

from chassis.operations import OPERATOR, OperationsPage
from chassis.problem import ProblemError
from gateway.services import Question, ServiceAwayError
from gateway.web.visitor import Visitor, only, see

OWN: Final = "gateway"
REPLAY_SECONDS: Final = 10.0
AWAY: Final = {"status": "away", "checks": {}}

Name = Annotated[str, Form(max_length=100)]
platform_router = APIRouter(include_in_schema=False)

AtPlatform = Annotated[Visitor, Depends(only({OPERATOR}))]


@dataclass(frozen=True, slots=True)
class State:
    """How a service is; `found` is None where it does not say."""

    service: str
    health: dict[str, Any]
    found: OperationsPage | None

    @property
    def behind(self) -> float | None:
        """Age of the oldest fact that some view or policy has not taken, in seconds."""
        return max((one.lag_seconds for one in self.found.consumers), default=None) if self.found else None

    @property
    def age(self) -> float | None:
        """How old what its views show may be, in seconds."""
        ages = [one.age_seconds for one in self.found.consumers if one.age_seconds is not None] if self.found else []
        return max(ages, default=None)

    @property
    def holes(self) -> int | None:
        """Sequences in which a fact is missing."""
        return sum(one.holes for one in self.found.consumers) if self.found and self.found.consumers else None

    @property
    def stopped(self) -> list[str]:
        """The views and policies that stopped themselves."""
        return [one.name for one in self.found.consumers if one.stopped] if self.found else []


@platform_router.get("/platform")
async def show_platform(visitor: AtPlatform) -> HTMLResponse:
    """Show how every service is, the gateway itself too."""
    names = [name for name in visitor.desk.services.names if name != OWN]
    states = await asyncio.gather(_own_state(visitor), *(_state(visitor, name) for name in names))
    held = [(one.service, reason) for one in states if one.found for reason in one.found.held_back]
    return visitor.page("platform.html", states=states, held=held, traces=visitor.desk.traces)


@platform_router.post("/platform/replay")
async def replay(visitor: AtPlatform, service: Name, consumer: Name) -> Response:
    """Have a service handle what one of its views or policies holds back, now that the reason is gone."""
    if service == OWN:
        result = (await visitor.desk.operations.replay(consumer)).model_dump()
    elif service in visitor.desk.services.names:
        body = {"consumer": consumer}
        asked = Question(service, "/operations/replay", "POST", body=body, within=REPLAY_SECONDS)
        answer = await visitor.desk.services.ask(visitor.actor, asked)
        if answer.is_error:
            raise ProblemError(answer.status_code, str(answer.json().get("detail", "")))
        result = answer.json()
    else:
        raise ProblemError(404, "There is no such service.")
    done = "replayed" if not result["left"] else "held-back" if result["error"] else "goes-on"
    return see(f"/platform?done={done}#held-back")


async def _own_state(visitor: Visitor) -> State:
    try:
        found = await visitor.desk.operations.page()
    except psycopg.OperationalError:
        return State(OWN, AWAY, None)
    return State(OWN, {"status": "ready", "checks": {}}, found)


async def _state(visitor: Visitor, service: str) -> State:
    questions = {part: Question(service, f"/{part}") for part in ("health", "operations")}
    try:
        health, found = [await visitor.desk.services.ask(visitor.actor, asked) for asked in questions.values()]
    except ServiceAwayError:
        return State(service, AWAY, None)
    page = OperationsPage.model_validate(found.json()) if found.is_success else None
    return State(service, health.json(), page)
