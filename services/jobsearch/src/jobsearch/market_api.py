"""The routes of the market: bring in a file of vacancies, or one posting; read a vacancy."""
# ruff: noqa: FAST003  (OwnUpload takes the file's id out of the path)

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse

from chassis.http import Accepted, AtLeast, CurrentActor, CurrentAsk, accepted, etag
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from events.jobsearch import Vacancy
from jobsearch.access import Deed, require
from jobsearch.commands import offer_vacancy
from jobsearch.desk import AtDesk
from jobsearch.job_posting import cells_of, posting_of
from jobsearch.market_forms import JobPostingForm, VacancyFileShown, VacancyShown
from jobsearch.places import gazetteer
from jobsearch.search_forms import PlaceForm, PlaceShown, VacancyPage, VacancySearch
from jobsearch.search_noting import noted, searching_for
from jobsearch.uploads import Upload
from jobsearch.vacancy import Listing, listing_id
from jobsearch.vacancy_file import preview, report
from jobsearch.vacancy_row import Reading, RowRejectedError
from jobsearch.vacancy_search import Found, find, worded
from jobsearch.views.search import Criteria
from jobsearch.views.vacancies import VACANCIES, find_vacancies

JSON_LD: Final = "application/ld+json"
Feed = Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="The feed, by a short name.")]

market_router = APIRouter(tags=["vacancies"])

_CSV: Final = {"schema": {"type": "string", "format": "binary"}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {**_CSV, "example": "title,place,pay\nCare Assistant,Leeds,£12.60 per hour\n"},
            "application/gzip": _CSV,
        },
    }
}
_AS_LINKED_DATA: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JSON_LD: {"schema": {"type": "object", "description": "A schema.org JobPosting."}}}}
}
_REPORT: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


async def _upload(desk: AtDesk, actor: CurrentActor, file_id: UUID) -> Upload:
    require(actor, Deed.IMPORT)
    upload = desk.uploads.find(file_id, actor.id)
    if upload is None:
        raise NotFoundError(Upload.__name__)
    return upload


OwnUpload = Annotated[Upload, Depends(_upload)]


@market_router.post("/vacancy-files", status_code=201, openapi_extra=_BODY)
async def preview_vacancy_file(
    request: Request,
    desk: AtDesk,
    actor: CurrentActor,
    feed: Feed,
    whole: Annotated[bool, Query(description="It is all that the feed has: the rest is withdrawn.")] = True,  # noqa: FBT002
) -> VacancyFileShown:
    """Check a CSV file of vacancies, plain or compressed by gzip. Nothing is brought in before it is confirmed."""
    require(actor, Deed.IMPORT)
    checked = await asyncio.to_thread(preview, await request.body(), feed)
    upload = Upload(uuid4(), actor.id, checked, whole, touched_at=desk.clock())
    desk.uploads.keep(upload)
    return VacancyFileShown.of(upload)


@market_router.post("/vacancy-files/{file_id}/confirm", status_code=202)
async def confirm_vacancy_file(upload: OwnUpload, desk: AtDesk, ask: CurrentAsk) -> VacancyFileShown:
    """Bring in what differs from what is on the market by this feed. The same file again changes nothing."""
    preview, now = upload.preview, desk.clock()
    desk.uploads.start(
        upload,
        lambda progress: desk.importing.bring_in(
            ask, preview.feed, preview.vacancies, now, progress, whole=upload.whole
        ),
    )
    return VacancyFileShown.of(upload)


@market_router.get("/vacancy-files/{file_id}")
async def show_vacancy_file(upload: OwnUpload) -> VacancyFileShown:
    """Show how far a file is."""
    return VacancyFileShown.of(upload)


@market_router.get("/vacancy-files/{file_id}/report", response_class=StreamingResponse, responses=_REPORT)
async def report_vacancy_file(upload: OwnUpload) -> StreamingResponse:
    """Return every reject and every warning of a file by row, column and reason, as CSV."""
    return StreamingResponse(report(upload.preview.remarks), media_type="text/csv")


@market_router.post("/vacancies/json-ld", status_code=201, response_model=Accepted)
async def post_job_posting(
    desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, feed: Feed, posting: JobPostingForm
) -> Response:
    """Bring in one vacancy as a schema.org JobPosting; by its identifier it can be sent again, changed."""
    require(actor, Deed.IMPORT)
    cells = cells_of(posting.model_dump(by_alias=True))
    try:
        row = Reading.of(cells)
        vacancy = row.vacancy(feed)
    except RowRejectedError as rejected:
        place = ("body", rejected.column)
        raise RequestValidationError([{"loc": place, "type": "value_error", "msg": str(rejected)}]) from None
    return accepted(await offer_vacancy(desk.store, ask, listing_id(feed, row.identity), vacancy, desk.clock()))


@market_router.post("/places")
async def find_place(actor: CurrentActor, form: PlaceForm) -> PlaceShown:
    """Say which towns a place may mean, each with its county, or which are written most like it."""
    require(actor, Deed.SEARCH)
    return _place(form.name)


@market_router.post("/vacancies/search")
async def search_vacancies(
    desk: AtDesk, actor: CurrentActor, ask: CurrentAsk, at_least: AtLeast, asked: VacancySearch
) -> VacancyPage:
    """Search what is on the market in the United Kingdom; each hit says why it was found. Pages of 20."""
    require(actor, Deed.SEARCH)
    somebody = await searching_for(desk, actor, ask, asked)
    today, place = desk.today(), _asked_place(asked)
    if place and place.state != "found":
        return VacancyPage.of(Found(), asked.page, place, today)
    centre = gazetteer().towns[place.towns[0].town].point if place else None
    criteria = Criteria(
        today,
        latitude=centre.latitude if centre else None,
        longitude=centre.longitude if centre else None,
        miles=asked.miles if centre else None,
        contracts=tuple(asked.contracts),
        **asked.model_dump(include={"pay_least", "pay_period", "hours_least", "hours_most", "part_time"}),
    )
    async with reading(desk.pool, None, VACANCIES, at_least) as connection:
        found = await find(connection, criteria, await worded(connection, asked.words), asked.page)
    return await noted(somebody, asked, VacancyPage.of(found, asked.page, place, today))


@market_router.get("/vacancies/{vacancy_id}", response_model=VacancyShown, responses=_AS_LINKED_DATA)
async def show_vacancy(
    request: Request, desk: AtDesk, actor: CurrentActor, at_least: AtLeast, vacancy_id: UUID
) -> Response:
    """Show a vacancy, also one that left the market; as a JobPosting to who accepts application/ld+json."""
    require(actor, Deed.READ)
    async with reading(desk.pool, None, VACANCIES, at_least) as connection:
        row = (await find_vacancies(connection, [vacancy_id])).get(vacancy_id)
    if row is None:
        raise NotFoundError(Listing.__name__)
    headers = {"ETag": etag(row.version), "Vary": "Accept"}
    if JSON_LD in request.headers.get("accept", ""):
        vacancy = Vacancy.model_validate(row, from_attributes=True)
        return JSONResponse(posting_of(vacancy_id, vacancy), headers=headers, media_type=JSON_LD)
    shown = VacancyShown.of(row, desk.today())
    return Response(shown.model_dump_json(), headers=headers, media_type="application/json")


def _asked_place(asked: VacancySearch) -> PlaceShown | None:
    if asked.place is not None:
        return _place(asked.place)
    if asked.town is None:
        return None
    town = gazetteer().towns.get(asked.town)
    return PlaceShown.of([town] if town else [])


def _place(name: str) -> PlaceShown:
    towns = gazetteer().find(name)
    return PlaceShown.of(towns, [] if towns else gazetteer().spelt_like(name))
