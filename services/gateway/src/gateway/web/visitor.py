"""Who looks at a page, and how a page is answered to them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple, Self
from uuid import UUID, uuid4

import httpx
from fastapi import Request
from fastapi.responses import HTMLResponse

from chassis.ask import decode_places
from chassis.edge import ACTOR
from chassis.http import ask as asking
from chassis.identity import Actor
from chassis.problem import ProblemError
from gateway.access import JOBSEEKER
from gateway.door import BROUGHT, NotSignedInError
from gateway.reached import Reached
from gateway.services import Question
from gateway.sessions import Session
from gateway.telling import Telling, parts
from gateway.web.command import Command
from gateway.web.deeds import NOTHING, Refused
from gateway.web.desk import WebDesk
from gateway.web.places import DONE, PLACES, THEIRS
from gateway.web.render import LANGUAGES, page, translations

ON_BEHALF: Final = "/for/{participant_id}"
"""Where staff find what is a person's own, to do it for those who are not digital."""
PORTAL: Final = frozenset({"jobseeker", "referrer"})


class Client(NamedTuple):
    """Somebody for whom staff act."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a page; `session` is None for who is not signed in, `client` for who acts for nobody else."""

    request: Request
    desk: WebDesk
    session: Session | None
    told: set[UUID] = field(default_factory=set)
    client: Client | None = None

    @property
    def actor(self) -> Actor:
        """Who they are. Raises NotSignedInError for nobody."""
        if self.session is None:
            raise NotSignedInError
        return self.session.actor

    @property
    def person(self) -> UUID:
        """Whose things these are: their own, or those of the person for whom they act."""
        return self.client.id if self.client else self.actor.id

    @property
    def base(self) -> str:
        """What begins the address of each page of the person."""
        return ON_BEHALF.format(participant_id=self.client.id) if self.client else ""

    def known_as(self, actor: Actor) -> Self:
        """Let somebody who is not signed in be known by what they hold, for this request; return them so."""
        self.request.scope[ACTOR] = actor
        return replace(self, session=Session(actor, "", self.language, shortcuts=False))

    @property
    def now(self) -> datetime:
        """The moment that it is, in the zone of the programme."""
        return self.desk.clock().astimezone(self.desk.zone)

    @property
    def secret(self) -> str:
        """What their cookie holds."""
        return str(self.request.scope.get(BROUGHT, ""))

    @property
    def language(self) -> str:
        """The language of their pages; who is not signed in is believed by what their browser prefers."""
        preferred = self.request.headers.get("accept-language", "")[:2].lower()
        return self.session.language if self.session else preferred if preferred in LANGUAGES else LANGUAGES[0]

    async def read(self, service: str, path: str, **query: str) -> Any:
        """Return what a service's route answers; the page's own `at_least` goes with it.

        Raises ServiceAwayError, and ProblemError for any other answer than a good one.
        """
        reached = await self._reached()
        asked = query | ({"at_least": reached} if reached else {})
        return (await self.answered(Question(service, path, query=asked))).json()

    async def read_all(self, questions: Mapping[str, Question]) -> tuple[dict[str, Any], list[str]]:
        """Ask several services at once; return what was found, and which services are missing.

        Raises ProblemError when every one of them refuses.
        """
        answers = await self.answers(questions)
        found, missing = parts(questions, answers)
        refused = [answer.status_code for answer in answers.values() if answer is not None and answer.is_client_error]
        if refused and len(refused) == len(questions):
            raise ProblemError(refused[0], "")
        return found, missing

    async def answers(self, questions: Mapping[str, Question]) -> dict[str, httpx.Response | None]:
        """Return what several services answer at once, None for who does not, once it is told.

        The page's own `at_least` goes to the service that gave it: nobody else has to have heard of it.
        """
        reached = await self._reached()
        sources = {place.source for place in decode_places(reached)} if reached else ()
        asked = {
            part: replace(one, query={**(one.query or {}), "at_least": reached}) if one.service in sources else one
            for part, one in questions.items()
        }
        return await (await self._telling()).answers(asked)

    async def command(self, service: str, path: str, body: Any = None, *, method: str = "POST") -> Command:
        """Ask a service to do something, once for each time that a form was shown, on the version that was seen."""
        form = await self.request.form()
        wanted = {"Idempotency-Key": str(form.get("key", "")), "If-Match": quoted(str(form.get("version", "")))}
        headers = {name: value for name, value in wanted.items() if value}
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise ProblemError(422, "The form is not one of this site.")
        return await self.commanded(Question(service, path, method, None, body, headers))

    async def commanded(self, question: Question) -> Command:
        """Return what became of a command; of one about several people it is kept here where that is readable."""
        answer = await self.ask(question)
        place = str(answer.headers.get("waymark-position", ""))
        if place and len(decode_places(place)) > 1 and self.actor.tenant:
            place = str(await self._kept.keep(self.actor, place))
        return Command(answer, place)

    async def _reached(self) -> str:
        """Return how far the page has to have heard of, as its address says, or what is kept under the id in it."""
        told = self.request.query_params.get("at_least", "")
        try:
            kept = UUID(told)
        except ValueError:
            return told
        return await self._kept.find(self.actor, kept) if self.session and self.actor.tenant else ""

    @property
    def _kept(self) -> Reached:
        return Reached(self.desk.pool, self.desk.clock)

    async def ask(self, question: Question) -> httpx.Response:
        """Return a service's answer, whatever its status, once it is told what it shows of whom."""
        return await (await self._telling()).answer(question)

    async def answered(self, question: Question) -> httpx.Response:
        """Return a service's answer as `ask` does. Raises ProblemError for any other than a good one."""
        answer = await self.ask(question)
        if answer.is_error:
            raise ProblemError(answer.status_code, "")
        return answer

    async def refuse(self) -> None:
        """Tell that this page was refused, where its address names a person or something of theirs."""
        await (await self._telling()).refuse(self.request.path_params)

    async def _telling(self) -> Telling:
        """Return what tells of this page: under its name, each person once."""
        desk, page = self.request.app.state.desk, self.request.scope["route"].name
        return Telling(desk, await asking(self.request), self.actor, page, self.told)

    def say(self, words: str) -> str:
        """Return a text in their language; nothing stays nothing, which catalogues know something of."""
        return translations(self.language).gettext(words) if words else ""

    def page(self, template: str, *, status: int = 200, refused: Refused = NOTHING, **shown: Any) -> HTMLResponse:
        """Answer with a page that knows where they are and where they may go, and which form of it was refused."""
        role = self.session.actor.role if self.session else ""
        path = self.request.url.path.removeprefix(self.base)
        frame = {
            "client": self.client,
            "theirs": [(self.base + href, self.say(words)) for href, words in THEIRS] if self.client else (),
            "base": self.base,
            "seeks": self.client is not None or role == JOBSEEKER,
            "look": "portal" if role in PORTAL or not role else "console",
            "shortcuts": self.session.shortcuts if self.session else True,
            "places": [(href, self.say(words)) for href, words in PLACES.get(role, ())],
            "here": f"{self.base}/{path.split('/')[1]}",
            "reader": self.session.name if self.session else "",
            "demo": self.desk.demo,
            "done": self.say(DONE.get(self.request.query_params.get("done", ""), "")),
            "undo_action": _undo_action(self.request.query_params.get("undo", "")),
            "key": uuid4().hex,
            "refused": refused,
            "told": refused.text,
            "errors": blank(refused.errors),
        }
        zone, now, status = self.desk.zone, self.desk.clock(), refused.status if refused else status
        return page(template, language=self.language, zone=zone, now=now, status=status, **(frame | shown))


def _undo_action(undo: str) -> str:
    try:
        return f"/undo/{UUID(undo)}"
    except ValueError:
        return ""


def blank(told: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return what was told, empty where nothing was."""
    return defaultdict(str, told or {})


def quoted(version: str) -> str:
    """Return a version as If-Match takes it, empty for none."""
    return f'"{version}"' if version else ""
