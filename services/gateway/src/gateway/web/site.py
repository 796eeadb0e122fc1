"""All pages together: their routes, and what a reader sees where something went wrong."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chassis.problem import BROKEN_HERE, ProblemError, handlers, problem
from gateway.catalogue import missing
from gateway.door import API, SESSION, NotSignedInError
from gateway.services import ServiceAwayError
from gateway.web.applications import applications_router
from gateway.web.assets import asset_router
from gateway.web.bulk import bulk_router
from gateway.web.caseload import caseload_router
from gateway.web.courses import courses_router
from gateway.web.cv import cv_router
from gateway.web.design import design_router
from gateway.web.desk import WebDesk
from gateway.web.diary import diary_router
from gateway.web.doing import doing_router
from gateway.web.drill import drill_router
from gateway.web.exports import exports_router
from gateway.web.facts import facts_router
from gateway.web.finding import finding_router
from gateway.web.following import following_router
from gateway.web.front import front_router
from gateway.web.home import home_router
from gateway.web.incoming import incoming_router
from gateway.web.inviting import inviting_router
from gateway.web.jobs import jobs_router
from gateway.web.me import me_router, wishes_router
from gateway.web.performance import performance_router
from gateway.web.person import person_router
from gateway.web.plan import plan_router
from gateway.web.platform import platform_router
from gateway.web.referring import referring_router
from gateway.web.saved import saved_router
from gateway.web.second_record import second_record_router
from gateway.web.sent import sent_router
from gateway.web.sign_in import sign_in_router
from gateway.web.team import team_router
from gateway.web.today import today_router
from gateway.web.undo import undo_router
from gateway.web.visitor import ON_BEHALF, Visitor
from gateway.web.words import N_
from gateway.web.working import work_router

ROUTERS: Final = (
    asset_router,
    design_router,
    front_router,
    sign_in_router,
    jobs_router,
    applications_router,
    courses_router,
    referring_router,
    sent_router,
    incoming_router,
    today_router,
    home_router,
    cv_router,
    wishes_router,
    me_router,
    work_router,
    second_record_router,
    person_router,
    inviting_router,
    doing_router,
    caseload_router,
    finding_router,
    diary_router,
    saved_router,
    bulk_router,
    undo_router,
    following_router,
    plan_router,
    team_router,
    performance_router,
    platform_router,
    drill_router,
    facts_router,
    exports_router,
)
THEIRS: Final = (applications_router, cv_router, courses_router, jobs_router, wishes_router)
"""What is a person's own, which staff may do for them."""
SAYINGS: Final = {
    403: (N_("This page is not for you"), N_("You are signed in, but may not see this.")),
    404: (N_("There is nothing here"), N_("The page moved, or it is not yours to see.")),
    409: (N_("That is not possible now"), N_("Somebody may have changed it. Look at it again.")),
    412: (N_("Somebody was faster"), N_("It changed since you read it. Look at it again, then decide.")),
    422: (N_("That could not be read"), N_("Look at what you asked for, and try again.")),
    503: (N_("Something does not answer"), N_("Nothing is lost. Try again in a minute.")),
}
IMPOSSIBLE: Final = 409
SERVERS_FAULT: Final = 500
BROKEN: Final = (N_("Something broke here"), N_("It is noted. Try again, or go back to the start."))

Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]


def add_site(app: FastAPI, web: WebDesk) -> None:
    """Add the pages to the gateway's application."""
    app.state.web = web
    for router in ROUTERS:
        app.include_router(router)
    for router in THEIRS:
        app.include_router(router, prefix=ON_BEHALF)
    plain = handlers({})
    for kind in (ProblemError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _for_readers(plain[kind]))
    app.add_exception_handler(ServiceAwayError, _away)
    app.add_exception_handler(Exception, _broken)


def _for_readers(plain: Handler) -> Handler:
    """Return a handler that answers a browser with a page, and a program with a problem."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = await plain(request, error)
        as_it_is = _is_program(request) or isinstance(error, NotSignedInError)
        return problem if as_it_is else _page(request, problem.status_code, _reason(error))

    return answer


async def _away(request: Request, away: Exception) -> Response:
    return missing([str(away)]).response() if _is_program(request) else _page(request, 503)


async def _broken(request: Request, _error: Exception) -> Response:
    """Answer what nobody foresaw; whoever called the application still gets the error, and logs it."""
    return problem(SERVERS_FAULT, BROKEN_HERE) if _is_program(request) else _page(request, SERVERS_FAULT)


def _is_program(request: Request) -> bool:
    return request.url.path.startswith(API) or "text/html" not in request.headers.get("accept", "")


def _reason(error: Exception) -> str:
    """Return why something is not possible, as the service that refused it says."""
    return str(error) if isinstance(error, ProblemError) and error.status == IMPOSSIBLE else ""


def _page(request: Request, status: int, advice: str = "") -> Response:
    visitor = Visitor(request, request.app.state.web, request.scope.get(SESSION))
    title, words = SAYINGS.get(status) or (BROKEN if status >= SERVERS_FAULT else SAYINGS[422])
    return visitor.page(
        "problem.html", status=status, title=visitor.say(title), words=visitor.say(words), advice=advice
    )
