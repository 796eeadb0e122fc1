"""What the Participant page and the timeline show when the running service is asked, to a coach and to the person."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import case_of
from tests.caseload.running import Person, Platform, eventually

NORTHWAY = uuid4()
IN_A_WEEK = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()


@pytest.fixture(scope="module")
def amir() -> UUID:
    """Name a coach of Northway."""
    return uuid4()


@pytest.fixture(scope="module")
def ada(platform: Platform, amir: UUID) -> Person:
    """Refer somebody, who is accepted with Amir as coach."""
    person = Person("Ada Lovelace", NORTHWAY)
    platform.accept(amir, person)
    return person


@pytest.fixture(scope="module")
def coach(platform: Platform, amir: UUID, ada: Person) -> Iterator[httpx.Client]:
    """Let Amir ask, once he coaches Ada."""
    with platform.client("coach", NORTHWAY, amir) as client:
        eventually(client, f"/participants/{ada.id}", lambda page: page["coach_id"] == str(amir))
        yield client


@pytest.fixture(scope="module")
def worked(coach: httpx.Client, ada: Person) -> str:
    """Let Amir choose a track, agree an action and note two contacts; return where to read on from."""
    case = f"/cases/{case_of(ada.referral)}"
    track = {"track": "supported", "reason": "Wants help with letters."}
    assert coach.post(f"{case}/track", json=track, headers={"If-Match": '"2"'}).is_success
    action = {"owner": "coach", "what": "Ring the bakery", "due": IN_A_WEEK}
    assert coach.post(f"{case}/actions", json=action, headers={"If-Match": '"3"'}).is_success
    now = datetime.now(UTC).isoformat()
    for shared, note in ((True, "Ready for Friday."), (False, "Seemed low today.")):
        contact = {"occurred_at": now, "channel": "phone", "note": note, "shared": shared}
        answer = coach.post(f"{case}/contacts", json=contact)
        assert answer.is_success, answer.text
    return answer.headers["Waymark-Position"]


def read(client: httpx.Client, path: str, **asked: Any) -> Any:
    answer = client.get(path, params=asked)
    assert answer.is_success, answer.text
    return answer.json()


def test_a_coach_reads_the_whole_person(coach: httpx.Client, ada: Person, amir: UUID, worked: str) -> None:
    page = read(coach, f"/participants/{ada.id}", at_least=worked)
    assert (page["name"], page["coach_id"], page["version"], page["status"]) == (
        "Ada Lovelace",
        str(amir),
        6,
        "awaiting_start",
    )
    assert (page["file"]["track"]["track"], page["file"]["track"]["reason"]) == (
        "supported",
        "Wants help with letters.",
    )
    (promise,) = page["file"]["promises"]
    assert (promise["owner"], promise["what"], promise["status"]) == ("coach", "Ring the bakery", "agreed")
    assert page["last_contact"]["channel"] == "phone"
    assert page["next_step"]["step"] == "10.work"
    assert page["funnel"] == {"sent": 0, "silent": 0, "interviews": 0, "offers": 0}
    notes = [entry["words"]["Note"] for entry in page["timeline"] if "Note" in entry["words"]]
    assert sorted(notes) == ["Ready for Friday.", "Seemed low today."]


def test_the_person_reads_their_own_page_without_what_is_for_the_staff(
    platform: Platform, coach: httpx.Client, ada: Person, worked: str
) -> None:
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        page = read(person, f"/participants/{ada.id}", at_least=worked)
        entries = read(person, f"/participants/{ada.id}/timeline", at_least=worked)["entries"]
    assert (page["name"], page["reasons"], page["standards"]) == ("Ada Lovelace", None, None)
    assert (page["file"]["track"]["track"], page["file"]["track"]["reason"]) == ("supported", None)
    assert page["next_step"] == read(coach, f"/participants/{ada.id}/next-step")
    for shown in (page["timeline"], entries):
        assert [entry["words"]["Note"] for entry in shown if "Note" in entry["words"]] == ["Ready for Friday."]


def test_the_history_says_which_action_went_on(coach: httpx.Client, ada: Person, worked: str) -> None:
    case, path = f"/cases/{case_of(ada.referral)}", f"/participants/{ada.id}"
    (promise,) = read(coach, path, at_least=worked)["file"]["promises"]
    begun = coach.post(f"{case}/actions/{promise['action_id']}/begin", headers={"If-Match": '"6"'})
    assert begun.is_success, begun.text
    told = begun.headers["Waymark-Position"]
    whole = read(coach, path, at_least=told)["timeline"]
    (of_the_plan, *_) = read(coach, f"{path}/timeline", at_least=told, kind="plan")["entries"]
    (of_all,) = (entry for entry in whole if entry["id"] == of_the_plan["id"])
    for entry in (of_the_plan, of_all):
        assert (entry["sentence"], entry["words"]) == ("Work on an agreed action began.", {"What": "Ring the bakery"})


def test_a_page_as_it_stood_before_there_was_a_case_is_not_there(coach: httpx.Client, ada: Person) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    answer = coach.get(f"/participants/{ada.id}", params={"as_of": yesterday})
    assert answer.status_code == 404


@pytest.mark.parametrize("by", ["occurred_at", "recorded_at"])
def test_a_page_as_of_today_is_todays(coach: httpx.Client, ada: Person, worked: str, by: str) -> None:
    path = f"/participants/{ada.id}"
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    page = read(coach, path, at_least=worked)
    stood = read(coach, path, at_least=worked, as_of=tomorrow, by=by)
    assert stood.pop("as_of") == {"day": tomorrow, "by": by}
    assert stood == {name: part for name, part in page.items() if name != "as_of"}


def test_the_timeline_is_read_by_kinds(coach: httpx.Client, ada: Person, worked: str) -> None:
    path = f"/participants/{ada.id}/timeline"
    contacts = read(coach, path, at_least=worked, kind="contact")["entries"]
    assert [entry["sentence"] for entry in contacts] == ["Coach and person spoke by phone."] * 2
    both = read(coach, path, kind=["contact", "referral"])["entries"]
    assert "The provider took the person on." in [entry["sentence"] for entry in both]
    assert coach.get(path, params={"kind": "gossip"}).status_code == 422


def test_a_message_says_that_it_was_read_and_the_history_does_not(
    platform: Platform, coach: httpx.Client, ada: Person
) -> None:
    messages = f"/cases/{case_of(ada.referral)}/messages"
    sent = coach.post(messages, json={"text": "See you on Friday."})
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        seen = person.post(f"{messages}/read", json={"message_ids": [sent.json()["ids"]["message"]]})
    assert seen.is_success, seen.text
    told = seen.headers["Waymark-Position"]
    (message,) = read(coach, messages, at_least=told)["messages"]
    assert message["read_at"]
    listed = read(coach, f"/participants/{ada.id}/timeline", at_least=told, kind="contact")["entries"]
    whole = read(coach, f"/participants/{ada.id}", at_least=told)["timeline"]
    for entries in (listed, whole):
        assert entries[0]["sentence"] == "The coach wrote a message."


def test_a_timeline_is_read_on_from_an_entry_down_from_one_and_as_it_stood(
    coach: httpx.Client, ada: Person, worked: str
) -> None:
    path = f"/participants/{ada.id}/timeline"
    every = [entry["id"] for entry in read(coach, path, at_least=worked)["entries"]]
    first = read(coach, path, limit=2)
    assert ([entry["id"] for entry in first["entries"]], first["next"]) == (every[:2], every[1])
    others = read(coach, path, before=every[1])
    assert ([entry["id"] for entry in others["entries"]], others["next"]) == (every[2:], None)
    down = read(coach, path, down_from=every[1], limit=1)
    assert [entry["id"] for entry in down["entries"]] == every[1:2]

    met = {"occurred_at": (datetime.now(UTC) - timedelta(days=9)).isoformat(), "channel": "letter"}
    told = coach.post(f"/cases/{case_of(ada.referral)}/contacts", json=met).headers["Waymark-Position"]
    then = (datetime.now(UTC) - timedelta(days=7)).date().isoformat()
    happened = read(coach, path, at_least=told, as_of=then, kind="contact")["entries"]
    assert [entry["sentence"] for entry in happened] == ["Coach and person exchanged letters."]
    assert read(coach, path, as_of=then, by="recorded_at")["entries"] == []


def test_a_worry_and_why_somebody_was_put_off_are_for_the_staff_until_they_are_settled(
    platform: Platform, coach: httpx.Client, ada: Person, amir: UUID
) -> None:
    case, path = f"/cases/{case_of(ada.referral)}", f"/participants/{ada.id}"
    raised = coach.post(f"{case}/safety-concerns", json={"what": "Home is not safe."})
    seen = {"If-Match": f'"{raised.json()["version"]}"'}
    snooze = {"rule": 9, "until": IN_A_WEEK, "reason": "Away until Monday."}
    told = coach.post(f"{case}/snooze", json=snooze, headers=seen)
    page = read(coach, path, at_least=told.headers["Waymark-Position"])
    (concern,) = page["file"]["concerns"]
    assert (concern["concern_id"], concern["owner_id"]) == (raised.json()["ids"]["concern"], str(amir))
    assert (concern["what"], page["file"]["put_off"]["reason"]) == ("Home is not safe.", "Away until Monday.")
    assert page["reasons"][0]["about"] == concern["concern_id"]
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        own = read(person, path)["file"]
    assert (own["concerns"], own["put_off"]) == ([], None)

    handled = f"{case}/safety-concerns/{concern['concern_id']}/handled"
    coach.post(handled, json={"how": "A room is found."})
    again = coach.post(f"{case}/unsnooze", headers={"If-Match": f'"{told.json()["version"] + 1}"'})
    settled = read(coach, path, at_least=again.headers["Waymark-Position"])["file"]
    assert (settled["concerns"], settled["put_off"]) == ([], None)
    (handling,) = settled["handled"]
    assert (handling["concern"], handling["how"]) == (concern, "A room is found.")
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        assert read(person, path)["file"]["handled"] == []

    mistaken = coach.post(f"{handled}/take-back", json={"version": handling["version"]})
    assert coach.post(f"{handled}/take-back", json={"version": handling["version"]}).status_code == httpx.codes.CONFLICT
    page = read(coach, path, at_least=mistaken.headers["Waymark-Position"])
    assert (page["file"]["concerns"], page["file"]["handled"]) == ([concern], [])
    assert page["reasons"][0]["about"] == concern["concern_id"]
    struck = {entry["sentence"]: entry["taken_back"] for entry in page["timeline"]}
    assert struck["A worry about the person's safety was dealt with."]
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        assert not [entry for entry in read(person, path)["timeline"] if "worry" in entry["sentence"]]
