"""The sentences of what the caseload service tells."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from caseload.sentences.wording import Fields, Wording, in_words, says, with_end
from caseload.step_names import step_name
from events.caseload import (
    ActionAgreed,
    ActionBegun,
    ActionCancelled,
    ActionDone,
    ActionDueDateMoved,
    ActionFellDue,
    ActionPutOnStandby,
    ActionResumed,
    ActionStepTakenBack,
    ActionSuggested,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
    CaseCompleted,
    CaseCovered,
    CaseCoverEnded,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseNotStarted,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    CaseSnoozed,
    CaseStarted,
    CaseUnsnoozed,
    CheckInFellDue,
    CheckInMissed,
    CheckInRecorded,
    CheckInTakenBack,
    CoachAssigned,
    ContactRecorded,
    ContactRecordedInError,
    JobEnded,
    JobNotStarted,
    JobOutcomeCorrected,
    JobRecorded,
    JobStartDateSet,
    JobTermsRevised,
    MessageRead,
    MessageSent,
    MessageWithdrawn,
    NeedsAssessed,
    NextStepSetAside,
    NextStepTakenUp,
    PlanAgreed,
    PlanDrafted,
    PlanReviewed,
    PlanReviewTakenBack,
    PlanSigned,
    SafetyConcernHandled,
    SafetyConcernHandlingTakenBack,
    SafetyConcernRaised,
    SetAsideReason,
    StandardBreached,
    StandardExcused,
    StandardExcuseTakenBack,
    StandardMet,
    StandardPromised,
    StandardWarned,
    TrackChosen,
)
from events.fact import Fact


def _attended(fact: AppointmentAttended, _fields: Fields) -> str:
    return "The person came late to an appointment." if fact.late else "The person came to an appointment."


def _missed(fact: AppointmentMissed, _fields: Fields) -> str:
    why = "for a reason that is accepted" if fact.acceptable else "without a reason that is accepted"
    return f"The person did not come to an appointment, {why}."


def _assessed(fact: NeedsAssessed, fields: Fields) -> str:
    barriers = says("what stands in the way is {barriers}", fields) if fact.barriers else "nothing stands in the way"
    needs = says("; to think of: {contact_needs}", fields) if fact.contact_needs else ""
    return f"Coach and person went through the needs: {barriers}{needs}."


def _met(fact: StandardMet, fields: Fields) -> str:
    return says("The promise {standard} was kept on {on}, " + ("in time." if fact.in_time else "late."), fields)


def _terms(fact: JobTermsRevised, fields: Fields) -> str:
    hours = says(": {hours_a_week} hours a week", fields) if fact.hours_a_week is not None else ""
    return says("The terms of a job are others from {from_day} on", fields) + f"{hours}."


def _covered(fact: CaseCovered, fields: Fields) -> str:
    last = fact.ends_at - timedelta(microseconds=1)
    first_day, last_day = (in_words(at.astimezone(fields.zone).date(), fields.zone) for at in (fact.begins_at, last))
    return f"Another coach stands in from {first_day} until {last_day}."


def _set_aside(fact: NextStepSetAside, fields: Fields) -> str:
    said = {
        SetAsideReason.LATER: "The person put this off until {until}",
        SetAsideReason.NEED_HELP: "The person asks for help with this",
        SetAsideReason.NOT_RIGHT: "The person says that this is not right for them",
    }
    return f"{says(said[fact.reason], fields)}: {step_name(fact.step)}."


def _taken_up(fact: NextStepTakenUp, _fields: Fields) -> str:
    return f"What was put off is there again: {step_name(fact.step)}."


def _capital(text: str) -> Wording:
    """Return a wording that begins with a field in words."""

    def capital(_fact: Fact, fields: Fields) -> str:
        words = says(text, fields)
        return words[:1].upper() + words[1:]

    return capital


CASES: Final[Mapping[type[Fact], Wording]] = {
    CaseOpened: "A case was opened.",
    CoachAssigned: "A coach became responsible for the case.",
    CaseCovered: _covered,
    CaseCoverEnded: "Nobody stands in for the coach any longer.",
    CaseStarted: with_end("The person began the programme on {start_date}", "ends_on", "; it ends on {ends_on}"),
    CasePaused: with_end("The case rests because of {reason}", "until", ", until {until}"),
    CaseResumed: "The case goes on after a rest.",
    CaseCompleted: "The person went the whole way of the programme.",
    CaseExitedEarly: "The person left the programme before its end: {reason}.",
    CaseNotStarted: "The person never began, so the case was closed.",
    CaseReactivated: "A closed case goes on.",
    CaseHandedBack: "The referrer has the person back, with a report.",
    CaseEnteredInError: "The case was entered in error.",
    TrackChosen: "A coach chose the track: {track}.",
    NeedsAssessed: _assessed,
    SafetyConcernRaised: "Somebody worries about the person's safety.",
    SafetyConcernHandled: "A worry about the person's safety was dealt with.",
    SafetyConcernHandlingTakenBack: "A worry about the person's safety is open again: it was not dealt with.",
    CaseSnoozed: "The coach put the person off until {until}.",
    CaseUnsnoozed: "The coach looks at the person again.",
    ActionSuggested: _capital("{by} suggested an action: {owner} would do it by {due}."),
    ActionAgreed: "An action was agreed: {owner} does it by {due}.",
    ActionBegun: "Work on an agreed action began.",
    ActionPutOnStandby: "An agreed action rests.",
    ActionResumed: "An action that rested goes on.",
    ActionDueDateMoved: "An action is now due by {due}.",
    ActionDone: "An agreed action was done.",
    ActionCancelled: "An agreed action was cancelled.",
    ActionStepTakenBack: "What was recorded of an action was wrong and was taken back.",
    ActionFellDue: "An agreed action was not done by {due}.",
    PlanDrafted: "A plan was written down.",
    PlanSigned: _capital("{by} signed the plan."),
    PlanAgreed: "Both have signed the plan; it is reviewed by {review_by}.",
    PlanReviewed: "Coach and person went through the plan; the next review is due by {review_by}.",
    PlanReviewTakenBack: "A review of the plan was recorded by mistake; it is due by {review_by}.",
    NextStepSetAside: _set_aside,
    NextStepTakenUp: _taken_up,
    ContactRecorded: "Coach and person {channel}.",
    ContactRecordedInError: "A contact was recorded by mistake and was taken back.",
    StandardPromised: "The time {standard} began: it ends with {due}.",
    StandardWarned: "Little of the time {standard} is left: it ends with {due}.",
    StandardBreached: "The time {standard} ended with {due}.",
    StandardMet: _met,
    StandardExcused: "The promise {standard} no longer applies.",
    StandardExcuseTakenBack: "The promise {standard} applies again: it was excused by mistake.",
    AppointmentBooked: "An appointment was booked for {starts_at}, {channel}.",
    AppointmentRescheduled: "An appointment was moved to {starts_at}, {channel}.",
    AppointmentAttended: _attended,
    AppointmentMissed: _missed,
    AppointmentCancelled: "An appointment was called off by the {by}.",
    AppointmentOutcomeCorrected: "What was recorded of an appointment was wrong and was taken back.",
    MessageSent: _capital("{by} wrote a message."),
    MessageRead: _capital("{by} read a message."),
    MessageWithdrawn: "A message was taken back.",
    JobRecorded: with_end("The person has a job", "starts_on", " from {starts_on} on"),
    JobStartDateSet: "The job begins on {starts_on}.",
    JobTermsRevised: _terms,
    JobNotStarted: "A job that was expected never began.",
    JobEnded: "A job ended on {last_day}: {reason}.",
    JobOutcomeCorrected: "What was recorded of a job's end was wrong and was taken back.",
    CheckInFellDue: "It is time to ask how work goes in week {week}.",
    CheckInRecorded: "The person said how work goes in week {week}: {mood}.",
    CheckInTakenBack: "What was recorded of work in week {week} was wrong and was taken back.",
    CheckInMissed: "Nobody heard how work goes in week {week}.",
}
