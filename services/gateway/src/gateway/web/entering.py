"""Coming in, by whichever way: a session with a new secret, and the first page."""

from typing import TypeVar

from fastapi.responses import Response

from gateway.door import COOKIE
from gateway.recognising import Recognises
from gateway.sessions import LONGEST
from gateway.web.command import see
from gateway.web.onward import onward
from gateway.web.places import home_of
from gateway.web.visitor import Visitor

Shown = TypeVar("Shown")


async def enter(visitor: Visitor, way: Recognises[Shown], shown: Shown) -> Response:
    """Let in whom a way recognises: with a new secret, whatever the browser brought. Raises what the way raises."""
    known = await way.recognise(shown)
    secret = await visitor.desk.sessions.start(
        known.actor, known.name, language=visitor.language, instead_of=visitor.secret, proof=known.proof
    )
    answer = see(onward(known.onward, home_of(known.actor.role)))
    answer.set_cookie(
        COOKIE, secret, max_age=int(LONGEST.total_seconds()), path="/", secure=True, httponly=True, samesite="lax"
    )
    return answer
