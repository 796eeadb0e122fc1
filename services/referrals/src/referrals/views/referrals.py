"""The referrals as their provider and their referrer see them, one row each, what is personal still sealed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import CaseCompleted, CaseEnteredInError, CaseExitedEarly, CaseHandedBack, CaseReactivated, case_of
from events.fact import Fact
from events.referrals import (
    InitialMeetingBooked,
    InitialMeetingCancelled,
    InitialMeetingHeld,
    InitialMeetingMissed,
    ParticipantNotStarted,
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
from events.sealed import Sealed


@dataclass(slots=True)
class ReferralRow:
    """A referral at a version. `answered_at` is when the provider accepted, waitlisted or rejected it last.

    `untouched_since` is when the last fact about it was learned. While `held_for` names somebody, it waits for the
    provider to settle whether its person is that one.
    """

    id: UUID
    version: int
    tenant: UUID
    participant_id: UUID
    programme_id: UUID
    referrer_id: UUID
    stage: str
    submitted_at: datetime
    acknowledge_by: date
    untouched_since: datetime
    name: Sealed
    date_of_birth: Sealed | None
    ni_number: Sealed | None
    email: Sealed | None
    phone: Sealed | None
    address: Sealed | None
    postcode: Sealed | None
    notes: Sealed | None
    preferred_name: Sealed | None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    coach_id: UUID | None = None
    reason: str | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    explanation: Sealed | None = None
    held_for: UUID | None = None
    earlier_referral_id: UUID | None = None
    same_person: bool | None = None
    handover_at: datetime | None = None
    first_meeting_at: datetime | None = None
    meeting_channel: str | None = None
    meeting_place: Sealed | None = None
    met_at: datetime | None = None
    missed_meetings: int = 0
    start_date: date | None = None
    not_started_reason: str | None = None


def fold(row: ReferralRow | None, told: Told) -> ReferralRow:
    """Take a fact of a referral into its row."""
    fact = told.fact
    if isinstance(fact, ReferralSubmitted):
        return _submitted(told, fact)
    if row is None:
        message = f"{told.id} came before its referral was submitted"
        raise LookupError(message)
    row.version, row.untouched_since = told.version, told.recorded_at
    row.stage = _STAGES.get(type(fact), row.stage)
    for column, told_as in _COLUMNS.get(type(fact), {}).items():
        setattr(row, column, told_as(fact))
    if isinstance(fact, InitialMeetingMissed):
        row.missed_meetings += 1
    return row


def _when(fact: Any) -> datetime:
    moment: datetime = fact.occurred_at
    return moment


def _nothing(_fact: Any) -> None:
    """No longer what it was."""


def _field(name: str) -> Callable[[Any], Any]:
    return lambda fact: getattr(fact, name)


_STAGES: Final[Mapping[type[Fact], str]] = {
    ReferralAcknowledged: "acknowledged",
    ReferralAssessmentStarted: "under_assessment",
    ReferralAccepted: "accepted",
    ReferralWaitlisted: "waitlisted",
    ReferralRejected: "rejected",
    ReferralWithdrawn: "withdrawn",
    ReferralHandoverArranged: "handover_arranged",
    ReferralHandoverHeld: "handover_held",
    InitialMeetingBooked: "initial_meeting_booked",
    InitialMeetingHeld: "initial_meeting_held",
    InitialMeetingMissed: "failed_to_attend",
    InitialMeetingCancelled: "initial_meeting_cancelled",
    ParticipantStarted: "started",
    ParticipantNotStarted: "did_not_start",
    ReferralExpired: "expired",
    ReferralEnteredInError: "entered_in_error",
}

_COLUMNS: Final[Mapping[type[Fact], Mapping[str, Callable[[Any], Any]]]] = {
    ReferralAcknowledged: {"acknowledged_at": _when},
    ReferralAccepted: {"answered_at": _when, "coach_id": _field("coach_id")},
    ReferralWaitlisted: {"answered_at": _when},
    ReferralRejected: {"answered_at": _when, "reason": _field("reason"), "explanation": _field("explanation")},
    ReferralWithdrawn: {
        "withdrawn_at": _when,
        "withdrawn_by": _field("by"),
        "explanation": _field("explanation"),
    },
    PossibleDuplicateFound: {
        "held_for": _field("known_participant_id"),
        "earlier_referral_id": _field("earlier_referral_id"),
    },
    PossibleDuplicateSettled: {"held_for": _nothing, "same_person": _field("same_person")},
    ReferralHandoverArranged: {"handover_at": _field("meets_at")},
    InitialMeetingBooked: {
        "first_meeting_at": _field("meets_at"),
        "meeting_channel": _field("channel"),
        "meeting_place": _field("place"),
    },
    InitialMeetingHeld: {"met_at": _when},
    InitialMeetingCancelled: {"first_meeting_at": _nothing},
    ParticipantStarted: {"start_date": _field("start_date")},
    ParticipantNotStarted: {"not_started_reason": _field("reason"), "explanation": _field("explanation")},
    ReferralEnteredInError: {"explanation": _field("explanation")},
}


def _submitted(told: Told, fact: ReferralSubmitted) -> ReferralRow:
    return ReferralRow(
        id=told.aggregate_id,
        version=1,
        tenant=fact.provider_id,
        participant_id=fact.participant_id,
        programme_id=fact.programme_id,
        referrer_id=fact.referrer_id,
        stage="submitted",
        submitted_at=fact.occurred_at,
        acknowledge_by=fact.acknowledge_by,
        untouched_since=told.recorded_at,
        name=fact.name,
        date_of_birth=fact.date_of_birth,
        ni_number=fact.ni_number,
        email=fact.email,
        phone=fact.phone,
        address=fact.address,
        postcode=fact.postcode,
        notes=fact.notes,
        preferred_name=fact.preferred_name,
    )


def _referral_id(told: Told) -> UUID | None:
    return None if type(told.fact) in ENDS else told.aggregate_id


@dataclass(slots=True)
class EndingRow:
    """How the case of a referral ended, nothing while it goes on; `report` is what its referrer is to read."""

    case_id: UUID
    tenant: UUID | None
    ended: str | None
    ended_at: datetime
    report: Sealed | None = None


ENDS: Final[Mapping[type[Fact], str | None]] = {
    CaseCompleted: "completed",
    CaseExitedEarly: "exited_early",
    CaseHandedBack: "handed_back",
    CaseReactivated: None,
    CaseEnteredInError: None,
}


def fold_ending(_row: EndingRow | None, told: Told) -> EndingRow:
    """Take what became of a case at last."""
    fact = told.fact
    report = fact.report if isinstance(fact, CaseHandedBack) else None
    return EndingRow(told.aggregate_id, told.tenant, ENDS[type(fact)], fact.occurred_at, report)


def _ended_case(told: Told) -> UUID | None:
    return told.aggregate_id if type(told.fact) in ENDS else None


REFERRALS: Final = View(
    name="referrals",
    facts=(ReferralSubmitted, PossibleDuplicateFound, PossibleDuplicateSettled, *_STAGES, *ENDS),
    tables=(
        Table(
            "referral",
            ReferralRow,
            _referral_id,
            fold,
            indexes=(
                "tenant, submitted_at, id",
                "referrer_id, submitted_at, id",
                "tenant, stage, acknowledge_by",
                "referrer_id, stage, acknowledge_by",
                "participant_id",
            ),
        ),
        Table("ending", EndingRow, _ended_case, fold_ending),
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which referrals are asked for: all that row-level security shows, or those of one referrer, or at one stage.

    `after` is the last one of the page before.
    """

    referrer_id: UUID | None = None
    stage: str | None = None
    after: UUID | None = None
    limit: int = 50
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many referrals are at a stage; those that nobody acknowledged are counted by the last day for it."""

    stage: str
    acknowledge_by: date | None
    referrals: int


COUNTS: Final = """
select stage, case when stage = 'submitted' then acknowledge_by end as acknowledge_by, count(*) as referrals
from referral where (%(referrer_id)s::uuid is null or referrer_id = %(referrer_id)s) group by 1, 2
"""
PAGE: Final[LiteralString] = """
select * from referral
where (%(referrer_id)s::uuid is null or referrer_id = %(referrer_id)s)
and (%(stage)s::text is null or stage = %(stage)s)
and (
    %(after)s::uuid is null
    or (submitted_at, id) {beyond} (select last.submitted_at, last.id from referral last where last.id = %(after)s)
)
order by submitted_at {direction}, id {direction} limit %(limit)s
"""
NEWEST_FIRST: Final = PAGE.format(beyond="<", direction="desc")
OLDEST_FIRST: Final = PAGE.format(beyond=">", direction="asc")


async def page(connection: Connection, asked: Asked) -> list[ReferralRow]:
    """Return referrals, the newest or the oldest first."""
    cursor = connection.cursor(row_factory=class_row(ReferralRow))
    query = OLDEST_FIRST if asked.oldest_first else NEWEST_FIRST
    return await (await cursor.execute(query, asdict(asked))).fetchall()


async def counts(connection: Connection, referrer_id: UUID | None) -> list[Count]:
    """Return how many referrals there are of all that row-level security shows, or of one referrer."""
    cursor = connection.cursor(row_factory=class_row(Count))
    return await (await cursor.execute(COUNTS, {"referrer_id": referrer_id})).fetchall()


async def of_people(connection: Connection, people: Sequence[UUID], asked: Asked) -> list[ReferralRow]:
    """Return the referrals of some people, of those that are asked for, the newest first."""
    query = """
    select * from referral where participant_id = any(%(people)s)
    and (%(referrer_id)s::uuid is null or referrer_id = %(referrer_id)s)
    order by submitted_at desc, id limit %(limit)s
    """
    cursor = connection.cursor(row_factory=class_row(ReferralRow))
    return await (await cursor.execute(query, {**asdict(asked), "people": list(people)})).fetchall()


async def one(connection: Connection, referral_id: UUID) -> ReferralRow | None:
    """Return a referral, None when there is none that this reader sees."""
    cursor = connection.cursor(row_factory=class_row(ReferralRow))
    return await (await cursor.execute("select * from referral where id = %s", [referral_id])).fetchone()


async def endings(connection: Connection, referral_ids: Sequence[UUID]) -> dict[UUID, EndingRow]:
    """Return how the cases of referrals ended, by the referral; one that goes on has none."""
    cases = {case_of(id_): id_ for id_ in referral_ids}
    cursor = connection.cursor(row_factory=class_row(EndingRow))
    await cursor.execute("select * from ending where case_id = any(%s) and ended is not null", [list(cases)])
    return {cases[row.case_id]: row for row in await cursor.fetchall()}
