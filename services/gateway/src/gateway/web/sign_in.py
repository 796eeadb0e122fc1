"""Signing in with the account of one's organisation, and out of it again."""

import logging
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from gateway.openid.attempts import VALID
from gateway.openid.failure import (
    ProviderAwayError,
    RefusedError,
    SignInError,
    StaleError,
    UnknownPersonError,
    UntrustedError,
)
from gateway.openid.sign_in import COOKIE, OpenIdSignIn, Return
from gateway.web.admission import AtPage
from gateway.web.command import see
from gateway.web.entering import enter
from gateway.web.onward import onward
from gateway.web.visitor import Visitor
from gateway.web.words import N_

sign_in_router = APIRouter(include_in_schema=False)

NOT_SET_UP: Final = (
    404,
    N_("There is no sign-in here yet"),
    N_("Tell the people who run this site: it does not know your accounts yet."),
)
FAILURES: Final[Mapping[type[SignInError], tuple[int, str, str]]] = {
    StaleError: (
        400,
        N_("This sign-in is too old"),
        N_("It took too long, or was begun in another window. Go back to the start and sign in again."),
    ),
    RefusedError: (
        403,
        N_("You were not let in"),
        N_("Your account was not found, or you said no. Sign in again, or ask who looks after your account."),
    ),
    UntrustedError: (
        403,
        N_("We could not be sure who you are"),
        N_("Sign in again. If it happens once more, tell the people who run this site, and say when it was."),
    ),
    UnknownPersonError: (
        403,
        N_("You have no place here yet"),
        N_("We know your account, but not what you do here. Ask your manager to give it a role and a team."),
    ),
    ProviderAwayError: (
        503,
        N_("Sign-in does not answer now"),
        N_("Nothing is lost. Try again in a minute."),
    ),
}
Given = Annotated[str, Query(max_length=4096)]
_log = logging.getLogger(__name__)


@sign_in_router.get("/sign-in")
async def begin(visitor: AtPage, next: Given = "") -> Response:  # noqa: A002  (what such a parameter is called)
    """Send somebody to where their organisation signs them in."""
    if visitor.desk.ways.openid is None:
        return _failed(visitor, NOT_SET_UP)
    try:
        beginning = await visitor.desk.ways.openid.begin(onward(next, ""))
    except SignInError as failure:
        return _told(visitor, failure)
    answer = see(beginning.url)
    lasts = int(VALID.total_seconds())
    answer.set_cookie(COOKIE, beginning.browser, max_age=lasts, path="/", secure=True, httponly=True, samesite="lax")
    return answer


@sign_in_router.get("/sign-in/callback")
async def come_back(
    visitor: AtPage, state: Given = "", code: Given = "", error: Given = "", iss: Annotated[str | None, Query()] = None
) -> Response:
    """Let somebody in whom their organisation signed in."""
    if visitor.desk.ways.openid is None:
        return _failed(visitor, NOT_SET_UP)
    shown = Return(visitor.request.cookies.get(COOKIE, ""), state, code, error, iss)
    try:
        answer = await enter(visitor, visitor.desk.ways.openid, shown)
    except SignInError as failure:
        answer = _told(visitor, failure)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return answer


async def signed_out(visitor: Visitor, openid: OpenIdSignIn, proof: str) -> Response:
    """Offer to end the sign-in with the organisation too, which other pages than ours may still go by."""
    try:
        ending = await openid.signing_out(proof)
    except ProviderAwayError:
        ending = None
    if ending is None:
        return see("/")
    answer = visitor.page("signed_out.html", places=[], reader="", ending=ending)
    policy = answer.headers["Content-Security-Policy"]
    allowed = policy.replace("form-action 'self'", f"form-action 'self' {ending.origin}")
    answer.headers["Content-Security-Policy"] = allowed
    return answer


def _told(visitor: Visitor, failure: SignInError) -> HTMLResponse:
    _log.warning("no sign-in: %s (%s)", type(failure).__name__, failure)
    return _failed(visitor, FAILURES[type(failure)])


def _failed(visitor: Visitor, said: tuple[int, str, str]) -> HTMLResponse:
    status, title, words = said
    return visitor.page("problem.html", status=status, title=visitor.say(title), words=visitor.say(words), advice="")
