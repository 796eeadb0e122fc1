"""Facts told by the referrals service. Each belongs to one referral; its subject is the participant."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, PositiveInt

from events.fact import Fact
from events.meeting import MeetingChannel
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
    preferred_name: OfParticipant | None = None
    """The name that they go by, where it is another one than on their papers: who works with them calls them so."""


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


class DidNotStartReason(StrEnum):
    """Why an accepted person never began."""

    NOT_REACHABLE = "not_reachable"
    DID_NOT_ATTEND = "did_not_attend"
    HIRED_ELSEWHERE = "hired_elsewhere"
    IN_TRAINING = "in_training"
    HEALTH = "health"
    MOVED_AWAY = "moved_away"
    CHANGED_THEIR_MIND = "changed_their_mind"
    DECEASED = "deceased"
    OTHER = "other"


class ReferralHandoverArranged(Fact, type_name="waymark.referrals.ReferralHandoverArranged.v1"):
    """Referrer, person and coach have a time for their meeting of three: the warm handover."""

    meets_at: AwareDatetime
    channel: MeetingChannel


class ReferralHandoverHeld(Fact, type_name="waymark.referrals.ReferralHandoverHeld.v1"):
    """The meeting of three took place."""


class InitialMeetingBooked(Fact, type_name="waymark.referrals.InitialMeetingBooked.v1"):
    """The first meeting of person and coach has a time, or a new one."""

    meets_at: AwareDatetime
    channel: MeetingChannel
    coach_id: UUID | None = None
    place: OfParticipant | None = None
    """Where, or the link of a video provider."""


class InitialMeetingHeld(Fact, type_name="waymark.referrals.InitialMeetingHeld.v1"):
    """Person and coach met for the first time."""

    meets_at: AwareDatetime
    """When it had been booked for; when they met is `occurred_at`."""


class InitialMeetingMissed(Fact, type_name="waymark.referrals.InitialMeetingMissed.v1"):
    """The person failed to attend the first meeting; another one may be booked."""

    meets_at: AwareDatetime


class InitialMeetingCancelled(Fact, type_name="waymark.referrals.InitialMeetingCancelled.v1"):
    """The first meeting was called off, by whom is told: never counted as a failure to attend."""

    meets_at: AwareDatetime
    by: WithdrawnBy


class ParticipantStarted(Fact, type_name="waymark.referrals.ParticipantStarted.v1"):
    """The person is on the programme from `start_date` on."""

    programme_id: UUID
    start_date: date


class ParticipantNotStarted(Fact, type_name="waymark.referrals.ParticipantNotStarted.v1"):
    """It is settled that an accepted person does not start: the referral is closed, the referrer reads the reason."""

    reason: DidNotStartReason
    explanation: OfParticipant | None = None


class PossibleDuplicateFound(Fact, type_name="waymark.referrals.PossibleDuplicateFound.v1"):
    """The person seems to be known already: the referral is held until somebody has looked."""

    known_participant_id: UUID
    """Whom the person may be. The same as the referral's own when the person is known for certain."""
    earlier_referral_id: UUID | None = None


class PossibleDuplicateSettled(Fact, type_name="waymark.referrals.PossibleDuplicateSettled.v1"):
    """Somebody looked at a possible duplicate and let the referral go on: `same_person` says what was found."""

    known_participant_id: UUID
    same_person: bool


class ParticipantsMerged(Fact, type_name="waymark.referrals.ParticipantsMerged.v1"):
    """A provider found that two participants are one person: told on the journey of each, which both go on."""

    participant_id: UUID
    provider_id: UUID
    other_participant_id: UUID


class ParticipantMergeTakenBack(Fact, type_name="waymark.referrals.ParticipantMergeTakenBack.v1"):
    """Two participants are two people after all: told on the journey of each, of which nothing was lost."""

    other_participant_id: UUID
    taken_back: PositiveInt
    """The version of the fact, in its aggregate, that does not hold."""


class ReferralExpired(Fact, type_name="waymark.referrals.ReferralExpired.v1"):
    """Nobody answered the referral in its time, so it is closed; a new one may be sent."""


class ReferralEnteredInError(Fact, type_name="waymark.referrals.ReferralEnteredInError.v1"):
    """The referral should never have been there. It stays readable and counts nowhere."""

    explanation: OfParticipant | None = None
