"""Reading applications: what the views know of some of them, opened for one who may see them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.ask import Place
from chassis.database import Connection
from chassis.listen.reading import reading
from chassis.store import NotFoundError
from jobsearch.application_pages import ApplicationShown, Board, Reckoning, Rows, entries, funnel, shown
from jobsearch.desk import Desk
from jobsearch.person_desk import PersonalRequest, RequestAboutPerson
from jobsearch.views.advertised import ADVERTISED, AdvertisedRow, advertised
from jobsearch.views.applications import (
    APPLICATIONS,
    ApplicationJobRow,
    ApplicationRow,
    InterviewRow,
    applications_of,
    find_application,
    interviews_of,
    jobs_of,
)


async def board_of(request: RequestAboutPerson, at_least: Sequence[Place]) -> Board:
    """Return a person's applications."""
    async with reading(request.desk.pool, request.tenant, APPLICATIONS, at_least) as connection:
        rows = await applications_of(connection, request.tenant, request.participant_id)
        details = await _details(connection, rows)
    known = Rows(rows, *details, await _vacancies(request.desk, rows))
    return Board(applications=await entries(request.desk.keyring, known, reckoning(request)), funnel=funnel(rows))


async def application_of(request: PersonalRequest, application_id: UUID, at_least: Sequence[Place]) -> ApplicationShown:
    """Return one application, if who asks may see it.

    Raises NotFoundError, NotPermittedError.
    """
    async with reading(request.desk.pool, request.tenant, APPLICATIONS, at_least) as connection:
        row = await find_application(connection, request.tenant, application_id)
        if row is None:
            raise NotFoundError
        details = await _details(connection, [row])
    await request.permit(row.participant_id)
    known = Rows([row], *details, await _vacancies(request.desk, [row]))
    by = reckoning(request)
    (entry,) = await entries(request.desk.keyring, known, by)
    return shown(entry, by)


async def vacancy_of(desk: Desk, vacancy_id: UUID) -> AdvertisedRow:
    """Return a vacancy that is on the market. Raises NotFoundError."""
    async with reading(desk.pool, None, ADVERTISED) as connection:
        row = (await advertised(connection, [vacancy_id])).get(vacancy_id)
    if row is None or row.withdrawn_at:
        raise NotFoundError
    return row


def reckoning(request: PersonalRequest) -> Reckoning:
    """Return by what days are reckoned for a reader."""
    return Reckoning(request.desk.zone, request.today, request.desk.unanswered_days)


async def _details(
    connection: Connection, rows: Sequence[ApplicationRow]
) -> tuple[Sequence[InterviewRow], Mapping[UUID, ApplicationJobRow]]:
    ids = [row.id for row in rows]
    return await interviews_of(connection, ids), await jobs_of(connection, ids)


async def _vacancies(desk: Desk, rows: Sequence[ApplicationRow]) -> Mapping[UUID, AdvertisedRow]:
    # With a connection of its own, when the other is back in the pool: who holds one never waits for a second.
    async with reading(desk.pool, None, ADVERTISED) as connection:
        return await advertised(connection, [row.vacancy_id for row in rows if row.vacancy_id])
