"""What a coach and a person get when they meet by the running service."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from icalendar import Calendar

from tests.caseload.running import Person, Platform, asked, read_after

NOBODY_CAME = 5
"""The rule of Today about appointments that were missed."""


def soon(**shift: float) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).isoformat()


def meeting(starts_at: str) -> dict[str, Any]:
    return {"kind": "review", "starts_at": starts_at, "minutes": 45, "channel": "in_person", "place": "Room 2"}


def booked(coach: httpx.Client, case: str, starts_at: str) -> str:
    """Book an appointment; return its path."""
    answer = asked(coach, f"{case}/appointments", meeting(starts_at))
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"'), answer.text
    return f"/appointments/{answer.json()['ids']['appointment']}"


def begun(coach: httpx.Client, case: str) -> str:
    """Book an appointment that has begun when this returns."""
    path = booked(coach, case, soon(seconds=1))
    time.sleep(1.1)  # the clock itself has to pass its beginning
    return path


def shown(answer: httpx.Response, client: httpx.Client, case: str) -> dict[str, Any]:
    """Return the latest appointment of a case once the answer's facts are seen."""
    entries = read_after(answer, client, f"{case}/appointments").json()["appointments"]
    latest: dict[str, Any] = entries[0]
    return latest


def test_an_appointment_is_read_by_both_after_it_was_booked(
    coach: httpx.Client, themselves: httpx.Client, case: str
) -> None:
    starts_at = soon(days=7)
    answer = asked(coach, f"{case}/appointments", meeting(starts_at))
    for client in (coach, themselves):
        entry = shown(answer, client, case)
        assert (entry["place"], entry["outcome"], entry["needs_outcome"]) == ("Room 2", "none", False)
        assert datetime.fromisoformat(entry["starts_at"]) == datetime.fromisoformat(starts_at)


def test_an_invitation_follows_an_appointment_through_its_life(coach: httpx.Client, case: str) -> None:
    path = booked(coach, case, soon(days=7))
    sequences = []
    for step, body in (("reschedule", None), ("cancel", {"by": "service"})):
        sequences.append(in_calendar(coach, path))
        sent = body or {key: value for key, value in meeting(soon(days=8)).items() if key != "kind"}
        answer = asked(coach, f"{path}/{step}", sent, version=len(sequences))
        assert answer.is_success, answer.text
    sequences.append(in_calendar(coach, path))
    assert [sequence for _, sequence, _ in sequences] == [0, 1, 2]
    assert [method for method, _, _ in sequences] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({uid for _, _, uid in sequences}) == 1


def test_a_meeting_that_was_moved_by_mistake_is_where_it_was_again(coach: httpx.Client, case: str) -> None:
    answer = asked(coach, f"{case}/appointments", meeting(soon(days=7)))
    was, path = shown(answer, coach, case), f"/appointments/{answer.json()['ids']['appointment']}"
    sent = {"starts_at": soon(days=9), "channel": "phone", "place": "Their home"}
    moved = asked(coach, f"{path}/reschedule", sent, version=1)
    back, again = (asked(coach, f"{path}/reschedule/take-back", {"version": 2}) for _ in range(2))
    assert (moved.status_code, back.status_code, again.status_code) == (200, 200, 409)
    assert shown(back, coach, case) == was | {"version": 3}
    assert in_calendar(coach, path)[1] == 2


def in_calendar(client: httpx.Client, path: str) -> tuple[str, int, str]:
    answer = client.get(f"{path}/invitation.ics")
    assert answer.headers["content-type"].startswith("text/calendar; method=")
    calendar = Calendar.from_ical(answer.text)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["method"]), int(event["sequence"]), str(event["uid"])


def test_an_appointment_that_the_service_calls_off_is_never_a_no_show(coach: httpx.Client, case: str) -> None:
    path = begun(coach, case)
    called_off = asked(coach, f"{path}/cancel", {"by": "service", "reason": "The coach is ill."}, version=1)
    entry = shown(called_off, coach, case)
    assert (entry["outcome"], entry["cancelled_by"], entry["reason"]) == ("cancelled", "service", "The coach is ill.")
    missed = asked(coach, f"{path}/missed", {}, version=2)
    assert (missed.status_code, missed.json()["allowed"]) == (409, [])


def test_today_and_the_timeline_tell_of_a_no_show_where_one_was_and_nowhere_else(
    coach: httpx.Client, ada: Person, case: str
) -> None:
    def told(after: httpx.Response) -> tuple[bool, str]:
        page = read_after(after, coach, "/today").json()
        lines = [line for line in (*page["shown"], *page["can_wait"]) if line["participant_id"] == str(ada.id)]
        rules = {why["rule"] for line in lines for why in (line["reason"], *line["more"])}
        entries = read_after(after, coach, f"/participants/{ada.id}/timeline").json()["entries"]
        sentences = " ".join(entry["sentence"] for entry in entries)
        return NOBODY_CAME in rules, sentences

    called_off = asked(coach, f"{begun(coach, case)}/cancel", {"by": "service"}, version=1)
    asks_about_it, sentences = told(called_off)
    assert "An appointment was called off by the service." in sentences
    assert (asks_about_it, "did not come" in sentences) == (False, False)

    missed = asked(coach, f"{begun(coach, case)}/missed", {}, version=1)
    asks_about_it, sentences = told(missed)
    assert (asks_about_it, "The person did not come to an appointment" in sentences) == (True, True)


def test_a_person_says_that_they_cannot_make_it_and_speaks_for_nobody_else(
    coach: httpx.Client, themselves: httpx.Client, case: str
) -> None:
    path = booked(coach, case, soon(days=2))
    assert asked(themselves, f"{path}/cancel", {"by": "service"}, version=1).status_code == 403
    assert asked(themselves, f"{path}/cancel", {"occurred_at": soon(days=-1)}, version=1).status_code == 403
    called_off = asked(themselves, f"{path}/cancel", {"reason": "My child is ill."}, version=1)
    assert shown(called_off, coach, case)["cancelled_by"] == "participant"


def test_an_outcome_waits_for_the_beginning_and_can_be_corrected(coach: httpx.Client, case: str) -> None:
    early = asked(coach, f"{booked(coach, case, soon(days=1))}/missed", {}, version=1)
    assert (early.status_code, early.json()["allowed"]) == (409, ["reschedule", "cancel"])
    path = begun(coach, case)
    missed = asked(coach, f"{path}/missed", {"acceptable": False}, version=1)
    corrected = asked(coach, f"{path}/correct", version=2)
    attended = asked(coach, f"{path}/attended", {"late": True}, version=3)
    assert [answer.status_code for answer in (missed, corrected, attended)] == [200, 200, 200]
    entries = read_after(attended, coach, f"{case}/appointments").json()["appointments"]
    assert sorted((entry["outcome"], entry["late"]) for entry in entries) == [("attended", True), ("none", False)]


def test_of_two_who_edit_one_appointment_the_second_is_told_both_versions(coach: httpx.Client, case: str) -> None:
    path = booked(coach, case, soon(days=3))
    moved = {"starts_at": soon(days=4), "channel": "phone"}
    assert asked(coach, f"{path}/reschedule", moved, version=1).status_code == 200
    second = asked(coach, f"{path}/cancel", {}, version=1)
    assert (second.status_code, second.json()["expected"], second.json()["actual"]) == (412, 1, 2)
    assert asked(coach, f"{path}/cancel", {}).status_code == 428


def test_the_same_key_books_one_appointment(coach: httpx.Client, case: str) -> None:
    key, body = {"Idempotency-Key": uuid4().hex}, meeting(soon(days=5))
    first, second = (asked(coach, f"{case}/appointments", body, version=None, **key) for _ in range(2))
    assert first.json() == second.json()
    assert len(read_after(second, coach, f"{case}/appointments").json()["appointments"]) == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"starts_at": "1890-01-01T10:00:00Z"}, "#/starts_at"),
        ({"starts_at": "9999-12-31T23:59:59Z"}, "#/starts_at"),
        ({"minutes": 0}, "#/minutes"),
        ({"link": "javascript:alert(1)"}, "#/link"),
        ({"shoes": "red"}, "#/shoes"),
    ],
)
def test_what_makes_no_appointment_is_named(
    coach: httpx.Client, case: str, wrong: dict[str, Any], pointer: str
) -> None:
    answer = asked(coach, f"{case}/appointments", {**meeting(soon(days=5)), **wrong})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_person_and_coach_write_to_each_other(coach: httpx.Client, themselves: httpx.Client, case: str) -> None:
    asked(coach, f"{case}/messages", {"text": "How did it go? 🙂"})
    answer = asked(themselves, f"{case}/messages", {"text": "Well, שלום!"})
    latest, first = read_after(answer, themselves, f"{case}/messages").json()["messages"]
    assert (latest["text"], latest["by"], first["text"], first["by"]) == (
        "Well, שלום!",
        "participant",
        "How did it go? 🙂",
        "coach",
    )
    read = asked(themselves, f"{case}/messages/{first['message_id']}/read")
    assert read_after(read, coach, f"{case}/messages").json()["messages"][1]["read_at"]
    stays = asked(coach, f"{case}/messages/{first['message_id']}/withdraw")
    assert (stays.status_code, stays.json()["detail"]) == (
        409,
        "The message was read already and cannot be taken back.",
    )
    taken_back = asked(themselves, f"{case}/messages/{latest['message_id']}/withdraw")
    assert read_after(taken_back, coach, f"{case}/messages").json()["messages"][0]["text"] is None


def test_messages_are_read_together_or_none_of_them(coach: httpx.Client, themselves: httpx.Client, case: str) -> None:
    sent = [asked(coach, f"{case}/messages", {"text": text}) for text in ("First.", "Second.")]
    ids = [answer.json()["ids"]["message"] for answer in sent]
    unknown = asked(themselves, f"{case}/messages/read", {"message_ids": [*ids, str(uuid4())]})
    assert unknown.status_code == 409
    read = asked(themselves, f"{case}/messages/read", {"message_ids": ids})
    shown = read_after(read, coach, f"{case}/messages").json()["messages"]
    assert [one["read_at"] is not None for one in shown if one["message_id"] in ids] == [True, True]


def test_a_message_of_somebody_else_is_not_to_be_read(platform: Platform, case: str) -> None:
    with platform.client("jobseeker", uuid4()) as stranger:
        assert stranger.get(f"{case}/messages").status_code == 404
        assert asked(stranger, f"{case}/messages", {"text": "Hello"}).status_code == 404
