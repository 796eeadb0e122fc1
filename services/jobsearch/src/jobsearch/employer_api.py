"""The routes of target employers."""
# ruff: noqa: FAST003  (AboutPerson takes the participant's id out of the path)

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.http import Accepted, AtLeast, ExpectedVersion
from chassis.listen.reading import reading
from jobsearch.access import JOBSEEKER
from jobsearch.employer_commands import Approach, Wanted, approach, drop, target_employer
from jobsearch.forms import Day, Form, example
from jobsearch.person_desk import AboutPerson, Personal
from jobsearch.target_employer import TargetEmployer
from jobsearch.views.employers import EMPLOYERS, EmployerRow, employers_of
from jobsearch.words import Line, Text

ERASED = "Null where nothing is known, or once the person's data is erased."

employer_router = APIRouter(tags=["target employers"])


class EmployerForm(Form):
    """An employer who has not advertised, and whom one could ask there."""

    model_config = example(name="Riverside Bakery", contact="Mrs Patel, 01904 000000", next_approach_on="2031-03-09")

    name: Line
    contact: Line | None = None
    next_approach_on: Day | None = None


class ApproachForm(Form):
    """That somebody spoke to the employer: today if nothing is said."""

    model_config = example(approached_on="2026-03-02", note="They look for a baker in May.")

    approached_on: Day | None = None
    note: Text | None = None
    next_approach_on: Day | None = None


class EmployerEntry(BaseModel):
    """A target employer; `version` is what If-Match takes."""

    employer_id: UUID
    version: int
    name: str | None = Field(description=ERASED, examples=["Riverside Bakery"])
    contact: str | None = Field(description=ERASED)
    targeted_at: datetime
    approaches: int
    last_approach_on: date | None
    last_approach_by_coach: bool | None
    last_note: str | None = Field(description=ERASED)
    next_approach_on: date | None


class EmployerList(BaseModel):
    """A person's target employers, whom to approach first first."""

    employers: list[EmployerEntry]


@employer_router.get("/participants/{participant_id}/employers")
async def read_employers(request: AboutPerson, at_least: AtLeast) -> EmployerList:
    """Return the employers whom a person wants to get to know, with the last approach and the next."""
    async with reading(request.desk.pool, request.tenant, EMPLOYERS, at_least) as connection:
        rows = await employers_of(connection, request.tenant, request.participant_id)
    opened = await request.desk.keyring.open_many([text for row in rows for text in (row.name, row.contact, row.note)])
    zone = request.desk.zone
    return EmployerList(
        employers=[_entry(row, opened[3 * number : 3 * number + 3], _day(row, zone)) for number, row in enumerate(rows)]
    )


@employer_router.post("/participants/{participant_id}/employers", status_code=201, response_model=Accepted)
async def add_employer(request: AboutPerson, body: EmployerForm) -> Response:
    """Put an employer on the list."""
    wanted = Wanted(uuid4(), request.participant_id, request.tenant, **body.model_dump())
    keyring = request.desk.keyring
    return await request.answer(lambda session: target_employer(session, keyring, wanted, request.now, request.today))


@employer_router.post("/employers/{employer_id}/approach", response_model=Accepted)
async def note_approach(
    request: Personal, employer_id: UUID, expected: ExpectedVersion, body: ApproachForm
) -> Response:
    """Note that somebody spoke to an employer, today or earlier, and when to do so again."""
    on = body.approached_on or request.today
    at = request.now if on == request.today else datetime.combine(on, time(12), request.desk.zone)
    by_coach = request.actor.role != JOBSEEKER
    noted, keyring = Approach(at, on, by_coach, body.note, body.next_approach_on), request.desk.keyring
    return await request.change(
        TargetEmployer,
        employer_id,
        expected,
        lambda session, employer: approach(session, employer, keyring, noted, request.today),
    )


@employer_router.post("/employers/{employer_id}/drop", response_model=Accepted)
async def drop_employer(request: Personal, employer_id: UUID, expected: ExpectedVersion) -> Response:
    """Take an employer off the list."""
    return await request.change(
        TargetEmployer, employer_id, expected, lambda session, employer: drop(session, employer, request.now)
    )


def _entry(row: EmployerRow, words: Sequence[str | None], last_approach_on: date | None) -> EmployerEntry:
    name, contact, note = words
    return EmployerEntry(
        employer_id=row.id,
        version=row.version,
        name=name,
        contact=contact,
        targeted_at=row.targeted_at,
        approaches=row.approaches,
        last_approach_on=last_approach_on,
        last_approach_by_coach=row.by_coach,
        last_note=note,
        next_approach_on=row.next_approach_on,
    )


def _day(row: EmployerRow, zone: ZoneInfo) -> date | None:
    return row.last_approach_at.astimezone(zone).date() if row.last_approach_at else None
