"""The referrals as their provider and their referrer see them, one row each, what is personal still sealed."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.referrals import (
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralAssessmentStarted,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWaitlisted,
    ReferralWithdrawn,
)
from events.sealed import Sealed


@dataclass(slots=True)
class ReferralRow:
    """A referral at a version. `answered_at` is when the provider accepted, waitlisted or rejected it last."""

    id: UUID
    version: int
    tenant: UUID
    participant_id: UUID
    programme_id: UUID
    referrer_id: UUID
    stage: str
    submitted_at: datetime
    acknowledge_by: date
    name: Sealed
    date_of_birth: Sealed | None
    ni_number: Sealed | None
    email: Sealed | None
    phone: Sealed | None
    address: Sealed | None
    postcode: Sealed | None
    notes: Sealed | None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    coach_id: UUID | None = None
    reason: str | None = None
    withdrawn_by: str | None = None
    explanation: Sealed | None = None


def fold(row: ReferralRow | None, told: Told) -> ReferralRow:
    """Take a fact of a referral into its row."""
    fact = told.fact
    if isinstance(fact, ReferralSubmitted):
        return _submitted(told, fact)
    if row is None:
        message = f"{told.id} came before its referral was submitted"
        raise LookupError(message)
    row.version = int(told.id.rpartition(":")[2])
    match fact:
        case ReferralAcknowledged():
            row.stage, row.acknowledged_at = "acknowledged", fact.occurred_at
        case ReferralAssessmentStarted():
            row.stage = "under_assessment"
        case ReferralAccepted():
            row.stage, row.answered_at, row.coach_id = "accepted", fact.occurred_at, fact.coach_id
        case ReferralWaitlisted():
            row.stage, row.answered_at = "waitlisted", fact.occurred_at
        case ReferralRejected():
            row.stage, row.answered_at = "rejected", fact.occurred_at
            row.reason, row.explanation = fact.reason, fact.explanation
        case ReferralWithdrawn():
            row.stage, row.withdrawn_by, row.explanation = "withdrawn", fact.by, fact.explanation
    return row


def _submitted(told: Told, fact: ReferralSubmitted) -> ReferralRow:
    return ReferralRow(
        id=told.aggregate_id,
        version=1,
        tenant=fact.provider_id,
        participant_id=fact.participant_id,
        programme_id=fact.programme_id,
        referrer_id=fact.referrer_id,
        stage="submitted",
        submitted_at=fact.occurred_at,
        acknowledge_by=fact.acknowledge_by,
        name=fact.name,
        date_of_birth=fact.date_of_birth,
        ni_number=fact.ni_number,
        email=fact.email,
        phone=fact.phone,
        address=fact.address,
        postcode=fact.postcode,
        notes=fact.notes,
    )


def _referral_id(told: Told) -> UUID:
    return told.aggregate_id


REFERRALS: Final = View(
    name="referrals",
    facts=(
        ReferralSubmitted,
        ReferralAcknowledged,
        ReferralAssessmentStarted,
        ReferralAccepted,
        ReferralWaitlisted,
        ReferralRejected,
        ReferralWithdrawn,
    ),
    tables=(
        Table(
            "referral",
            ReferralRow,
            _referral_id,
            fold,
            indexes=("tenant, submitted_at, id", "referrer_id, submitted_at, id"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which referrals are asked for: all that row-level security shows, or those of one referrer, or at one stage.

    `after` is the last one of the page before.
    """

    referrer_id: UUID | None = None
    stage: str | None = None
    after: UUID | None = None
    limit: int = 50


PAGE: Final = """
select * from referral
where (%(referrer_id)s::uuid is null or referrer_id = %(referrer_id)s)
and (%(stage)s::text is null or stage = %(stage)s)
and (
    %(after)s::uuid is null
    or (submitted_at, id) < (select last.submitted_at, last.id from referral last where last.id = %(after)s)
)
order by submitted_at desc, id desc limit %(limit)s
"""


async def page(connection: Connection, asked: Asked) -> list[ReferralRow]:
    """Return referrals, the newest first."""
    cursor = connection.cursor(row_factory=class_row(ReferralRow))
    return await (await cursor.execute(PAGE, asdict(asked))).fetchall()


async def one(connection: Connection, referral_id: UUID) -> ReferralRow | None:
    """Return a referral, None when there is none that this reader sees."""
    cursor = connection.cursor(row_factory=class_row(ReferralRow))
    return await (await cursor.execute("select * from referral where id = %s", [referral_id])).fetchone()
