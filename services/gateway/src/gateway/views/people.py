"""Whose everything is: the person behind each id that a path may name, and who looks after them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import AppointmentBooked, CaseOpened, CoachAssigned, JobRecorded
from events.coaching import COACHING_FACTS, take_coaching
from events.jobsearch import ApplicationSaved, EmployerTargeted
from events.nudges import NudgeDecided
from events.referrals import ReferralSubmitted


@dataclass(slots=True)
class OwnedRow:
    """Something that belongs to one person."""

    id: UUID
    tenant: UUID | None
    participant_id: UUID
    referrer_id: UUID | None = None


@dataclass(slots=True)
class CaredRow:
    """A case: who coaches the person at which provider, who did before, and who stands in for a time."""

    case_id: UUID
    tenant: UUID | None
    participant_id: UUID
    coach_id: UUID | None = None
    earlier_coaches: tuple[UUID, ...] = ()
    cover_id: UUID | None = None
    cover_begins_at: datetime | None = None
    cover_ends_at: datetime | None = None


def own(_row: OwnedRow | None, told: Told) -> OwnedRow:
    """Take the first fact of something."""
    fact = told.fact
    referrer = fact.referrer_id if isinstance(fact, ReferralSubmitted) else None
    return OwnedRow(_owned(told), told.tenant, told.subject, referrer)


def care(row: CaredRow | None, told: Told) -> CaredRow:
    """Take a fact of a case."""
    row = row or CaredRow(told.aggregate_id, told.tenant, told.subject)
    fact = told.fact
    if isinstance(fact, CoachAssigned) and row.coach_id not in {None, fact.coach_id}:
        row.earlier_coaches = (*row.earlier_coaches, row.coach_id)
    if isinstance(fact, COACHING_FACTS):
        take_coaching(row, fact)
    return row


def _owned(told: Told) -> UUID:
    return told.fact.nudge_id if isinstance(told.fact, NudgeDecided) else told.aggregate_id


def _owned_key(told: Told) -> UUID | None:
    return None if isinstance(told.fact, COACHING_FACTS) else _owned(told)


def _case_key(told: Told) -> UUID | None:
    return told.aggregate_id if isinstance(told.fact, (CaseOpened, *COACHING_FACTS)) else None


PEOPLE: Final = View(
    name="people",
    facts=(
        ReferralSubmitted,
        CaseOpened,
        *COACHING_FACTS,
        AppointmentBooked,
        JobRecorded,
        ApplicationSaved,
        EmployerTargeted,
        NudgeDecided,
    ),
    tables=(
        Table("owned", OwnedRow, _owned_key, own, indexes=("referrer_id", "participant_id")),
        Table(
            "cared",
            CaredRow,
            _case_key,
            care,
            indexes=("coach_id", "cover_id", "participant_id", "using gin (earlier_coaches)"),
        ),
    ),
)

WHOSE: Final = "select participant_id from owned where id = %s"
CARERS: Final = """
select tenant, coach_id from cared where participant_id = %(participant)s
union select tenant, cover_id from cared where participant_id = %(participant)s
    and cover_id is not null and cover_begins_at <= %(now)s and cover_ends_at > %(now)s
"""
COACHED: Final = """
select case_id, participant_id, false from cared where coach_id = %(coach)s
union all select case_id, participant_id, true from cared
    where cover_id = %(coach)s and cover_begins_at <= %(now)s and cover_ends_at > %(now)s
"""
ONCE_COACHED: Final = "select distinct participant_id from cared where earlier_coaches @> array[%s::uuid]"
SENT: Final = "select distinct participant_id from owned where referrer_id = %s"


async def whose(connection: Connection, id: UUID) -> UUID | None:  # noqa: A002  (as in every aggregate)
    """Return the person that something belongs to, None for what nobody here has heard of."""
    row = await (await connection.execute(WHOSE, [id])).fetchone()
    return row[0] if row else None


async def carers(connection: Connection, participant: UUID, now: datetime) -> list[tuple[UUID | None, UUID | None]]:
    """Return the provider and the coach of each of a person's cases that this reader sees, and who stands in now."""
    return await (await connection.execute(CARERS, {"participant": participant, "now": now})).fetchall()


async def coached(connection: Connection, coach: UUID, now: datetime) -> list[tuple[UUID, UUID, bool]]:
    """Return the cases of a coach, each with its person, and those in which they only stand in now, which says so."""
    return await (await connection.execute(COACHED, {"coach": coach, "now": now})).fetchall()


async def once_coached(connection: Connection, coach: UUID) -> list[UUID]:
    """Return the persons that a coach has, or had before."""
    return [row[0] for row in await (await connection.execute(ONCE_COACHED, [coach])).fetchall()]


async def sent(connection: Connection, referrer: UUID) -> list[UUID]:
    """Return whom somebody has referred."""
    return [row[0] for row in await (await connection.execute(SENT, [referrer])).fetchall()]
