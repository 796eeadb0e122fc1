"""Routes that show one person: their whole page, as it stands or stood on a day, their next step, their timeline."""
# ruff: noqa: FAST003  (ToPerson takes the person's id out of the path)

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from caseload.aliases import MERGING, Rows, aliases_of, everything
from caseload.corrections import CORRECTING
from caseload.dossier.folding import dossier_of
from caseload.kinds import Kind, listed
from caseload.moment import Now
from caseload.naming import NAMING
from caseload.next_step.choice import next_step
from caseload.pages import TimelinePage, timeline_entries
from caseload.participant_page import AsOf, ParticipantPage, Subject, participant_page
from caseload.person_desk import PersonRequest, ToPerson, now_at, rules_at
from caseload.today_page import ShownStep
from caseload.views.journey import By, standing_after, told_of, until_end_of
from caseload.views.timeline import TIMELINE, Window, entries_of, entries_of_types, journeys_of
from chassis.database import Connection
from chassis.http import etag
from chassis.listen.reading import reading
from chassis.store import NotFoundError

ENTRIES_AT_ONCE: Final = 200
AROUND: Final = (*CORRECTING, *NAMING, *MERGING)
MOST_JOBS: Final = 1_000_000
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
A_MOMENT: Final = timedelta(microseconds=1)

NewJobs = Annotated[int, Query(ge=0, le=MOST_JOBS, description="How many new vacancies fit, as the market knows.")]
PastDay = Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="As it stood at the end of this day.")]
ByTime = Annotated[By, Query(description="By when things happened, or by when they were learned.")]

participant_router = APIRouter()


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a timeline is asked for."""

    kind: Annotated[Sequence[Kind], Query(description="Only what is about one of these.")] = ()
    before: Annotated[str | None, Query(max_length=64, description="Read on before this entry.")] = None
    down_from: Annotated[str | None, Query(max_length=64, description="Begin with this entry.")] = None
    limit: Annotated[int, Query(ge=1, le=ENTRIES_AT_ONCE)] = ENTRIES_AT_ONCE


@participant_router.get("/participants/{participant_id}")
async def read_participant(
    to: ToPerson,
    response: Response,
    as_of: PastDay = None,
    by: ByTime = By.OCCURRED_AT,
    new_jobs: NewJobs = 0,
) -> ParticipantPage:
    """Return everything about a person, as it stands or stood on a day; ETag carries the case's version."""
    asked = AsOf(day=as_of, by=by) if as_of else None
    subject = await _subject(to, asked, new_jobs)
    response.headers["ETag"] = etag(subject.standing.case.version)
    return await participant_page(to.desk.keyring, subject)


@participant_router.get("/participants/{participant_id}/next-step")
async def read_next_step(to: ToPerson, new_jobs: NewJobs = 0) -> ShownStep:
    """Return a person's one next step, as their Home and their coach see it."""
    standing = await to.standing()
    now = now_at(to.desk)
    rules = rules_at(to.desk, standing.case.programme_id, now)
    return ShownStep.of(next_step(standing, now, rules.next_step, rules.today, new_jobs))


@participant_router.get("/participants/{participant_id}/timeline")
async def read_timeline(
    to: ToPerson,
    part: Annotated[Part, Depends()],
    as_of: PastDay = None,
    by: ByTime = By.OCCURRED_AT,
) -> TimelinePage:
    """Return what happened to a participant, told by every service, the latest first."""
    await to.standing()
    now, types = now_at(to.desk), listed(part.kind, for_person=to.for_person)
    until = now.beginning_of(as_of + timedelta(days=1)) if as_of else None
    window = Window(types, part.before, part.limit + 1, part.down_from, until, by is By.RECORDED_AT)
    known = _known(AsOf(day=as_of, by=by) if as_of else None, now)
    async with reading(to.desk.pool, to.tenant, TIMELINE, to.places) as connection:
        around = await entries_of_types(connection, to.tenant, [to.participant_id], AROUND)
        aliases = await _aliases(to, connection, around, known)
        around += await entries_of_types(connection, to.tenant, aliases, AROUND) if aliases else []
        rows = await entries_of(connection, to.tenant, [to.participant_id, *aliases], window)
    shown = rows[: part.limit]
    entries = await timeline_entries(to.desk.keyring, shown, known(around), to.desk.zone, for_person=to.for_person)
    further = shown[-1].id if len(rows) > len(shown) else None
    return TimelinePage(aliases=await to.shown(aliases), entries=entries, next=further)


async def _subject(to: PersonRequest, asked: AsOf | None, new_jobs: int) -> Subject:
    """Read a person as they stand, or fold how they stood. Raises NotFoundError for a day before there was a case."""
    standing, now = await to.standing(), now_at(to.desk)
    known = _known(asked, now)
    async with reading(to.desk.pool, to.tenant, TIMELINE, to.places) as connection:
        rows = known(await journeys_of(connection, to.tenant, [to.participant_id]))
        aliases = await _aliases(to, connection, rows, known)
        others = known(await journeys_of(connection, to.tenant, aliases)) if aliases else []
    now = _end_of(asked.day, now) if asked else now
    told = [told_of(row) for row in rows]
    stood = standing_after(told) if asked else standing
    if stood is None:
        raise NotFoundError
    rules = rules_at(to.desk, stood.case.programme_id, now)
    both, shown = [*rows, *others], await to.shown(aliases)
    return Subject(stood, dossier_of(told), both, now, rules, to.for_person, new_jobs, asked, shown)


async def _aliases(to: PersonRequest, connection: Connection, rows: Rows, known: Callable[[Rows], Rows]) -> list[UUID]:
    """Return under which other ids staff read a person; people read what is kept under the id that is theirs."""
    if to.for_person:
        return []
    return await aliases_of(connection, to.tenant, to.participant_id, rows, known)


def _known(asked: AsOf | None, now: Now) -> Callable[[Rows], Rows]:
    """Return what keeps of a journey what there was on the day that is asked about."""
    return everything if asked is None else lambda rows: until_end_of(asked.day, rows, asked.by, now)


def _end_of(day: date, now: Now) -> Now:
    """Return the last moment of a day, or now while the day lasts."""
    end = now.beginning_of(day + timedelta(days=1)) - A_MOMENT
    return Now(min(end, now.moment), now.zone)
