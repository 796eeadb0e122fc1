"""Who is at the door: a bearer token for programs, a session for browsers, and nobody where nobody has to be known."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from chassis.edge import BearerTokens, is_public
from chassis.identity import Actor
from chassis.problem import ProblemError
from gateway.sessions import Session, Sessions

COOKIE: Final = "__Host-waymark"
SESSION: Final = "waymark.session"
BROUGHT: Final = "waymark.cookie"
API: Final = "/api/"
OPEN: Final = frozenset({"/", "/sign-in", "/sign-out", "/design", "/help", "/favicon.ico"})
BELOW_OPEN: Final = ("/assets/", "/sign-in/", "/come-in/", "/status/", "/api/v1/sign-in/")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SAME: Final = frozenset({b"same-origin", b"none"})


class NotSignedInError(ProblemError):
    """A page was asked for by nobody who is known."""

    def __init__(self, onward: str = "") -> None:
        super().__init__(401, "Sign in first.")
        self._onward = onward

    def response(self) -> Response:
        """Return the way to the front page, which knows where to go on to."""
        onward = f"?{urlencode({'next': self._onward})}" if self._onward else ""
        return RedirectResponse(f"/{onward}", 303, {"Cache-Control": "no-store"})


class Door:
    """Recognises who asks. A browser's unsafe request has to come from a page of this very host."""

    def __init__(self, bearer: BearerTokens, sessions: Sessions) -> None:
        self._bearer = bearer
        self._sessions = sessions

    async def __call__(self, scope: Scope) -> Actor | None:
        """Return who asks, None where nobody needs to be known. Raises ProblemError for who may not come in."""
        headers = dict(scope["headers"])
        if is_public(scope["path"]) or b"authorization" in headers:
            return await self._bearer(scope)
        session = await self._session(scope, headers)
        if scope["path"].startswith(API) and not (scope[BROUGHT] or is_open(scope["path"])):
            return await self._bearer(scope)
        if scope["method"] not in SAFE and not came_from_here(headers):
            raise ProblemError(403, "This request did not come from a page of this site.")
        if session:
            return session.actor
        if is_open(scope["path"]):
            return None
        if scope["path"].startswith(API):
            return await self._bearer(scope)
        raise NotSignedInError(scope["path"] if scope["method"] in SAFE else "")

    async def _session(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Session | None:
        secret = cookie_of(headers)
        session = await self._sessions.find(secret) if secret else None
        scope[BROUGHT], scope[SESSION] = secret, session
        return session


def is_open(path: str) -> bool:
    """Return whether a page is for everybody."""
    return path in OPEN or path.startswith(BELOW_OPEN)


def cookie_of(headers: Mapping[bytes, bytes]) -> str:
    """Return the secret that a browser brought, empty for none."""
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def came_from_here(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a browser says that a request comes from this site: by Sec-Fetch-Site, else by its Origin."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in SAME
    origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
    return bool(origin.netloc) and origin.netloc == headers.get(b"host", b"").decode("latin-1")
