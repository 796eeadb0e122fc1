"""Jobs: search the market in one's own words, see why each fits, keep what is worth a thought."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from gateway.access import JOBSEEKER, STAFF
from gateway.home import MOST, fitting
from gateway.services import Question
from gateway.web.admission import AtOwnPage, own
from gateway.web.deeds import NOTHING, Asked, Deed, Kind, Refused, body_of
from gateway.web.refused import refusal
from gateway.web.visitor import Visitor, blank, quoted
from gateway.web.words import N_

CONTRACTS: Final = (
    ("permanent", N_("Permanent")),
    ("temporary", N_("Temporary")),
    ("fixed_term", N_("Fixed term")),
    ("apprenticeship", N_("Apprenticeship")),
    ("volunteer", N_("Volunteer")),
)
MILES: Final = ("2", "5", "10", "15", "20", "30", "50")
FAR: Final = N_("%(miles)s miles")
NUMBERS: Final = ("miles", "pay_least", "hours_most", "town", "page")
WIDER: Final[Mapping[str, frozenset[str]]] = {
    "place": frozenset({"place", "town", "miles"}),
    "pay": frozenset({"pay_least", "pay_period"}),
    "hours": frozenset({"hours_most"}),
    "contracts": frozenset(),
    "part_time": frozenset({"part_time"}),
}
"""What a wider search leaves out, by the name that the service gives it; contracts stand apart."""
DISMISSALS: Final = (
    ("wrong_work", N_("It is other work")),
    ("too_far", N_("It is too far")),
    ("pay_too_low", N_("The pay is too low")),
    ("hours_do_not_fit", N_("The hours do not fit")),
    ("already_applied", N_("Applied before")),
    ("other", N_("Something else")),
)
DISMISS: Final = Deed(
    "dismiss",
    "/activity/dismissed",
    N_("It is not for me"),
    (Asked("reason", N_("Why?"), Kind.CHOICE, DISMISSALS, required=True),),
    "second",
)
ASKED: Final = frozenset({"words", "place", "pay_period", "search_id", *NUMBERS})

jobs_router = APIRouter(include_in_schema=False)

AtMarket = Annotated[Visitor, Depends(own(*STAFF))]


@jobs_router.get("/jobs")
async def show_jobs(visitor: AtMarket) -> HTMLResponse:
    """Show the form, and new jobs that fit what the person told of their wishes.

    All that are counted as new are shown: once the person looked, none of them is new any more.
    """
    if visitor.actor.role != JOBSEEKER and not visitor.client:
        return _page(visitor, {})
    found, missing = await visitor.read_all({"fit": fitting(visitor.person, MOST)})
    fit = found.get("fit")
    if fit and fit["new"] and not visitor.client:
        await _note(visitor, "shown", uuid4().hex, vacancy_ids=[hit["vacancy"]["id"] for hit in fit["hits"]])
    return _page(visitor, {}, missing=missing, fit=fit)


@jobs_router.post("/jobs")
async def search_jobs(visitor: AtMarket) -> HTMLResponse:
    """Search. What somebody looks for stays out of addresses and logs, so it comes in a body."""
    form = await visitor.request.form()
    answer = await visitor.command("jobsearch", "/vacancies/search", _asked(form))
    asked = {name: str(value) for name, value in form.items()}
    chosen = form.getlist("contracts")
    if not answer.done:
        return _page(visitor, asked, status=answer.answer.status_code, errors=answer.faults(visitor.say), chosen=chosen)
    return _page(visitor, asked, found=answer.answer.json(), chosen=chosen)


@jobs_router.get("/jobs/{vacancy_id}")
async def show_job(visitor: AtMarket, vacancy_id: UUID) -> HTMLResponse:
    """Show a vacancy. What it does not say is said to be missing.

    However often a person loads it, they opened it once that day.
    """
    page = await _job(visitor, vacancy_id)
    if visitor.actor.role == JOBSEEKER:
        once = f"opened-{vacancy_id}-{visitor.now.date()}"
        await _note(visitor, "opened", once, vacancy_id=str(vacancy_id))
    return page


@jobs_router.post("/jobs/{vacancy_id}/save")
async def save_job(visitor: AtOwnPage, vacancy_id: UUID) -> Response:
    """Keep a vacancy among the applications."""
    path = f"/participants/{visitor.person}/applications"
    answer = await visitor.command("jobsearch", path, {"vacancy_id": str(vacancy_id)})
    return answer.then(f"{visitor.base}/applications", "saved")


@jobs_router.post("/jobs/{vacancy_id}/apply")
async def apply(visitor: AtOwnPage, vacancy_id: UUID) -> Response:
    """Keep a vacancy as one that is being applied for, and go where the employer's page is and the page asks after it.

    One that was sent already stays where it stands.
    """
    path = f"/participants/{visitor.person}/applications"
    kept = await visitor.command("jobsearch", path, {"vacancy_id": str(vacancy_id)})
    if kept.done:
        told = kept.answer.json()
        application, headers = told["ids"]["application"], {"If-Match": quoted(str(told["version"]))}
        path = f"/applications/{application}"
        begun = await visitor.commanded(Question("jobsearch", f"{path}/begin", "POST", None, None, headers))
        return (begun if begun.done else kept).then(f"{visitor.base}{path}?move=send#move")
    return kept.then("")


@jobs_router.post("/jobs/{vacancy_id}/dismiss")
async def dismiss(visitor: AtOwnPage, vacancy_id: UUID) -> Response:
    """Say that a vacancy is not for the person, and why: it is shown no more among those that fit."""
    told = body_of(DISMISS, await visitor.request.form(), visitor.now) or {}
    path = f"/participants/{visitor.person}{DISMISS.path}"
    command = await visitor.command("jobsearch", path, {"vacancy_id": str(vacancy_id), **told})
    if refused := await refusal(visitor, command, DISMISS):
        return await _job(visitor, vacancy_id, refused)
    return command.then(f"{visitor.base}/jobs", "dismissed")


async def _job(visitor: Visitor, vacancy_id: UUID, refused: Refused = NOTHING) -> HTMLResponse:
    vacancy = await visitor.read("jobsearch", f"/vacancies/{vacancy_id}")
    return visitor.page("job.html", refused=refused, vacancy=vacancy, contracts=dict(CONTRACTS), dismiss=DISMISS)


async def _note(visitor: Visitor, what: str, key: str, **told: Any) -> None:
    """Note what somebody looked at, once by that key; what cannot be noted now keeps nobody from looking."""
    path = f"/participants/{visitor.person}/activity/{what}"
    headers = {"Idempotency-Key": key}
    await visitor.answers({what: Question("jobsearch", path, "POST", body=told, headers=headers)})


def _asked(form: FormData) -> dict[str, Any]:
    """Return what is asked of the market; what was left empty is not asked."""
    asked: dict[str, Any] = {name: value for name, value in form.items() if value and name in ASKED}
    if "town" in asked:
        asked.pop("place", None)
    asked |= {name: str(asked[name]).replace(",", "").lstrip("£") for name in NUMBERS if name in asked}
    return asked | {"contracts": form.getlist("contracts"), "part_time": "part_time" in form}


def _wider(asked: Mapping[str, str], widening: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Return the form of a wider search, None for one that no form asks for."""
    if widening["relaxed"] == "miles":
        return {**asked, "miles": str(widening["miles"])}
    left_out = WIDER.get(widening["relaxed"])
    if left_out is None:
        return None
    return {name: value for name, value in asked.items() if name not in left_out}


def _page(
    visitor: Visitor,
    asked: Mapping[str, str],
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    **shown: Any,
) -> HTMLResponse:
    place = (shown.get("found") or {}).get("place") or {}
    frame = {
        "found": None,
        "fit": None,
        "missing": [],
        "chosen": [],
        "contracts": [(code, visitor.say(words)) for code, words in CONTRACTS],
        "miles": [(miles, visitor.say(FAR) % {"miles": miles}) for miles in _miles(asked)],
        "wider": [(one, _wider(asked, one)) for one in (shown.get("found") or {}).get("widen", ())],
        "towns": [(str(town["town"]), _town(town)) for town in place.get("towns", ())],
    }
    return visitor.page("jobs.html", status=status, asked=blank(asked), errors=blank(errors), **(frame | shown))


def _miles(asked: Mapping[str, str]) -> tuple[str, ...]:
    """Return how far one may choose to look, with how far a wider search went."""
    far = asked.get("miles", "")
    return (*MILES, far) if far.isdecimal() and far not in MILES else MILES


def _town(town: Mapping[str, Any]) -> str:
    """Return a town as it is told apart from others of its name."""
    return ", ".join(str(town[part]) for part in ("name", "county", "nation") if town[part])
