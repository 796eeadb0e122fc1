"""A service's HTTP: the application with what holds on every route, and what a route asks for.

A route takes `CurrentActor`, `CurrentAsk`, `ExpectedVersion` and `AtLeast` as annotated parameters and answers a
command with `accepted(...)`. Every other answer is raised: see chassis.problem.
"""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from opentelemetry import trace
from pydantic import BaseModel

from chassis.ask import Answer, Ask, InvalidTokenError, Place, decode_places
from chassis.edge import ACTOR, BODY, BearerTokens, Edge, Recognise
from chassis.health import Check, health_routes, metrics_routes
from chassis.identity import Actor, Verifier
from chassis.pages import PROBLEM_ANSWER, Parameter, described, documentation
from chassis.problem import REPLAYED, ProblemError, handlers
from chassis.serving import serve_app
from chassis.settings import Environment, ServiceSettings
from chassis.telemetry import traceparent_of

MOST_PLACES: Final = 24
_KEY: Final = re.compile(r"[!-~]{1,255}")
_VERSION: Final = re.compile(r'"([0-9]{1,18})"')


class Accepted(BaseModel):
    """What a command made or touched; the version stands in ETag, its position in Waymark-Position."""

    ids: dict[str, UUID]
    version: int | None = None


def service_app(  # noqa: PLR0913  (what makes one service unlike another)
    title: str,
    description: str,
    routers: Iterable[APIRouter],
    settings: ServiceSettings,
    recognise: Verifier | Recognise,
    *,
    statuses: Mapping[type[Exception], int] | None = None,
    checks: Mapping[str, Check] | None = None,
) -> FastAPI:
    """Return a service's application.

    Every path asks for a bearer token that `recognise` verifies, but health, metrics and documentation; or it says
    itself who asks. Metrics are not here in production, nor where they have a port of their own. `statuses` maps the
    service's own exceptions to a status, their text becomes the detail; a Refusal is always 409. `checks` say what must
    answer for the service to be ready: each returns, or raises.
    """
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        docs_url=None,
        redoc_url=None,
        exception_handlers=handlers(statuses or {}),
        generate_unique_id_function=lambda route: route.name,
        responses={"4XX": PROBLEM_ANSWER, "5XX": PROBLEM_ANSWER},
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.request_hash_key = settings.request_hash_key.get_secret_value().encode()
    routers = list(routers)
    here = settings.environment is not Environment.PRODUCTION and not settings.metrics_port
    for router in (*routers, health_routes(checks or {}), *([metrics_routes()] if here else []), documentation(title)):
        app.include_router(router)
    who = BearerTokens(recognise) if isinstance(recognise, Verifier) else recognise
    app.add_middleware(Edge, recognise=who, body_limit=settings.body_limit, access_log=settings.access_log)
    app.openapi = lambda: described(app, routers, PARAMETERS)  # type: ignore[method-assign]
    return app


async def actor(request: Request) -> Actor:
    """Return who asks."""
    recognised: Actor = request.scope[ACTOR]
    return recognised


async def ask(request: Request) -> Ask:
    """Return what a command is told about the request.

    Raises ProblemError 400 for a broken Idempotency-Key or X-Correlation-Id.
    """
    actor: Actor = request.scope[ACTOR]
    span = trace.get_current_span()
    key = request.headers.get("idempotency-key")
    return Ask(
        actor=str(actor),
        correlation_id=_correlation(request.headers.get("x-correlation-id"), span),
        traceparent=traceparent_of(span),
        tenant=actor.tenant,
        key=None if key is None else _scoped(key, actor),
        fingerprint=b"" if key is None else _fingerprint(request),
    )


async def expected_version(request: Request) -> int:
    """Return the version in If-Match. Raises ProblemError 428 without one, 400 for a broken one."""
    if_match = request.headers.get("if-match")
    if if_match is None:
        raise ProblemError(428, "If-Match has to carry the version that you read, as its ETag told it.")
    version = _VERSION.fullmatch(if_match)
    if not version:
        raise ProblemError(400, 'If-Match is a version in double quotes, such as "7".')
    return int(version[1])


async def at_least(request: Request) -> tuple[Place, ...]:
    """Return the places that a view must have reached, none when nothing was asked. Raises InvalidTokenError."""
    token = request.query_params.get("at_least", "")
    places = decode_places(token) if token else ()
    if len(places) > MOST_PLACES or not all(map(_is_a_place, places)):
        raise InvalidTokenError
    return places


CurrentActor = Annotated[Actor, Depends(actor)]
CurrentAsk = Annotated[Ask, Depends(ask)]
ExpectedVersion = Annotated[int, Depends(expected_version)]
AtLeast = Annotated[tuple[Place, ...], Depends(at_least)]

# FastAPI would take 25 µs for each set of these; so they are read by hand and described here.
PARAMETERS: Final[Mapping[Any, Sequence[Parameter]]] = {
    ask: (
        Parameter(
            "Idempotency-Key", "header", "Makes the command run once: 1 to 255 visible ASCII characters.", "e7a1"
        ),
        Parameter("X-Correlation-Id", "header", "A UUID that ties requests together.", str(UUID(int=7))),
    ),
    expected_version: (Parameter("If-Match", "header", "The version that was read, as its ETag told it.", '"7"'),),
    at_least: (Parameter("at_least", "query", "A Waymark-Position that the answer has to have reached.", ""),),
}


def etag(version: int) -> str:
    """Return a version as the value of ETag."""
    return f'"{version}"'


def accepted(answer: Answer) -> JSONResponse:
    """Return the answer to a command that was accepted, with its status, version and position."""
    return answered(answer, {"ids": answer.ids, "version": answer.version})


def answered(answer: Answer, body: Mapping[str, Any]) -> JSONResponse:
    """Return an answer to a command with a body of its own, which has to follow from the answer: it may be repeated."""
    headers = {"Waymark-Position": answer.token} if answer.places else {}
    if answer.version is not None:
        headers["ETag"] = etag(answer.version)
    if answer.repeated:
        headers |= REPLAYED
    return JSONResponse(body, answer.status, headers)


async def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until cancelled, then let requests in flight end.

    Raises RuntimeError when it does not start, as on a port that is taken.
    """
    await serve_app(app, settings.host, settings.port)


def _is_a_place(place: Place) -> bool:
    texts = (place.source, place.topic, place.key)
    return 0 <= place.partition < 2**31 and 0 <= place.position < 2**63 and all(map(str.isprintable, texts))


def _scoped(key: str, actor: Actor) -> str:
    if not _KEY.fullmatch(key):
        raise ProblemError(400, "Idempotency-Key has 1 to 255 visible ASCII characters.")
    return f"{actor} {key}"


def _fingerprint(request: Request) -> bytes:
    scope = request.scope
    asked = b"\n".join((scope["method"].encode(), scope["raw_path"], scope.get(BODY, b"")))
    key: bytes = request.app.state.request_hash_key
    return hmac.digest(key, asked, "sha256")


def _correlation(given: str | None, span: trace.Span) -> str:
    if given is None:
        trace_id = span.get_span_context().trace_id
        return f"{trace_id:032x}" if trace_id else uuid4().hex
    try:
        return UUID(given).hex
    except ValueError as broken:
        raise ProblemError(400, "X-Correlation-Id is a UUID.") from broken
