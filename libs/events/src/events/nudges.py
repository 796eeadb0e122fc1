"""Facts told by the nudges service. A nudge helps and is never used against anybody. Its subject is the participant.

All facts about one participant with one provider are one aggregate: so a cap or a wish holds for every nudge at once.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field

from events.fact import Fact
from events.sealed import OfParticipant

Propensity = Annotated[float, Field(ge=0, le=1)]


def nudges_of(participant_id: UUID, provider_id: UUID) -> UUID:
    """Return the id of everything that is decided about nudges of a participant while they are with a provider."""
    return uuid5(participant_id, f"nudges of {provider_id}")


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
    PAUSED_BY_PERSON = "paused_by_person"
    CASE_PAUSED = "case_paused"
    SETTLED = "settled"
    NOBODY_TO_ASK = "nobody_to_ask"
    DECEASED = "deceased"
    ERASED = "erased"


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


def nudge_of(kind: NudgeKind, about_id: UUID, since: datetime) -> UUID:
    """Return the id of the one nudge of a kind about something that counts from `since`."""
    return uuid5(about_id, f"{kind} {since.astimezone(UTC).isoformat()}")


def service_message_of(kind: ServiceMessageKind, about_id: UUID, day: date, starts_at: datetime | None) -> UUID:
    """Return the id of the one reminder of a kind about a meeting at a time, or on a day."""
    return uuid5(about_id, f"{kind} {starts_at.astimezone(UTC).isoformat() if starts_at else day}")


class NudgingBegun(Fact, type_name="waymark.nudges.NudgingBegun.v1"):
    """From now on it is decided what a person is nudged to. For the permanent holdout it is settled here, for good."""

    participant_id: UUID
    provider_id: UUID
    held_out: bool
    """Whether the person is of the few who get no nudges, so that it can be known whether nudges help."""
    propensity: Propensity
    """The probability with which a person is not held out."""


class NudgeSuppressed(Fact, type_name="waymark.nudges.NudgeSuppressed.v1"):
    """A person was eligible for a nudge and does not get it now, for this reason."""

    nudge_id: UUID
    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind
    due: NudgeDue
    about_id: UUID
    """The case, application or interview that it is about."""
    since: AwareDatetime
    """What it counts from: the start, when the application was sent or chased, when the interview begins."""
    reason: SuppressionReason
    again_at: AwareDatetime | None = None
    """When it is looked at again; None when never."""


class NudgeHeldOut(Fact, type_name="waymark.nudges.NudgeHeldOut.v1"):
    """A person of the permanent holdout would have got a nudge now: whether nudges help is known by comparing."""

    nudge_id: UUID
    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind
    due: NudgeDue
    about_id: UUID
    since: AwareDatetime
    propensity: Propensity
    """The probability with which a person like this gets the nudge."""


class NudgeDecided(Fact, type_name="waymark.nudges.NudgeDecided.v1"):
    """A person gets a nudge."""

    nudge_id: UUID
    participant_id: UUID
    provider_id: UUID
    kind: NudgeKind
    due: NudgeDue
    about_id: UUID
    since: AwareDatetime
    propensity: Propensity
    channel: DeliveryChannel


class NudgeSent(Fact, type_name="waymark.nudges.NudgeSent.v1"):
    """A nudge was handed to what carries it."""

    nudge_id: UUID
    channel: DeliveryChannel


class NudgeDelivered(Fact, type_name="waymark.nudges.NudgeDelivered.v1"):
    """A nudge stands in the person's inbox."""

    nudge_id: UUID
    channel: DeliveryChannel


class NudgeDelayed(Fact, type_name="waymark.nudges.NudgeDelayed.v1"):
    """What carries a nudge was away; it is tried again."""

    nudge_id: UUID
    attempt: Annotated[int, Field(ge=1)]
    again_at: AwareDatetime


class NudgeDeliveryFailed(Fact, type_name="waymark.nudges.NudgeDeliveryFailed.v1"):
    """A nudge could not be delivered this way."""

    nudge_id: UUID
    channel: DeliveryChannel
    bounced: bool
    """Whether the address does not take mail; else the carrier was away for too long, or refused what it was given."""


class NudgeSeen(Fact, type_name="waymark.nudges.NudgeSeen.v1"):
    """The person opened a nudge."""

    nudge_id: UUID


class NudgeAnswered(Fact, type_name="waymark.nudges.NudgeAnswered.v1"):
    """The person did what a nudge was about, within its window."""

    nudge_id: UUID
    by_fact: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[0-9]+$")]
    """The fact that shows it."""


class NudgeDismissed(Fact, type_name="waymark.nudges.NudgeDismissed.v1"):
    """The person did not want a nudge."""

    nudge_id: UUID


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

    message_id: UUID
    participant_id: UUID
    provider_id: UUID
    kind: ServiceMessageKind
    about_id: UUID
    day: date
    """The day of what it reminds of, in the programme's time zone."""
    starts_at: AwareDatetime | None = None
    channel: DeliveryChannel


class ServiceMessageDelayed(Fact, type_name="waymark.nudges.ServiceMessageDelayed.v1"):
    """What carries a reminder was away; it is tried again."""

    message_id: UUID
    participant_id: UUID
    provider_id: UUID
    kind: ServiceMessageKind
    about_id: UUID
    day: date
    starts_at: AwareDatetime | None = None
    attempt: Annotated[int, Field(ge=1)]
    again_at: AwareDatetime


class ServiceMessageDropped(Fact, type_name="waymark.nudges.ServiceMessageDropped.v1"):
    """A reminder was not sent: what it is about moved or was called off, its hours passed, or the person is gone."""

    message_id: UUID
    participant_id: UUID
    provider_id: UUID
    kind: ServiceMessageKind
    about_id: UUID
    day: date
    starts_at: AwareDatetime | None = None


class EmailBounced(Fact, type_name="waymark.nudges.EmailBounced.v1"):
    """The person's e-mail address does not take mail: the coach sees it and asks for another."""

    participant_id: UUID
    provider_id: UUID
    referral_id: UUID
    """The referral that gave the address: a later one may give a better."""
