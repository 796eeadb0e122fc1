"""Every answer that is not a success: problem details of RFC 9457, never with a value that was sent."""

import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg import OperationalError
from psycopg_pool import PoolClosed, PoolTimeout
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chassis.aggregate import Refusal
from chassis.ask import InvalidTokenError
from chassis.faults import in_a_sentence
from chassis.keyring import KeyringAwayError, PersonIsErasedError
from chassis.listen.reading import HeldBackError, NotYetError
from chassis.store import (
    ClaimTakenError,
    ConflictError,
    FactTooLargeError,
    KeyReusedError,
    NotFoundError,
    StaleVersionError,
)

MEDIA_TYPE: Final = "application/problem+json"
MOST_FAULTS: Final = 100
REPLAYED: Final = {"Idempotency-Replayed": "true"}

Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]

_log = logging.getLogger("chassis.http")


class Fault(BaseModel):
    """One thing that is wrong with a request: where, and why."""

    pointer: str | None = Field(None, description="Where in the body, a JSON pointer.", examples=["#/name"])
    parameter: str | None = Field(None, description="Which path, query or header parameter.", examples=["limit"])
    detail: str = Field(examples=["It is needed"])


class Problem(BaseModel):
    """Why a request was not answered as asked (RFC 9457)."""

    type: str = Field("about:blank", examples=["urn:waymark:problem:refused"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str | None = Field(None, examples=["The referral was already accepted."])
    errors: list[Fault] | None = Field(None, description="What is wrong with the request.")
    allowed: list[str] | None = Field(None, description="What could be asked instead of what was refused.")
    expected: int | None = Field(None, description="The version that the request was decided on.")
    actual: int | None = Field(None, description="The version that is there by now.")
    claim: str | None = Field(None, description="What must be unique and is taken.")
    missing: list[str] | None = Field(None, description="The services that do not answer at the moment.")


BROKEN_HERE: Final = "Something broke here. It is in the log."


def problem(
    status: int, detail: str = "", kind: str = "", headers: Mapping[str, str] | None = None, **members: object
) -> Response:
    """Return a problem response; `kind` ends its type URI, `members` are further members of the body."""
    body: dict[str, object] = {
        "type": f"urn:waymark:problem:{kind}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    content = {name: value for name, value in (body | members).items() if value != ""}
    return JSONResponse(content, status, headers, MEDIA_TYPE)


class ProblemError(Exception):
    """A request is answered with this problem; `detail` is shown to who asks, and holds nothing that they sent."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **members: object) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers
        self.members = members

    def response(self) -> Response:
        """Return the answer."""
        return problem(self.status, str(self), "", self.headers, **self.members)


class InvalidError(ProblemError):
    """A request is not valid: each fault says where and why, and nothing of what was sent."""

    def __init__(self, faults: Iterable[Mapping[str, str]]) -> None:
        super().__init__(422, "The request is not valid.", errors=list(islice(faults, MOST_FAULTS)))

    def response(self) -> Response:
        """Return the answer."""
        return problem(self.status, str(self), "invalid", self.headers, **self.members)


def pointer(path: Iterable[object]) -> str:
    """Return a place in a body as a JSON pointer."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def handlers(statuses: Mapping[type[Exception], int]) -> dict[Any, Handler]:
    """Return what answers each exception; `statuses` are a service's own, whose text becomes the detail."""
    own: dict[Any, Handler] = {kind: _own(status) for kind, status in statuses.items()}
    plain: dict[Any, Handler] = {kind: _plain(*answer) for kind, answer in _PLAIN.items()}
    return {**plain, **_SPECIAL, **own}


def _own(status: int) -> Handler:
    async def answer(_request: Request, error: Exception) -> Response:
        return problem(status, str(error))

    return answer


def _plain(status: int, kind: str, detail: str) -> Handler:
    away = status == HTTPStatus.SERVICE_UNAVAILABLE

    async def answer(_request: Request, error: Exception) -> Response:
        if away:
            _log.warning("%s", type(error).__name__)
        return problem(status, detail, kind, {"Retry-After": "1"} if away else None)

    return answer


async def _refused(_request: Request, refusal: Refusal) -> Response:
    # Always 409: what is kept under an idempotency key has to be answered the same way the second time.
    headers = REPLAYED if refusal.repeated else None
    faults = [{"pointer": pointer([refusal.about]), "detail": refusal.reason}] if refusal.about else []
    members = {"allowed": list(refusal.allowed)} | ({"errors": faults} if faults else {})
    return problem(409, refusal.reason, "refused", headers, **members)


async def _stale(_request: Request, stale: StaleVersionError) -> Response:
    detail = "It changed since you read it. Read it again."
    return problem(412, detail, "stale-version", expected=stale.expected, actual=stale.actual)


async def _claim_taken(_request: Request, taken: ClaimTakenError) -> Response:
    return problem(409, "There is one already, and there can be only one.", "claim-taken", claim=str(taken))


async def _http(_request: Request, error: HTTPException) -> Response:
    standard = error.detail == HTTPStatus(error.status_code).phrase
    return problem(error.status_code, "" if standard else str(error.detail), headers=error.headers)


async def _stated(_request: Request, error: ProblemError) -> Response:
    return error.response()


async def _invalid(_request: Request, error: RequestValidationError) -> Response:
    return InvalidError(map(_fault, error.errors())).response()


def _fault(found: Mapping[str, Any]) -> dict[str, str]:
    part, *path = found["loc"]
    if part == "body":
        broken = found["type"] == "json_invalid"
        return {"pointer": pointer(() if broken else path), "detail": in_a_sentence(found)}
    return {"parameter": ".".join(str(step) for step in path), "detail": in_a_sentence(found)}


_NO_DATABASE: Final = (503, "", "The database does not answer at the moment.")
_PLAIN: Final[Mapping[type[Exception], tuple[int, str, str]]] = {
    NotFoundError: (404, "", "There is nothing here that you may see."),
    ConflictError: (409, "conflict", "Somebody else changed it at the same time. Ask again."),
    KeyReusedError: (422, "key-reused", "This Idempotency-Key came with another request before."),
    FactTooLargeError: (413, "too-large", "This is more than one fact may hold."),
    InvalidTokenError: (400, "", "at_least is not a token that an answer gave out."),
    NotYetError: (503, "not-yet", "This is not yet as far as you asked for. Ask again."),
    HeldBackError: (503, "held-back", "Something about this person waits for an operator."),
    PersonIsErasedError: (410, "erased", "This person was erased."),
    KeyringAwayError: (503, "", "The keyring does not answer at the moment."),
    OperationalError: _NO_DATABASE,
    PoolTimeout: _NO_DATABASE,
    PoolClosed: _NO_DATABASE,
}
_SPECIAL: Final[Mapping[Any, Handler]] = {
    Refusal: _refused,
    StaleVersionError: _stale,
    ClaimTakenError: _claim_taken,
    ProblemError: _stated,
    HTTPException: _http,
    RequestValidationError: _invalid,
}
