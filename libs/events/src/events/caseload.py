"""Facts told by the caseload service. Each belongs to one case; its subject is the participant."""

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

from events.fact import Fact
from events.sealed import OfParticipant


def case_of(referral_id: UUID) -> UUID:
    """Return the id of the one case that an accepted referral opens."""
    return uuid5(referral_id, "case")


class Channel(StrEnum):
    """How a coach and a person were in contact."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"
    MESSAGE = "message"
    LETTER = "letter"


class ActionOwner(StrEnum):
    """Who does an agreed action."""

    PARTICIPANT = "participant"
    COACH = "coach"


class CaseOpened(Fact, type_name="waymark.caseload.CaseOpened.v1"):
    """An accepted person has a case with the provider."""

    participant_id: UUID
    provider_id: UUID
    programme_id: UUID
    referral_id: UUID


class CoachAssigned(Fact, type_name="waymark.caseload.CoachAssigned.v1"):
    """A coach is now responsible for the case."""

    coach_id: UUID


class ActionAgreed(Fact, type_name="waymark.caseload.ActionAgreed.v1"):
    """Coach and person agreed on a step: what, when, where and how."""

    action_id: UUID
    owner: ActionOwner
    what: OfParticipant
    """The step, in the words of both."""
    where: OfParticipant | None = None
    how: OfParticipant | None = None
    due: date
    """The last day on which it is not late, in the programme's time zone."""


class ActionDone(Fact, type_name="waymark.caseload.ActionDone.v1"):
    """An agreed action is finished, for good."""

    action_id: UUID


class ActionCancelled(Fact, type_name="waymark.caseload.ActionCancelled.v1"):
    """An agreed action is no longer wanted."""

    action_id: UUID


class ActionFellDue(Fact, type_name="waymark.caseload.ActionFellDue.v1"):
    """The due date of an open action has passed."""

    action_id: UUID
    due: date


class ContactRecorded(Fact, type_name="waymark.caseload.ContactRecorded.v1"):
    """A coach and a person were in contact."""

    channel: Channel
    coach_id: UUID
    note: OfParticipant | None = None
