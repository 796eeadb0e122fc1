"""Where a referral stands, and what may follow: the arrows of the domain, each named as it is asked for."""

from enum import StrEnum
from typing import Final

from chassis.aggregate import Refusal


class Stage(StrEnum):
    """Where a referral stands."""

    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    UNDER_ASSESSMENT = "under_assessment"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    HANDOVER_ARRANGED = "handover_arranged"
    HANDOVER_HELD = "handover_held"
    INITIAL_MEETING_BOOKED = "initial_meeting_booked"
    INITIAL_MEETING_HELD = "initial_meeting_held"
    INITIAL_MEETING_CANCELLED = "initial_meeting_cancelled"
    FAILED_TO_ATTEND = "failed_to_attend"
    STARTED = "started"
    DID_NOT_START = "did_not_start"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENTERED_IN_ERROR = "entered_in_error"


class NotYetAcknowledged(Refusal):
    """The provider must first acknowledge the referral, or it is withdrawn."""


class NotYetUnderAssessment(Refusal):
    """The provider must first begin to assess the referral, or it is withdrawn."""


class AlreadyUnderAssessment(Refusal):
    """The provider is assessing the referral: it can only be answered or withdrawn."""


class AlreadyWaitlisted(Refusal):
    """The person waits for a place: the referral can only be accepted or withdrawn."""


class AlreadyAccepted(Refusal):
    """The person was accepted: a handover or the first meeting comes next, or they do not start."""


class HandoverAlreadyArranged(Refusal):
    """The handover has a time: it is held, the first meeting is booked, or the person does not start."""


class AlreadyHandedOver(Refusal):
    """The handover took place: the first meeting is booked, or the person does not start."""


class MeetingAlreadyBooked(Refusal):
    """The first meeting is booked: it is held, missed, cancelled or moved, and the person starts or does not."""


class AlreadyMet(Refusal):
    """Person and coach have met: the person starts or does not."""


class MeetingWasCancelled(Refusal):
    """The first meeting was called off: another one is booked, or the person does not start."""


class FailedToAttend(Refusal):
    """The person missed the first meeting: another one is booked, or the person does not start."""


class AlreadyStarted(Refusal):
    """The person is on the programme: what follows happens in their case."""


class AlreadyNotStarted(Refusal):
    """The referral is closed, the person did not start; a new one may be sent."""


class AlreadyRejected(Refusal):
    """The referral is closed; a new one may be sent."""


class AlreadyWithdrawn(Refusal):
    """The referral is closed; a new one may be sent."""


class AlreadyExpired(Refusal):
    """Nobody answered the referral in its time, so it is closed; a new one may be sent."""


class AlreadyEnteredInError(Refusal):
    """The referral should never have been there; a new one may be sent."""


class HeldAsPossibleDuplicate(Refusal):
    """The person may be known already: the provider must first settle whether it is the same one."""


_UNLESS_THEY_DO_NOT: Final = {Stage.DID_NOT_START: "did-not-start", Stage.WITHDRAWN: "withdraw"}
_UNTIL_THEY_START: Final = {
    Stage.INITIAL_MEETING_BOOKED: "initial-meeting",
    **_UNLESS_THEY_DO_NOT,
}

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
    Stage.ACCEPTED: {Stage.HANDOVER_ARRANGED: "handover", **_UNTIL_THEY_START},
    Stage.HANDOVER_ARRANGED: {
        Stage.HANDOVER_ARRANGED: "handover",
        Stage.HANDOVER_HELD: "handover/held",
        **_UNTIL_THEY_START,
    },
    Stage.HANDOVER_HELD: _UNTIL_THEY_START,
    Stage.INITIAL_MEETING_BOOKED: {
        Stage.INITIAL_MEETING_HELD: "initial-meeting/held",
        Stage.FAILED_TO_ATTEND: "initial-meeting/missed",
        Stage.INITIAL_MEETING_CANCELLED: "initial-meeting/cancel",
        Stage.STARTED: "start",
        **_UNTIL_THEY_START,
    },
    Stage.INITIAL_MEETING_HELD: {Stage.STARTED: "start", **_UNLESS_THEY_DO_NOT},
    Stage.INITIAL_MEETING_CANCELLED: _UNTIL_THEY_START,
    Stage.FAILED_TO_ATTEND: _UNTIL_THEY_START,
    Stage.STARTED: {},
    Stage.DID_NOT_START: {},
    Stage.REJECTED: {},
    Stage.WITHDRAWN: {},
    Stage.EXPIRED: {},
    Stage.ENTERED_IN_ERROR: {},
}
"""What a person may ask for. An error is entered from everywhere, and time alone lets a referral expire."""

WHILE_HELD: Final = {Stage.WITHDRAWN: "withdraw"}
SETTLE: Final = "duplicate/settle"
EXPIRING: Final = frozenset({Stage.SUBMITTED, Stage.ACKNOWLEDGED, Stage.WAITLISTED})
CLOSED: Final = frozenset(stage for stage, following in FOLLOWS.items() if not following)

REFUSED_FROM: Final[dict[Stage, type[Refusal]]] = {
    Stage.SUBMITTED: NotYetAcknowledged,
    Stage.ACKNOWLEDGED: NotYetUnderAssessment,
    Stage.UNDER_ASSESSMENT: AlreadyUnderAssessment,
    Stage.WAITLISTED: AlreadyWaitlisted,
    Stage.ACCEPTED: AlreadyAccepted,
    Stage.HANDOVER_ARRANGED: HandoverAlreadyArranged,
    Stage.HANDOVER_HELD: AlreadyHandedOver,
    Stage.INITIAL_MEETING_BOOKED: MeetingAlreadyBooked,
    Stage.INITIAL_MEETING_HELD: AlreadyMet,
    Stage.INITIAL_MEETING_CANCELLED: MeetingWasCancelled,
    Stage.FAILED_TO_ATTEND: FailedToAttend,
    Stage.STARTED: AlreadyStarted,
    Stage.DID_NOT_START: AlreadyNotStarted,
    Stage.REJECTED: AlreadyRejected,
    Stage.WITHDRAWN: AlreadyWithdrawn,
    Stage.EXPIRED: AlreadyExpired,
    Stage.ENTERED_IN_ERROR: AlreadyEnteredInError,
}


def allowed_from(stage: Stage, *, held: bool) -> list[str]:
    """Return what may be asked of a referral at a stage; `held` is whether it waits as a possible duplicate."""
    return sorted([SETTLE, *WHILE_HELD.values()] if held else FOLLOWS[stage].values())


def refuse(stage: Stage, *, held: bool) -> Refusal:
    """Return why the step that was asked for is not taken from here."""
    refusal = HeldAsPossibleDuplicate if held else REFUSED_FROM[stage]
    return refusal(str(refusal.__doc__), allowed_from(stage, held=held))
