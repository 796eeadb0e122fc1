"""What is told of answers before they are given: whose record was opened or refused, how many people were listed."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import httpx

from chassis.ask import Ask
from chassis.identity import Actor
from chassis.problem import ProblemError
from events.gateway import Refused
from gateway.desk import Desk
from gateway.routing import Match, Reads
from gateway.services import Question

REFUSALS: Final[Mapping[int, Refused]] = {403: Refused.NOT_PERMITTED, 404: Refused.NOT_FOUND, 410: Refused.NOT_FOUND}
PARTICIPANT: Final = "participant_id"
ALIASES: Final = "aliases"
HISTORIES: Final = "caseload"
"""The service whose answers show what is kept under a person's aliases too; others only name them."""
LOOKS_AGAIN: Final = 40
PAUSE_SECONDS: Final = 0.025

Read = tuple[Match, httpx.Response]


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells what somebody read in one request: each person once, however many answers show them.

    `page` is what it is called where several answers make one page; else each is called as its route. `told` are those
    whose record was opened.
    """

    desk: Desk
    ask: Ask
    actor: Actor
    page: str = ""
    told: set[UUID] = field(default_factory=set)

    async def answer(self, question: Question) -> httpx.Response:
        """Return a service's answer once it is told. Raises ProblemError where there is no such route."""
        match = self.desk.catalogue.match(question.method, question.path)
        answer = await self.desk.services.ask(self.actor, question)
        await self.tell((match, answer))
        return answer

    async def answers(self, questions: Mapping[str, Question]) -> dict[str, httpx.Response | None]:
        """Return what several services answer at once, None for who does not, once it is told."""
        matches = [self.desk.catalogue.match(question.method, question.path) for question in questions.values()]
        answers = await self.desk.services.ask_all(self.actor, questions)
        read = zip(matches, answers.values(), strict=True)
        await self.tell(*((match, answer) for match, answer in read if answer is not None))
        return answers

    async def tell(self, *read: Read) -> None:
        """Tell what answers show. Raises ProblemError 503 when nobody knows yet whose record it is."""
        good = [(match, answer) for match, answer in read if answer.is_success]
        for match, answer in good:
            if match.route.reads is Reads.RECORD:
                await self._opened(match, answer)
        if lists := [(match, listed(_json(answer))) for match, answer in good if match.route.reads is Reads.LIST]:
            what, count = self._what(lists[0][0]), sum(count for _, count in lists)
            await self.desk.looks.listed(self.ask, self.actor, what, count)
        await self._refused([(match, answer) for match, answer in read if answer.status_code in REFUSALS])

    async def refuse(self, values: Mapping[str, str]) -> None:
        """Tell that a page was refused to somebody's role, where its path names a person or something of theirs."""
        if person := _named(values) or await self._owner(values):
            await self.desk.looks.refused(self.ask, self.actor, person, self.page, Refused.NOT_PERMITTED)

    async def _opened(self, match: Match, answer: httpx.Response) -> None:
        named, others = _named(match.values), match.route.service == HISTORIES and b'"aliases"' in answer.content
        body = _json(answer) if others or not named else None
        person = named or _shown(body) or await self._found(match)
        for read in (person, *(_aliases(body) if others else ())):
            if read not in self.told:
                await self.desk.looks.opened(self.ask, self.actor, read, self._what(match))
                self.told.add(read)

    async def _refused(self, refused: Sequence[Read]) -> None:
        """Tell of each person once whose record was refused, unless it was opened all the same."""
        owners = [(_named(match.values) or await self._owner(match.values), match, answer) for match, answer in refused]
        first = {person: (match, answer) for person, match, answer in reversed(owners) if person}
        for person, (match, answer) in first.items():
            if person not in self.told:
                reason = REFUSALS[answer.status_code]
                await self.desk.looks.refused(self.ask, self.actor, person, self._what(match), reason)

    def _what(self, match: Match) -> str:
        return self.page or match.route.name

    async def _found(self, match: Match) -> UUID:
        """Wait for the view to know whose something is that was made just now."""
        for _ in range(LOOKS_AGAIN):
            if person := await self._owner(match.values):
                return person
            await asyncio.sleep(PAUSE_SECONDS)
        raise ProblemError(503, "Whose record this is, is not known here yet. Ask again.", {"Retry-After": "1"})

    async def _owner(self, values: Mapping[str, str]) -> UUID | None:
        for value in values.values():
            id_ = as_uuid(value)
            person = await self.desk.whose(id_) if id_ else None
            if person:
                return person
        return None


def parts(
    questions: Mapping[str, Question], answers: Mapping[str, httpx.Response | None]
) -> tuple[dict[str, Any], list[str]]:
    """Return the JSON of each answer that is a good one, and the services that are missing.

    An answer that is a client's error (no profile yet, say) is left out without being missing.
    """
    found = {name: answer.json() for name, answer in answers.items() if answer is not None and answer.is_success}
    away = {name for name, answer in answers.items() if answer is None or answer.is_server_error}
    return found, sorted({questions[name].service for name in away})


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


def _named(values: Mapping[str, str]) -> UUID | None:
    return as_uuid(values.get(PARTICIPANT, ""))


def _shown(body: Any) -> UUID | None:
    return as_uuid(str(body.get(PARTICIPANT, ""))) if isinstance(body, dict) else None


def _aliases(body: Any) -> list[UUID]:
    """Return the other ids of a person whose histories an answer shows as well."""
    aliases = body.get(ALIASES, ()) if isinstance(body, dict) else ()
    return [UUID(alias[PARTICIPANT]) for alias in aliases]


def _values(body: Any) -> list[Any]:
    return list(body.values()) if isinstance(body, dict) else []


def _json(answer: httpx.Response) -> Any:
    if "json" not in answer.headers.get("content-type", ""):
        return None
    return json.loads(answer.content)
