"""The courses of each person: one row for each enrolment, one for each thing that was experienced in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.learning import CourseCompleted, CourseEnrolled, LessonCompleted, QuizTaken


@dataclass
class EnrolmentRow:
    """A person's way through a course. `done` has the codes of completed lessons, apart by spaces."""

    enrolment_id: UUID
    participant_id: UUID
    tenant: UUID | None
    course: str
    lessons: int
    enrolled_at: datetime
    version: int
    done: str = ""
    tries: int = 0
    best: int = 0
    passed_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass
class ExperienceRow:
    """One fact of an enrolment, kept as it was told."""

    id: str
    enrolment_id: UUID
    participant_id: UUID
    tenant: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    position: int
    type_name: str
    fact: str


def enrolment_touched(told: Told) -> UUID:
    """Return the enrolment that a fact belongs to."""
    return told.aggregate_id


def fold_enrolment(row: EnrolmentRow | None, told: Told) -> EnrolmentRow:
    """Take a fact into its enrolment.

    Raises LookupError for an enrolment that nobody began.
    """
    fact, version = told.fact, told.version
    if isinstance(fact, CourseEnrolled):
        place = (told.aggregate_id, told.subject, told.tenant)
        return EnrolmentRow(*place, fact.course, fact.lessons, fact.occurred_at, version)
    if row is None:
        message = "somebody learned in a course that they had not begun"
        raise LookupError(message)
    match fact:
        case LessonCompleted(lesson=lesson):
            row.done = " ".join(sorted({*row.done.split(), lesson}))
        case QuizTaken(right=right, passed=passed, occurred_at=at):
            row.tries, row.best = row.tries + 1, max(row.best, right)
            row.passed_at = row.passed_at or (at if passed else None)
        case CourseCompleted(occurred_at=at):
            row.completed_at = at
    row.version = version
    return row


def fact_touched(told: Told) -> str:
    """Return the id of the fact: it has a row of its own."""
    return told.id


def fold_experience(_row: ExperienceRow | None, told: Told) -> ExperienceRow:
    """Keep a fact."""
    return ExperienceRow(
        id=told.id,
        enrolment_id=told.aggregate_id,
        participant_id=told.subject,
        tenant=told.tenant,
        occurred_at=told.fact.occurred_at,
        recorded_at=told.recorded_at,
        position=told.position,
        type_name=told.type,
        fact=told.record.value.decode(),
    )


ENROLMENTS: Final = View(
    name="enrolments",
    facts=(CourseEnrolled, LessonCompleted, QuizTaken, CourseCompleted),
    tables=(
        Table("enrolment", EnrolmentRow, enrolment_touched, fold_enrolment, indexes=("participant_id",)),
        Table("experience", ExperienceRow, fact_touched, fold_experience, indexes=("participant_id, position",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Experience:
    """One fact of an enrolment with the course that it is about."""

    id: str
    participant_id: UUID
    recorded_at: datetime
    position: int
    type_name: str
    fact: str
    course: str


async def enrolments_of(connection: Connection, tenant: UUID, participant: UUID) -> list[EnrolmentRow]:
    """Return a participant's enrolments with a provider, the latest begun first."""
    query = "select * from enrolment where tenant = %s and participant_id = %s order by enrolled_at desc, course"
    async with connection.cursor(row_factory=class_row(EnrolmentRow)) as cursor:
        return await (await cursor.execute(query, [tenant, participant])).fetchall()


async def experiences_of(
    connection: Connection, tenant: UUID, participant: UUID, after: int, limit: int
) -> list[Experience]:
    """Return what a participant experienced in courses, oldest first, from behind the position `after`."""
    query = """
        select x.id, x.participant_id, x.recorded_at, x.position, x.type_name, x.fact, e.course
        from experience x join enrolment e using (enrolment_id)
        where x.tenant = %s and x.participant_id = %s and x.position > %s order by x.position limit %s
    """
    async with connection.cursor(row_factory=class_row(Experience)) as cursor:
        return await (await cursor.execute(query, [tenant, participant, after, limit])).fetchall()
