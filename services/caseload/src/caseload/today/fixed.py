"""The fixed dates to come of a person: appointments, meetings, interviews, first days, check-ins."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from caseload.moment import Now
from caseload.standing import Standing
from caseload.today.rules import day_of_interview, ends_at


@dataclass(frozen=True, slots=True)
class Fixed:
    """Something that has a day, and maybe a time of day."""

    on: date
    what: str
    at: datetime | None = None


def next_fixed(standing: Standing, now: Now) -> Fixed | None:
    """Return the next fixed date of a person, None when there is none or their case is over."""
    if not standing.case.is_open:
        return None
    to_come = [fixed for fixed in _fixed(standing, now) if fixed.on >= now.today]
    return min(to_come, key=lambda fixed: (fixed.on, fixed.at or now.beginning_of(fixed.on), fixed.what), default=None)


def _fixed(standing: Standing, now: Now) -> Iterator[Fixed]:
    for appointment in standing.contact.appointments.values():
        if ends_at(appointment) > now.moment:
            yield Fixed(now.day_of(appointment.starts_at), "Appointment", appointment.starts_at)
    for name, meeting in (("Handover", standing.person.handover), ("First meeting", standing.person.meeting)):
        if meeting and meeting.starts_at > now.moment:
            yield Fixed(now.day_of(meeting.starts_at), name, meeting.starts_at)
    for interview in standing.search.open_interviews.values():
        if day := day_of_interview(interview, now):
            yield Fixed(day, "Interview", interview.starts_at)
    for job in standing.work.jobs.values():
        if job.starts_on:
            yield Fixed(job.starts_on, "First day at work")
        for week, day in job.check_ins.items():
            yield Fixed(day, f"Check-in of week {week}")
