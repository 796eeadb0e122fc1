"""Facts told by the referrals service. Each belongs to one referral; its subject is the participant."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from events.fact import Fact
from events.sealed import OfParticipant


class RejectionReason(StrEnum):
    """Why a provider turns a referral down."""

    NOT_REACHABLE = "not_reachable"
    DID_NOT_ATTEND = "did_not_attend"
    HIRED_ELSEWHERE = "hired_elsewhere"
    IN_TRAINING = "in_training"
    NOT_ELIGIBLE = "not_eligible"
    NOT_MOBILE = "not_mobile"
    NOT_INTERESTED = "not_interested"
    BARRIER_INCOMPATIBLE = "barrier_incompatible"
    NO_CAPACITY = "no_capacity"
    DUPLICATE = "duplicate"
    OTHER = "other"


class WithdrawnBy(StrEnum):
    """Who takes a referral back."""

    PARTICIPANT = "participant"
    REFERRER = "referrer"
    PROVIDER = "provider"


class ReferralSubmitted(Fact, type_name="waymark.referrals.ReferralSubmitted.v1"):
    """A referrer sent a person to a provider's programme."""

    participant_id: UUID
    programme_id: UUID
    provider_id: UUID
    referrer_id: UUID
    acknowledge_by: date
    name: OfParticipant
    date_of_birth: OfParticipant | None = None
    ni_number: OfParticipant | None = None
    email: OfParticipant | None = None
    phone: OfParticipant | None = None
    address: OfParticipant | None = None
    postcode: OfParticipant | None = None
    notes: OfParticipant | None = None


class ReferralAcknowledged(Fact, type_name="waymark.referrals.ReferralAcknowledged.v1"):
    """The provider confirmed that the referral arrived."""


class ReferralAssessmentStarted(Fact, type_name="waymark.referrals.ReferralAssessmentStarted.v1"):
    """The provider looks at whether the programme fits."""


class ReferralAccepted(Fact, type_name="waymark.referrals.ReferralAccepted.v1"):
    """The provider takes the person on."""

    programme_id: UUID
    """The programme that the person is accepted for: whoever opens the case need not know the referral."""
    coach_id: UUID | None = None
    """The coach, when one is already chosen."""


class ReferralWaitlisted(Fact, type_name="waymark.referrals.ReferralWaitlisted.v1"):
    """The programme fits and has no place yet."""


class ReferralRejected(Fact, type_name="waymark.referrals.ReferralRejected.v1"):
    """The provider does not take the person on; the referrer reads the reason."""

    reason: RejectionReason
    explanation: OfParticipant | None = None


class ReferralWithdrawn(Fact, type_name="waymark.referrals.ReferralWithdrawn.v1"):
    """The referral was taken back."""

    by: WithdrawnBy
    explanation: OfParticipant | None = None
