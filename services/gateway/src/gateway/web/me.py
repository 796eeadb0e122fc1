"""Me: what a person looks for, who looked at their record, the nudges they get and why, and how to stop them."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, Response

from chassis.listen.reading import reading
from chassis.problem import ProblemError
from gateway.services import Question
from gateway.telling import parts
from gateway.views import looks
from gateway.views.looks import WHO_LOOKED, LookRow
from gateway.web.admission import AtOwnPage
from gateway.web.deeds import NOTHING, Asked, Deed, Kind, Refused
from gateway.web.everything import everything
from gateway.web.jobs import CONTRACTS, FAR, MILES
from gateway.web.people import BARRIERS, NEEDS, TRACKS
from gateway.web.refused import mistaken, refusal
from gateway.web.visitor import Visitor, blank
from gateway.web.words import N_

SHOWN: Final = 100
NUMBERS: Final = ("miles", "hours_least", "hours_most", "pay_least")
KINDS: Final[Mapping[str, str]] = {
    "agree_an_action": N_("Agreeing a first step"),
    "chase_an_application": N_("Asking what became of an application"),
    "prepare_an_interview": N_("Preparing an interview"),
}
ROLES: Final[Mapping[str, str]] = {
    "coach": N_("a coach"),
    "team_leader": N_("a team leader"),
    "referral_link": N_("somebody with a link of who referred you"),
    "provider_manager": N_("a manager"),
    "analyst": N_("an analyst"),
    "operator": N_("an operator"),
}
TELL: Final = Deed(
    "wishes",
    "/profile",
    N_("Keep"),
    (Asked("work", ""), Asked("place", ""), *(Asked(name, "", Kind.NUMBER) for name in NUMBERS)),
)
WISHES: Final = frozenset({"stop", "resume", "pause", "unpause"})

wishes_router = APIRouter(include_in_schema=False)
me_router = APIRouter(include_in_schema=False)


@wishes_router.get("/me")
async def show_me(visitor: AtOwnPage) -> HTMLResponse:
    """Show all of it; who acts for the person sees what they look for."""
    return await _page(visitor)


@wishes_router.post("/me/wishes")
async def tell_wishes(visitor: AtOwnPage) -> Response:
    """Say what one looks for; a town that may be several is asked about."""
    form = await visitor.request.form()
    told = {name: str(value).strip() for name, value in form.items()}
    town, errors = await _town(visitor, told)
    if errors:
        return await _page(visitor, await mistaken(visitor, errors))
    body: dict[str, Any] = {name: told[name] for name in ("work", *NUMBERS) if told.get(name)}
    body |= {"town": town} if town else {}
    body |= {"contracts": form.getlist("contracts")}
    body |= {"pay_period": told.get("pay_period", "year")} if "pay_least" in body else {}
    path = f"/participants/{visitor.person}/profile"
    command = await visitor.command("jobsearch", path, body, method="PUT")
    if refused := await refusal(visitor, command, TELL):
        return await _page(visitor, refused)
    return command.then(f"{visitor.base}/me", "kept")


@me_router.post("/me/nudges/{wish}")
async def change_nudges(visitor: AtOwnPage, wish: str) -> Response:
    """Stop nudges of a kind or all of them, pause them, or have them again."""
    if wish not in WISHES:
        raise ProblemError(404, "There is nothing here.")
    kind = str((await visitor.request.form()).get("kind", ""))
    body = {} if wish == "pause" else None if wish == "unpause" else {"kind": kind or None}
    path = f"/participants/{visitor.actor.id}/nudge-preferences/{wish}"
    return (await visitor.command("nudges", path, body)).then("/me", "kept")


@me_router.get("/me/record")
async def show_record(visitor: AtOwnPage) -> HTMLResponse:
    """Show what the coach sees of the person, and what happened, in the same sentences."""
    page = await visitor.read("caseload", f"/participants/{visitor.actor.id}")
    return visitor.page(
        "record.html",
        page=page,
        needs={code: visitor.say(words) for code, words in NEEDS},
        barriers={code: visitor.say(words) for code, words in BARRIERS},
        tracks={code: visitor.say(words) for code, words in TRACKS},
        staff=visitor.desk.staff_names,
    )


@me_router.get("/me/everything.json")
async def export(visitor: AtOwnPage) -> JSONResponse:
    """Give a person everything that is kept of them, to take away."""
    found = await everything(visitor)
    return JSONResponse(found, headers={"Content-Disposition": 'attachment; filename="waymark.json"'})


async def _town(visitor: Visitor, told: Mapping[str, str]) -> tuple[int | None, dict[str, str]]:
    """Return the town that is meant, or what is unclear about it."""
    if not told.get("place"):
        return None, {}
    question = Question("jobsearch", "/places", "POST", body={"name": told["place"]})
    found = (await visitor.ask(question)).json()
    towns = found.get("towns", ())
    if found.get("state") == "found":
        return int(towns[0]["town"]), {}
    names = ", ".join(town["county"] for town in towns if town["county"])
    asked = visitor.say(N_("There is more than one: write the county too")) + f" ({names})" if names else ""
    return None, {"place": asked or visitor.say(N_("We do not know that town"))}


def _said(value: object) -> str:
    """Return a value as a form shows it: a whole number without its decimals."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


async def _page(visitor: Visitor, refused: Refused = NOTHING) -> HTMLResponse:
    me = visitor.person
    questions = {"profile": Question("jobsearch", f"/participants/{me}/profile")}
    if not visitor.client:
        questions["nudges"] = Question("nudges", f"/participants/{me}/nudges")
        questions["wishes"] = Question("nudges", f"/participants/{me}/nudge-preferences")
    answers = await visitor.answers(questions)
    found, missing = parts(questions, answers)
    async with reading(visitor.desk.pool, None, WHO_LOOKED) as connection:
        rows = await looks.page(connection, me, None, SHOWN)
    profile = found.get("profile") or {}
    said = {name: _said(profile[name]) for name in ("work", *NUMBERS, "pay_period") if profile.get(name) is not None}
    return visitor.page(
        "me.html",
        refused=refused,
        told=blank({**said, "place": profile.get("town_name") or "", **refused.text}),
        version=answers["profile"].headers.get("etag", "").strip('"') if answers["profile"] else "",
        contracts=[(code, visitor.say(words)) for code, words in CONTRACTS],
        chosen=refused.values("contracts") if refused else profile.get("contracts", ()),
        miles=[
            ("", visitor.say(N_("About 15 miles"))),
            *((one, visitor.say(FAR) % {"miles": one}) for one in MILES),
        ],
        nudges=(found.get("nudges") or {}).get("nudges", []),
        wishes=found.get("wishes"),
        kinds={kind: visitor.say(words) for kind, words in KINDS.items()},
        looks=[
            (row, visitor.desk.staff.get(row.reader_id), visitor.say(ROLES.get(row.role, row.role)), more)
            for row, more in by_day(rows, visitor.desk.zone)
        ],
        missing=missing,
    )


def by_day(rows: Iterable[LookRow], zone: ZoneInfo) -> list[tuple[LookRow, int]]:
    """Return the last of the looks that somebody took one after another on a day, and how many more there were."""

    def same(row: LookRow) -> tuple[UUID, date, str | None]:
        return row.reader_id, row.looked_at.astimezone(zone).date(), row.refused

    return [(next(some), sum(1 for _ in some)) for _, some in groupby(rows, same)]
