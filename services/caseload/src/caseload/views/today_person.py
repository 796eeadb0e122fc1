"""What other services told of each person, for Today: the name, the first meeting, courses, an address that fails."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from caseload.standing import Json
from caseload.views.person_rows import Folds, called, file_of, instant, later, noted, person_touched
from chassis.listen.told import Told
from chassis.listen.views import Table
from events.caseload import Channel
from events.learning import CourseCompleted, CourseEnrolled, LessonCompleted, QuizTaken
from events.nudges import EmailBounced
from events.referrals import (
    InitialMeetingBooked,
    InitialMeetingCancelled,
    InitialMeetingHeld,
    InitialMeetingMissed,
    ReferralHandoverArranged,
    ReferralHandoverHeld,
    ReferralSubmitted,
)
from events.sealed import Sealed


@dataclass
class PersonStandingRow:
    """Each column is folded from the facts of one service, so that their order between services says nothing."""

    id: UUID
    participant_id: UUID
    tenant: UUID | None
    name: Sealed | None = None
    referral_id: UUID | None = None
    met_at: datetime | None = None
    met_in_person_at: datetime | None = None
    handover: Json | None = None
    meeting: Json | None = None
    met: Json | None = None
    met_in_person: Json | None = None
    meeting_missed: Json | None = None
    bounced: Json | None = None
    active: Json | None = None
    enrolments: Json = field(default_factory=dict)


def person_in_touch(told: Told) -> UUID | None:
    """Return the row that a fact touches."""
    return person_touched(told, FOLDS)


def fold_person_standing(row: PersonStandingRow | None, told: Told) -> PersonStandingRow:
    """Take a fact into what is known of the person."""
    if row is None:
        assert told.tenant
        row = PersonStandingRow(file_of(told.subject, told.tenant), told.subject, told.tenant)
    FOLDS[type(told.fact)](row, told.fact, told)
    return row


def _referred(row: PersonStandingRow, fact: ReferralSubmitted, told: Told) -> None:
    row.name, row.referral_id = called(fact), told.aggregate_id
    row.handover = row.meeting = row.met = row.met_at = row.meeting_missed = None
    row.met_in_person = row.met_in_person_at = None


def _handover(row: PersonStandingRow, fact: ReferralHandoverArranged, told: Told) -> None:
    row.handover = noted(told) | {"starts_at": instant(fact.meets_at), "channel": fact.channel}


def _handed_over(row: PersonStandingRow, _fact: ReferralHandoverHeld, told: Told) -> None:
    _in_touch(row, row.handover, told)
    row.handover = None


def _booked(row: PersonStandingRow, fact: InitialMeetingBooked, told: Told) -> None:
    row.meeting = noted(told) | {"starts_at": instant(fact.meets_at), "channel": fact.channel}


def _held(row: PersonStandingRow, _fact: InitialMeetingHeld, told: Told) -> None:
    _in_touch(row, row.meeting, told)
    row.meeting = row.meeting_missed = None


def _in_touch(row: PersonStandingRow, meeting: Json | None, told: Told) -> None:
    """Note that coach and person met, in the way in which they were to meet."""
    contact = noted(told) | {"channel": meeting["channel"] if meeting else Channel.IN_PERSON}
    row.met = later(row.met, contact)
    row.met_at = datetime.fromisoformat(row.met["at"])
    if contact["channel"] == Channel.IN_PERSON:
        row.met_in_person = later(row.met_in_person, contact)
        row.met_in_person_at = datetime.fromisoformat(row.met_in_person["at"])


def _missed(row: PersonStandingRow, _fact: InitialMeetingMissed, told: Told) -> None:
    row.meeting, row.meeting_missed = None, noted(told)


def _cancelled(row: PersonStandingRow, _fact: InitialMeetingCancelled, _told: Told) -> None:
    row.meeting = None


def _enrolled(row: PersonStandingRow, fact: CourseEnrolled, told: Told) -> None:
    course = noted(told) | {"enrolment_id": str(told.aggregate_id), "lessons": fact.lessons, "done": []}
    row.enrolments[fact.course] = course
    row.active = later(row.active, noted(told))


def _learned(row: PersonStandingRow, fact: LessonCompleted, told: Told) -> None:
    for course in row.enrolments.values():
        if course["enrolment_id"] == str(told.aggregate_id):
            course["done"] = sorted({*course["done"], fact.lesson})
    row.active = later(row.active, noted(told))


def _tried(row: PersonStandingRow, _fact: QuizTaken, told: Told) -> None:
    row.active = later(row.active, noted(told))


def _completed(row: PersonStandingRow, fact: CourseCompleted, told: Told) -> None:
    row.enrolments.pop(fact.course, None)
    row.active = later(row.active, noted(told))


def _bounced(row: PersonStandingRow, fact: EmailBounced, told: Told) -> None:
    row.bounced = noted(told) | {"referral_id": str(fact.referral_id)}


FOLDS: Final[Folds[PersonStandingRow]] = {
    ReferralSubmitted: _referred,
    ReferralHandoverArranged: _handover,
    ReferralHandoverHeld: _handed_over,
    InitialMeetingBooked: _booked,
    InitialMeetingHeld: _held,
    InitialMeetingMissed: _missed,
    InitialMeetingCancelled: _cancelled,
    CourseEnrolled: _enrolled,
    LessonCompleted: _learned,
    QuizTaken: _tried,
    CourseCompleted: _completed,
    EmailBounced: _bounced,
}
PERSON_STANDING: Final = Table("today_person", PersonStandingRow, person_in_touch, fold_person_standing)
