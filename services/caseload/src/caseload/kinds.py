"""The kinds of what happens to a person, by which a timeline is filtered, and what of it is for the staff alone."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from caseload.sentences.of_cases import CASES
from caseload.sentences.of_others import OTHERS
from caseload.sentences.of_search import SEARCH
from events import caseload, keyring, learning, nudges, referrals
from events.fact import Fact


class Kind(StrEnum):
    """What happened is about this."""

    REFERRAL = "referral"
    CASE = "case"
    PLAN = "plan"
    CONTACT = "contact"
    STANDARDS = "standards"
    SEARCH = "search"
    WORK = "work"
    LEARNING = "learning"
    NUDGES = "nudges"


_BEGINNINGS: Final = {
    "Action": Kind.PLAN,
    "Plan": Kind.PLAN,
    "NextStep": Kind.PLAN,
    "Appointment": Kind.CONTACT,
    "Contact": Kind.CONTACT,
    "Message": Kind.CONTACT,
    "Standard": Kind.STANDARDS,
    "Job": Kind.WORK,
    "CheckIn": Kind.WORK,
}
_SERVICES: Final = {
    referrals.__name__: Kind.REFERRAL,
    learning.__name__: Kind.LEARNING,
    nudges.__name__: Kind.NUDGES,
    keyring.__name__: Kind.CASE,
}


def _kind(fact: type[Fact]) -> Kind:
    if fact in SEARCH:
        return Kind.SEARCH
    if fact.__module__ in _SERVICES:
        return _SERVICES[fact.__module__]
    found = (kind for beginning, kind in _BEGINNINGS.items() if fact.__name__.startswith(beginning))
    return next(found, Kind.CASE)


# What is read as often as pages are opened would fill a timeline; the message itself says that it was read.
UNLISTED: Final = frozenset({caseload.MessageRead})
KINDS: Final[Mapping[Kind, tuple[type[Fact], ...]]] = {
    kind: tuple(fact for fact in (*CASES, *SEARCH, *OTHERS) if _kind(fact) is kind and fact not in UNLISTED)
    for kind in Kind
}
STAFF_ONLY: Final[frozenset[type[Fact]]] = frozenset(
    {
        caseload.CaseSnoozed,
        caseload.CaseUnsnoozed,
        caseload.SafetyConcernRaised,
        caseload.SafetyConcernHandled,
        caseload.SafetyConcernHandlingTakenBack,
        *(fact for fact in CASES if _kind(fact) is Kind.STANDARDS),
        nudges.NudgingBegun,
        nudges.NudgeSuppressed,
        nudges.NudgeHeldOut,
        referrals.PossibleDuplicateFound,
        referrals.PossibleDuplicateSettled,
        referrals.ParticipantsMerged,
        referrals.ParticipantMergeTakenBack,
    }
)


def listed(kinds: Sequence[Kind] = (), *, for_person: bool) -> list[str]:
    """Return the types of facts that a timeline of these kinds has, of all kinds where none is named."""
    facts = [fact for kind in kinds or Kind for fact in KINDS[kind]]
    return [fact.type_name for fact in facts if not (for_person and fact in STAFF_ONLY)]
