"""A contact that was recorded by mistake is taken back: it counts no longer, and stays, struck through."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.caseload.running import NORTHWAY, Person, Platform, asked, read_after


def earlier(**shift: float) -> str:
    return (datetime.now(UTC) - timedelta(**shift)).isoformat()


def recorded(coach: httpx.Client, case: str, at: str, note: str = "They rang.") -> str:
    """Record a contact; return the path that takes it back."""
    answer = asked(coach, f"{case}/contacts", {"channel": "phone", "occurred_at": at, "note": note, "shared": True})
    assert answer.status_code == 201, answer.text
    return f"{case}/contacts/{answer.json()['ids']['contact']}/entered-in-error"


def entries(client: httpx.Client, person: Person, after: httpx.Response, kind: str = "contact") -> list[dict[str, Any]]:
    """Return what the timeline tells, once it knows what a command did."""
    token = after.headers["Waymark-Position"]
    answer = client.get(f"/participants/{person.id}/timeline", params={"at_least": token, "kind": kind})
    found: list[dict[str, Any]] = answer.json()["entries"]
    return found


def test_a_contact_that_is_taken_back_counts_no_longer(coach: httpx.Client, case: str) -> None:
    recorded(coach, case, before := earlier(days=3))
    back = asked(coach, recorded(coach, case, earlier(days=1)))
    line = read_after(back, coach, "/caseload").json()["cases"][0]
    bar = read_after(back, coach, "/caseload/everybody").json()["people"][0]
    for at in (line["last_contact_at"], bar["last_contact"]["at"]):
        assert datetime.fromisoformat(at) == datetime.fromisoformat(before)


def test_it_stays_on_the_timeline_struck_through_without_its_note(
    coach: httpx.Client, themselves: httpx.Client, case: str, ada: Person
) -> None:
    take_back = recorded(coach, case, earlier(hours=2), "A note about somebody else.")
    recorded(coach, case, earlier(hours=1))
    back = asked(coach, take_back)
    shown = [(one["sentence"], one["taken_back"], one["words"]) for one in entries(coach, ada, back)]
    assert shown == [
        ("A contact was recorded by mistake and was taken back.", False, {}),
        ("Coach and person spoke by phone.", False, {"Note": "They rang."}),
        ("Coach and person spoke by phone.", True, {}),
    ]
    page = read_after(back, coach, f"/participants/{ada.id}").json()["timeline"]
    assert [one["taken_back"] for one in page if "phone" in one["sentence"]] == [False, True]
    assert "somebody else" not in str(entries(themselves, ada, back))


def test_who_recorded_it_sees_how_to_take_it_back_and_the_person_does_not(
    coach: httpx.Client, themselves: httpx.Client, case: str, ada: Person
) -> None:
    answer = asked(coach, f"{case}/contacts", {"channel": "phone", "occurred_at": earlier(hours=1)})
    ids = [[one["contact_id"] for one in entries(client, ada, answer)] for client in (coach, themselves)]
    assert ids == [[answer.json()["ids"]["contact"]], [None]]


def test_a_colleague_takes_nothing_back_that_another_recorded_but_a_leader_does(
    platform: Platform, coach: httpx.Client, leader: httpx.Client, case: str
) -> None:
    take_back = recorded(coach, case, earlier(hours=1))
    by_leader = recorded(leader, case, earlier(hours=1))
    assert asked(coach, by_leader).status_code == 403
    with platform.client("coach", NORTHWAY) as colleague:
        assert asked(colleague, take_back).status_code == 403
    assert [asked(leader, take_back).status_code for _ in range(2)] == [200, 200]


def test_a_session_names_the_contact_that_it_noted(coach: httpx.Client, case: str, ada: Person) -> None:
    noted = asked(coach, f"{case}/session", {"channel": "video"}, version=2)
    back = asked(coach, f"{case}/contacts/{noted.json()['ids']['contact']}/entered-in-error")
    assert [one["taken_back"] for one in entries(coach, ada, back)] == [False, True]


def test_a_message_and_an_outcome_that_were_taken_back_are_struck_through(
    coach: httpx.Client, case: str, ada: Person
) -> None:
    sent = asked(coach, f"{case}/messages", {"text": "To the wrong person."})
    back = asked(coach, f"{case}/messages/{sent.json()['ids']['message']}/withdraw")
    shown = [(one["sentence"], one["taken_back"]) for one in entries(coach, ada, back)]
    assert shown == [("A message was taken back.", False), ("The coach wrote a message.", True)]
    assert "wrong person" not in str(entries(coach, ada, back))


def test_a_step_that_was_set_aside_by_a_slip_is_there_again(
    coach: httpx.Client, themselves: httpx.Client, case: str, ada: Person
) -> None:
    aside = asked(themselves, f"{case}/next-step/set-aside", {"step": "10.work", "reason": "later"})
    path = f"/participants/{ada.id}/next-step"
    assert read_after(aside, themselves, path).json()["step"] == "10.town"
    again = asked(themselves, f"{case}/next-step/take-up", {"step": "10.work"})
    assert read_after(again, coach, path).json()["step"] == "10.work"
