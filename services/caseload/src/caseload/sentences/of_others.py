"""The sentences of what referrals, nudges, learning and the keyring tell."""

from collections.abc import Mapping
from typing import Final

from caseload.sentences.wording import Fields, Wording, says
from events.fact import Fact
from events.keyring import PersonErased
from events.learning import CourseCompleted, CourseEnrolled, LessonCompleted, QuizTaken
from events.nudges import (
    EmailBounced,
    NudgeAnswered,
    NudgeDecided,
    NudgeDelayed,
    NudgeDelivered,
    NudgeDeliveryFailed,
    NudgeDismissed,
    NudgeHeldOut,
    NudgeKindResumed,
    NudgeKindStopped,
    NudgeSeen,
    NudgeSent,
    NudgesPaused,
    NudgesResumed,
    NudgeSuppressed,
    NudgingBegun,
    ServiceMessageDelayed,
    ServiceMessageDropped,
    ServiceMessageSent,
)
from events.referrals import (
    InitialMeetingBooked,
    InitialMeetingCancelled,
    InitialMeetingHeld,
    InitialMeetingMissed,
    ParticipantMergeTakenBack,
    ParticipantNotStarted,
    ParticipantsMerged,
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
)


def _duplicate(fact: PossibleDuplicateSettled, _fields: Fields) -> str:
    found = "is the same person" if fact.same_person else "is another person"
    return f"Somebody looked: who seemed to be known {found}."


def _quiz(fact: QuizTaken, fields: Fields) -> str:
    passed = "passed" if fact.passed else "did not pass"
    return f"The person {passed} the quiz of a course: " + says("{right} of {questions} right.", fields)


def _stopped(fact: NudgeKindStopped, fields: Fields) -> str:
    return "The person wants no more nudges" + (says(" about {kind}.", fields) if fact.kind else ".")


def _resumed(fact: NudgeKindResumed, fields: Fields) -> str:
    return "The person wants nudges again" + (says(" about {kind}.", fields) if fact.kind else ".")


def _paused(fact: NudgesPaused, fields: Fields) -> str:
    who = "The coach" if fact.by_coach else "The person"
    return f"{who} paused all nudges" + (says(" until {until}.", fields) if fact.until else ".")


OTHERS: Final[Mapping[type[Fact], Wording]] = {
    ReferralSubmitted: "The person was referred; the provider confirms it by {acknowledge_by}.",
    ReferralAcknowledged: "The provider confirmed that the referral arrived.",
    ReferralAssessmentStarted: "The provider began to look at whether the programme fits.",
    ReferralAccepted: "The provider took the person on.",
    ReferralWaitlisted: "The programme fits and has no place yet: the person is on the waiting list.",
    ReferralRejected: "The provider did not take the person on: {reason}.",
    ReferralWithdrawn: "The {by} withdrew the referral.",
    ReferralHandoverArranged: "Referrer, person and coach meet on {meets_at}, {channel}.",
    ReferralHandoverHeld: "Referrer, person and coach met.",
    InitialMeetingBooked: "The first meeting was booked for {meets_at}, {channel}.",
    InitialMeetingHeld: "Person and coach met for the first time.",
    InitialMeetingMissed: "The person did not come to the first meeting of {meets_at}.",
    InitialMeetingCancelled: "The first meeting of {meets_at} was called off by the {by}.",
    ParticipantStarted: "The person is on the programme from {start_date} on.",
    ParticipantNotStarted: "It is settled that the person does not start: {reason}.",
    PossibleDuplicateFound: "The person seems to be known already, so the referral is held.",
    PossibleDuplicateSettled: _duplicate,
    ParticipantsMerged: "The person turned out to be known under another record too: the two are one person.",
    ParticipantMergeTakenBack: "The two records are two people after all.",
    ReferralExpired: "Nobody answered the referral in its time, so it was closed.",
    ReferralEnteredInError: "The referral was entered in error.",
    CourseEnrolled: "The person began a course of {lessons} lessons.",
    LessonCompleted: "The person went through a lesson.",
    QuizTaken: _quiz,
    CourseCompleted: "The person completed a course.",
    NudgingBegun: "From now on it is decided what the person is nudged to.",
    NudgeSuppressed: "A nudge about {kind} was not sent: {reason}.",
    NudgeHeldOut: "A nudge about {kind} was not sent, to know whether nudges help.",
    NudgeDecided: "The person gets a nudge about {kind}.",
    NudgeSent: "A nudge was sent {channel}.",
    NudgeDelivered: "A nudge arrived {channel}.",
    NudgeDelayed: "A nudge could not be sent; it is tried again on {again_at}.",
    NudgeDeliveryFailed: "A nudge could not be delivered {channel}.",
    NudgeSeen: "The person opened a nudge.",
    NudgeAnswered: "The person did what a nudge was about.",
    NudgeDismissed: "The person did not want a nudge.",
    NudgeKindStopped: _stopped,
    NudgeKindResumed: _resumed,
    NudgesPaused: _paused,
    NudgesResumed: "Nudges go on after a pause.",
    ServiceMessageSent: "The person was reminded of {kind}, {channel}.",
    ServiceMessageDelayed: "A reminder of {kind} could not be sent; it is tried again on {again_at}.",
    ServiceMessageDropped: "A reminder of {kind} was not sent.",
    EmailBounced: "The person's e-mail address takes no mail: ask for another.",
    PersonErased: "The personal data was erased.",
}
# What was written of them for the staff alone: a referrer's notes, why a coach pauses nudges.
OTHERS_AMONG_STAFF: Final = (ReferralSubmitted, NudgesPaused)
