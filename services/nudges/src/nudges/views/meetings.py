"""Meetings that a person is reminded of: appointments with the coach, and the very first one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.listen.told import Told
from chassis.listen.views import Table
from events.caseload import (
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentRescheduled,
    case_of,
)
from events.fact import Fact
from events.meeting import MeetingChannel
from events.referrals import (
    InitialMeetingBooked,
    InitialMeetingCancelled,
    InitialMeetingHeld,
    InitialMeetingMissed,
)
from nudges.views.people import whose

OVER: Final = (
    AppointmentAttended,
    AppointmentMissed,
    AppointmentCancelled,
    InitialMeetingHeld,
    InitialMeetingMissed,
    InitialMeetingCancelled,
)
FACTS: Final[tuple[type[Fact], ...]] = (AppointmentBooked, AppointmentRescheduled, InitialMeetingBooked, *OVER)


@dataclass
class MeetingRow:
    """A meeting of person and coach in a case. `known_at` is when its time was agreed."""

    meeting_id: UUID
    person_id: UUID
    participant_id: UUID
    tenant: UUID | None
    case_id: UUID | None = None
    starts_at: datetime | None = None
    channel: MeetingChannel | None = None
    known_at: datetime | None = None
    over: bool = False


def meeting_touched(told: Told) -> UUID | None:
    """Return the meeting that a fact is about: an appointment, or the referral whose first meeting it is."""
    return told.aggregate_id if isinstance(told.fact, FACTS) else None


def fold_meeting(row: MeetingRow | None, told: Told) -> MeetingRow:
    """Take a fact into its meeting."""
    row = row or MeetingRow(told.aggregate_id, *whose(told))
    match told.fact:
        case AppointmentBooked(case_id=case_id):
            row.case_id = case_id
        case InitialMeetingBooked():
            row.case_id = case_of(told.aggregate_id)
    match told.fact:
        case AppointmentBooked() | AppointmentRescheduled() as booked:
            row.starts_at, row.channel, row.known_at, row.over = (
                booked.starts_at,
                booked.channel,
                booked.occurred_at,
                False,
            )
        case InitialMeetingBooked() as booked:
            row.starts_at, row.channel, row.known_at, row.over = (
                booked.meets_at,
                booked.channel,
                booked.occurred_at,
                False,
            )
        case _:
            row.over = True
    return row


TABLES: Final = (
    Table(
        "nudged_meeting",
        MeetingRow,
        meeting_touched,
        fold_meeting,
        indexes=("person_id", "using btree (starts_at) where not over"),
    ),
)
