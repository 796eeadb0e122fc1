"""Facts told by the caseload service. Their subject is the participant; most belong to a case.

An appointment, the messages of a case, a job, and the service standards of a referral have lives of their own.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field, PositiveInt

from events.fact import Fact
from events.meeting import MeetingChannel
from events.published import Code
from events.sealed import OfParticipant


def standards_of(referral_id: UUID) -> UUID:
    """Return the id of what is promised for a referral."""
    return uuid5(referral_id, "standards")


def conversation_of(case_id: UUID) -> UUID:
    """Return the id of the messages of a case."""
    return uuid5(case_id, "conversation")


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


class Track(StrEnum):
    """How much of the way a person goes by themselves."""

    WORK_READY = "work_ready"
    SUPPORTED = "supported"
    INTENSIVE = "intensive"


class BarrierTheme(StrEnum):
    """What a barrier to work is about."""

    HOUSING = "housing"
    JOB = "job"
    TRAINING = "training"
    ADMINISTRATION = "administration"
    MONEY = "money"
    MOBILITY = "mobility"
    HEALTH = "health"
    FAMILY = "family"
    LANGUAGE = "language"
    DIGITAL = "digital"


class ContactNeed(StrEnum):
    """What has to be thought of when somebody gets in touch."""

    INTERPRETER = "interpreter"
    CALL_ONLY = "call_only"
    NO_LETTERS = "no_letters"
    ACCESSIBLE_FORMAT = "accessible_format"


class PauseReason(StrEnum):
    """Why a case rests."""

    HEALTH = "health"
    CARING = "caring"
    BEREAVEMENT = "bereavement"
    HOLIDAY = "holiday"
    OTHER = "other"


class ExitReason(StrEnum):
    """Why a case ended before its time."""

    MOVED_AWAY = "moved_away"
    HEALTH = "health"
    IN_TRAINING = "in_training"
    NOT_REACHABLE = "not_reachable"
    OWN_WISH = "own_wish"
    DECEASED = "deceased"
    OTHER = "other"


class SetAsideReason(StrEnum):
    """Why a person cannot do their next step now."""

    LATER = "later"
    NEED_HELP = "need_help"
    NOT_RIGHT = "not_right"


class ActionStage(StrEnum):
    """Where an action stands. Being late is not a stage: it may still be done."""

    SUGGESTED = "suggested"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    STANDBY = "standby"
    DONE = "done"
    CANCELLED = "cancelled"


class Standard(StrEnum):
    """A timed promise of the service."""

    ACKNOWLEDGE = "acknowledge"
    START = "start"
    PLAN = "plan"


class AppointmentKind(StrEnum):
    """What an appointment is for."""

    INITIAL_MEETING = "initial_meeting"
    REVIEW = "review"
    JOB_SEARCH = "job_search"
    IN_WORK_SUPPORT = "in_work_support"
    OTHER = "other"


class CancelledBy(StrEnum):
    """Who called an appointment off."""

    PARTICIPANT = "participant"
    SERVICE = "service"


class JobEndReason(StrEnum):
    """Why a job ended."""

    RESIGNED = "resigned"
    DISMISSED = "dismissed"
    REDUNDANT = "redundant"
    CONTRACT_ENDED = "contract_ended"
    HEALTH = "health"
    OTHER = "other"


class CheckInMood(StrEnum):
    """How work goes, in the person's own word."""

    GOOD = "good"
    MIXED = "mixed"
    DIFFICULT = "difficult"


class CaseOpened(Fact, type_name="waymark.caseload.CaseOpened.v1"):
    """An accepted person has a case with the provider."""

    participant_id: UUID
    provider_id: UUID
    programme_id: UUID
    referral_id: UUID


class CoachAssigned(Fact, type_name="waymark.caseload.CoachAssigned.v1"):
    """A coach is now responsible for the case."""

    coach_id: UUID


class CaseCovered(Fact, type_name="waymark.caseload.CaseCovered.v1"):
    """Another coach stands in for the coach of the case for a time; an earlier cover is over with it."""

    coach_id: UUID
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    """When it is over: the first moment after its last day, in the programme's time zone."""


class CaseCoverEnded(Fact, type_name="waymark.caseload.CaseCoverEnded.v1"):
    """Nobody stands in for the coach of the case any longer."""


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
    course: Code | None = None
    """The course that does the action when it is completed."""


class ActionDone(Fact, type_name="waymark.caseload.ActionDone.v1"):
    """An agreed action is finished, for good."""

    action_id: UUID


class ActionCancelled(Fact, type_name="waymark.caseload.ActionCancelled.v1"):
    """An agreed action is no longer wanted."""

    action_id: UUID


class ActionStepTakenBack(Fact, type_name="waymark.caseload.ActionStepTakenBack.v1"):
    """What was noted of an action last was wrong: the action stands where it stood before."""

    action_id: UUID
    stage: ActionStage
    begun: bool
    """Whether work on it had begun, also if it rests."""
    owner: ActionOwner
    due: date
    suggested_by: ActionOwner | None = None
    """Who waits for the other one to agree, where the action is a suggestion again."""
    taken_back: PositiveInt
    """The version of the case with the fact that was wrong."""


class ActionFellDue(Fact, type_name="waymark.caseload.ActionFellDue.v1"):
    """The due date of an open action has passed."""

    action_id: UUID
    due: date


class ContactRecorded(Fact, type_name="waymark.caseload.ContactRecorded.v1"):
    """A coach and a person were in contact."""

    channel: Channel
    coach_id: UUID
    note: OfParticipant | None = None
    shared: bool | None = None
    """Whether the person may read the note; not unless it says so."""
    contact_id: UUID | None = None
    """None in what was told before a contact could be taken back."""


class ContactRecordedInError(Fact, type_name="waymark.caseload.ContactRecordedInError.v1"):
    """A contact that was recorded did not happen, or not with this person: it counts no longer."""

    contact_id: UUID


class CaseStarted(Fact, type_name="waymark.caseload.CaseStarted.v1"):
    """The person began the programme: until then the case only awaited the start."""

    start_date: date
    ends_on: date | None = None
    """The last day of the programme for this person, by the rules that held at the start."""


class CasePaused(Fact, type_name="waymark.caseload.CasePaused.v1"):
    """The case rests: nothing is expected of the person meanwhile."""

    reason: PauseReason
    until: date | None = None
    """The last day of the rest."""


class CaseResumed(Fact, type_name="waymark.caseload.CaseResumed.v1"):
    """A case that rested goes on."""


class CaseCompleted(Fact, type_name="waymark.caseload.CaseCompleted.v1"):
    """The person went the whole way of the programme."""


class CaseExitedEarly(Fact, type_name="waymark.caseload.CaseExitedEarly.v1"):
    """The person left the programme before its end."""

    reason: ExitReason
    explanation: OfParticipant | None = None


class CaseNotStarted(Fact, type_name="waymark.caseload.CaseNotStarted.v1"):
    """The person never began, so the case is closed."""


class CaseReactivated(Fact, type_name="waymark.caseload.CaseReactivated.v1"):
    """A closed case goes on."""

    explanation: OfParticipant | None = None


class CaseHandedBack(Fact, type_name="waymark.caseload.CaseHandedBack.v1"):
    """The referrer has the person back, with a report of what was done."""

    report: OfParticipant


class CaseEnteredInError(Fact, type_name="waymark.caseload.CaseEnteredInError.v1"):
    """The case should never have been there. It stays readable and counts nowhere."""

    explanation: OfParticipant | None = None


class TrackChosen(Fact, type_name="waymark.caseload.TrackChosen.v1"):
    """A named coach decided how much self-service leads."""

    track: Track
    coach_id: UUID
    reason: OfParticipant


class NeedsAssessed(Fact, type_name="waymark.caseload.NeedsAssessed.v1"):
    """Coach and person went through what stands between the person and work."""

    barriers: tuple[BarrierTheme, ...]
    contact_needs: tuple[ContactNeed, ...]
    summary: OfParticipant | None = None
    coach_id: UUID | None = None


class SafetyConcernRaised(Fact, type_name="waymark.caseload.SafetyConcernRaised.v1"):
    """Somebody worries about the person's safety; the owner has to act."""

    concern_id: UUID
    owner_id: UUID
    what: OfParticipant


class SafetyConcernHandled(Fact, type_name="waymark.caseload.SafetyConcernHandled.v1"):
    """A safety concern was dealt with."""

    concern_id: UUID
    how: OfParticipant


class SafetyConcernHandlingTakenBack(Fact, type_name="waymark.caseload.SafetyConcernHandlingTakenBack.v1"):
    """That a safety concern was dealt with was wrong: the owner has to act as before."""

    concern_id: UUID
    owner_id: UUID
    taken_back: PositiveInt
    """The version of the case with the fact that was wrong."""


class ActionSuggested(Fact, type_name="waymark.caseload.ActionSuggested.v1"):
    """One of the two proposed a step that the other has not agreed to yet."""

    action_id: UUID
    by: ActionOwner
    owner: ActionOwner
    what: OfParticipant
    where: OfParticipant | None = None
    how: OfParticipant | None = None
    due: date


class ActionBegun(Fact, type_name="waymark.caseload.ActionBegun.v1"):
    """Work on an agreed action is in progress."""

    action_id: UUID


class ActionPutOnStandby(Fact, type_name="waymark.caseload.ActionPutOnStandby.v1"):
    """An agreed action rests."""

    action_id: UUID


class ActionResumed(Fact, type_name="waymark.caseload.ActionResumed.v1"):
    """An action that rested goes on."""

    action_id: UUID


class ActionDueDateMoved(Fact, type_name="waymark.caseload.ActionDueDateMoved.v1"):
    """The coach moved the due date of an action: all that may change once both agreed."""

    action_id: UUID
    due: date


class PlanDrafted(Fact, type_name="waymark.caseload.PlanDrafted.v1"):
    """A plan was written down for both to read: its goal, and the actions of the case. An older one is superseded."""

    plan_id: UUID
    goal: OfParticipant


class PlanSigned(Fact, type_name="waymark.caseload.PlanSigned.v1"):
    """One of the two signed the plan."""

    plan_id: UUID
    by: ActionOwner


class PlanAgreed(Fact, type_name="waymark.caseload.PlanAgreed.v1"):
    """Both have signed the plan."""

    plan_id: UUID
    review_by: date
    """The last day on which a review is in time."""


class PlanReviewed(Fact, type_name="waymark.caseload.PlanReviewed.v1"):
    """Coach and person went through the plan together."""

    plan_id: UUID
    review_by: date
    note: OfParticipant | None = None


class PlanReviewTakenBack(Fact, type_name="waymark.caseload.PlanReviewTakenBack.v1"):
    """Coach and person had not gone through the plan: the review that was due before is due again."""

    plan_id: UUID
    review_by: date
    taken_back: PositiveInt
    """The version of the case with the fact that was wrong."""


class NextStepSetAside(Fact, type_name="waymark.caseload.NextStepSetAside.v1"):
    """The person cannot do their next step now; another one is shown until the day."""

    step: Code
    """The step as Home names it: its rule, a dot, and the id of what it is about if there is one."""
    reason: SetAsideReason
    until: date
    """The first day on which the step may be shown again."""


class NextStepTakenUp(Fact, type_name="waymark.caseload.NextStepTakenUp.v1"):
    """The person can do a step now that they had set aside."""

    step: Code


class CaseSnoozed(Fact, type_name="waymark.caseload.CaseSnoozed.v1"):
    """The coach put a line of Today off, with a reason. A higher rule wakes it before its day."""

    rule: Annotated[int, Field(ge=1, le=9)]
    until: date
    """The first day on which the line is shown again."""
    reason: OfParticipant


class CaseUnsnoozed(Fact, type_name="waymark.caseload.CaseUnsnoozed.v1"):
    """The coach took a snooze back."""


class StandardPromised(Fact, type_name="waymark.caseload.StandardPromised.v1"):
    """A service standard's clock began to run for a referral."""

    standard: Standard
    participant_id: UUID
    provider_id: UUID
    programme_id: UUID
    referral_id: UUID
    warn_on: date
    """The day from which at most 30 % of its time is left."""
    due: date
    """The last day on which the promise is kept."""


class StandardWarned(Fact, type_name="waymark.caseload.StandardWarned.v1"):
    """Little time is left to keep a service standard."""

    standard: Standard
    due: date


class StandardBreached(Fact, type_name="waymark.caseload.StandardBreached.v1"):
    """The last day of a service standard passed before it was met."""

    standard: Standard
    due: date


class StandardMet(Fact, type_name="waymark.caseload.StandardMet.v1"):
    """What a service standard promises was done, in time or late."""

    standard: Standard
    on: date
    in_time: bool


class StandardExcused(Fact, type_name="waymark.caseload.StandardExcused.v1"):
    """A service standard no longer applies: the referral ended, or somebody excused it with a reason."""

    standard: Standard
    explanation: OfParticipant | None = None


class StandardExcuseTakenBack(Fact, type_name="waymark.caseload.StandardExcuseTakenBack.v1"):
    """That a service standard no longer applies was wrong: it applies as before."""

    standard: Standard
    taken_back: PositiveInt
    """The version of the referral's standards with the fact that was wrong."""


class AppointmentBooked(Fact, type_name="waymark.caseload.AppointmentBooked.v1"):
    """Coach and person have a time for a meeting."""

    case_id: UUID
    participant_id: UUID
    provider_id: UUID
    coach_id: UUID
    kind: AppointmentKind
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=5, le=480)]
    channel: MeetingChannel
    place: OfParticipant | None = None
    link: OfParticipant | None = None
    """Where a video meeting is, whichever provider it is with."""


class AppointmentRescheduled(Fact, type_name="waymark.caseload.AppointmentRescheduled.v1"):
    """An appointment has another time or place."""

    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=5, le=480)]
    channel: MeetingChannel
    place: OfParticipant | None = None
    link: OfParticipant | None = None


class AppointmentAttended(Fact, type_name="waymark.caseload.AppointmentAttended.v1"):
    """The person came to an appointment."""

    late: bool


class AppointmentMissed(Fact, type_name="waymark.caseload.AppointmentMissed.v1"):
    """The person did not come to an appointment."""

    acceptable: bool
    """Whether the reason is one that the service accepts."""
    coach_id: UUID | None = None


class AppointmentCancelled(Fact, type_name="waymark.caseload.AppointmentCancelled.v1"):
    """An appointment was called off, by the service even after it should have begun: never a no-show."""

    by: CancelledBy
    reason: OfParticipant | None = None


class AppointmentOutcomeCorrected(Fact, type_name="waymark.caseload.AppointmentOutcomeCorrected.v1"):
    """What was recorded of an appointment was wrong: it has no outcome again."""


class MessageSent(Fact, type_name="waymark.caseload.MessageSent.v1"):
    """Person or coach wrote to the other."""

    message_id: UUID
    case_id: UUID
    participant_id: UUID
    provider_id: UUID
    by: ActionOwner
    author_id: UUID
    text: OfParticipant


class MessageRead(Fact, type_name="waymark.caseload.MessageRead.v1"):
    """Whoever a message was for has opened it."""

    message_id: UUID
    by: ActionOwner


class MessageWithdrawn(Fact, type_name="waymark.caseload.MessageWithdrawn.v1"):
    """Who wrote a message took it back before it was read."""

    message_id: UUID


class JobRecorded(Fact, type_name="waymark.caseload.JobRecorded.v1"):
    """The person has a job, or will have one from `starts_on` on; without that day, it is not known yet."""

    case_id: UUID
    participant_id: UUID
    provider_id: UUID
    application_id: UUID | None = None
    title: OfParticipant | None = None
    employer: OfParticipant | None = None
    starts_on: date | None = None
    hours_a_week: Annotated[float, Field(gt=0, le=100)] | None = None
    pay_a_year: Annotated[float, Field(ge=0)] | None = None
    self_employed: bool | None = None
    """Whether they work for themselves; by some contracts that counts by its time, not by what it earns."""
    check_ins: tuple[date, ...]
    """The days on which weeks 1, 4 and 13 (and further ones by the programme's rules) are complete."""
    check_in_weeks: tuple[int, ...]


class JobStartDateSet(Fact, type_name="waymark.caseload.JobStartDateSet.v1"):
    """The first day of a job is known, or is another one than before; its check-ins follow it."""

    starts_on: date
    check_ins: tuple[date, ...]
    check_in_weeks: tuple[int, ...]


class JobTermsRevised(Fact, type_name="waymark.caseload.JobTermsRevised.v1"):
    """Hours or pay of a job are others from a day on; what is not told stays as it was."""

    from_day: date
    hours_a_week: Annotated[float, Field(gt=0, le=100)] | None = None
    pay_a_year: Annotated[float, Field(ge=0)] | None = None
    self_employed: bool | None = None
    """Whether they work for themselves, when what was recorded of that is wrong."""


class JobNotStarted(Fact, type_name="waymark.caseload.JobNotStarted.v1"):
    """A job that was expected never began: no week of it counts."""

    explanation: OfParticipant | None = None


class JobEnded(Fact, type_name="waymark.caseload.JobEnded.v1"):
    """A job came to its end."""

    last_day: date
    reason: JobEndReason


class JobOutcomeCorrected(Fact, type_name="waymark.caseload.JobOutcomeCorrected.v1"):
    """That a job ended, or never began, was wrong: it is open again."""


class CheckInFellDue(Fact, type_name="waymark.caseload.CheckInFellDue.v1"):
    """The person has been in the job for some weeks: it is time to ask how it goes."""

    week: int
    due: date


class CheckInRecorded(Fact, type_name="waymark.caseload.CheckInRecorded.v1"):
    """The person said how work goes."""

    week: int
    mood: CheckInMood
    word: OfParticipant | None = None


class CheckInTakenBack(Fact, type_name="waymark.caseload.CheckInTakenBack.v1"):
    """What was recorded of how work goes was wrong: it may be asked again."""

    week: int
    taken_back: PositiveInt
    """The version of the job with the fact that was wrong."""


class CheckInMissed(Fact, type_name="waymark.caseload.CheckInMissed.v1"):
    """Nobody heard how work goes within a week of when it was asked."""

    week: int
    due: date
