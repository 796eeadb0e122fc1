"""Who looks at a page, and how a page is answered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from chassis.identity import Actor
from gateway.door import BROUGHT, SESSION, NotSignedInError
from gateway.services import Services
from gateway.sessions import Session
from gateway.web.desk import WebDesk
from gateway.web.render import page, translations

Place = tuple[str, str]


def N_(words: str) -> str:  # noqa: N802  (what catalogues of translations call a marked text)
    """Mark a text for the catalogue; it is translated where it is shown."""
    return words


PLACES: Final[Mapping[str, Sequence[Place]]] = {
    "coach": (
        ("/today", N_("Today")),
        ("/caseload", N_("Caseload")),
        ("/messages", N_("Messages")),
        ("/diary", N_("Diary")),
    ),
    "jobseeker": (
        ("/home", N_("Home")),
        ("/jobs", N_("Jobs")),
        ("/applications", N_("Applications")),
        ("/plan", N_("Plan")),
        ("/cv", N_("CV")),
        ("/courses", N_("Courses")),
        ("/messages", N_("Messages")),
        ("/me", N_("Me")),
    ),
    "referrer": (("/refer", N_("Refer")), ("/my-referrals", N_("My referrals"))),
    "team_leader": (
        ("/team", N_("Team")),
        ("/standards", N_("Standards")),
        ("/incoming", N_("Incoming")),
        ("/caseload", N_("Caseload")),
    ),
    "provider_manager": (
        ("/performance", N_("Performance")),
        ("/team", N_("Team")),
        ("/standards", N_("Standards")),
        ("/incoming", N_("Incoming")),
    ),
    "analyst": (("/performance", N_("Performance")), ("/facts", N_("Facts"))),
    "operator": (("/platform", N_("Platform")),),
}
PORTAL: Final = frozenset({"jobseeker", "referrer"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a page; `session` is None for who is not signed in."""

    request: Request
    desk: WebDesk
    session: Session | None

    @property
    def actor(self) -> Actor:
        """Who they are. Raises NotSignedInError for nobody."""
        if self.session is None:
            raise NotSignedInError
        return self.session.actor

    @property
    def services(self) -> Services:
        """The services, to be asked in their name."""
        return self.desk.services

    @property
    def secret(self) -> str:
        """What their cookie holds."""
        return str(self.request.scope.get(BROUGHT, ""))

    @property
    def language(self) -> str:
        """The language of their pages."""
        return self.session.language if self.session else "en"

    def say(self, words: str) -> str:
        """Return a text in their language."""
        return translations(self.language).gettext(words)

    def page(self, template: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
        """Answer with a page that knows where they are and where they may go."""
        role = self.session.actor.role if self.session else ""
        path = self.request.url.path
        frame = {
            "look": "portal" if role in PORTAL or not role else "console",
            "shortcuts": self.session.shortcuts if self.session else True,
            "places": [(href, self.say(words)) for href, words in PLACES.get(role, ())],
            "here": "/" + path.split("/")[1],
            "reader": self.session.name if self.session else "",
            "demo": self.desk.demo,
        }
        zone, now = self.desk.zone, self.desk.clock()
        return page(template, language=self.language, zone=zone, now=now, status=status, **(frame | shown))


def home_of(role: str) -> str:
    """Return the page that somebody in a role begins with."""
    places = PLACES.get(role, ())
    return places[0][0] if places else "/help"


def see(path: str) -> RedirectResponse:
    """Send a browser on after a form was taken, so that going back or loading again repeats nothing."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


def _visitor(request: Request) -> Visitor:
    return Visitor(request, request.app.state.web, request.scope.get(SESSION))


AtPage = Annotated[Visitor, Depends(_visitor)]
