"""Coming in and going out: the front page, personas of a demonstration, one-time links, signing out."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response

from chassis.identity import Actor
from chassis.problem import ProblemError
from gateway.door import COOKIE
from gateway.sessions import LONGEST
from gateway.web.render import LANGUAGES
from gateway.web.visitor import AtPage, Visitor, home_of, see

front_router = APIRouter(include_in_schema=False)


@front_router.get("/")
async def show_front(visitor: AtPage) -> Response:
    """Bring who is signed in to their first page; show everybody else how to come in."""
    if visitor.session:
        return see(home_of(visitor.session.actor.role))
    return visitor.page("front.html", personas=visitor.desk.personas)


@front_router.post("/sign-in/persona")
async def sign_in_as_persona(visitor: AtPage, code: Annotated[str, Form(max_length=64)]) -> Response:
    """Become a persona of the demonstration; there are none anywhere else."""
    for persona in visitor.desk.personas:
        if persona.code == code:
            return await _come_in(visitor, persona.actor, persona.name)
    raise ProblemError(404, "There is nobody of that name to be here.")


@front_router.get("/come-in/{secret}")
async def show_link(visitor: AtPage, secret: str) -> HTMLResponse:
    """Ask before a one-time link is used: mail programs open links too."""
    return visitor.page("come_in.html", secret=secret, failed=False)


@front_router.post("/come-in/{secret}")
async def use_link(visitor: AtPage, secret: str) -> Response:
    """Use a one-time link."""
    actor = await visitor.desk.links.use(secret)
    if actor is None:
        return visitor.page("come_in.html", status=410, secret="", failed=True)
    return await _come_in(visitor, actor, "")


@front_router.post("/sign-out")
async def sign_out(visitor: AtPage) -> Response:
    """End the session, here and in the browser."""
    await visitor.desk.sessions.end(visitor.secret)
    answer = see("/")
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


async def _come_in(visitor: Visitor, actor: Actor, name: str) -> Response:
    """Begin a session with a new secret, whatever the browser brought."""
    secret = await visitor.desk.sessions.start(actor, name, language=visitor.language, instead_of=visitor.secret)
    answer = see(home_of(actor.role))
    answer.set_cookie(
        COOKIE, secret, max_age=int(LONGEST.total_seconds()), path="/", secure=True, httponly=True, samesite="lax"
    )
    return answer
