"""Applications: a board that tells honest news of each, silence too, and moves them by a plain form."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from chassis.problem import ProblemError
from gateway.undoing import Step
from gateway.web.admission import AtOwnPage
from gateway.web.command import see
from gateway.web.deeds import NOTHING, Asked, Deed, Kind, Refused, moment_in
from gateway.web.moves import MOVES, OVER, reasons, spoken
from gateway.web.refused import mistaken, refusal
from gateway.web.undo import go_on
from gateway.web.visitor import Visitor
from gateway.web.words import N_

COLUMNS: Final[Sequence[tuple[str, str, frozenset[str]]]] = (
    ("thinking", N_("Thinking about it"), frozenset({"saved", "interested", "preparing"})),
    ("sent", N_("Sent"), frozenset({"applied", "acknowledged"})),
    ("silent", N_("No answer yet"), frozenset()),
    ("interview", N_("Interview"), frozenset({"interview_invited", "interviewed"})),
    ("offer", N_("Offer"), frozenset({"offered"})),
    ("job", N_("Job"), frozenset({"accepted", "started"})),
    ("over", N_("Over"), frozenset()),
)
WAITING: Final = frozenset({"sent", "silent"})
OPEN: Final = frozenset(stage for code, _, stages in COLUMNS for stage in stages if code != "job")
"""The stages from which an application may still become a job."""
ENDS: Final = frozenset({"decline", "reject", "withdraw", "silent"})
"""The moves after which an application that was open can go on from there."""
DAYS: Final = ("sent_on", "answer_by", "starts_on", "day")
MOVE: Final = Deed(
    "move",
    "/move",
    N_("Move"),
    (
        *(Asked(name, "", Kind.DAY) for name in DAYS),
        *(Asked(name, "") for name in ("time", "channel", "place", "cv_version", "reason")),
        Asked("hours_a_week", "", Kind.NUMBER),
    ),
)
"""What any move may ask, and a change of an interview too."""
CALLED: Final = {"starts_at": "time"}
"""What a form calls otherwise than the service."""
QUIET: Final = timedelta(days=7)

applications_router = APIRouter(include_in_schema=False)


@applications_router.get("/applications")
async def show_board(visitor: AtOwnPage) -> HTMLResponse:
    """Show every application in the column of where it stands."""
    return await _board(visitor)


async def _board(visitor: Visitor, refused: Refused = NOTHING) -> HTMLResponse:
    board = await visitor.read("jobsearch", f"/participants/{visitor.person}/applications")
    today = visitor.now.date()
    columns = [
        (
            code,
            visitor.say(words),
            _ordered(code, [one for one in board["applications"] if _column(one, today) == code]),
        )
        for code, words, _ in COLUMNS
    ]
    return visitor.page(
        "applications.html",
        refused=refused,
        columns=columns,
        funnel=board["funnel"],
        moves=spoken(visitor, MOVES),
        ends=spoken(visitor, OVER),
    )


@applications_router.post("/applications")
async def add_job(visitor: AtOwnPage) -> Response:
    """Keep a job that was found elsewhere: its title and employer, or a link."""
    form = await visitor.request.form()
    body = {name: str(form[name]) for name in ("title", "employer", "link") if form.get(name)}
    answer = await visitor.command("jobsearch", f"/participants/{visitor.person}/applications", body)
    if refused := await refusal(visitor, answer):
        return await _board(visitor, refused)
    return answer.then(f"{visitor.base}/applications", "saved")


@applications_router.get("/applications/{application_id}")
async def show_application(visitor: AtOwnPage, application_id: UUID) -> HTMLResponse:
    """Show one application, its interviews, and what may come next."""
    return await _one(visitor, application_id)


@applications_router.post("/applications/{application_id}/move")
async def choose_move(visitor: AtOwnPage, application_id: UUID) -> Response:
    """Move an application; a move that needs to know more asks on the application's own page."""
    form = await visitor.request.form()
    move = str(form.get("move", ""))
    if move not in MOVES:
        raise ProblemError(422, "There is no such move.")
    if move in {"reject", "withdraw", "interviews", "send", "offer", "accept"} and "told" not in form:
        return see(f"{visitor.base}/applications/{application_id}?move={move}#move")
    if move == "interviews" and (unclear := await _unclear(visitor)):
        return await _one(visitor, application_id, unclear)
    answer = await visitor.command(
        "jobsearch", f"/applications/{application_id}/{move}", _body(move, form, visitor.now)
    )
    if refused := await refusal(visitor, answer, MOVE, CALLED):
        return await _one(visitor, application_id, refused)
    said = {"send": "sent", "chase": "chased"}.get(move, "moved")
    steps = partial(_undo_move, application_id, move if form.get("stage") in OPEN else "")
    return await go_on(visitor, answer, f"{visitor.base}/applications", said, steps)


@applications_router.post("/applications/{application_id}/interviews/{interview_id}/{deed}")
async def change_interview(visitor: AtOwnPage, application_id: UUID, interview_id: UUID, deed: str) -> Response:
    """Note that an interview is prepared, took place, has another time, or will not take place."""
    if deed not in {"prepared", "held", "cancel", "reschedule"}:
        raise ProblemError(404, "There is nothing here.")
    form, path = await visitor.request.form(), f"/applications/{application_id}/interviews/{interview_id}/{deed}"
    moves = deed == "reschedule"
    if moves and (unclear := await _unclear(visitor)):
        return await _one(visitor, application_id, unclear)
    command = await visitor.command("jobsearch", path, _meeting(form, visitor.now) if moves else None)
    if refused := await refusal(visitor, command, MOVE, CALLED):
        return await _one(visitor, application_id, refused)
    return command.then(f"{visitor.base}/applications/{application_id}", "kept")


def _undo_move(application_id: UUID, move: str, told: Mapping[str, Any]) -> list[Step]:
    """Return what undoes a move: what ended goes on, an interview that was noted is called off."""
    path = f"/applications/{application_id}"
    if move in ENDS:
        return [Step("jobsearch", f"{path}/reopen", version=str(told["version"]))]
    if move == "interviews":
        interview = told["ids"]["interview"]
        return [Step("jobsearch", f"{path}/interviews/{interview}/cancel", version=str(told["version"]))]
    return []


def _column(application: Mapping[str, Any], today: date) -> str:
    """Return the column of where an application stands; what was sent is silent when a week brought no word."""
    since = application["silent_since"]
    waits = since and application["stage"] in {"applied", "acknowledged"}
    if waits and today - date.fromisoformat(since) >= QUIET:
        return "silent"
    return next((code for code, _, stages in COLUMNS if application["stage"] in stages), "over")


def _ordered(column: str, cards: list[Any]) -> list[Any]:
    """Return the cards of a column in its order: where an employer is silent, the longest wait first."""
    return sorted(cards, key=lambda one: str(one["silent_since"] or "")) if column in WAITING else cards


def _body(move: str, form: FormData, now: datetime) -> dict[str, Any] | None:
    """Return what a move tells; what was left empty is not told."""
    if move == "interviews":
        return _meeting(form, now)
    fields = {
        "send": ("sent_on", "cv_version"),
        "offer": ("answer_by",),
        "accept": ("starts_on", "hours_a_week"),
        "reject": ("reason",),
        "withdraw": ("reason",),
    }.get(move)
    return None if fields is None else {name: str(form[name]) for name in fields if form.get(name)}


async def _unclear(visitor: Visitor) -> Refused:
    """Return what is wrong with when an interview is: a time alone says nothing."""
    form = await visitor.request.form()
    alone = form.get("time") and not form.get("day")
    return await mistaken(visitor, {"day": visitor.say(N_("Say the day too"))} if alone else {})


def _meeting(form: FormData, now: datetime) -> dict[str, Any]:
    """Return when and where an interview is; `now` is in the zone in which forms are filled in."""
    told = {name: str(form[name]) for name in ("day", "time", "channel", "place") if form.get(name)}
    if time := told.pop("time", ""):
        told["starts_at"] = moment_in(now.tzinfo, f"{told['day']}T{time}")
    return told


async def _cvs(visitor: Visitor) -> list[tuple[str, str]]:
    """Return the versions of the CV to choose from."""
    cvs = (await visitor.read("jobsearch", f"/participants/{visitor.person}/cvs"))["cvs"]
    words = visitor.say(N_("Version %(number)s"))
    return [("", visitor.say(N_("I do not know"))), *((str(one["version"]), _named(words, one)) for one in cvs)]


def _named(words: str, cv: Mapping[str, Any]) -> str:
    return ", ".join(filter(None, (words % {"number": cv["version"]}, cv["file_name"])))


def _clock(at: str | None, now: datetime) -> str:
    """Return the time of day of an interview as a form has it, empty for none."""
    return f"{datetime.fromisoformat(at).astimezone(now.tzinfo):%H:%M}" if at else ""


def _filled(one: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return an interview as the form has it that gives it another time."""
    kept = {name: one[name] or "" for name in ("day", "channel", "place")}
    return kept | {"time": _clock(one["starts_at"], now)}


async def _one(visitor: Visitor, application_id: UUID, refused: Refused = NOTHING) -> HTMLResponse:
    """Show an application, with a form that was refused: of a move, or of one of its interviews."""
    application = await visitor.read("jobsearch", f"/applications/{application_id}")
    move = refused.text["move"] or visitor.request.query_params.get("move", "")
    return visitor.page(
        "application.html",
        refused=refused,
        application=application,
        move=move,
        moves=spoken(visitor, MOVES),
        cvs=await _cvs(visitor) if move == "send" else (),
        filled={one["interview_id"]: _filled(one, visitor.now) for one in application["interviews"]},
        reasons=reasons(visitor),
    )
