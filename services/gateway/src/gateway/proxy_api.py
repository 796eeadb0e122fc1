"""Every service's routes under /api/v1, asked in the name of who asks, with what was read told before it is shown."""

from typing import Final

import httpx
from fastapi import APIRouter, Request, Response

from chassis.edge import BODY, ROUTE
from chassis.http import CurrentActor, CurrentAsk
from gateway.desk import AtDesk
from gateway.routing import METHODS, PREFIX
from gateway.services import FILE_WITHIN_SECONDS, WITHIN_SECONDS, Question
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
    match = desk.catalogue.match(request.method, _path(request))
    request.scope[ROUTE] = match.route.public_path
    question = Question(
        match.route.service,
        _target(request),
        match.route.method,
        headers={name: value for name in FORWARDED if (value := request.headers.get(name)) is not None},
        content=request.scope.get(BODY),
        within=FILE_WITHIN_SECONDS if match.route.file else WITHIN_SECONDS,
    )
    answer = await desk.services.ask(actor, question)
    await Telling(desk, ask, actor).tell((match, answer))
    return _returned(answer)


def _path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.decode("latin-1").partition("?")[0].removeprefix(PREFIX)


def _target(request: Request) -> str:
    query: bytes = request.scope["query_string"]
    return _path(request) + ("?" + query.decode("latin-1") if query else "")


def _returned(answer: httpx.Response) -> Response:
    headers = {name: answer.headers[name] for name in RETURNED if name in answer.headers}
    return Response(answer.content, answer.status_code, headers)
