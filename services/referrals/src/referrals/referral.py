"""A referral: one person sent to one provider's programme, until the provider has answered."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.fact import Fact
from events.referrals import (
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralAssessmentStarted,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWaitlisted,
    ReferralWithdrawn,
    RejectionReason,
    WithdrawnBy,
)
from events.sealed import Sealed


class Stage(StrEnum):
    """Where a referral stands."""

    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    UNDER_ASSESSMENT = "under_assessment"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class NotYetAcknowledged(Refusal):
    """The provider must first acknowledge the referral, or it is withdrawn."""


class NotYetUnderAssessment(Refusal):
    """The provider must first begin to assess the referral, or it is withdrawn."""


class AlreadyUnderAssessment(Refusal):
    """The provider is assessing the referral: it can only be answered or withdrawn."""


class AlreadyWaitlisted(Refusal):
    """The person waits for a place: the referral can only be accepted or withdrawn."""


class AlreadyAccepted(Refusal):
    """The person has a case with the provider: what follows happens there."""


class AlreadyRejected(Refusal):
    """The referral is closed; a new one may be sent."""


class AlreadyWithdrawn(Refusal):
    """The referral is closed; a new one may be sent."""


FOLLOWS: Final[dict[Stage, dict[Stage, str]]] = {
    Stage.SUBMITTED: {Stage.ACKNOWLEDGED: "acknowledge", Stage.WITHDRAWN: "withdraw"},
    Stage.ACKNOWLEDGED: {Stage.UNDER_ASSESSMENT: "assess", Stage.WITHDRAWN: "withdraw"},
    Stage.UNDER_ASSESSMENT: {
        Stage.ACCEPTED: "accept",
        Stage.WAITLISTED: "waitlist",
        Stage.REJECTED: "reject",
        Stage.WITHDRAWN: "withdraw",
    },
    Stage.WAITLISTED: {Stage.ACCEPTED: "accept", Stage.WITHDRAWN: "withdraw"},
    Stage.ACCEPTED: {},
    Stage.REJECTED: {},
    Stage.WITHDRAWN: {},
}

_REFUSED_FROM: Final[dict[Stage, type[Refusal]]] = {
    Stage.SUBMITTED: NotYetAcknowledged,
    Stage.ACKNOWLEDGED: NotYetUnderAssessment,
    Stage.UNDER_ASSESSMENT: AlreadyUnderAssessment,
    Stage.WAITLISTED: AlreadyWaitlisted,
    Stage.ACCEPTED: AlreadyAccepted,
    Stage.REJECTED: AlreadyRejected,
    Stage.WITHDRAWN: AlreadyWithdrawn,
}


class Referral(Aggregate):
    """The rules of a referral. Every decision takes the moment at which it happened."""

    begins_with = ReferralSubmitted

    subject: UUID = UUID(int=0)
    programme_id: UUID = UUID(int=0)
    referrer_id: UUID | None = None
    stage: Stage = Stage.SUBMITTED
    coach_id: UUID | None = None
    reason: RejectionReason | None = None
    withdrawn_by: WithdrawnBy | None = None

    @classmethod
    def submit(cls, id: UUID, submitted: ReferralSubmitted) -> Self:  # noqa: A002  (the library's own word)
        """Return a new referral."""
        return cls.begin(id, submitted)

    def acknowledge(self, now: datetime) -> None:
        """Confirm that the referral arrived."""
        if self.stage is not Stage.ACKNOWLEDGED:
            self._must_lead_to(Stage.ACKNOWLEDGED)
            self.record(ReferralAcknowledged(occurred_at=now))

    def assess(self, now: datetime) -> None:
        """Begin to look at whether the programme fits."""
        if self.stage is not Stage.UNDER_ASSESSMENT:
            self._must_lead_to(Stage.UNDER_ASSESSMENT)
            self.record(ReferralAssessmentStarted(occurred_at=now))

    def accept(self, coach_id: UUID | None, now: datetime) -> None:
        """Take the person on, with a coach when one is chosen. Another coach later is a matter of the case."""
        if (self.stage, self.coach_id) != (Stage.ACCEPTED, coach_id):
            self._must_lead_to(Stage.ACCEPTED)
            self.record(ReferralAccepted(occurred_at=now, programme_id=self.programme_id, coach_id=coach_id))

    def waitlist(self, now: datetime) -> None:
        """Promise the next place."""
        if self.stage is not Stage.WAITLISTED:
            self._must_lead_to(Stage.WAITLISTED)
            self.record(ReferralWaitlisted(occurred_at=now))

    def reject(self, reason: RejectionReason, explanation: Sealed | None, now: datetime) -> None:
        """Turn the person down, with a reason that the referrer reads."""
        if (self.stage, self.reason) != (Stage.REJECTED, reason):
            self._must_lead_to(Stage.REJECTED)
            self.record(ReferralRejected(occurred_at=now, reason=reason, explanation=explanation))

    def withdraw(self, by: WithdrawnBy, explanation: Sealed | None, now: datetime) -> None:
        """Take the referral back before the provider has answered it for good."""
        if (self.stage, self.withdrawn_by) != (Stage.WITHDRAWN, by):
            self._must_lead_to(Stage.WITHDRAWN)
            self.record(ReferralWithdrawn(occurred_at=now, by=by, explanation=explanation))

    def _must_lead_to(self, stage: Stage) -> None:
        allowed = FOLLOWS[self.stage]
        if stage not in allowed:
            refusal = _REFUSED_FROM[self.stage]
            raise refusal(str(refusal.__doc__), allowed.values())

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case ReferralSubmitted():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.programme_id, self.referrer_id = fact.programme_id, fact.referrer_id
            case ReferralAcknowledged():
                self.stage = Stage.ACKNOWLEDGED
            case ReferralAssessmentStarted():
                self.stage = Stage.UNDER_ASSESSMENT
            case ReferralAccepted(coach_id=coach_id):
                self.stage, self.coach_id = Stage.ACCEPTED, coach_id
            case ReferralWaitlisted():
                self.stage = Stage.WAITLISTED
            case ReferralRejected(reason=reason):
                self.stage, self.reason = Stage.REJECTED, reason
            case ReferralWithdrawn(by=by):
                self.stage, self.withdrawn_by = Stage.WITHDRAWN, by
            case _:
                super().fold(fact)
