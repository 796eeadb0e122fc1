"""What a fact says to a reader of the timeline: a sentence, and the sealed words that belong to it."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from caseload.sentences.of_cases import CASES
from caseload.sentences.of_others import OTHERS, OTHERS_AMONG_STAFF
from caseload.sentences.of_search import SEARCH
from caseload.sentences.wording import Fields, Wording, says
from events.caseload import (
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseReactivated,
    ContactRecorded,
    NeedsAssessed,
    TrackChosen,
)
from events.fact import Fact
from events.jobsearch import CvUploaded, CvWritten
from events.referrals import ReferralSubmitted
from events.sealed import Sealed, sealed_fields

UNKNOWN: Final = "Something was recorded that this page cannot tell yet."
WORDINGS: Final[Mapping[type[Fact], Wording]] = {**CASES, **SEARCH, **OTHERS}
# Not what is shown elsewhere, or is too long for a line: who a person is, and whole documents.
SHOWN: Final[Mapping[type[Fact], tuple[str, ...]]] = {
    ReferralSubmitted: ("notes",),
    CvWritten: (),
    CvUploaded: ("file_name",),
}
# Words that the staff wrote for each other; a coach's note of a contact is one unless it is shared.
AMONG_STAFF: Final = (
    TrackChosen,
    NeedsAssessed,
    CaseExitedEarly,
    CaseReactivated,
    CaseHandedBack,
    CaseEnteredInError,
    *OTHERS_AMONG_STAFF,
)


class Sentence(NamedTuple):
    """`words` for everybody who may see the timeline; `sealed` texts with their labels, to be opened for them."""

    words: str
    sealed: Mapping[str, Sealed]


def sentence_of(fact: Fact, zone: ZoneInfo) -> Sentence:
    """Return what a fact says, its moments in a time zone; never its type name."""
    wording, fields = WORDINGS.get(type(fact), UNKNOWN), Fields(fact, zone)
    words = says(wording, fields) if isinstance(wording, str) else wording(fact, fields)
    sealed = {label(name): getattr(fact, name) for name in SHOWN.get(type(fact), tuple(sealed_fields(type(fact))))}
    return Sentence(words, {name: text for name, text in sealed.items() if text is not None})


def shared(fact: Fact, sentence: Sentence) -> Sentence:
    """Return a sentence as the person reads it: what the staff wrote for each other stays with them."""
    of_the_staff = not fact.shared if isinstance(fact, ContactRecorded) else isinstance(fact, AMONG_STAFF)
    return Sentence(sentence.words, {}) if of_the_staff else sentence


def label(field: str) -> str:
    """Return what a field is called on a page."""
    return field.replace("_", " ").capitalize()
