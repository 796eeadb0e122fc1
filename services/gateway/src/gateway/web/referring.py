"""Referring a person, and learning what became of it: for the people who send people."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, UploadFile
from fastapi.responses import HTMLResponse, Response

from gateway.access import LEADERS, REFERRER
from gateway.drafts import Drafts
from gateway.services import Question
from gateway.web.admission import AtPage, only
from gateway.web.command import see
from gateway.web.visitor import Visitor, blank
from gateway.web.words import N_

SERVICE: Final = "referrals"
PERSON: Final = (
    "name",
    "preferred_name",
    "date_of_birth",
    "ni_number",
    "email",
    "phone",
    "address",
    "postcode",
    "notes",
)
KEPT: Final = (*PERSON, "provider_id", "programme_id")
LARGEST_FILE: Final = 12 * 1024 * 1024
WRONG: Final = 422
NEEDED: Final[Mapping[str, str]] = {
    "provider_id": N_("Choose the provider"),
    "programme_id": N_("Choose the programme"),
    "name": N_("Write the name of the person"),
}
TASKS: Final[Sequence[tuple[str, str, Sequence[str], bool]]] = (
    ("where", N_("Where to"), ("provider_id", "programme_id"), True),
    ("who", N_("Who is it?"), ("name",), True),
    ("reach", N_("How to reach them"), ("phone", "email", "address", "postcode"), False),
    ("more", N_("What helps to know"), ("notes",), False),
)
"""The parts of the form, each with its place, its fields, and whether all of them are needed."""

referring_router = APIRouter(include_in_schema=False)

AtReferring = Annotated[Visitor, Depends(only({REFERRER}))]
AtFile = Annotated[Visitor, Depends(only(LEADERS | {REFERRER}))]


@referring_router.get("/refer")
async def show_form(visitor: AtReferring) -> HTMLResponse:
    """Show the form by which a person is sent to a programme, as it was left where it was begun."""
    left = await _drafts(visitor).find(visitor.actor.id)
    return _form(visitor, left[0], left_at=left[1]) if left else _form(visitor, {})


@referring_router.post("/refer")
async def refer(visitor: AtReferring) -> Response:
    """Show the answers to be checked first; send them when they were."""
    form = await visitor.request.form()
    told = {name: str(value).strip() for name, value in form.items()}
    if told.get("step") == "change":
        return _form(visitor, told)
    if told.get("step") == "keep":
        await _drafts(visitor).keep(visitor.actor.id, {name: told[name] for name in KEPT if told.get(name)})
        return see("/refer?done=draft")
    if told.get("step") != "send":
        wrong = {name: visitor.say(words) for name, words in NEEDED.items() if not told.get(name)}
        return (
            _form(visitor, told, wrong)
            if wrong
            else visitor.page("refer_check.html", told=blank(told), born=_day(told), **_choices(visitor))
        )
    body = {
        "provider_id": told.get("provider_id", ""),
        "programme_id": told.get("programme_id", ""),
        "person": {name: told[name] for name in PERSON if told.get(name)},
    }
    answer = await visitor.command(SERVICE, "/referrals", body)
    if not answer.done:
        return _form(visitor, told, answer.faults(visitor.say))
    await _drafts(visitor).drop(visitor.actor.id)
    return answer.then("/my-referrals", "referred")


@referring_router.post("/refer/anew")
async def begin_anew(visitor: AtReferring) -> Response:
    """Forget what was left, and begin with an empty form."""
    await _drafts(visitor).drop(visitor.actor.id)
    return see("/refer")


@referring_router.get("/refer/file")
async def show_file_form(visitor: AtFile) -> HTMLResponse:
    """Show how many people are sent at once."""
    return visitor.page("refer_file.html", errors=blank({}), shown=None, told=blank({}), **_choices(visitor))


@referring_router.post("/refer/file")
async def preview_file(visitor: AtFile, file: UploadFile) -> HTMLResponse:
    """Check a file and show what is wrong with it, row by row. Nothing is brought in yet."""
    form = await visitor.request.form()
    content = await file.read(LARGEST_FILE + 1)
    query = {name: str(form[name]) for name in ("programme_id", "provider_id") if form.get(name)}
    question = Question(SERVICE, "/referral-files", "POST", query, content=content)
    answer = await visitor.commanded(question)
    errors = {} if answer.done else answer.faults(visitor.say)
    return visitor.page(
        "refer_file.html",
        status=WRONG if errors else 200,
        errors=blank(errors),
        shown=answer.answer.json() if answer.done else None,
        told=blank(query),
        **_choices(visitor),
    )


@referring_router.post("/refer/file/{file_id}")
async def confirm_file(visitor: AtPage, file_id: UUID) -> Response:
    """Bring the good rows in."""
    answer = await visitor.command(SERVICE, f"/referral-files/{file_id}/confirm")
    return answer.then(f"/refer/file/{file_id}", "")


@referring_router.get("/refer/file/{file_id}")
async def watch_file(visitor: AtPage, file_id: UUID) -> HTMLResponse:
    """Show how far a file is; the page loads itself again until it is done."""
    shown = await visitor.read(SERVICE, f"/referral-files/{file_id}")
    return visitor.page("refer_progress.html", shown=shown)


def _day(told: Mapping[str, str]) -> date | None:
    """Return the date of birth as a day, None for what is none: the service says what is wrong with it."""
    try:
        return date.fromisoformat(told.get("date_of_birth", ""))
    except ValueError:
        return None


def _status(
    visitor: Visitor,
    told: Mapping[str, str],
    errors: Mapping[str, str],
    names: Sequence[str],
    needed: bool,  # noqa: FBT001
) -> tuple[str, str]:
    """Return how far a part of the form is, as a mark and words."""
    if any(name in errors for name in names):
        return "late", visitor.say(N_("Look at it again"))
    written = [name for name in names if told.get(name)]
    if len(written) == len(names) or (written and not needed):
        return "good", visitor.say(N_("Done"))
    return ("soon", visitor.say(N_("Still to do"))) if needed else ("calm", visitor.say(N_("If you like")))


def _choices(visitor: Visitor) -> dict[str, Any]:
    """Return the providers and programmes that one can send somebody to; nothing is chosen for anybody."""
    choose = ("", visitor.say(N_("Choose")))
    places = {"providers": visitor.desk.providers, "programmes": visitor.desk.programmes}
    return {name: [choose, *((str(id_), words) for id_, words in known.items())] for name, known in places.items()}


def _drafts(visitor: Visitor) -> Drafts:
    return Drafts(visitor.desk.pool, visitor.desk.clock, visitor.request.app.state.request_hash_key)


def _form(
    visitor: Visitor,
    told: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    left_at: datetime | None = None,
) -> HTMLResponse:
    return visitor.page(
        "refer.html",
        status=WRONG if errors else 200,
        told=blank(told),
        errors=blank(errors),
        left_at=left_at,
        tasks=[
            (place, visitor.say(words), *_status(visitor, told, errors or {}, names, needed))
            for place, words, names, needed in TASKS
        ],
        **_choices(visitor),
    )
