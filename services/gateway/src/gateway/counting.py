"""How often whoever is at the door may ask: somebody known by who they are, a stranger by their address."""

from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from chassis.edge import Recognise
from chassis.identity import Actor
from chassis.problem import ProblemError
from gateway.door import SAFE
from gateway.limits import Limit

UNKNOWN: Final = 401


@dataclass(frozen=True, slots=True)
class Counted:
    """A door that lets nobody ask too often."""

    door: Recognise
    known: Limit
    strangers: Limit

    async def __call__(self, scope: Scope) -> Actor | None:
        """Return who asks, as the door does. Raises ProblemError 429 for who asks too often."""
        try:
            actor = await self.door(scope)
        except ProblemError as refused:
            if refused.status == UNKNOWN:
                self._count_stranger(scope)
            raise
        if actor:
            _must_wait(self.known.wait((actor.role, actor.id)))
        elif scope["method"] not in SAFE:
            self._count_stranger(scope)
        return actor

    def _count_stranger(self, scope: Scope) -> None:
        client = scope.get("client")
        _must_wait(self.strangers.wait(client[0] if client else ""))


def _must_wait(seconds: int) -> None:
    if seconds:
        raise ProblemError(429, "That is more than anybody may ask. Wait a moment.", {"Retry-After": str(seconds)})
