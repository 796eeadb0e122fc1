"""Every visitor at every page of the application: a page that is not in this table fails the build.

A form is sent filled in, on a version that nobody has seen: who may send it reads that somebody was faster, and nothing
changes for who comes after.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from chassis.edge import is_public
from chassis.identity import Actor
from gateway.door import is_open
from gateway.main import application, open_desk
from gateway.routing import PREFIX
from gateway.settings import GatewaySettings
from tests.access.matrix import NOBODY, Matrix, Verdict
from tests.gateway.belongings import SOON
from tests.gateway.running import Person, Platform
from tests.gateway.visitors import JOBSEEKERS, LEADERS, STAFF, VISITORS, actor_of
from tests.jobsearch.files import pdf
from waymark.local.environment import of_service

pytestmark = pytest.mark.timeout(600)

ALLOWED, FORBIDDEN, HIDDEN = Verdict.ALLOWED, Verdict.FORBIDDEN, Verdict.HIDDEN
UNSEEN: Final = "999999"
PORTAL: Final = (*JOBSEEKERS, "who referred the person")
PARTS: Final = (".csv", ".json", "/cv/{version}/file", "/peek")
HERE: Final = re.compile(r"/(?![/\\])")
ASTRAY: Final = {"back": "//elsewhere.example", "next": "https://elsewhere.example"}


class Page(NamedTuple):
    """A page, or a form that is sent to it, and what it is called where looks are told."""

    method: str
    path: str
    name: str


Row = tuple[Mapping[str, Verdict], Mapping[str, str]]


def only(*allowed: str, hidden: Iterable[str] = ()) -> Mapping[str, Verdict]:
    """Return who is let in, to whom there is nothing, and nobody else."""
    return dict.fromkeys(VISITORS, FORBIDDEN) | dict.fromkeys(hidden, HIDDEN) | dict.fromkeys(allowed, ALLOWED)


PERSON, OTHER = JOBSEEKERS
COACH, ANOTHER_COACH = "coach of the person", "another coach of the provider"
REFERRER = "who referred the person"
LEADERS_HERE = tuple(f"{role} of the provider" for role in LEADERS)
LEADERS_ELSEWHERE = tuple(f"{role} elsewhere" for role in LEADERS)
ALL_LEADERS = (*LEADERS_HERE, *LEADERS_ELSEWHERE)
STAFF_HERE = (COACH, ANOTHER_COACH, *LEADERS_HERE)
STAFF_ELSEWHERE = tuple(f"{role} elsewhere" for role in STAFF)
ALL_STAFF = (*STAFF_HERE, *STAFF_ELSEWHERE)

EVERYBODY = only(*VISITORS)
JOBSEEKER = only(*JOBSEEKERS)
"""Everybody sees their own of these, and none is anybody else's."""
THEIRS_ALONE = only(PERSON, hidden=[OTHER])
"""For anybody else there is none of these."""
PARTICIPANT = only(PERSON)
WORKS_WITH = only(COACH, *LEADERS_HERE, hidden=STAFF_ELSEWHERE)
OF_STAFF = only(*ALL_STAFF)
OF_LEADERS = only(*ALL_LEADERS)
OF_PROVIDER = only(*STAFF_HERE, hidden=STAFF_ELSEWHERE)
THEIR_LEADERS = only(*LEADERS_HERE, hidden=LEADERS_ELSEWHERE)
SENT_OR_RECEIVED = only(REFERRER, *STAFF_HERE, hidden=STAFF_ELSEWHERE)
OF_NOBODY_ELSE = only(hidden=ALL_STAFF)
"""Of all who work here only who made it finds it."""
IN_LIST = only(COACH, *LEADERS_HERE, hidden=[ANOTHER_COACH, *STAFF_ELSEWHERE])
"""To whose list the person belongs."""

NOTHING: Final = str(uuid4())
LIST: Final[Mapping[str, str]] = {"ready": "everybody", "sort": "opened"}
MEETING: Final = {"kind": "review", "channel": "phone", "starts_at": SOON}
PAGES: Final[Mapping[str, Row]] = {
    "GET /home": (JOBSEEKER, {}),
    "POST /home/nudges/{nudge_id}/{deed}": (only(hidden=JOBSEEKERS), {"nudge_id": NOTHING, "deed": "seen"}),
    "POST /home/set-aside": (THEIRS_ALONE, {"step": "cv", "reason": "later"}),
    "POST /home/take-up": (THEIRS_ALONE, {"step": "cv"}),
    "GET /jobs": (only(*JOBSEEKERS, *ALL_STAFF), {}),
    "POST /jobs": (only(*JOBSEEKERS, *ALL_STAFF), {"words": "baker"}),
    "GET /jobs/{vacancy_id}": (only(*JOBSEEKERS, *ALL_STAFF), {}),
    "POST /jobs/{vacancy_id}/save": (JOBSEEKER, {}),
    "POST /jobs/{vacancy_id}/apply": (JOBSEEKER, {}),
    "POST /jobs/{vacancy_id}/dismiss": (JOBSEEKER, {"reason": "too_far"}),
    "GET /applications": (JOBSEEKER, {}),
    "POST /applications": (JOBSEEKER, {"title": "Baker"}),
    "GET /applications/{application_id}": (THEIRS_ALONE, {}),
    "POST /applications/{application_id}/move": (THEIRS_ALONE, {"move": "begin"}),
    "POST /applications/{application_id}/interviews/{interview_id}/{deed}": (THEIRS_ALONE, {"deed": "prepared"}),
    "GET /plan": (THEIRS_ALONE, {}),
    "POST /plan/sign": (PARTICIPANT, {}),
    "POST /plan/appointments/{appointment_id}/cancel": (PARTICIPANT, {}),
    "POST /plan/suggest": (PARTICIPANT, {"what": "Read", "due": SOON[:10]}),
    "POST /plan/actions/{action_id}/{step}": (PARTICIPANT, {"step": "begin"}),
    "POST /plan/actions/{action_id}/ask/{wish}": (THEIRS_ALONE, {"wish": "drop"}),
    "POST /plan/jobs/{job_id}/check-ins/{week}": (PARTICIPANT, {"week": "4", "mood": "good"}),
    "GET /cv": (JOBSEEKER, {}),
    "POST /cv": (JOBSEEKER, {"label": "Baker"}),
    "POST /cv/file": (JOBSEEKER, {"file": "cv"}),
    "GET /cv/{version}/file": (THEIRS_ALONE, {}),
    "GET /courses": (JOBSEEKER, {}),
    "GET /courses/{course}": (JOBSEEKER, {}),
    "POST /courses/{course}/enrol": (JOBSEEKER, {}),
    "POST /courses/{course}/lessons/{lesson}/complete": (JOBSEEKER, {}),
    "POST /courses/{course}/quiz": (JOBSEEKER, {}),
    "GET /me": (JOBSEEKER, {}),
    "POST /me/wishes": (JOBSEEKER, {"work": "Baker"}),
    "POST /me/nudges/{wish}": (JOBSEEKER, {"wish": "pause"}),
    "GET /me/record": (THEIRS_ALONE, {}),
    "GET /me/everything.json": (JOBSEEKER, {}),
    "GET /messages": (only(PERSON, *ALL_STAFF, hidden=[OTHER]), {}),
    "POST /messages": (PARTICIPANT, {"text": "Thank you"}),
    "POST /wishes": (EVERYBODY, {"language": "en", "shortcuts": "on"}),
    "GET /refer": (only(REFERRER), {}),
    "POST /refer": (only(REFERRER), {"step": "send", "name": "Tom Reilly"}),
    "POST /refer/anew": (only(REFERRER), {}),
    "GET /refer/file": (only(REFERRER, *ALL_LEADERS), {}),
    "POST /refer/file": (only(REFERRER, *ALL_LEADERS), {"file": "people"}),
    "GET /refer/file/{file_id}": (only(REFERRER, hidden=ALL_LEADERS), {}),
    "POST /refer/file/{file_id}": (only(REFERRER, hidden=ALL_LEADERS), {}),
    "GET /my-referrals": (only(REFERRER, *ALL_STAFF), {}),
    "POST /my-referrals/find": (only(REFERRER, *ALL_STAFF), {"sought": "Maya Osei"}),
    "GET /my-referrals/{referral_id}": (SENT_OR_RECEIVED, {}),
    "POST /my-referrals/{referral_id}/link": (only(REFERRER), {}),
    "POST /my-referrals/{referral_id}/withdraw": (SENT_OR_RECEIVED, {"by": "participant"}),
    "GET /incoming": (OF_STAFF, {}),
    "GET /incoming/{referral_id}": (OF_PROVIDER, {}),
    "POST /incoming/{referral_id}/two-people": (THEIR_LEADERS, {"other": NOTHING}),
    "POST /incoming/{referral_id}/{code}": (OF_PROVIDER, {"code": "assess"}),
    "POST /people/{participant_id}/second-record/find": (THEIR_LEADERS, {"sought": "Maya Osei"}),
    "POST /people/{participant_id}/second-record": (only(hidden=ALL_LEADERS), {"other": NOTHING}),
    "GET /today": (OF_STAFF, {}),
    "GET /caseload": (OF_STAFF, {}),
    "POST /find": (OF_STAFF, {"sought": "Maya Osei"}),
    "GET /caseload.csv": (OF_STAFF, {}),
    "POST /caseload/views": (OF_STAFF, {**LIST, "name": "Mine"}),
    "POST /caseload/views/{view}/rename": (OF_NOBODY_ELSE, {**LIST, "view": NOTHING, "new_name": "Ours"}),
    "POST /caseload/views/{view}/remove": (OF_NOBODY_ELSE, {"view": NOTHING}),
    "POST /caseload/views/{view}/undo": (OF_NOBODY_ELSE, {"view": NOTHING}),
    "POST /caseload/chosen": (IN_LIST, {**LIST, "deed": "message"}),
    "POST /caseload/message": (OF_STAFF, {"name": "Maya Osei", "text": "The workshop is on Friday."}),
    "POST /caseload/assign": (OF_LEADERS, {"name": "Maya Osei"}),
    "POST /team/chosen": (OF_LEADERS, {"deed": "message", "coach": NOTHING}),
    "POST /team/cover": (OF_LEADERS, {"covering_id": NOTHING, "first_day": SOON[:10], "last_day": SOON[:10]}),
    "POST /team/cover/end": (OF_LEADERS, {}),
    "POST /undo/{undo}": (only(*JOBSEEKERS, *ALL_STAFF), {"undo": NOTHING}),
    "GET /diary": (OF_STAFF, {}),
    "GET /people/{participant_id}/peek": (WORKS_WITH, {}),
    "POST /people/{participant_id}/contacts/{contact_id}/take-back": (WORKS_WITH, {"contact_id": NOTHING}),
    "GET /people/{participant_id}": (WORKS_WITH, {}),
    "POST /people/{participant_id}/jobs/{job_id}/{code}": (WORKS_WITH, {"code": "terms", "from_day": SOON[:10]}),
    "POST /people/{participant_id}/jobs/{job_id}/check-ins/{week}": (WORKS_WITH, {"week": "4", "mood": "good"}),
    "POST /people/{participant_id}/way-in": (WORKS_WITH, {}),
    "POST /people/{participant_id}/{code}": (WORKS_WITH, {"code": "contact", "channel": "phone"}),
    "POST /people/{participant_id}/actions/{action_id}/{step}": (WORKS_WITH, {"step": "begin"}),
    "POST /people/{participant_id}/actions/{action_id}/due": (WORKS_WITH, {"due": SOON[:10]}),
    "POST /people/{participant_id}/concerns/{concern_id}/handled": (
        WORKS_WITH,
        {"concern_id": NOTHING, "how": "A room is found."},
    ),
    "POST /people/{participant_id}/concerns/{concern_id}/take-back": (
        WORKS_WITH,
        {"concern_id": NOTHING, "handled": "2"},
    ),
    "POST /people/{participant_id}/book": (WORKS_WITH, MEETING),
    "POST /people/{participant_id}/standards/{standard}/excuse": (
        only(*LEADERS_HERE, hidden=LEADERS_ELSEWHERE),
        {"standard": "plan", "explanation": "In hospital."},
    ),
    "POST /people/{participant_id}/session": (WORKS_WITH, {"channel": "phone"}),
    "POST /people/{participant_id}/appointments/{appointment_id}/{code}": (WORKS_WITH, {"code": "came"}),
    "POST /people/{participant_id}/appointments/{appointment_id}/to/another-time": (WORKS_WITH, MEETING),
    "GET /team": (OF_LEADERS, {}),
    "GET /standards": (OF_LEADERS, {}),
    "GET /performance": (only(*ALL_STAFF, "analyst"), {}),
    "GET /performance/people": (only(*ALL_LEADERS, "analyst"), {}),
    "GET /facts": (only(*ALL_LEADERS, "analyst"), {}),
    "POST /facts": (only(*ALL_LEADERS, "analyst"), {"person": "", "after": ""}),
    "GET /facts/together/{correlation_id}": (only(*LEADERS_HERE, "analyst", hidden=LEADERS_ELSEWHERE), {}),
    "GET /exports": (only("analyst"), {}),
    "POST /exports": (only("analyst"), {}),
    "GET /exports/{export_id}": (only("analyst"), {}),
    "GET /platform": (only("operator"), {}),
    "POST /platform/replay": (only("operator"), {"service": "gateway", "consumer": "people"}),
    "GET /asyncapi.json": (EVERYBODY, {}),
}
THEIRS: Final = re.compile(r"(GET|POST) (/(?:jobs|applications|cv|courses|me/wishes)\b.*|/me)")
FOR_THEM: Final[Mapping[str, Row]] = {
    f"{page[1]} /for/{{participant_id}}{page[2]}": (WORKS_WITH, form)
    for route, (_, form) in PAGES.items()
    if (page := THEIRS.fullmatch(route))
}
"""What is a person's own, which those do for them who work with them."""
TABLE: Final = {**PAGES, **FOR_THEM}
FILES: Final = {"cv": ("cv.pdf", pdf()), "people": ("people.csv", b"name\nMaya Osei\n")}


@pytest.fixture(scope="module")
def routes(platform: Platform) -> list[Page]:
    """Return the pages that the application has, but for those that are for everybody."""
    with pytest.MonkeyPatch.context() as environment, ThreadPoolExecutor(1) as apart:
        for name, value in of_service("gateway", platform.addresses).items():
            environment.setenv(name, value)
        found = apart.submit(lambda: asyncio.run(_routes())).result()
    return [one for one in found if not (one.path.startswith(PREFIX) or is_public(one.path) or is_open(one.path))]


async def _routes() -> list[Page]:
    settings = GatewaySettings()
    async with open_desk(settings) as desk:
        return list(_below(application(settings, desk).routes))


def _below(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[Page]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield from (Page(method, prefix + route.path, route.name) for method in route.methods or ())
        elif within := getattr(route, "original_router", None):
            yield from _below(within.routes, prefix + route.include_context.prefix)  # type: ignore[attr-defined]


@dataclass
class Visits:
    """Everybody, each in a browser of their own, at every page."""

    platform: Platform
    person: Person
    belongings: Mapping[str, str]
    actors: dict[str, Actor] = field(init=False)
    browsers: dict[str, httpx.Client] = field(init=False)

    def __post_init__(self) -> None:
        """Let everybody sign in."""
        self.actors = {visitor: actor_of(visitor, self.person) for visitor in VISITORS}
        self.browsers = {visitor: self.platform.browser(actor) for visitor, actor in self.actors.items()}
        self.browsers[NOBODY] = self.platform.browser(None)

    def ask(self, visitor: str, route: str) -> httpx.Response:
        """Ask for a page, or send its form. Whoever is sent to the front page was not recognised."""
        (method, path), (_, form) = route.split(" "), TABLE[route]
        sent = {"version": UNSEEN} | ASTRAY | dict(form)
        provider = self.actors[visitor].tenant if visitor in self.actors else None
        own = {"provider_id": str(provider)} if provider else {}
        told = {**self.belongings, **own, **sent, "key": uuid4().hex}
        content: dict[str, Any] = {"data": told} if method == "POST" else {}
        if "file" in form:
            content["files"] = {"file": FILES[form["file"]]}
        place = path.format(**{**self.belongings, **form})
        answer = self.browsers[visitor].request(method, place, **content)
        if answer.status_code == 303:
            away = urlsplit(answer.headers["location"]).path == "/"
            assert HERE.match(answer.headers["location"]), "an open redirect"
            return httpx.Response(401 if away else 200, request=answer.request)
        return answer


@pytest.fixture(scope="module")
def visits(platform: Platform, somebody: Person, belongings: Mapping[str, str]) -> Visits:
    """Everybody, signed in."""
    return Visits(platform, somebody, belongings)


def test_every_visitor_has_a_verdict_on_every_page(routes: Sequence[Page]) -> None:
    paths: dict[str, dict[str, None]] = {}
    for page in routes:
        paths.setdefault(page.path, {})[page.method.lower()] = None
    rows = {route: who for route, (who, _) in TABLE.items()}

    assert Matrix({"paths": paths}, rows, frozenset(VISITORS)).gaps() == []


def test_every_page_treats_every_visitor_as_the_table_says_and_tells_each_refusal(
    visits: Visits, routes: Sequence[Page], platform: Platform
) -> None:
    rows = {route: who for route, (who, _) in TABLE.items()}
    assert Matrix({"paths": {}}, rows, frozenset(VISITORS), operated=False).differences(visits.ask) == []

    names = {f"{page.method} {page.path}": page.name for page in routes}
    for visitor, actor in visits.actors.items():
        told = {what for fact, what, _ in platform.told_by(actor) if fact == "RecordRefused"}
        refused = {names[route] for route, row in rows.items() if row[visitor] is not ALLOWED and is_owned(route)}
        assert refused - told == set(), visitor


def is_owned(route: str) -> bool:
    """Return whether a page names somebody, or something of theirs."""
    return any(f"{{{one}_id}}" in route for one in ("participant", "referral", "application"))


def shown() -> Iterator[tuple[str, str]]:
    """Return each page with who reads it: somebody of the portal, and somebody of the console."""
    for route, (row, _) in TABLE.items():
        method, path = route.split(" ")
        if method == "GET" and not path.endswith(PARTS):
            allowed = [visitor for visitor in VISITORS if row[visitor] is ALLOWED]
            for of_look in (True, False):
                first = [visitor for visitor in allowed if (visitor in PORTAL) is of_look][:1]
                yield from ((path, visitor) for visitor in first)
    yield from (("/help", visitor) for visitor in (PORTAL[0], "coach of the person"))
