"""Facts told by the nudges service. A nudge helps and is never used against anybody. Its subject is the participant."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field

from events.fact import Fact
from events.sealed import OfParticipant

Propensity = Annotated[float, Field(ge=0, le=1)]


def preferences_of(participant_id: UUID) -> UUID:
    """Return the id of a participant's wishes about nudges."""
    return uuid5(participant_id, "nudge preferences")


class NudgeKind(StrEnum):
    """What a nudge is about. One written policy decides each kind."""

    AGREE_AN_ACTION = "agree_an_action"
    CHASE_AN_APPLICATION = "chase_an_application"
    PREPARE_AN_INTERVIEW = "prepare_an_interview"


class DeliveryChannel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "email"
    INBOX = "inbox"


class SuppressionReason(StrEnum):
    """Why an eligible person is not nudged now."""

    HUMAN_CONTACT = "human_contact"
    QUIET_HOURS = "quiet_hours"
    WEEKLY_CAP = "weekly_cap"
    OPTED_OUT = "opted_out"
    PAUSED_BY_COACH = "paused_by_coach"
    SETTLED = "settled"
    DECEASED = "deceased"
    NO_ADDRESS = "no_address"


class ServiceMessageKind(StrEnum):
    """A message that belongs to the service itself: no holdout, no cap, no suppression by contact."""

    APPOINTMENT_IN_A_WEEK = "appointment_in_a_week"
    APPOINTMENT_TOMORROW = "appointment_tomorrow"
    INTERVIEW_TOMORROW = "interview_tomorrow"


class NudgeDue(StrEnum):
    """What made a person eligible."""

    STARTED_WITHOUT_ACTION = "started_without_action"
    APPLICATION_UNANSWERED = "application_unanswered"
    INTERVIEW_UNPREPARED = "interview_unprepared"


class NudgeSuppressed(Fact, type_name="waymark.nudges.NudgeSuppressed.v1"):
    """A person was eligible for a nudge and did not get it now, for this reason."""

    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind
    due: NudgeDue
    about_id: UUID
    """The case, application or interview that it is about."""
    reason: SuppressionReason
    again_at: AwareDatetime | None = None
    """When it is looked at again; None when never."""


class NudgeHeldOut(Fact, type_name="waymark.nudges.NudgeHeldOut.v1"):
    """A person of the permanent holdout was eligible: whether nudges help is known by comparing with them."""

    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind
    due: NudgeDue
    about_id: UUID
    propensity: Propensity
    """The probability with which a person like this gets the nudge."""


class NudgeDecided(Fact, type_name="waymark.nudges.NudgeDecided.v1"):
    """A person gets a nudge."""

    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind
    due: NudgeDue
    about_id: UUID
    propensity: Propensity
    channel: DeliveryChannel


class NudgeSent(Fact, type_name="waymark.nudges.NudgeSent.v1"):
    """A nudge was handed to what carries it."""

    channel: DeliveryChannel


class NudgeDelivered(Fact, type_name="waymark.nudges.NudgeDelivered.v1"):
    """A nudge reached the person's mailbox or inbox."""

    channel: DeliveryChannel


class NudgeDeliveryFailed(Fact, type_name="waymark.nudges.NudgeDeliveryFailed.v1"):
    """A nudge could not be delivered."""

    channel: DeliveryChannel
    bounced: bool
    """Whether the address does not take mail; else the carrier was away for too long."""


class NudgeSeen(Fact, type_name="waymark.nudges.NudgeSeen.v1"):
    """The person opened a nudge."""


class NudgeAnswered(Fact, type_name="waymark.nudges.NudgeAnswered.v1"):
    """The person did what a nudge was about, within its window."""

    by_fact: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[0-9]+$")]
    """The fact that shows it."""


class NudgeDismissed(Fact, type_name="waymark.nudges.NudgeDismissed.v1"):
    """The person did not want a nudge."""


class NudgeKindStopped(Fact, type_name="waymark.nudges.NudgeKindStopped.v1"):
    """The person wants no more nudges of a kind, or of any."""

    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind | None = None


class NudgeKindResumed(Fact, type_name="waymark.nudges.NudgeKindResumed.v1"):
    """The person wants nudges of a kind, or of all, again."""

    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind | None = None


class NudgesPaused(Fact, type_name="waymark.nudges.NudgesPaused.v1"):
    """A coach or the person paused all nudges of the person."""

    participant_id: UUID
    provider_id: UUID
    by_coach: bool
    reason: OfParticipant | None = None
    until: AwareDatetime | None = None


class NudgesResumed(Fact, type_name="waymark.nudges.NudgesResumed.v1"):
    """A pause of nudges was ended."""

    participant_id: UUID
    provider_id: UUID


class ServiceMessageSent(Fact, type_name="waymark.nudges.ServiceMessageSent.v1"):
    """The person was reminded of an appointment or an interview."""

    participant_id: UUID
    provider_id: UUID
    kind: ServiceMessageKind
    about_id: UUID
    channel: DeliveryChannel


class ServiceMessageDropped(Fact, type_name="waymark.nudges.ServiceMessageDropped.v1"):
    """A reminder was not sent: what it is about moved or was called off, or the person cannot be reached."""

    participant_id: UUID
    provider_id: UUID
    kind: ServiceMessageKind
    about_id: UUID


class EmailBounced(Fact, type_name="waymark.nudges.EmailBounced.v1"):
    """The person's e-mail address does not take mail: the coach sees it and asks for another."""

    participant_id: UUID
    provider_id: UUID
