"""What a person and their coach get when they ask the running service."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import CaseCovered
from events.jobsearch import ApplicationSent
from tests.nudges.running import DAY, NOON, Person, Platform

NORTHWAY = uuid4()


@pytest.fixture
def ada(platform: Platform) -> Person:
    """Take Ada on."""
    person = Person(NORTHWAY, email=None)
    platform.take_on(person)
    return person


@pytest.fixture
def person(platform: Platform, ada: Person) -> Iterator[httpx.Client]:
    """Let Ada ask for herself."""
    with platform.client("jobseeker", NORTHWAY, ada.id) as client:
        yield client


@pytest.fixture
def coach(platform: Platform, ada: Person) -> Iterator[httpx.Client]:
    """Let her coach ask."""
    with platform.client("coach", NORTHWAY, ada.coach) as client:
        yield client


def nudged(platform: Platform, person: Person, *, deliver: bool = True) -> str:
    """Nudge somebody to ask what became of an application; return the id of the nudge."""
    platform.tell(person, uuid4(), ApplicationSent(occurred_at=NOON - 14 * DAY))
    platform.decide(NOON)
    if deliver:
        platform.deliver(NOON)
    return str(platform.inbox(person)["nudges"][0]["nudge_id"])


def preferences(client: httpx.Client, person: UUID, after: httpx.Response) -> Any:
    """Read what somebody wants, as it is after a command."""
    assert after.is_success, after.text
    at_least = {"at_least": after.headers["Waymark-Position"]}
    return client.get(f"/participants/{person}/nudge-preferences", params=at_least).raise_for_status().json()


def wish(client: httpx.Client, person: UUID, what: str, **body: Any) -> httpx.Response:
    return client.post(f"/participants/{person}/nudge-preferences/{what}", json=body)


def state(client: httpx.Client, person: UUID, after: httpx.Response) -> str:
    at_least = {"at_least": after.headers["Waymark-Position"]}
    page = client.get(f"/participants/{person}/nudges", params=at_least).json()
    return str(page["nudges"][0]["state"])


def test_who_was_never_nudged_has_an_empty_inbox_and_no_wishes(person: httpx.Client, ada: Person) -> None:
    assert person.get(f"/participants/{ada.id}/nudges").json() == {
        "nudges": [],
        "reminders": [],
        "email_bounced_at": None,
    }
    wishes = person.get(f"/participants/{ada.id}/nudge-preferences").json()
    assert (wishes["all_stopped"], wishes["stopped"], wishes["paused"]) == (False, [], False)


def test_a_nudge_is_seen_and_then_dismissed(platform: Platform, person: httpx.Client, ada: Person) -> None:
    nudge = nudged(platform, ada)
    assert state(person, ada.id, person.post(f"/nudges/{nudge}/seen")) == "seen"
    assert state(person, ada.id, person.post(f"/nudges/{nudge}/dismiss")) == "dismissed"


def test_a_nudge_that_was_not_sent_yet_cannot_be_dismissed(
    platform: Platform, person: httpx.Client, ada: Person
) -> None:
    nudge = nudged(platform, ada, deliver=False)
    refused = person.post(f"/nudges/{nudge}/dismiss")
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")


def test_a_nudge_that_is_not_there_is_not_found(person: httpx.Client) -> None:
    assert person.post(f"/nudges/{uuid4()}/seen").status_code == 404


def test_a_kind_that_was_stopped_does_not_come(platform: Platform, person: httpx.Client, ada: Person) -> None:
    stopped = wish(person, ada.id, "stop", kind="chase_an_application")
    assert preferences(person, ada.id, stopped)["stopped"] == ["chase_an_application"]
    nudged(platform, ada)
    (nudge,) = platform.inbox(ada)["nudges"]
    assert (nudge["state"], nudge["reason"]) == ("suppressed", "opted_out")
    assert nudge["not_sent"] == "Not sent, because you do not want messages like this."


def test_everything_is_stopped_and_wanted_again(person: httpx.Client, ada: Person) -> None:
    wishes = preferences(person, ada.id, wish(person, ada.id, "stop"))
    assert (wishes["all_stopped"], len(wishes["stopped"])) == (True, 3)
    wishes = preferences(person, ada.id, wish(person, ada.id, "resume"))
    assert (wishes["all_stopped"], wishes["stopped"]) == (False, [])


def test_a_coach_pauses_with_a_reason_that_both_read(
    platform: Platform, coach: httpx.Client, person: httpx.Client, ada: Person
) -> None:
    until = (NOON + DAY).isoformat()
    paused = wish(coach, ada.id, "pause", reason="Her mother is ill.", until=until)
    wishes = preferences(person, ada.id, paused)
    assert (wishes["paused"], wishes["paused_by_coach"], wishes["pause_reason"]) == (True, True, "Her mother is ill.")
    nudged(platform, ada)
    (nudge,) = platform.inbox(ada)["nudges"]
    assert (nudge["reason"], datetime.fromisoformat(nudge["again_at"])) == ("paused_by_coach", NOON + DAY)
    assert not preferences(coach, ada.id, wish(coach, ada.id, "unpause"))["paused"]


def test_a_coach_who_pauses_without_a_reason_is_asked_for_one(coach: httpx.Client, ada: Person) -> None:
    assert wish(coach, ada.id, "pause").status_code == 422


def test_a_person_pauses_without_giving_a_reason(person: httpx.Client, ada: Person) -> None:
    wishes = preferences(person, ada.id, wish(person, ada.id, "pause"))
    assert (wishes["paused"], wishes["paused_by_coach"], wishes["pause_reason"]) == (True, False, None)


def test_a_pause_that_is_over_is_none(person: httpx.Client, ada: Person) -> None:
    yesterday = (datetime.now(NOON.tzinfo) - timedelta(days=1)).isoformat()
    assert not preferences(person, ada.id, wish(person, ada.id, "pause", until=yesterday))["paused"]


def test_a_coach_may_do_it_on_behalf_of_somebody(platform: Platform, coach: httpx.Client, ada: Person) -> None:
    nudge = nudged(platform, ada)
    assert state(coach, ada.id, coach.post(f"/nudges/{nudge}/seen")) == "seen"
    assert preferences(coach, ada.id, wish(coach, ada.id, "stop"))["all_stopped"]


@pytest.mark.parametrize("body", [{"kind": "everything"}, {"kinds": []}, {"kind": 7}])
def test_a_kind_that_is_not_there_is_not_valid(person: httpx.Client, ada: Person, body: Any) -> None:
    assert person.post(f"/participants/{ada.id}/nudge-preferences/stop", json=body).status_code == 422


def covered(colleague: UUID, first: int, last: int) -> CaseCovered:
    """Return that a colleague stands in from so many days from now to so many."""
    now = datetime.now(UTC)
    begins, ends = now + timedelta(days=first), now + timedelta(days=last)
    return CaseCovered(occurred_at=now, coach_id=colleague, begins_at=begins, ends_at=ends)


def test_who_stands_in_for_the_coach_is_let_in_while_they_do(platform: Platform, ada: Person) -> None:
    path, colleague = f"/participants/{ada.id}/nudges", uuid4()
    with platform.client("coach", NORTHWAY, colleague) as client:
        seen = []
        for first, last in ((1, 3), (-1, 3), (-3, -1)):
            platform.tell(ada, ada.case, covered(colleague, first, last))
            seen.append(client.get(path).status_code)
    assert seen == [403, 200, 403]
