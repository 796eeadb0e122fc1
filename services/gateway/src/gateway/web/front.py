"""Coming in and going out: the front page, personas of a demonstration, one-time links, signing out."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response

from chassis.problem import ProblemError
from gateway.door import COOKIE
from gateway.recognising import NobodyError
from gateway.web.admission import AtPage
from gateway.web.command import see
from gateway.web.entering import enter
from gateway.web.places import home_of
from gateway.web.render import LANGUAGES
from gateway.web.sign_in import signed_out

front_router = APIRouter(include_in_schema=False)


@front_router.get("/")
async def show_front(visitor: AtPage, next: Annotated[str, Query(max_length=4096)] = "") -> Response:  # noqa: A002
    """Bring who is signed in to their first page; show everybody else how to come in."""
    if visitor.session:
        return see(home_of(visitor.session.actor.role))
    way = "/sign-in" + (f"?{urlencode({'next': next})}" if next else "")
    has_sign_in = visitor.desk.ways.openid is not None or not visitor.desk.personas
    return visitor.page("front.html", personas=visitor.desk.personas, way=way if has_sign_in else "")


@front_router.post("/sign-in/persona")
async def sign_in_as_persona(visitor: AtPage, code: Annotated[str, Form(max_length=64)]) -> Response:
    """Become a persona of the demonstration; there are none anywhere else."""
    try:
        return await enter(visitor, visitor.desk.ways.personas, code)
    except NobodyError as nobody:
        raise ProblemError(404, "There is nobody of that name to be here.") from nobody


@front_router.get("/come-in/{secret}")
async def show_link(visitor: AtPage, secret: str) -> HTMLResponse:
    """Ask before a one-time link is used: mail programs open links too."""
    return visitor.page("come_in.html", secret=secret, failed=False)


@front_router.post("/come-in/{secret}")
async def use_link(visitor: AtPage, secret: str) -> Response:
    """Use a one-time link."""
    try:
        return await enter(visitor, visitor.desk.ways.links, secret)
    except NobodyError:
        return visitor.page("come_in.html", status=410, secret="", failed=True)


@front_router.post("/sign-out")
async def sign_out(visitor: AtPage) -> Response:
    """End the session, here and in the browser."""
    proof, openid = await visitor.desk.sessions.end(visitor.secret), visitor.desk.ways.openid
    answer = await signed_out(visitor, openid, proof) if openid and proof else see("/")
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return answer


@front_router.get("/help")
async def show_help(visitor: AtPage) -> HTMLResponse:
    """Show what helps on every page, and the switches for keys and language."""
    return visitor.page("help.html", languages=LANGUAGES)


@front_router.post("/wishes")
async def keep_wishes(
    visitor: AtPage,
    language: Annotated[str, Form(pattern="^(en|cy)$")],
    shortcuts: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Keep the language, and whether single keys are shortcuts, until signing out."""
    await visitor.desk.sessions.wish(visitor.secret, language=language, shortcuts=bool(shortcuts))
    return see("/help")
