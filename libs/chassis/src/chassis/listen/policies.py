"""Policies: a fact heard, a command given. Nothing else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid5

from chassis.aggregate import Refusal
from chassis.ask import Answer, Ask
from chassis.listen.told import Told
from chassis.store import ClaimTakenError, ConflictError, Session, Store, Work
from events.envelope import JOURNEY
from events.fact import Fact

DECIDED_AGAIN: Final = 5
NAMESPACE: Final = UUID("6c1f7e7e-3a4b-5d55-9d0c-77617961726b")


@dataclass(frozen=True, slots=True)
class Heard:
    """The fact that a policy reacts to. New ids follow from it, so that a repeated reaction makes the same ones."""

    policy: str
    told: Told

    @property
    def fact(self) -> Any:
        """The fact itself, of the type that the policy is for."""
        return self.told.fact

    def new_id(self, what: str) -> UUID:
        """Return the id of something that this reaction makes."""
        return uuid5(NAMESPACE, f"{self.policy}:{self.told.id}:{what}")


Reaction = Callable[[Heard, Session], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Policy:
    """`name` is written down for ever: positions and command keys hang on it. `topic` is where its fact is told.

    `then` are policies on other facts of that topic that this one's consumer hears too, because they follow each other:
    they react to the facts of one person in the order in which those were told.
    """

    name: str
    fact: type[Fact]
    reaction: Reaction
    topic: str = JOURNEY
    then: "tuple[Policy, ...]" = ()

    @property
    def consumer(self) -> str:
        """The name under which its positions are kept."""
        return f"policy:{self.name}"

    @property
    def by_fact(self) -> "dict[type[Fact], Policy]":
        """The policies that its consumer follows, this one first."""
        return {policy.fact: policy for policy in (self, *self.then)}

    def ask(self, told: Told, traceparent: str) -> Ask:
        """Return the request that this policy makes when it hears a fact."""
        return Ask(
            actor=self.consumer,
            correlation_id=told.word("correlation_id"),
            causation_id=told.id,
            traceparent=traceparent,
            tenant=told.tenant,
            key=f"{self.consumer}:{told.id}",
            not_before=told.recorded_at,
        )


async def give(store: Store, ask: Ask, work: Work) -> None:
    """Give a command that nobody will ask for again: a refusal and a taken claim are kept under its key as the answer.

    It is decided again when somebody else wrote to the same aggregate. Raises the other errors of chassis.store.
    """
    for attempt in range(DECIDED_AGAIN + 1):
        try:
            await store.execute(ask, work)
        except Refusal:
            return
        except ClaimTakenError as taken:
            work = partial(_refuse, taken)
        except ConflictError:
            if attempt == DECIDED_AGAIN:
                raise
        else:
            return


async def _refuse(taken: ClaimTakenError, _session: Session) -> Answer:
    message = f"There is a {taken} already, and there can be only one."
    raise Refusal(message) from taken
