"""An appointment is booked, moved and called off before it begins, and has an outcome afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from caseload.appointment import (
    ALLOWED,
    Appointment,
    AppointmentHasBegun,
    AppointmentHasNotBegun,
    AppointmentInThePast,
    AppointmentNotMoved,
    AppointmentWasAttended,
    AppointmentWasCancelled,
    AppointmentWasMissed,
    NothingToCorrect,
    Outcome,
)
from caseload.invitation import invitation, method_of
from chassis.aggregate import Refusal
from events.caseload import (
    ActionCancelled,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentKind,
    AppointmentMissed,
    AppointmentOutcomeCorrected,
    AppointmentRescheduled,
    CancelledBy,
)
from events.fact import Fact
from events.meeting import MeetingChannel
from tests.caseload.cases import AMIR, CASE, NOW, PARTICIPANT, PROVIDER, decided, happened, sealed

ID = UUID(int=77)
AT = NOW + timedelta(days=1)
AFTER = AT + timedelta(hours=1)
BOOKED = AppointmentBooked(
    occurred_at=NOW,
    case_id=CASE,
    participant_id=PARTICIPANT,
    provider_id=PROVIDER,
    coach_id=AMIR,
    kind=AppointmentKind.REVIEW,
    starts_at=AT,
    minutes=45,
    channel=MeetingChannel.VIDEO,
)
LATER = AppointmentRescheduled(
    occurred_at=NOW, starts_at=AT + timedelta(days=1), minutes=45, channel=MeetingChannel.VIDEO
)
ATTENDED = AppointmentAttended(occurred_at=AT, late=False)
MISSED = AppointmentMissed(occurred_at=AT, acceptable=False)
CORRECTED = AppointmentOutcomeCorrected(occurred_at=AFTER)


def cancelled(by: CancelledBy, at: datetime = NOW) -> AppointmentCancelled:
    return AppointmentCancelled(occurred_at=at, by=by)


def given(*facts: Fact) -> Appointment:
    return happened(Appointment.book(ID, BOOKED), facts)


def move(appointment: Appointment) -> None:
    appointment.reschedule(LATER)


def attend(appointment: Appointment) -> None:
    appointment.attend(AFTER, late=False)


def miss(appointment: Appointment) -> None:
    appointment.miss(AFTER, acceptable=False)


def cancel(appointment: Appointment) -> None:
    appointment.cancel(cancelled(CancelledBy.SERVICE))


def correct(appointment: Appointment) -> None:
    appointment.correct(AFTER)


TO: dict[Outcome, list[Fact]] = {
    Outcome.NONE: [],
    Outcome.ATTENDED: [ATTENDED],
    Outcome.MISSED: [MISSED],
    Outcome.CANCELLED: [cancelled(CancelledBy.SERVICE)],
}
STEPS: dict[str, tuple[Callable[[Appointment], None], Fact]] = {
    "reschedule": (move, LATER),
    "attended": (attend, ATTENDED),
    "missed": (miss, MISSED),
    "cancel": (cancel, cancelled(CancelledBy.SERVICE)),
    "correct": (correct, CORRECTED),
}
REFUSED: dict[Outcome, type[Refusal]] = {
    Outcome.NONE: NothingToCorrect,
    Outcome.ATTENDED: AppointmentWasAttended,
    Outcome.MISSED: AppointmentWasMissed,
    Outcome.CANCELLED: AppointmentWasCancelled,
}
SETTLED = {(Outcome.ATTENDED, "attended"), (Outcome.MISSED, "missed"), (Outcome.CANCELLED, "cancel")}
EVERY = [(outcome, step) for outcome in Outcome for step in STEPS]
LEGAL = [(outcome, step) for outcome, step in EVERY if step in ALLOWED[outcome]]
ILLEGAL = [pair for pair in EVERY if pair not in LEGAL and pair not in SETTLED]


def test_an_appointment_is_about_the_participant_and_belongs_to_the_provider() -> None:
    appointment = Appointment.book(ID, BOOKED)
    assert (appointment.id, appointment.subject, appointment.tenant, appointment.case_id) == (
        ID,
        PARTICIPANT,
        PROVIDER,
        CASE,
    )
    assert decided(appointment) == [BOOKED]


@pytest.mark.parametrize(("outcome", "step"), LEGAL)
def test_a_step_that_leads_on_is_taken(outcome: Outcome, step: str) -> None:
    ask, fact = STEPS[step]
    appointment = given(*TO[outcome])
    ask(appointment)
    assert decided(appointment) == [fact]


@pytest.mark.parametrize(("outcome", "step"), sorted(SETTLED))
def test_what_is_already_so_tells_nothing(outcome: Outcome, step: str) -> None:
    appointment = given(*TO[outcome])
    STEPS[step][0](appointment)
    assert decided(appointment) == []


@pytest.mark.parametrize(("outcome", "step"), ILLEGAL)
def test_a_step_that_does_not_lead_on_is_refused_with_those_that_do(outcome: Outcome, step: str) -> None:
    appointment = given(*TO[outcome])
    with pytest.raises(REFUSED[outcome]) as refused:
        STEPS[step][0](appointment)
    assert (refused.value.allowed, decided(appointment)) == (ALLOWED[outcome], [])


def test_a_meeting_is_booked_for_a_time_to_come() -> None:
    past = BOOKED.model_copy(update={"starts_at": NOW - timedelta(minutes=1)})
    with pytest.raises(AppointmentInThePast):
        Appointment.book(ID, past)
    with pytest.raises(AppointmentInThePast):
        given().reschedule(LATER.model_copy(update={"starts_at": NOW - timedelta(minutes=1)}))


@pytest.mark.parametrize(
    "ask", [lambda it: it.attend(NOW, late=False), lambda it: it.miss(NOW, acceptable=True)], ids=["attended", "missed"]
)
def test_nobody_comes_or_fails_to_come_before_it_begins(ask: Callable[[Appointment], None]) -> None:
    appointment = given()
    with pytest.raises(AppointmentHasNotBegun) as refused:
        ask(appointment)
    assert refused.value.allowed == ("reschedule", "cancel")


@pytest.mark.parametrize(
    "ask",
    [
        lambda it: it.reschedule(LATER.model_copy(update={"occurred_at": AFTER})),
        lambda it: it.cancel(cancelled(CancelledBy.PARTICIPANT, AFTER)),
    ],
    ids=["moved", "cancelled by the person"],
)
def test_what_has_begun_is_neither_moved_nor_called_off_by_the_person(ask: Callable[[Appointment], None]) -> None:
    appointment = given()
    with pytest.raises(AppointmentHasBegun) as refused:
        ask(appointment)
    assert refused.value.allowed == ("attended", "missed", "cancel")


def test_what_the_service_does_not_hold_is_called_off_and_never_a_no_show() -> None:
    appointment = given()
    appointment.cancel(cancelled(CancelledBy.SERVICE, AFTER))
    assert decided(appointment) == [cancelled(CancelledBy.SERVICE, AFTER)]
    with pytest.raises(AppointmentWasCancelled):
        miss(appointment)


def test_a_call_of_yesterday_calls_it_off_although_it_has_begun_by_now() -> None:
    appointment = given()
    appointment.cancel(cancelled(CancelledBy.PARTICIPANT, NOW))
    assert decided(appointment) == [cancelled(CancelledBy.PARTICIPANT, NOW)]


def test_who_called_it_off_stays() -> None:
    appointment = given(cancelled(CancelledBy.PARTICIPANT))
    with pytest.raises(AppointmentWasCancelled):
        cancel(appointment)


def test_a_wrong_outcome_is_corrected_and_told_anew() -> None:
    appointment = given(MISSED, CORRECTED)
    appointment.attend(AFTER, late=True)
    assert decided(appointment) == [AppointmentAttended(occurred_at=AT, late=True)]


@pytest.mark.parametrize(
    ("before", "ask"),
    [
        ([ATTENDED], lambda it: it.attend(AFTER, late=True)),
        ([MISSED], lambda it: it.miss(AFTER, acceptable=True)),
    ],
    ids=["late after all", "acceptable after all"],
)
def test_another_shade_of_the_outcome_is_a_correction_first(
    before: list[Fact], ask: Callable[[Appointment], None]
) -> None:
    with pytest.raises(Refusal) as refused:
        ask(given(*before))
    assert refused.value.allowed == ("correct",)


def test_the_same_time_and_no_place_tells_nothing() -> None:
    appointment = given(LATER)
    move(appointment)
    assert decided(appointment) == []


def test_another_place_at_the_same_time_is_told() -> None:
    moved = LATER.model_copy(update={"place": sealed(AppointmentRescheduled, "place")})
    appointment = given(LATER)
    appointment.reschedule(moved)
    assert decided(appointment) == [moved]


def test_what_was_before_a_move_is_known_until_something_else_is_moved() -> None:
    latest = LATER.model_copy(update={"starts_at": AT + timedelta(days=2)})
    appointment = given(LATER, latest)
    before = appointment.before_move(3)
    assert (before.starts_at, before.minutes, before.channel) == (LATER.starts_at, 45, MeetingChannel.VIDEO)
    appointment.reschedule(AppointmentRescheduled(occurred_at=NOW, **before._asdict()))
    assert [fact.starts_at for fact in decided(appointment) if isinstance(fact, AppointmentRescheduled)] == [
        LATER.starts_at
    ]
    assert (appointment.sequence, appointment.before_move(4).starts_at) == (3, latest.starts_at)


@pytest.mark.parametrize(("moves", "version"), [([], 1), ([LATER], 1), ([LATER, LATER], 2)])
def test_what_was_not_the_last_move_is_not_taken_back(moves: list[Fact], version: int) -> None:
    with pytest.raises(AppointmentNotMoved):
        given(*moves).before_move(version)


def test_a_fact_of_a_case_is_no_part_of_an_appointment() -> None:
    with pytest.raises(TypeError, match="Appointment does not fold ActionCancelled"):
        given(ActionCancelled(occurred_at=NOW, action_id=ID))


def in_calendar(appointment: Appointment, place: str | None = None, link: str | None = None) -> dict[str, str]:
    """Return what a calendar reads of an invitation."""
    calendar = Calendar.from_ical(invitation(appointment, place, link))
    (event,) = calendar.walk("VEVENT")
    read = {name: str(event.decoded(name)) if name == "sequence" else str(event[name]) for name in event}
    return {"method": str(calendar["method"]), "DTSTART": str(event.decoded("dtstart")), **read}


def test_an_invitation_keeps_its_uid_and_counts_its_sequence_up() -> None:
    read = [in_calendar(given(*facts)) for facts in ([], [LATER], [LATER, cancelled(CancelledBy.SERVICE)])]
    assert {one["UID"] for one in read} == {f"{ID}@waymark"}
    assert [one["SEQUENCE"] for one in read] == ["0", "1", "2"]
    assert [one["method"] for one in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [one["STATUS"] for one in read] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_an_invitation_says_when_where_and_by_which_link() -> None:
    appointment = given()
    event = Calendar.from_ical(invitation(appointment, "Room 2, Riverside; Newport", "https://meet.example/r")).walk(
        "VEVENT"
    )[0]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (AT, AT + timedelta(minutes=45))
    assert event.decoded("dtstart").utcoffset() == datetime.now(UTC).utcoffset()
    assert (str(event["location"]), str(event["url"])) == ("Room 2, Riverside; Newport", "https://meet.example/r")


def test_a_text_in_an_invitation_adds_no_line_of_its_own() -> None:
    written = invitation(given(), "Room 2\r\nATTENDEE:mailto:mallory@example.org", None).decode()
    assert [line for line in written.splitlines() if line.startswith("ATTENDEE")] == [
        f"ATTENDEE:urn:uuid:{PARTICIPANT}"
    ]


def test_an_outcome_changes_nothing_in_a_calendar() -> None:
    assert (method_of(given(ATTENDED)), given(ATTENDED).sequence) == ("REQUEST", 0)
