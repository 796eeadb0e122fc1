"""An appointment as calendars know it (RFC 5545, RFC 5546): one UID for ever, and a SEQUENCE that counts up."""

from typing import Final

from icalendar import Calendar, Event

from caseload.appointment import Appointment, Outcome
from events.caseload import AppointmentKind
from events.meeting import MeetingChannel

MEDIA_TYPE: Final = "text/calendar"
_SUMMARIES: Final = {
    AppointmentKind.INITIAL_MEETING: "First meeting with your coach",
    AppointmentKind.REVIEW: "Review of your plan",
    AppointmentKind.JOB_SEARCH: "Looking for work with your coach",
    AppointmentKind.IN_WORK_SUPPORT: "How work is going",
    AppointmentKind.OTHER: "Meeting with your coach",
}
_CHANNELS: Final = {
    MeetingChannel.IN_PERSON: "In person.",
    MeetingChannel.PHONE: "By phone: your coach rings you.",
    MeetingChannel.VIDEO: "By video.",
}


def method_of(appointment: Appointment) -> str:
    """Return what a calendar is asked to do: put the appointment in, or take it out."""
    return "CANCEL" if appointment.outcome is Outcome.CANCELLED else "REQUEST"


def invitation(appointment: Appointment, place: str | None, link: str | None) -> bytes:
    """Return the invitation to an appointment, or its withdrawal; `place` and `link` are opened before."""
    calendar = Calendar()
    calendar.add("prodid", "-//Waymark//Caseload//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(appointment))
    calendar.add_component(_event(appointment, place, link))
    written: bytes = calendar.to_ical()
    return written


def _event(appointment: Appointment, place: str | None, link: str | None) -> Event:
    event = Event()
    event.add("uid", f"{appointment.id}@waymark")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.changed_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", _SUMMARIES[appointment.kind])
    event.add("description", _CHANNELS[appointment.channel])
    event.add("status", "CANCELLED" if method_of(appointment) == "CANCEL" else "CONFIRMED")
    event.add("organizer", f"urn:uuid:{appointment.coach_id}")
    event.add("attendee", f"urn:uuid:{appointment.subject}")
    if place:
        event.add("location", place)
    if link:
        event.add("url", link)
    return event
