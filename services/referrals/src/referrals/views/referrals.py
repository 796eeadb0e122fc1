"""The referrals as their provider and their referrer see them, one row each, what is personal still sealed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
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

LONGEST_PAGE: Final = 200


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
    row.version += 1
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
            "referral", ReferralRow, _referral_id, fold, indexes=("tenant, submitted_at", "referrer_id, submitted_at")
        ),
    ),
)
