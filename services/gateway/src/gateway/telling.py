"""What is told of an answer before it is given: whose record was opened or refused, how many people were listed."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx

from chassis.ask import Ask
from chassis.identity import Actor
from chassis.problem import ProblemError
from events.gateway import Refused
from gateway.desk import Desk
from gateway.routing import Match, Reads

REFUSALS: Final[Mapping[int, Refused]] = {403: Refused.NOT_PERMITTED, 404: Refused.NOT_FOUND, 410: Refused.NOT_FOUND}
PARTICIPANT: Final = "participant_id"
LOOKS_AGAIN: Final = 40
PAUSE_SECONDS: Final = 0.025


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells what somebody read."""

    desk: Desk
    ask: Ask
    actor: Actor

    async def tell(self, match: Match, answer: httpx.Response) -> None:
        """Tell what an answer shows. Raises ProblemError 503 when nobody knows yet whose record it is."""
        if answer.status_code in REFUSALS or (match.route.reads is Reads.RECORD and answer.is_success):
            await self._tell_record(match, answer)
        elif match.route.reads is Reads.LIST and answer.is_success:
            await self.desk.looks.listed(self.ask, self.actor, match.route.name, listed(_json(answer)))

    async def _tell_record(self, match: Match, answer: httpx.Response) -> None:
        what = match.route.name
        if answer.is_success:
            person = _named(match) or _shown(answer) or await self._found(match)
            await self.desk.looks.opened(self.ask, self.actor, person, what)
        elif known := _named(match) or await self._owner(match):
            await self.desk.looks.refused(self.ask, self.actor, known, what, REFUSALS[answer.status_code])

    async def _found(self, match: Match) -> UUID:
        """Wait for the view to know whose something is that was made just now."""
        for _ in range(LOOKS_AGAIN):
            if person := await self._owner(match):
                return person
            await asyncio.sleep(PAUSE_SECONDS)
        raise ProblemError(503, "Whose record this is, is not known here yet. Ask again.", {"Retry-After": "1"})

    async def _owner(self, match: Match) -> UUID | None:
        for value in match.values.values():
            id_ = as_uuid(value)
            person = await self.desk.whose(id_) if id_ else None
            if person:
                return person
        return None


def listed(body: Any) -> int:
    """Return how many people or things of theirs a list shows: the rows of the lists in its answer."""
    lists = [body] if isinstance(body, list) else [part for part in _values(body) if isinstance(part, list)]
    return sum(isinstance(row, dict) for rows in lists for row in rows)


def as_uuid(text: str) -> UUID | None:
    """Return the id that a text is, None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _named(match: Match) -> UUID | None:
    return as_uuid(match.values.get(PARTICIPANT, ""))


def _shown(answer: httpx.Response) -> UUID | None:
    body = _json(answer)
    return as_uuid(str(body.get(PARTICIPANT, ""))) if isinstance(body, dict) else None


def _values(body: Any) -> list[Any]:
    return list(body.values()) if isinstance(body, dict) else []


def _json(answer: httpx.Response) -> Any:
    if "json" not in answer.headers.get("content-type", ""):
        return None
    return json.loads(answer.content)
