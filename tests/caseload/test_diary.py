"""A coach's diary: every meeting with the people of the caseload, in order, with how to join and what became of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from caseload.diary import Booked, Occasion, meetings, of_days
from caseload.moment import Now
from events.caseload import (
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentKind,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
    CancelledBy,
)
from events.meeting import MeetingChannel
from events.referrals import InitialMeetingBooked, ReferralHandoverArranged
from tests.caseload.running import Person, asked, read_after
from tests.caseload.telling import ADA, COACH, PROVIDER, Journey, opened, started

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
THING, OTHER = UUID(int=71), UUID(int=72)
TIME = {"minutes": 30, "channel": MeetingChannel.PHONE}


def later(**shift: float) -> datetime:
    return NOON + timedelta(**shift)


def booked(at: datetime) -> AppointmentBooked:
    whose = {"case_id": THING, "participant_id": ADA, "provider_id": PROVIDER, "coach_id": COACH}
    return AppointmentBooked(occurred_at=NOON, kind=AppointmentKind.REVIEW, starts_at=at, **TIME, **whose)


def shown(journey: Journey, now: datetime) -> list[Booked]:
    return sorted(meetings(journey.stands(), Now(now, LONDON)), key=lambda one: one.order)


def test_an_appointment_is_over_when_its_time_is_and_done_when_somebody_says_so() -> None:
    journey = started(NOON).tell(booked(later(days=1)), of=THING)
    assert [one.over for moment in (0, 24, 25) for one in shown(journey, later(hours=moment))] == [False, False, True]
    journey.tell(AppointmentAttended(occurred_at=later(days=1), late=False), of=THING)
    (one,) = shown(journey, later(hours=25))
    assert (one.outcome, one.over) == ("attended", False)


def test_a_diary_knows_what_a_command_on_the_appointment_expects() -> None:
    journey = started(NOON).tell(booked(later(days=1)), of=THING)
    versions = []
    for fact in (
        AppointmentRescheduled(occurred_at=NOON, starts_at=later(days=2), **TIME),
        AppointmentAttended(occurred_at=later(days=2), late=False),
        AppointmentOutcomeCorrected(occurred_at=later(days=2)),
    ):
        journey.tell(fact, of=THING)
        (one,) = shown(journey, NOON)
        assert one.appointment
        versions.append((one.appointment.version, one.outcome))
    assert versions == [(2, "none"), (3, "attended"), (4, "none")]


def test_meetings_of_the_referral_stand_between_the_others_and_what_was_called_off_does_not() -> None:
    journey = opened(NOON)
    meets = {"occurred_at": NOON, "channel": MeetingChannel.VIDEO}
    journey.tell(ReferralHandoverArranged(meets_at=later(hours=1), **meets), of=journey.referral)
    journey.tell(InitialMeetingBooked(meets_at=later(hours=3), **meets), of=journey.referral)
    journey.tell(booked(later(hours=2)), of=THING).tell(booked(later(hours=2)), of=OTHER)
    journey.tell(AppointmentCancelled(occurred_at=NOON, by=CancelledBy.SERVICE), of=OTHER)
    order = [Occasion.HANDOVER, Occasion.APPOINTMENT, Occasion.FIRST_MEETING]
    assert [one.occasion for one in shown(journey, NOON)] == order
    assert [one.over for one in shown(journey, later(hours=9))] == [True] * 3


def test_what_needs_an_outcome_is_not_forgotten_when_its_day_is_over() -> None:
    journey = started(NOON).tell(booked(later(hours=1)), of=THING).tell(booked(later(days=9)), of=OTHER)
    now, days = Now(later(days=3), LONDON), (date(2026, 3, 5), date(2026, 3, 18))
    shown, missing = of_days([journey.stands()], days, now)
    assert ([one.id for one in shown], [one.id for one in missing]) == ([OTHER], [THING])
    journey.tell(AppointmentAttended(occurred_at=later(hours=1), late=False), of=THING)
    assert of_days([journey.stands()], days, now)[1] == []


def moment(**shift: float) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).isoformat()


def appointment(starts_at: str) -> dict[str, Any]:
    return {"kind": "review", "starts_at": starts_at, "channel": "video", "link": "https://meet.example/room"}


def test_the_diary_of_some_days_has_names_and_links(coach: httpx.Client, case: str, ada: Person) -> None:
    ids = []
    for days in (2, 1, 40):
        answer = asked(coach, f"{case}/appointments", appointment(moment(days=days)))
        ids.append(answer.json()["ids"]["appointment"])
    page = read_after(answer, coach, "/diary").json()
    assert [one["appointment_id"] for one in page["entries"]] == [ids[1], ids[0]]
    first = page["entries"][0]
    assert (first["name"], first["participant_id"], first["version"]) == ("Ada Lovelace", str(ada.id), 1)
    assert (first["link"], first["what"], first["over"]) == ("https://meet.example/room", "appointment", False)
    assert page["without_outcome"] == []
    first_day = date.fromisoformat(page["first_day"]) + timedelta(days=20)
    far = coach.get("/diary", params={"first_day": first_day.isoformat(), "days": 62}).json()
    assert [one["appointment_id"] for one in far["entries"]] == [ids[2]]
    assert far["last_day"] == (first_day + timedelta(days=61)).isoformat()
