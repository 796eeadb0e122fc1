"""What an operator asks a running service: how far behind it is, what it holds back, and to handle that after all."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from chassis.database import ALL_TENANTS, Pool, open_pool
from chassis.health import Check, Health, health_by
from chassis.http import CurrentActor
from chassis.listen.consumers import Consumer, PolicyConsumer, ViewConsumer
from chassis.listen.policies import Policy
from chassis.listen.replay import Held, Replayed, held_keys, reason_by_reason, replay
from chassis.listen.views import View
from chassis.metrics import gauges
from chassis.problem import ProblemError
from chassis.store import Store

OPERATOR: Final = "operator"
REPLAY_SECONDS: Final = 1.0
"""A request waits no longer: what is left is handled when it is asked for again."""


class ConsumerState(BaseModel):
    """A view or a policy that this process keeps."""

    name: str
    lag_seconds: float = Field(description="Age of the oldest fact that it has not taken.")
    age_seconds: float | None = Field(description="How old what a view shows may be; null for a policy.")
    holes: int = Field(description="Sequences in which a fact is missing, so that it waits for the relay.")
    stopped: bool = Field(description="Whether it stopped itself: a bug, or a worker of another release.")


class RelayState(BaseModel):
    """The relay that runs in this process."""

    untold_facts: int
    untold_seconds: float = Field(description="Age of the oldest of them.")
    watermark_age_seconds: float = Field(description="How long it has been waiting for writers.")


class HeldBack(BaseModel):
    """Facts that a consumer holds back for one reason: the first one's type and error, and since when."""

    consumer: str
    type: str
    error: str
    since: datetime
    keys: int = Field(description="People, or other keys, whose facts wait.")
    facts: int


class OperationsPage(BaseModel):
    """How a service is; consumers and relay only where they run in the process that answers."""

    health: Health
    consumers: list[ConsumerState]
    relay: RelayState | None
    held_back: list[HeldBack] = Field(description="Empty where the service is unavailable: then nobody looked.")


class ReplayAsked(BaseModel):
    """Whose facts are to be handled now."""

    model_config = ConfigDict(extra="forbid")

    consumer: str


class ReplayResult(BaseModel):
    """How far it came; `error` is what still holds facts back, empty where time was up or all is handled."""

    released: int
    left: int
    error: str


@asynccontextmanager
async def consumers_of(
    service: str, database: str, views: Sequence[View], policies: Sequence[Policy]
) -> AsyncIterator[list[Consumer]]:
    """Open the views and policies of a service, as its own roles do."""
    async with open_pool(database, scope=ALL_TENANTS) as pool, open_pool(database) as for_commands:
        store = Store(for_commands, service)
        yield [*(ViewConsumer(pool, view) for view in views), *(PolicyConsumer(pool, one, store) for one in policies)]


@dataclass(frozen=True)
class Operations:
    """What operators may ask a service for, which answers from `pool` and handles facts on connections of its own."""

    service: str
    database: str
    pool: Pool
    checks: Mapping[str, Check]
    views: Sequence[View] = ()
    policies: Sequence[Policy] = ()

    async def page(self) -> OperationsPage:
        """Return how the service is."""
        health, found = await asyncio.gather(health_by(self.checks), gauges())
        hears = (self.views or self.policies) and health.status != "unavailable"
        held = await held_keys(self.pool) if hears else []
        lags, ages = found.get("waymark_consumer_lag_seconds", {}), found.get("waymark_view_age_seconds", {})
        holes, stopped = found.get("waymark_consumer_holes", {}), found.get("waymark_consumer_stopped", {})
        return OperationsPage(
            health=health,
            consumers=[
                ConsumerState(
                    name=name,
                    lag_seconds=lag,
                    age_seconds=ages.get(name),
                    holes=int(holes.get(name, 0)),
                    stopped=bool(stopped.get(name)),
                )
                for name, lag in sorted(lags.items())
            ],
            relay=_relay({name: values[""] for name, values in found.items() if "" in values}),
            held_back=[_held_back(alike) for alike in reason_by_reason(held)],
        )

    async def replay(self, name: str) -> ReplayResult:
        """Handle what a consumer holds back, for REPLAY_SECONDS at most; safe to ask for again and again.

        Raises ProblemError 404 for a consumer that there is not.
        """
        sofar: dict[str, Replayed] = {}

        def report(replayed: Replayed) -> None:
            sofar[replayed.key] = replayed

        async with consumers_of(self.service, self.database, self.views, self.policies) as consumers:
            consumer = next((one for one in consumers if one.name == name), None)
            if consumer is None:
                raise ProblemError(404, f"{self.service} has no consumer of this name.")
            with suppress(TimeoutError):
                async with asyncio.timeout(REPLAY_SECONDS):
                    await replay(consumer, report=report)
        held = [one for one in await held_keys(self.pool) if _name(one) == name]
        return ReplayResult(
            released=sum(one.released for one in sofar.values()),
            left=sum(one.waiting for one in held),
            error=next((one.error for one in sofar.values() if one.error), ""),
        )

    def routes(self) -> APIRouter:
        """Return the routes /operations and /operations/replay. Only operators come to them."""
        routes = APIRouter(prefix="/operations", include_in_schema=False, dependencies=[Depends(_operator)])

        @routes.get("")
        async def read_operations() -> OperationsPage:
            return await self.page()

        @routes.post("/replay")
        async def replay_parked(asked: ReplayAsked) -> ReplayResult:
            return await self.replay(asked.consumer)

        return routes


async def _operator(actor: CurrentActor) -> None:
    if actor.role != OPERATOR:
        raise ProblemError(403, "This is for who runs the platform.")


def _relay(found: dict[str, float]) -> RelayState | None:
    if "waymark_relay_untold_facts" not in found:
        return None
    return RelayState(
        untold_facts=int(found["waymark_relay_untold_facts"]),
        untold_seconds=found["waymark_relay_untold_seconds"],
        watermark_age_seconds=found["waymark_relay_watermark_age_seconds"],
    )


def _held_back(alike: Sequence[Held]) -> HeldBack:
    first = alike[0]
    return HeldBack(
        consumer=_name(first),
        type=first.type,
        error=first.error,
        since=first.since,
        keys=len(alike),
        facts=sum(held.waiting for held in alike),
    )


def _name(held: Held) -> str:
    """Return the consumer that holds something back, whatever the generation of its view."""
    return held.consumer.partition("#")[0]
