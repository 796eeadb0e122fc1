"""The routes of what a person does on the market: what is noted for later, and their weeks."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.http import Accepted, AtLeast
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from events.jobsearch import DismissalReason, VacancyDismissed, VacancyOpened
from jobsearch.activity_commands import Searched, note_dismissal, note_opening, note_search
from jobsearch.desk import Desk
from jobsearch.forms import Form, example
from jobsearch.person_desk import AboutPerson
from jobsearch.views.activity import ACTIVITY, ActiveWeek, active_weeks
from jobsearch.views.advertised import ADVERTISED, advertised
from jobsearch.views.application_weeks import ApplicationWeek, application_weeks
from jobsearch.views.applications import APPLICATIONS
from jobsearch.views.search import RANKER

activity_router = APIRouter(prefix="/participants/{participant_id}/activity", tags=["activity"])

_EXAMPLE_ID = "8f2b1c9e-5a1d-4c1b-9a53-2f6f6f0f7a11"
Rank = Annotated[int, Field(ge=1, le=100_000)]


class OpenedForm(Form):
    """A vacancy that the person opened, and the search that had shown it, at which rank."""

    model_config = example(vacancy_id=_EXAMPLE_ID, search_id=_EXAMPLE_ID, rank=3)

    vacancy_id: UUID
    search_id: UUID | None = None
    rank: Rank | None = None


class DismissedForm(Form):
    """A vacancy that is not for the person, and why."""

    model_config = example(vacancy_id=_EXAMPLE_ID, reason="too_far")

    vacancy_id: UUID
    reason: DismissalReason
    search_id: UUID | None = None


class ShownForm(Form):
    """Vacancies that were shown to the person because they fit what they told of themselves, the best first."""

    model_config = example(vacancy_ids=[_EXAMPLE_ID])

    vacancy_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]


class WeekSummary(BaseModel):
    """What a person did in a week."""

    week: date = Field(description="The Monday on which it began, where the programme is.")
    searches: int
    shown: int
    opened: int
    dismissed: int
    saved: int
    sent: int
    interviews: int = Field(description="Those that were in this week, by the day that is known.")


class Weekly(BaseModel):
    """A person's weeks, the latest first; quiet ones too."""

    weeks: list[WeekSummary]


@activity_router.post("/opened", status_code=201, response_model=Accepted)
async def note_opened(request: AboutPerson, body: OpenedForm) -> Response:
    """Note that the person opened a vacancy."""
    await _require_vacancies(request.desk, body.vacancy_id)
    opened = VacancyOpened(
        occurred_at=request.now,
        participant_id=request.participant_id,
        provider_id=request.tenant,
        **body.model_dump(),
    )
    return await request.answer(lambda session: note_opening(session, uuid4(), opened))


@activity_router.post("/dismissed", status_code=201, response_model=Accepted)
async def note_dismissed(request: AboutPerson, body: DismissedForm) -> Response:
    """Note that a vacancy is not for the person, and why."""
    await _require_vacancies(request.desk, body.vacancy_id)
    dismissed = VacancyDismissed(
        occurred_at=request.now,
        participant_id=request.participant_id,
        provider_id=request.tenant,
        **body.model_dump(),
    )
    return await request.answer(lambda session: note_dismissal(session, dismissed))


@activity_router.post("/shown", status_code=201, response_model=Accepted)
async def note_shown(request: AboutPerson, body: ShownForm) -> Response:
    """Note that the person looked at what fits: a search without words, by what they told of themselves."""
    await _require_vacancies(request.desk, *body.vacancy_ids)
    searched = Searched(
        search_id=uuid4(),
        participant_id=request.participant_id,
        provider_id=request.tenant,
        words="",
        town=None,
        miles=None,
        hits=len(body.vacancy_ids),
        ranker=RANKER,
        first_rank=1,
        vacancy_ids=body.vacancy_ids,
    )
    keyring = request.desk.keyring
    return await request.answer(lambda session: note_search(session, keyring, searched, request.now))


@activity_router.get("/weekly")
async def read_weeks(
    request: AboutPerson,
    at_least: AtLeast,
    weeks: Annotated[int, Query(ge=1, le=56, description="How many weeks, this one too.")] = 8,
) -> Weekly:
    """Return a person's weeks: searches, vacancies opened, saved, applications sent, interviews."""
    monday = request.today - timedelta(days=request.today.weekday())
    since, zone = monday - timedelta(weeks=weeks - 1), request.desk.zone
    async with reading(request.desk.pool, request.tenant, ACTIVITY, at_least) as connection:
        active = await active_weeks(connection, request.tenant, request.participant_id, since, zone)
    async with reading(request.desk.pool, request.tenant, APPLICATIONS, at_least) as connection:
        applied = await application_weeks(connection, request.tenant, request.participant_id, since, zone)
    mondays = [monday - timedelta(weeks=number) for number in range(weeks)]
    return Weekly(weeks=[_summary(day, active.get(day), applied.get(day)) for day in mondays])


async def _require_vacancies(desk: Desk, *vacancy_ids: UUID) -> None:
    """Raise NotFoundError where one of some vacancies never was on the market."""
    async with reading(desk.pool, None, ADVERTISED) as connection:
        known = await advertised(connection, list(vacancy_ids))
    if not known.keys() >= set(vacancy_ids):
        raise NotFoundError


def _summary(week: date, active: ActiveWeek | None, applied: ApplicationWeek | None) -> WeekSummary:
    return WeekSummary(
        week=week,
        searches=active.searches if active else 0,
        shown=active.shown if active else 0,
        opened=active.opened if active else 0,
        dismissed=active.dismissed if active else 0,
        saved=applied.saved if applied else 0,
        sent=applied.sent if applied else 0,
        interviews=applied.interviews if applied else 0,
    )
