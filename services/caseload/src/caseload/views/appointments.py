"""Appointments as coach and person read them: one row each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import class_row

from chassis.database import Connection
from chassis.listen.told import Told
from chassis.listen.views import Table, View
from events.caseload import (
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
)
from events.fact import Fact
from events.sealed import Sealed


@dataclass
class AppointmentRow:
    """An appointment; `outcome` is what was told of it, none when it is still to come or needs one."""

    appointment_id: UUID
    case_id: UUID
    tenant: UUID | None
    coach_id: UUID
    kind: str
    starts_at: datetime
    minutes: int
    channel: str
    place: Sealed | None
    link: Sealed | None
    version: int = 1
    outcome: str = "none"
    late: bool = False
    acceptable: bool = False
    cancelled_by: str | None = None
    reason: Sealed | None = None


def appointment_touched(told: Told) -> UUID:
    """Return the appointment that a fact is about."""
    return told.aggregate_id


def fold_appointment(row: AppointmentRow | None, told: Told) -> AppointmentRow:
    """Take a fact into its appointment.

    Raises LookupError for an appointment that nobody booked.
    """
    fact = told.fact
    if isinstance(fact, AppointmentBooked):
        return _booked(fact, told)
    if row is None:
        message = "something became of an appointment before it was booked"
        raise LookupError(message)
    _take(row, fact)
    row.version = told.version
    return row


def _take(row: AppointmentRow, fact: Fact) -> None:
    match fact:
        case AppointmentRescheduled():
            row.starts_at, row.minutes, row.channel = fact.starts_at, fact.minutes, fact.channel
            row.place, row.link = fact.place, fact.link
        case AppointmentAttended(late=late):
            row.outcome, row.late = "attended", late
        case AppointmentMissed(acceptable=acceptable):
            row.outcome, row.acceptable = "missed", acceptable
        case AppointmentCancelled(by=by, reason=reason):
            row.outcome, row.cancelled_by, row.reason = "cancelled", by, reason
        case AppointmentOutcomeCorrected():
            row.outcome, row.late, row.acceptable = "none", False, False


def _booked(fact: AppointmentBooked, told: Told) -> AppointmentRow:
    return AppointmentRow(
        appointment_id=told.aggregate_id,
        case_id=fact.case_id,
        tenant=told.tenant,
        coach_id=fact.coach_id,
        kind=fact.kind,
        starts_at=fact.starts_at,
        minutes=fact.minutes,
        channel=fact.channel,
        place=fact.place,
        link=fact.link,
    )


APPOINTMENTS: Final = View(
    name="appointments",
    facts=(
        AppointmentBooked,
        AppointmentRescheduled,
        AppointmentAttended,
        AppointmentMissed,
        AppointmentCancelled,
        AppointmentOutcomeCorrected,
    ),
    tables=(Table("appointment", AppointmentRow, appointment_touched, fold_appointment, indexes=("case_id",)),),
)


async def appointments_of(connection: Connection, case_id: UUID) -> Sequence[AppointmentRow]:
    """Return the appointments of a case, the latest first."""
    query = "select * from appointment where case_id = %s order by starts_at desc, appointment_id"
    async with connection.cursor(row_factory=class_row(AppointmentRow)) as cursor:
        return await (await cursor.execute(query, [case_id])).fetchall()
