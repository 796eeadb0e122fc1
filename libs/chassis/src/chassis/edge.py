"""The outermost layer of a service: who asks, how much, in which trace, and what is said when something breaks."""

import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.freshness import AS_OF, Freshness, noting_freshness
from chassis.identity import Actor, KeysAwayError, NotAuthenticatedError, Verifier
from chassis.metrics import time_request
from chassis.problem import BROKEN_HERE, InvalidError, ProblemError, pointer, problem
from chassis.telemetry import failed, frames_of, server_span

ACTOR: Final = "waymark.actor"
BODY: Final = "waymark.body"
ROUTE: Final = "waymark.route"
PUBLIC: Final = frozenset({"/health", "/metrics", "/docs", "/openapi.json"})
NO_TEXT: Final = "Null characters and halves of surrogate pairs are no text."
BELOW_PUBLIC: Final = ("/health/", "/docs/")

_log = logging.getLogger("chassis.http")
_ESCAPED: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")
_HEADERS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
_BARE: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PAGE: Final = (
    b"content-security-policy",
    b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
)


Recognise = Callable[[Scope], Awaitable[Actor | None]]


class BearerTokens:
    """Recognises people and services by their bearer tokens. Only health and documentation ask for none."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    async def __call__(self, scope: Scope) -> Actor | None:
        """Return who asks, None where nobody has to be known. Raises ProblemError 401 and 503."""
        if is_public(scope["path"]):
            return None
        try:
            return await self._verifier.verify(_bearer(dict(scope["headers"])))
        except NotAuthenticatedError as unknown:
            raise ProblemError(401, str(unknown), {"WWW-Authenticate": "Bearer"}) from unknown
        except KeysAwayError as away:
            _log.warning("the public keys cannot be read")
            raise ProblemError(503, "Nobody can be recognised at the moment.", {"Retry-After": "1"}) from away


class Edge:
    """ASGI middleware: a request that gets past it has an actor and a whole, bounded body without null characters.

    `recognise` says who asks, and where nobody has to be known.
    """

    def __init__(self, app: ASGIApp, *, recognise: Recognise, body_limit: int, access_log: bool) -> None:
        self._app = app
        self._recognise = recognise
        self._body_limit = body_limit
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens in it, something is answered."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        with noting_freshness() as freshness:
            await self._served(scope, receive, _Reply(scope, send, freshness))
        return None

    async def _served(self, scope: Scope, receive: Receive, reply: "_Reply") -> None:
        headers = dict(scope["headers"])
        traceparent = headers.get(b"traceparent", b"").decode("latin-1")
        method, quiet = scope["method"], is_public(scope["path"])
        span = INVALID_SPAN if quiet else server_span(method, traceparent, {"http.request.method": method})
        with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            started = time.perf_counter()
            await self._answer(scope, headers, receive, reply)
            if not quiet:
                self._tell(scope, reply, span, time.perf_counter() - started)

    async def _answer(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, reply: "_Reply") -> None:
        try:
            await self._admit(scope, headers, receive, reply)
        except ProblemError as refused:
            await refused.response()(scope, receive, reply)
        except Exception as error:  # noqa: BLE001  (the last place that can answer)
            _log.error("%s failed\n%s", _route(scope), frames_of(error))
            reply.error_type = type(error).__name__
            if not reply.status:
                await problem(500, BROKEN_HERE)(scope, receive, reply)

    async def _admit(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, reply: "_Reply") -> None:
        actor = await self._recognise(scope)
        if actor:
            scope[ACTOR] = actor
        _refuse_null_in_address(scope["path"], scope["query_string"])
        if b"content-length" in headers or b"transfer-encoding" in headers:
            body = await _whole(receive, self._body_limit)
            _refuse_unstorable(body, headers.get(b"content-type", b"json"))
            scope[BODY] = body
            receive = _Replay(body, receive)
        await self._app(scope, receive, reply)

    def _tell(self, scope: Scope, reply: "_Reply", span: trace.Span, seconds: float) -> None:
        route = _route(scope)
        time_request(scope["method"], route, reply.status, seconds)
        if span.is_recording():
            span.update_name(f"{scope['method']} {route}")
            span.set_attributes({"http.route": route, "http.response.status_code": reply.status})
            if reply.error_type:
                failed(span, reply.error_type)
        if self._access_log:
            role = scope[ACTOR].role if ACTOR in scope else "-"
            more = {"milliseconds": round(seconds * 1000, 1), "role": role}
            _log.info("%s %s %d", scope["method"], route, reply.status, extra=more)


def is_public(path: str) -> bool:
    """Return whether everybody may ask for a path."""
    return path in PUBLIC or path.startswith(BELOW_PUBLIC)


class _Reply:
    """Sends an answer with the headers that every answer has, unless it has its own, and remembers its status."""

    def __init__(self, scope: Scope, send: Send, freshness: Freshness) -> None:
        self._send = send
        self._freshness = freshness
        self._policy = _PAGE if scope["path"].startswith("/docs") else _BARE
        self.status = 0
        self.error_type = ""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name.lower() for name, _ in message["headers"]}
            further = [header for header in (*_HEADERS, self._policy) if header[0] not in own]
            if as_of := self._freshness.as_of:
                further.append((AS_OF.lower().encode(), as_of.isoformat().encode()))
            message["headers"] = [*message["headers"], *further]
        await self._send(message)


class _Replay:
    """Receives a body that was read already, then whatever comes next."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._message: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._receive = receive

    async def __call__(self) -> Message:
        message, self._message = self._message, None
        return message or await self._receive()


async def _whole(receive: Receive, limit: int) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ProblemError(400, "The request ended before its body did.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise ProblemError(413, f"A body has at most {limit} bytes here.", {"Connection": "close"})
    return bytes(body)


def _refuse_unstorable(body: bytes, content_type: bytes) -> None:
    """Raise InvalidError for a JSON body with strings that PostgreSQL could not store."""
    if b"json" not in content_type.lower():
        return
    # UTF-16 and UTF-32, which Python's JSON would read, are full of null bytes.
    if b"\0" in body:
        raise InvalidError([{"pointer": "#", "detail": NO_TEXT}])
    places = list(_places_of_no_text(body)) if _ESCAPED.search(body) else []
    if places:
        raise InvalidError({"pointer": pointer(place), "detail": NO_TEXT} for place in places)


def _places_of_no_text(body: bytes) -> Iterator[tuple[object, ...]]:
    try:
        waiting: list[tuple[tuple[object, ...], object]] = [((), json.loads(body))]
    except (ValueError, RecursionError):
        return  # it is no JSON, which the route says
    while waiting:
        place, value = waiting.pop()
        match value:
            case str() if _NO_TEXT.search(value):
                yield place
            case list():
                waiting.extend(((*place, number), one) for number, one in enumerate(value))
            case dict():
                if any(map(_NO_TEXT.search, value)):
                    yield place
                waiting.extend(((*place, name), one) for name, one in value.items() if not _NO_TEXT.search(name))


def _refuse_null_in_address(path: str, query: bytes) -> None:
    if "\0" in path:
        raise InvalidError([{"parameter": "path", "detail": NO_TEXT}])
    if b"%00" in query:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        names = {name if "\0" not in name else "query" for name, value in pairs if "\0" in name + value}
        raise InvalidError({"parameter": name, "detail": NO_TEXT} for name in sorted(names))


def _bearer(headers: Mapping[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticatedError
    return token.strip()


def _route(scope: Scope) -> str:
    """Return the pattern of the path, since a path is what somebody typed; ROUTE is what a proxy says that it is."""
    return str(scope.get(ROUTE) or getattr(scope.get("route"), "path", "-"))
