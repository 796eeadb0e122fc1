"""Every service's routes under /api/v1, asked in the name of who asks, with what was read told before it is shown."""

from typing import Final

import httpx
from fastapi import APIRouter, Request, Response

from chassis.edge import BODY, ROUTE
from chassis.http import CurrentActor, CurrentAsk
from chassis.problem import ProblemError
from gateway.desk import AtDesk, Desk
from gateway.routing import METHODS, PREFIX, Match
from gateway.services import FILE_WITHIN_SECONDS, WITHIN_SECONDS, Question, ServiceAwayError
from gateway.telling import Telling

FORWARDED: Final = ("accept", "content-type", "idempotency-key", "if-match", "x-correlation-id")
RETURNED: Final = (
    "allow",
    "content-disposition",
    "content-type",
    "etag",
    "idempotency-replayed",
    "retry-after",
    "waymark-position",
)

proxy_router = APIRouter(prefix=PREFIX, include_in_schema=False)


@proxy_router.api_route("/{path:path}", methods=sorted(map(str.upper, METHODS)))
async def pass_on(request: Request, desk: AtDesk, actor: CurrentActor, ask: CurrentAsk) -> Response:
    """Pass a request on to the service whose route it is, and its answer back."""
    match = _match(request, desk)
    request.scope[ROUTE] = match.route.public_path
    question = Question(
        match.route.service,
        _target(request),
        match.route.method,
        headers={name: value for name in FORWARDED if (value := request.headers.get(name)) is not None},
        content=request.scope.get(BODY),
        within=FILE_WITHIN_SECONDS if match.route.file else WITHIN_SECONDS,
    )
    try:
        answer = await desk.services.ask(actor, question)
    except ServiceAwayError as away:
        raise missing([str(away)]) from away
    await Telling(desk, ask, actor).tell(match, answer)
    return _returned(answer)


def missing(services: list[str]) -> ProblemError:
    """Return the answer for what cannot be answered without these services."""
    named = " and ".join(services)
    message = f"What is needed from {named} cannot be had at the moment."
    return ProblemError(503, message, {"Retry-After": "1"}, missing=services)


def _match(request: Request, desk: Desk) -> Match:
    """Return the route of a request. Raises ProblemError 404, 405, and 503 while the routes of a service are unread."""
    path = _path(request)
    match = desk.catalogue.table.find(request.method, path)
    if match:
        return match
    if allowed := desk.catalogue.table.methods(path):
        raise ProblemError(405, "", {"Allow": ", ".join(allowed)})
    if unread := desk.catalogue.unread:
        raise missing(unread)
    raise ProblemError(404, "There is nothing here.")


def _path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.decode("latin-1").partition("?")[0].removeprefix(PREFIX)


def _target(request: Request) -> str:
    query: bytes = request.scope["query_string"]
    return _path(request) + ("?" + query.decode("latin-1") if query else "")


def _returned(answer: httpx.Response) -> Response:
    headers = {name: answer.headers[name] for name in RETURNED if name in answer.headers}
    return Response(answer.content, answer.status_code, headers)
