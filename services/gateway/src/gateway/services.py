"""The services behind the gateway: asked in parallel, in the name of who is signed in, each for not quite 2 s."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx

from chassis.clock import Clock, system_clock
from chassis.freshness import AS_OF, note_as_of
from chassis.identity import Actor
from chassis.signing import SigningKey, person_token
from chassis.telemetry import current_traceparent

WITHIN_SECONDS: Final = 1.8
"""So that a page answers within 2 s, its own work included, also where a service hangs."""
FILE_WITHIN_SECONDS: Final = 60.0
LARGEST_ANSWER: Final = 64 * 1024 * 1024
IDLE_SECONDS: Final = 3.0
CONNECTIONS: Final = 64
TOKEN_LIFE: Final = timedelta(minutes=5)
MOST_TOKENS: Final = 10_000


class ServiceAwayError(ConnectionError):
    """A service did not answer in time; the text is its name."""


class AnswerTooLargeError(Exception):
    """A service answered with more than LARGEST_ANSWER bytes."""


@dataclass(frozen=True, slots=True)
class Question:
    """What one service is asked. `path` begins with a slash; `body` is sent as JSON, `content` as it is.

    A file takes longer to read than anything else: `within` seconds.
    """

    service: str
    path: str
    method: str = "GET"
    query: Mapping[str, str] | None = None
    body: Any = None
    headers: Mapping[str, str] | None = None
    content: bytes | None = None
    within: float = WITHIN_SECONDS


class Services:
    """The connections to all services. `key` signs the short-lived tokens by which they recognise people.

    An answer that is behind makes what is made of it behind, too.
    """

    def __init__(self, urls: Mapping[str, str], key: SigningKey, issuer: str, clock: Clock = system_clock) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS)
        self._http = httpx.AsyncClient(timeout=WITHIN_SECONDS, limits=limits, trust_env=False)
        self._urls = urls
        self._key = key
        self._issuer = issuer
        self._clock = clock
        self._tokens: dict[Actor, tuple[str, float]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    @property
    def names(self) -> list[str]:
        """The services, in order of their names."""
        return sorted(self._urls)

    async def ask(self, actor: Actor, question: Question) -> httpx.Response:
        """Return a service's answer, whatever its status. Raises ServiceAwayError when there is none in time."""
        told = {"Authorization": f"Bearer {self.token(actor)}", "traceparent": current_traceparent()}
        headers = {**(question.headers or {}), **{name: value for name, value in told.items() if value}}
        asked = self._http.build_request(
            question.method,
            self._urls[question.service] + question.path,
            params=question.query,
            json=question.body,
            content=question.content,
            headers={name.encode(): value.encode("latin-1") for name, value in headers.items()},
            timeout=httpx.Timeout(question.within, connect=WITHIN_SECONDS),
        )
        try:
            async with asyncio.timeout(question.within):
                answer = await self._send(asked)
        except (TimeoutError, httpx.TransportError, AnswerTooLargeError) as away:
            raise ServiceAwayError(question.service) from away
        if as_of := answer.headers.get(AS_OF):
            note_as_of(datetime.fromisoformat(as_of))
        return answer

    async def description(self, service: str) -> dict[str, Any]:
        """Return the OpenAPI document of a service. Raises ServiceAwayError, httpx.HTTPError, ValueError."""
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                answer = await self._send(self._http.build_request("GET", self._urls[service] + "/openapi.json"))
        except (TimeoutError, httpx.TransportError, AnswerTooLargeError) as away:
            raise ServiceAwayError(service) from away
        document: dict[str, Any] = answer.raise_for_status().json()
        return document

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Return an answer, read whole. Raises AnswerTooLargeError for one that nobody should have to hold."""
        answer = await self._http.send(request, stream=True)
        try:
            content = bytearray()
            async for part in answer.aiter_raw():
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise AnswerTooLargeError
        finally:
            await answer.aclose()
        return httpx.Response(answer.status_code, headers=answer.headers, content=bytes(content), request=request)

    async def ask_all(self, actor: Actor, questions: Mapping[str, Question]) -> dict[str, httpx.Response | None]:
        """Ask several questions at once; return the answer to each, None where there is none in time."""
        answers = await asyncio.gather(*(self._ask_or_miss(actor, question) for question in questions.values()))
        return dict(zip(questions, answers, strict=True))

    async def _ask_or_miss(self, actor: Actor, question: Question) -> httpx.Response | None:
        try:
            return await self.ask(actor, question)
        except ServiceAwayError:
            return None

    def token(self, actor: Actor) -> str:
        """Return a token by which every service recognises somebody, valid for half its life at least."""
        token, until = self._tokens.get(actor, ("", 0.0))
        now = self._clock().timestamp()
        if now < until:
            return token
        if len(self._tokens) >= MOST_TOKENS:
            self._tokens.clear()
        token = person_token(self._key, actor, self._issuer, TOKEN_LIFE, self._clock)
        self._tokens[actor] = token, now + TOKEN_LIFE.total_seconds() / 2
        return token
