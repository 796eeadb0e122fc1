"""How things stand with people: how to reach them, when somebody last spoke to them, and what becomes of their case."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from chassis.listen.told import Told
from chassis.listen.views import Table
from events.caseload import (
    ActionAgreed,
    ActionOwner,
    ActionStepTakenBack,
    AppointmentAttended,
    AppointmentOutcomeCorrected,
    CaseCompleted,
    CaseEnteredInError,
    CaseExitedEarly,
    CaseHandedBack,
    CaseNotStarted,
    CaseOpened,
    CasePaused,
    CaseReactivated,
    CaseResumed,
    ContactNeed,
    ContactRecorded,
    ContactRecordedInError,
    ExitReason,
    MessageSent,
    MessageWithdrawn,
    NeedsAssessed,
    case_of,
)
from events.coaching import COACHING_FACTS, take_coaching
from events.fact import Fact
from events.keyring import PersonErased
from events.nudges import NudgeDecided, NudgeHeldOut, NudgeKind, NudgeSuppressed, nudges_of
from events.referrals import (
    DidNotStartReason,
    InitialMeetingHeld,
    ParticipantNotStarted,
    ParticipantStarted,
    ReferralHandoverHeld,
    ReferralSubmitted,
)
from events.sealed import Sealed

DECISIONS: Final = (NudgeSuppressed, NudgeHeldOut, NudgeDecided)
PERSON_FACTS: Final = (
    CaseReactivated,
    ReferralSubmitted,
    ParticipantNotStarted,
    CaseExitedEarly,
    InitialMeetingHeld,
    ReferralHandoverHeld,
    AppointmentAttended,
    AppointmentOutcomeCorrected,
    ContactRecorded,
    ContactRecordedInError,
    MessageSent,
    MessageWithdrawn,
    NeedsAssessed,
)
CONTACTS_KEPT: Final = 12
ENDS: Final = (CaseCompleted, CaseExitedEarly, CaseNotStarted, CaseHandedBack, CaseEnteredInError)
CASE_FACTS: Final = (
    CaseOpened,
    *COACHING_FACTS,
    ActionAgreed,
    ActionStepTakenBack,
    CasePaused,
    CaseResumed,
    CaseReactivated,
    *ENDS,
)
AGREEMENTS_KEPT: Final = 5


@dataclass
class PersonRow:
    """A person with a provider. The address is that of their latest referral; who is to be called only gets no mail.

    `contacts` are the latest with somebody of the service, each at its moment: one may yet be taken back.
    `death_told` names the cases that ended since the person died: each may yet be taken up again.
    """

    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    name: Sealed | None = None
    email: Sealed | None = None
    email_referral: UUID | None = None
    last_contact_at: datetime | None = None
    deceased: bool = False
    call_only: bool = False
    death_told: list[str] = field(default_factory=list)
    contacts: dict[str, str] = field(default_factory=dict)


@dataclass
class CaseRow:
    """A case. `looked` tells that it was decided on a nudge to agree an action."""

    case_id: UUID
    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    coach_id: UUID | None = None
    cover_id: UUID | None = None
    cover_begins_at: datetime | None = None
    cover_ends_at: datetime | None = None
    start_date: date | None = None
    action_agreed: bool = False
    agreements: list[str] = field(default_factory=list)
    """The facts by which actions were agreed, the first few: one alone may be taken back."""
    closed: bool = False
    paused: bool = False
    paused_until: date | None = None
    looked: bool = False


@dataclass
class ErasedRow:
    """Somebody whose personal data was erased, with every provider."""

    participant_id: UUID


def whose(told: Told) -> tuple[UUID, UUID, UUID]:
    """Return whom a fact is about: the id of their nudges, their own, and their provider's.

    Raises LookupError for a fact that is no provider's.
    """
    if told.tenant is None:
        message = "a fact about what a provider does with a person says of no provider"
        raise LookupError(message)
    return nudges_of(told.subject, told.tenant), told.subject, told.tenant


def person_touched(told: Told) -> UUID | None:
    """Return the person whom a fact brings news of."""
    return whose(told)[0] if isinstance(told.fact, PERSON_FACTS) else None


def fold_person(row: PersonRow | None, told: Told) -> PersonRow:
    """Take a fact into what is known of a person."""
    fact = told.fact
    row = row or PersonRow(*whose(told))
    match fact:
        case ReferralSubmitted():
            row.name, row.email, row.email_referral = fact.name, fact.email, told.aggregate_id
        case CaseExitedEarly(reason=ExitReason.DECEASED) | ParticipantNotStarted(reason=DidNotStartReason.DECEASED):
            row.death_told = sorted({*row.death_told, _case_ended(told)})
        case CaseReactivated():
            row.death_told = [case for case in row.death_told if case != str(told.aggregate_id)]
        case NeedsAssessed(contact_needs=needs):
            row.call_only = ContactNeed.CALL_ONLY in needs
        case ContactRecordedInError() | MessageWithdrawn() | AppointmentOutcomeCorrected():
            row.contacts.pop(_contact(told), None)
        case _ if is_human_contact(fact):
            _keep_contact(row, told)
    row.deceased = bool(row.death_told)
    row.last_contact_at = max(map(datetime.fromisoformat, row.contacts.values()), default=None)
    return row


def _case_ended(told: Told) -> str:
    """Return the case that ends, or never begins, with a fact of it or of its referral."""
    return str(case_of(told.aggregate_id) if isinstance(told.fact, ParticipantNotStarted) else told.aggregate_id)


def _keep_contact(row: PersonRow, told: Told) -> None:
    row.contacts[_contact(told)] = told.fact.occurred_at.isoformat()
    if len(row.contacts) > CONTACTS_KEPT:
        moments = {contact: datetime.fromisoformat(at) for contact, at in row.contacts.items()}
        del row.contacts[min(moments, key=lambda contact: (moments[contact], contact))]


def _contact(told: Told) -> str:
    """Return what names a contact, to whoever tells of it and to whoever takes it back."""
    match told.fact:
        case ContactRecorded(contact_id=UUID() as thing) | ContactRecordedInError(contact_id=thing):
            return str(thing)
        case MessageSent(message_id=thing) | MessageWithdrawn(message_id=thing):
            return str(thing)
        case AppointmentAttended() | AppointmentOutcomeCorrected():
            return str(told.aggregate_id)
    return told.id


def is_human_contact(fact: Fact) -> bool:
    """Return whether somebody of the service was in touch with the person."""
    if isinstance(fact, MessageSent):
        return fact.by is ActionOwner.COACH
    return isinstance(fact, ContactRecorded | AppointmentAttended | InitialMeetingHeld | ReferralHandoverHeld)


def case_touched(told: Told) -> UUID | None:
    """Return the case that a fact is about."""
    match told.fact:
        case ParticipantStarted():
            return case_of(told.aggregate_id)
        case NudgeSuppressed() | NudgeHeldOut() | NudgeDecided() as decided:
            return decided.about_id if decided.kind is NudgeKind.AGREE_AN_ACTION else None
    return told.aggregate_id if isinstance(told.fact, CASE_FACTS) else None


def fold_case(row: CaseRow | None, told: Told) -> CaseRow:
    """Take a fact into its case. What services tell independently of each other lands in columns of their own."""
    case = case_touched(told)
    assert case
    row = row or CaseRow(case, *whose(told))
    match told.fact:
        case fact if isinstance(fact, COACHING_FACTS):
            take_coaching(row, fact)
        case ParticipantStarted(start_date=start_date):
            row.start_date = start_date
        case ActionAgreed():
            row.agreements = [*row.agreements, told.id][:AGREEMENTS_KEPT]
        case ActionStepTakenBack(taken_back=version):
            wrong = f"{told.aggregate_id}:{version}"
            row.agreements = [fact for fact in row.agreements if fact != wrong]
        case CasePaused(until=until):
            row.paused, row.paused_until = True, until
        case CaseResumed():
            row.paused, row.paused_until = False, None
        case CaseReactivated():
            row.closed, row.paused, row.paused_until = False, False, None
        case NudgeSuppressed() | NudgeHeldOut() | NudgeDecided():
            row.looked = True
        case fact if isinstance(fact, ENDS):
            row.closed = True
    row.action_agreed = bool(row.agreements)
    return row


def erased_touched(told: Told) -> UUID | None:
    """Return who was erased."""
    return told.subject if isinstance(told.fact, PersonErased) else None


def fold_erased(_row: ErasedRow | None, told: Told) -> ErasedRow:
    """Remember that somebody was erased."""
    return ErasedRow(told.subject)


TABLES: Final = (
    Table("nudged_person", PersonRow, person_touched, fold_person),
    Table(
        "nudged_case",
        CaseRow,
        case_touched,
        fold_case,
        indexes=(
            "person_id",
            "using btree (start_date) where not looked and not action_agreed and not closed",
        ),
    ),
    Table("erased_person", ErasedRow, erased_touched, fold_erased),
)
FACTS: Final[tuple[type[Fact], ...]] = (*PERSON_FACTS, ParticipantStarted, *CASE_FACTS, PersonErased, *DECISIONS)
