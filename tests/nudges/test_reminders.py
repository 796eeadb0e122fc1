"""Reminders of the service: they come to everybody, in time, by day, and never when what they say is no longer so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from events.caseload import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentKind,
    AppointmentRescheduled,
    CancelledBy,
    CaseCompleted,
    CaseExitedEarly,
    CaseReactivated,
    Channel,
    ContactRecorded,
    ExitReason,
)
from events.fact import Fact
from events.jobsearch import InterviewCancelled, InterviewInvited
from events.meeting import MeetingChannel
from events.referrals import InitialMeetingBooked
from tests.nudges.conftest import Postman
from tests.nudges.running import DAY, NOON, Person, Platform

NORTHWAY = uuid4()
MEETS_AT = NOON + 10 * DAY
A_WEEK_BEFORE = datetime(2040, 3, 9, 9, tzinfo=UTC)
THE_DAY_BEFORE = datetime(2040, 3, 15, 9, tzinfo=UTC)


@pytest.fixture
def ada(platform: Platform) -> Person:
    """Take Ada on, with an address of her own."""
    person = Person(NORTHWAY, email=f"{uuid4().hex}@example.org")
    platform.take_on(person)
    return person


def booked(person: Person, starts_at: datetime = MEETS_AT, at: datetime = NOON) -> AppointmentBooked:
    return AppointmentBooked(
        occurred_at=at,
        case_id=person.case,
        participant_id=person.id,
        provider_id=person.provider,
        coach_id=person.coach,
        kind=AppointmentKind.REVIEW,
        starts_at=starts_at,
        minutes=30,
        channel=MeetingChannel.PHONE,
    )


def moved(starts_at: datetime) -> AppointmentRescheduled:
    return AppointmentRescheduled(occurred_at=NOON + DAY, starts_at=starts_at, minutes=30, channel=MeetingChannel.PHONE)


def reminders(platform: Platform, person: Person) -> list[Any]:
    found: list[Any] = platform.inbox(person)["reminders"]
    return found


def told(platform: Platform, person: Person) -> list[tuple[str, str]]:
    return [(reminder["kind"], reminder["state"]) for reminder in reversed(reminders(platform, person))]


def test_a_meeting_is_reminded_of_a_week_and_a_day_before(platform: Platform, ada: Person, postman: Postman) -> None:
    platform.tell(ada, uuid4(), booked(ada))
    platform.deliver(A_WEEK_BEFORE - timedelta(seconds=1), postman.port)
    assert told(platform, ada) == []
    platform.deliver(A_WEEK_BEFORE, postman.port)
    platform.deliver(THE_DAY_BEFORE, postman.port)
    assert told(platform, ada) == [("appointment_in_a_week", "sent"), ("appointment_tomorrow", "sent")]
    (reminder, _) = reminders(platform, ada)
    assert reminder["text"] == "You have a meeting with your coach tomorrow: Friday, 16 March, at 12 pm."
    assert reminder["channel"] == "email"
    mails = [mail for mail in postman.mails if mail.rcpt_tos == [ada.email]]
    assert len(mails) == 2


def test_the_very_first_meeting_is_reminded_of_too(platform: Platform, ada: Person) -> None:
    meeting = InitialMeetingBooked(occurred_at=NOON, meets_at=MEETS_AT, channel=MeetingChannel.IN_PERSON)
    platform.tell(ada, ada.referral, meeting)
    platform.deliver(THE_DAY_BEFORE)
    assert ("appointment_tomorrow", "sent") in told(platform, ada)


def test_one_meeting_that_two_services_know_is_reminded_of_once(platform: Platform, ada: Person) -> None:
    meeting = InitialMeetingBooked(occurred_at=NOON, meets_at=MEETS_AT, channel=MeetingChannel.IN_PERSON)
    platform.tell(ada, ada.referral, meeting)
    platform.tell(ada, uuid4(), booked(ada))
    platform.deliver(THE_DAY_BEFORE)
    assert told(platform, ada).count(("appointment_tomorrow", "sent")) == 1


def test_a_meeting_that_was_agreed_within_the_last_day_needs_no_reminder(platform: Platform, ada: Person) -> None:
    platform.tell(ada, uuid4(), booked(ada, at=THE_DAY_BEFORE + timedelta(hours=2)))
    platform.deliver(THE_DAY_BEFORE + timedelta(hours=3))
    assert told(platform, ada) == []


def test_a_meeting_that_moved_is_reminded_of_at_its_new_time_only(platform: Platform, ada: Person) -> None:
    meeting = uuid4()
    platform.tell(ada, meeting, booked(ada), moved(MEETS_AT + 5 * DAY))
    platform.deliver(THE_DAY_BEFORE)
    assert ("appointment_tomorrow", "sent") not in told(platform, ada)
    platform.deliver(THE_DAY_BEFORE + 5 * DAY)
    (reminder, *_) = reminders(platform, ada)
    assert (reminder["kind"], reminder["day"]) == ("appointment_tomorrow", "2040-03-21")


def test_a_meeting_that_was_called_off_is_not_reminded_of(platform: Platform, ada: Person) -> None:
    meeting = uuid4()
    platform.tell(ada, meeting, booked(ada), AppointmentCancelled(occurred_at=NOON, by=CancelledBy.SERVICE))
    platform.deliver(THE_DAY_BEFORE)
    assert told(platform, ada) == []


def test_a_reminder_that_waits_for_the_mail_server_is_dropped_when_the_meeting_moves(
    platform: Platform, ada: Person, postman: Postman
) -> None:
    meeting = uuid4()
    platform.tell(ada, meeting, booked(ada))
    postman.answers[str(ada.email)] = "451 Try again later"
    platform.deliver(THE_DAY_BEFORE, postman.port)
    assert ("appointment_tomorrow", "delayed") in told(platform, ada)
    postman.answers.clear()
    platform.tell(ada, meeting, moved(MEETS_AT + DAY))
    platform.deliver(THE_DAY_BEFORE + timedelta(minutes=1), postman.port)
    assert ("appointment_tomorrow", "dropped") in told(platform, ada)
    assert [mail for mail in postman.mails if mail.rcpt_tos == [ada.email]] == []


def test_a_reminder_that_waits_for_the_mail_server_is_sent_when_it_is_back(
    platform: Platform, ada: Person, postman: Postman
) -> None:
    platform.tell(ada, uuid4(), booked(ada))
    postman.answers[str(ada.email)] = "451 Try again later"
    platform.deliver(THE_DAY_BEFORE, postman.port)
    postman.answers.clear()
    platform.deliver(THE_DAY_BEFORE + timedelta(minutes=1), postman.port)
    assert ("appointment_tomorrow", "sent") in told(platform, ada)
    assert len([mail for mail in postman.mails if mail.rcpt_tos == [ada.email]]) == 1


def test_no_reminder_is_sent_after_eight_in_the_evening(platform: Platform, ada: Person) -> None:
    platform.tell(ada, uuid4(), booked(ada))
    platform.deliver(THE_DAY_BEFORE.replace(hour=20))
    assert ("appointment_tomorrow", "dropped") in told(platform, ada)


def test_a_reminder_asks_neither_for_wishes_nor_whether_somebody_called(platform: Platform, ada: Person) -> None:
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        person.post(f"/participants/{ada.id}/nudge-preferences/stop", json={}).raise_for_status()
    contact = ContactRecorded(occurred_at=NOON + 9 * DAY, channel=Channel.PHONE, coach_id=ada.coach)
    platform.tell(ada, uuid4(), booked(ada))
    platform.tell(ada, ada.case, contact)
    platform.deliver(THE_DAY_BEFORE)
    assert ("appointment_tomorrow", "sent") in told(platform, ada)


def test_a_death_stops_every_reminder(platform: Platform, ada: Person) -> None:
    platform.tell(ada, uuid4(), booked(ada))
    platform.tell(ada, ada.case, CaseExitedEarly(occurred_at=NOON, reason=ExitReason.DECEASED))
    platform.deliver(A_WEEK_BEFORE)
    platform.deliver(THE_DAY_BEFORE)
    assert {state for _, state in told(platform, ada)} == {"dropped"}


LEAVING = (
    CaseExitedEarly(occurred_at=NOON, reason=ExitReason.MOVED_AWAY),
    CaseCompleted(occurred_at=NOON),
)


@pytest.mark.parametrize("left", LEAVING, ids=["before the end", "having gone the whole way"])
def test_who_left_is_reminded_of_nothing(platform: Platform, ada: Person, left: Fact) -> None:
    platform.tell(ada, uuid4(), booked(ada))
    platform.tell(ada, uuid4(), interview(uuid4(), MEETS_AT, None))
    platform.tell(ada, ada.case, left)
    platform.deliver(A_WEEK_BEFORE)
    platform.deliver(THE_DAY_BEFORE)
    assert {state for _, state in told(platform, ada)} == {"dropped"}


def test_who_left_by_mistake_and_goes_on_is_reminded(platform: Platform, ada: Person) -> None:
    platform.tell(ada, uuid4(), booked(ada))
    platform.tell(ada, ada.case, LEAVING[0], CaseReactivated(occurred_at=NOON + timedelta(minutes=1)))
    platform.deliver(THE_DAY_BEFORE)
    assert ("appointment_tomorrow", "sent") in told(platform, ada)


def test_a_meeting_of_a_case_that_is_over_is_not_reminded_of_in_another_case(platform: Platform, ada: Person) -> None:
    again, before, now = replace(ada, referral=uuid4()), uuid4(), uuid4()
    platform.tell(ada, before, booked(ada))
    platform.tell(ada, ada.case, LEAVING[0])
    platform.take_on(again, at=NOON)
    platform.tell(again, now, booked(again, starts_at=MEETS_AT + timedelta(hours=1)))
    platform.deliver(THE_DAY_BEFORE)
    found = [one for one in reminders(platform, ada) if one["kind"] == "appointment_tomorrow"]
    assert {one["about_id"]: one["state"] for one in found} == {str(before): "dropped", str(now): "sent"}


def interview(id: UUID, starts_at: datetime | None, day: date | None) -> InterviewInvited:  # noqa: A002
    return InterviewInvited(occurred_at=NOON, interview_id=id, round=1, starts_at=starts_at, day=day)


@pytest.mark.parametrize(
    ("starts_at", "day", "text"),
    [
        (MEETS_AT, None, "You have an interview tomorrow: Friday, 16 March, at 12 pm."),
        (None, date(2040, 3, 16), "You have an interview tomorrow: Friday, 16 March."),
    ],
    ids=["with a time", "with a day only"],
)
def test_an_interview_is_reminded_of_the_day_before(
    platform: Platform, ada: Person, starts_at: datetime | None, day: date | None, text: str
) -> None:
    platform.tell(ada, uuid4(), interview(uuid4(), starts_at, day))
    platform.deliver(THE_DAY_BEFORE)
    (reminder,) = reminders(platform, ada)
    assert (reminder["kind"], reminder["state"], reminder["text"]) == ("interview_tomorrow", "sent", text)


def test_an_interview_that_was_called_off_is_not_reminded_of(platform: Platform, ada: Person) -> None:
    id, application = uuid4(), uuid4()  # noqa: A001
    platform.tell(ada, application, interview(id, MEETS_AT, None))
    platform.tell(ada, application, InterviewCancelled(occurred_at=NOON, interview_id=id))
    platform.deliver(THE_DAY_BEFORE)
    assert told(platform, ada) == []
