"""Platform: how each service is, how far behind, what it holds back, and to have that handled after all."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, Response

from chassis.operations import OPERATOR, OperationsPage, ReplayResult
from chassis.problem import ProblemError
from gateway.services import Question
from gateway.telling import parts
from gateway.web.admission import only
from gateway.web.command import see
from gateway.web.visitor import Visitor

OWN: Final = "gateway"
REPLAYED_WITHIN_SECONDS: Final = 10.0

Name = Annotated[str, Form(max_length=100)]
platform_router = APIRouter(include_in_schema=False)

AtPlatform = Annotated[Visitor, Depends(only({OPERATOR}))]


@dataclass(frozen=True, slots=True)
class State:
    """How a service is; `page` is None where it does not say."""

    service: str
    page: OperationsPage | None

    @property
    def status(self) -> str:
        """A word of chassis.health, or `away`."""
        return self.page.health.status if self.page else "away"

    @property
    def behind(self) -> float | None:
        """Age of the oldest fact that some view or policy has not taken, in seconds."""
        return max((one.lag_seconds for one in self.page.consumers), default=None) if self.page else None

    @property
    def age(self) -> float | None:
        """How old what its views show may be, in seconds."""
        ages = [one.age_seconds for one in self.page.consumers if one.age_seconds is not None] if self.page else []
        return max(ages, default=None)

    @property
    def holes(self) -> int | None:
        """Sequences in which a fact is missing."""
        return sum(one.holes for one in self.page.consumers) if self.page and self.page.consumers else None


@platform_router.get("/platform")
async def show_platform(visitor: AtPlatform) -> HTMLResponse:
    """Show how every service is, the gateway itself too."""
    desk = visitor.desk
    asked = {name: Question(name, "/operations") for name in desk.services.names}
    found, _ = parts(asked, await desk.services.ask_all(visitor.actor, asked))
    pages = {OWN: await desk.operations.page()} | {n: OperationsPage.model_validate(page) for n, page in found.items()}
    states = [State(name, pages.get(name)) for name in (OWN, *asked)]
    held = [(one.service, reason) for one in states if one.page for reason in one.page.held_back]
    return visitor.page("platform.html", states=states, held=held, traces=desk.traces, dashboards=desk.dashboards)


@platform_router.post("/platform/replay")
async def replay(visitor: AtPlatform, service: Name, consumer: Name) -> Response:
    """Have a service handle what one of its views or policies holds back, now that the reason is gone."""
    result = await _replayed(visitor, service, consumer)
    done = "replayed" if not result.left else "held-back" if result.error else "goes-on"
    return see(f"/platform?done={done}#held-back")


async def _replayed(visitor: Visitor, service: str, consumer: str) -> ReplayResult:
    """Raises ProblemError where there is no such service or consumer, and ServiceAwayError."""
    if service == OWN:
        return await visitor.desk.operations.replay(consumer)
    if service not in visitor.desk.services.names:
        raise ProblemError(404, "There is no such service.")
    body, within = {"consumer": consumer}, REPLAYED_WITHIN_SECONDS
    asked = Question(service, "/operations/replay", "POST", body=body, within=within)
    answer = await visitor.desk.services.ask(visitor.actor, asked)
    if answer.is_error:
        raise ProblemError(answer.status_code, "")
    return ReplayResult.model_validate_json(answer.content)
