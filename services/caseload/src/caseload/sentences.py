"""What a fact says to a reader of the timeline: a sentence, and the sealed words that belong to it."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from events.caseload import (
    ActionAgreed,
    ActionCancelled,
    ActionDone,
    ActionFellDue,
    ActionOwner,
    CaseOpened,
    Channel,
    CoachAssigned,
    ContactRecorded,
)
from events.fact import Fact
from events.keyring import PersonErased
from events.referrals import (
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralAssessmentStarted,
    ReferralRejected,
    ReferralSubmitted,
    ReferralWaitlisted,
    ReferralWithdrawn,
)
from events.sealed import Sealed

UNKNOWN: Final = "Something was recorded that this page cannot tell yet."

_PLAIN: Final[dict[type[Fact], str]] = {
    ReferralAcknowledged: "The provider confirmed that the referral arrived.",
    ReferralAssessmentStarted: "The provider began to look at whether the programme fits.",
    ReferralAccepted: "The provider took the person on.",
    ReferralWaitlisted: "The programme fits and has no place yet: the person is on the waiting list.",
    CaseOpened: "A case was opened.",
    CoachAssigned: "A coach became responsible for the case.",
    ActionDone: "An agreed action was done.",
    ActionCancelled: "An agreed action was cancelled.",
    PersonErased: "The personal data was erased.",
}
_CHANNELS: Final = {
    Channel.IN_PERSON: "met in person",
    Channel.PHONE: "spoke by phone",
    Channel.VIDEO: "spoke by video",
    Channel.MESSAGE: "exchanged messages",
    Channel.LETTER: "exchanged letters",
}
_SEALED: Final[Mapping[type[Fact], Mapping[str, str]]] = {
    ReferralSubmitted: {"Notes": "notes"},
    ReferralRejected: {"Explanation": "explanation"},
    ReferralWithdrawn: {"Explanation": "explanation"},
    ActionAgreed: {"What": "what", "Where": "where", "How": "how"},
    ContactRecorded: {"Note": "note"},
}
_OWNERS: Final = {ActionOwner.PARTICIPANT: "the person", ActionOwner.COACH: "the coach"}


class Sentence(NamedTuple):
    """`words` for everybody who may see the timeline; `sealed` texts with their labels, to be opened for them."""

    words: str
    sealed: Mapping[str, Sealed]


def sentence_of(fact: Fact) -> Sentence:
    """Return what a fact says; never its type name."""
    words = _PLAIN.get(type(fact)) or _told(fact)
    sealed = {label: getattr(fact, field) for label, field in _SEALED.get(type(fact), {}).items()}
    return Sentence(words, {label: text for label, text in sealed.items() if text is not None})


def _told(fact: Fact) -> str:
    match fact:
        case ReferralSubmitted(acknowledge_by=by):
            words = f"The person was referred; the provider confirms it by {_day(by)}."
        case ReferralRejected(reason=reason):
            words = f"The provider did not take the person on: {_words(reason)}."
        case ReferralWithdrawn(by=by):
            words = f"The {_words(by)} withdrew the referral."
        case ActionAgreed(owner=owner, due=due):
            words = f"An action was agreed: {_OWNERS[owner]} does it by {_day(due)}."
        case ActionFellDue(due=due):
            words = f"An agreed action was not done by {_day(due)}."
        case ContactRecorded(channel=channel):
            words = f"Coach and person {_CHANNELS[channel]}."
        case _:
            words = UNKNOWN
    return words


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _words(name: str) -> str:
    return name.replace("_", " ")
