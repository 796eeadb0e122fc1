"""A referral: one person sent to a provider's programme, until they start or it is settled that they do not."""

from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from chassis.aggregate import Aggregate, Refusal
from events.fact import Fact
from events.meeting import MeetingChannel
from events.referrals import (
    DidNotStartReason,
    InitialMeetingBooked,
    InitialMeetingCancelled,
    InitialMeetingHeld,
    InitialMeetingMissed,
    ParticipantNotStarted,
    ParticipantStarted,
    PossibleDuplicateFound,
    PossibleDuplicateSettled,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralAssessmentStarted,
    ReferralEnteredInError,
    ReferralExpired,
    ReferralHandoverArranged,
    ReferralHandoverHeld,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWaitlisted,
    ReferralWithdrawn,
    RejectionReason,
    WithdrawnBy,
)
from events.sealed import Sealed
from referrals.stage import CLOSED, EXPIRING, FOLLOWS, WHILE_HELD, Stage, allowed_from, refuse


class MeetingStillAhead(Refusal):
    """Nobody can have missed a meeting whose time has not come."""


class NothingToSettle(Refusal):
    """The referral is not held as a possible duplicate."""


_LEADS_TO: Final[dict[type[Fact], Stage]] = {
    ReferralAcknowledged: Stage.ACKNOWLEDGED,
    ReferralAssessmentStarted: Stage.UNDER_ASSESSMENT,
    ReferralAccepted: Stage.ACCEPTED,
    ReferralWaitlisted: Stage.WAITLISTED,
    ReferralRejected: Stage.REJECTED,
    ReferralWithdrawn: Stage.WITHDRAWN,
    ReferralHandoverArranged: Stage.HANDOVER_ARRANGED,
    ReferralHandoverHeld: Stage.HANDOVER_HELD,
    InitialMeetingBooked: Stage.INITIAL_MEETING_BOOKED,
    InitialMeetingHeld: Stage.INITIAL_MEETING_HELD,
    InitialMeetingMissed: Stage.FAILED_TO_ATTEND,
    InitialMeetingCancelled: Stage.INITIAL_MEETING_CANCELLED,
    ParticipantStarted: Stage.STARTED,
    ParticipantNotStarted: Stage.DID_NOT_START,
    ReferralExpired: Stage.EXPIRED,
    ReferralEnteredInError: Stage.ENTERED_IN_ERROR,
}


class Referral(Aggregate):
    """The rules of a referral. Every decision takes the moment at which it happened."""

    begins_with = ReferralSubmitted

    subject: UUID = UUID(int=0)
    programme_id: UUID = UUID(int=0)
    referrer_id: UUID | None = None
    stage: Stage = Stage.SUBMITTED
    coach_id: UUID | None = None
    held_for: UUID | None = None
    last: Fact | None = None
    settled: PossibleDuplicateSettled | None = None

    @classmethod
    def submit(cls, id: UUID, submitted: ReferralSubmitted) -> Self:  # noqa: A002  (the library's own word)
        """Return a new referral."""
        return cls.begin(id, submitted)

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an outcome."""
        return self.stage not in CLOSED

    @property
    def is_held(self) -> bool:
        """Whether it waits for somebody to look at a possible duplicate."""
        return self.held_for is not None and self.is_open

    def hold(self, known_participant_id: UUID, earlier_referral_id: UUID, now: datetime) -> None:
        """Let nothing follow before somebody has looked whether the person is known already."""
        found = {"known_participant_id": known_participant_id, "earlier_referral_id": earlier_referral_id}
        self.record(PossibleDuplicateFound(occurred_at=now, **found))

    def settle(self, now: datetime, *, same_person: bool) -> None:
        """Let a held referral go on, and tell whether the person is the known one."""
        if self.settled and self.settled.same_person is same_person:
            return
        if self.held_for is None or not self.is_open:
            raise NothingToSettle(str(NothingToSettle.__doc__), allowed_from(self.stage, held=False))
        known = self.held_for
        self.record(PossibleDuplicateSettled(occurred_at=now, known_participant_id=known, same_person=same_person))

    def acknowledge(self, now: datetime) -> None:
        """Confirm that the referral arrived."""
        if self.stage is not Stage.ACKNOWLEDGED:
            self._take(ReferralAcknowledged(occurred_at=now))

    def assess(self, now: datetime) -> None:
        """Begin to look at whether the programme fits."""
        if self.stage is not Stage.UNDER_ASSESSMENT:
            self._take(ReferralAssessmentStarted(occurred_at=now))

    def accept(self, coach_id: UUID | None, now: datetime) -> None:
        """Take the person on, with a coach when one is chosen. Another coach later is a matter of the case."""
        if (self.stage, self.coach_id) != (Stage.ACCEPTED, coach_id):
            self._take(ReferralAccepted(occurred_at=now, programme_id=self.programme_id, coach_id=coach_id))

    def waitlist(self, now: datetime) -> None:
        """Promise the next place."""
        if self.stage is not Stage.WAITLISTED:
            self._take(ReferralWaitlisted(occurred_at=now))

    def reject(self, reason: RejectionReason, explanation: Sealed | None, now: datetime) -> None:
        """Turn the person down, with a reason that the referrer reads."""
        if not (isinstance(self.last, ReferralRejected) and self.last.reason is reason):
            self._take(ReferralRejected(occurred_at=now, reason=reason, explanation=explanation))

    def withdraw(self, by: WithdrawnBy, explanation: Sealed | None, now: datetime) -> None:
        """Take the referral back, before the person starts or it is closed in another way."""
        if not (isinstance(self.last, ReferralWithdrawn) and self.last.by is by):
            self._take(ReferralWithdrawn(occurred_at=now, by=by, explanation=explanation))

    def arrange_handover(self, meets_at: datetime, channel: MeetingChannel, now: datetime) -> None:
        """Give the meeting of referrer, person and coach a time, or another one. A programme may do without."""
        arranged = ReferralHandoverArranged(occurred_at=now, meets_at=meets_at, channel=channel)
        if not self._said(arranged):
            self._take(arranged)

    def hold_handover(self, now: datetime) -> None:
        """Tell that the three have met."""
        if self.stage is not Stage.HANDOVER_HELD:
            self._take(ReferralHandoverHeld(occurred_at=now))

    def book_meeting(self, meets_at: datetime, channel: MeetingChannel, place: Sealed | None, now: datetime) -> None:
        """Give the first meeting of person and coach a time, or another time or place.

        Where it is lies sealed, so that a place which is told again is told again.
        """
        coach = self.coach_id
        booked = InitialMeetingBooked(occurred_at=now, meets_at=meets_at, channel=channel, coach_id=coach, place=place)
        if not self._said(booked):
            self._take(booked)

    def hold_meeting(self, now: datetime) -> None:
        """Tell that person and coach have met."""
        if self.stage is not Stage.INITIAL_MEETING_HELD:
            self._take(InitialMeetingHeld(occurred_at=now, meets_at=self._booked().meets_at))

    def miss_meeting(self, now: datetime) -> None:
        """Tell that the person failed to attend."""
        if self.stage is Stage.FAILED_TO_ATTEND:
            return
        booked = self._booked()
        if now < booked.meets_at:
            raise MeetingStillAhead(str(MeetingStillAhead.__doc__), allowed_from(self.stage, held=False))
        self._take(InitialMeetingMissed(occurred_at=now, meets_at=booked.meets_at))

    def cancel_meeting(self, by: WithdrawnBy, now: datetime) -> None:
        """Call the first meeting off: nobody failed to attend."""
        if not (isinstance(self.last, InitialMeetingCancelled) and self.last.by is by):
            self._take(InitialMeetingCancelled(occurred_at=now, meets_at=self._booked().meets_at, by=by))

    def start(self, start_date: date, now: datetime) -> None:
        """Put the person on the programme."""
        if not (isinstance(self.last, ParticipantStarted) and self.last.start_date == start_date):
            self._take(ParticipantStarted(occurred_at=now, programme_id=self.programme_id, start_date=start_date))

    def not_start(self, reason: DidNotStartReason, explanation: Sealed | None, now: datetime) -> None:
        """Close the referral of an accepted person who does not begin, with a reason that the referrer reads."""
        if not (isinstance(self.last, ParticipantNotStarted) and self.last.reason is reason):
            self._take(ParticipantNotStarted(occurred_at=now, reason=reason, explanation=explanation))

    def expire(self, seen: int, passed: datetime) -> None:
        """Close a referral that waited in vain, unless anything has happened to it since version `seen`."""
        if self.version == seen and self.stage in EXPIRING:
            self.record(ReferralExpired(occurred_at=passed))

    def enter_in_error(self, explanation: Sealed | None, now: datetime) -> None:
        """Say that the referral should never have been there, wherever it stands."""
        if self.stage is not Stage.ENTERED_IN_ERROR:
            self.record(ReferralEnteredInError(occurred_at=now, explanation=explanation))

    def _take(self, fact: Fact) -> None:
        if _LEADS_TO[type(fact)] not in (WHILE_HELD if self.is_held else FOLLOWS[self.stage]):
            raise refuse(self.stage, held=self.is_held)
        self.record(fact)

    def _said(self, fact: Fact) -> bool:
        """Whether this was the last thing told, but for the moment."""
        return self.last is not None and self.last == fact.model_copy(update={"occurred_at": self.last.occurred_at})

    def _booked(self) -> InitialMeetingBooked:
        if not isinstance(self.last, InitialMeetingBooked):
            raise refuse(self.stage, held=self.is_held)
        return self.last

    def fold(self, fact: Fact) -> None:
        """Take a fact into the state."""
        match fact:
            case ReferralSubmitted():
                self.subject, self.tenant = fact.participant_id, fact.provider_id
                self.programme_id, self.referrer_id = fact.programme_id, fact.referrer_id
            case PossibleDuplicateFound():
                self.held_for = fact.known_participant_id
            case PossibleDuplicateSettled():
                self.held_for, self.settled = None, fact
            case _ if type(fact) in _LEADS_TO:
                self.stage, self.last = _LEADS_TO[type(fact)], fact
                self.coach_id = fact.coach_id if isinstance(fact, ReferralAccepted) else self.coach_id
            case _:
                super().fold(fact)
