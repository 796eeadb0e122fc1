"""What a coach's day and a person's next step look like when the running service is asked."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import case_of
from events.meeting import MeetingChannel
from events.referrals import InitialMeetingBooked
from tests.caseload.running import Person, Platform, eventually

NORTHWAY = uuid4()


@pytest.fixture
def amir() -> UUID:
    """Name a coach of Northway with no cases yet."""
    return uuid4()


@pytest.fixture
def coach(platform: Platform, amir: UUID) -> Iterator[httpx.Client]:
    """Let Amir ask."""
    with platform.client("coach", NORTHWAY, amir) as client:
        yield client


@pytest.fixture
def ada(platform: Platform, amir: UUID) -> Person:
    """Refer somebody, who is accepted with Amir as coach."""
    person = Person("Ada Lovelace", NORTHWAY)
    platform.accept(amir, person)
    return person


def read(client: httpx.Client, path: str, after: httpx.Response) -> Any:
    """Read a page that knows what a command did."""
    assert after.is_success, after.text
    answer = client.get(path, params={"at_least": after.headers["Waymark-Position"]})
    assert answer.is_success, answer.text
    return answer.json()


def test_a_new_person_is_on_course_by_name_with_the_day_of_the_next_look(coach: httpx.Client, ada: Person) -> None:
    page = eventually(coach, "/today", lambda page: page["on_course"] and page["on_course"][0]["name"])
    (one,) = page["on_course"]
    assert (page["shown"], page["can_wait"], page["numbers"]["people"]) == ([], [], 1)
    assert (one["participant_id"], one["name"]) == (str(ada.id), "Ada Lovelace")
    assert (one["next_look"], one["why"].endswith(".")) == (page["next_look"], True)
    assert page["today"] < one["next_look"] <= (datetime.now(UTC) + timedelta(days=14)).date().isoformat()


def test_a_safety_concern_brings_a_person_to_the_top_and_leaves_when_it_is_handled(
    coach: httpx.Client, ada: Person, amir: UUID
) -> None:
    path = f"/cases/{case_of(ada.referral)}"
    eventually(coach, "/today", lambda page: page["on_course"])
    raised = coach.post(f"{path}/safety-concerns", json={"what": "Home is not safe."}, headers={"If-Match": '"2"'})
    (line,) = read(coach, "/today", raised)["shown"]
    assert (line["name"], line["coach_id"], line["version"]) == ("Ada Lovelace", str(amir), 3)
    assert line["reason"]["sentence"] == "A safety concern was raised today and is not handled yet."
    assert (line["reason"]["rule"], line["reason"]["fact"]) == (1, f"{case_of(ada.referral)}:3")
    assert line["warnings"] == []
    concern = raised.json()["ids"]["concern"]
    handled = coach.post(
        f"{path}/safety-concerns/{concern}/handled", json={"how": "A room is found."}, headers={"If-Match": '"3"'}
    )
    assert read(coach, "/today", handled)["shown"] == []


def test_a_leader_reads_the_day_of_a_coach_and_a_coach_not_that_of_another(
    platform: Platform, coach: httpx.Client, ada: Person, amir: UUID
) -> None:
    eventually(coach, "/today", lambda page: page["on_course"])
    with platform.client("team_leader", NORTHWAY) as leader:
        page = leader.get("/today", params={"coach": str(amir)}).json()
        assert [one["participant_id"] for one in page["on_course"]] == [str(ada.id)]
        assert leader.get("/today").json()["on_course"] == []
    assert coach.get("/today", params={"coach": str(uuid4())}).status_code == 403


def test_the_person_and_the_coach_see_the_same_next_step_and_it_can_be_set_aside(
    platform: Platform, coach: httpx.Client, ada: Person
) -> None:
    path = f"/participants/{ada.id}/next-step"
    eventually(coach, path, lambda step: step["rule"])
    with platform.client("jobseeker", NORTHWAY, ada.id) as person:
        step = person.get(path).json()
        assert step == coach.get(path).json()
        assert (step["step"], step["sentence"], step["button"]) == ("10.work", "Say what work you want.", "tell_wishes")
        aside = person.post(
            f"/cases/{case_of(ada.referral)}/next-step/set-aside",
            json={"step": step["step"], "reason": "need_help"},
            headers={"If-Match": '"2"'},
        )
        assert read(person, path, aside)["step"] == "10.town"
    (line,) = read(coach, "/today", aside)["shown"]
    assert line["reason"]["sentence"] == "Help was asked for today: say what work they want."


def test_new_jobs_are_a_step_when_nothing_else_is_and_only_when_there_are_some(
    coach: httpx.Client, ada: Person
) -> None:
    path = f"/participants/{ada.id}/next-step"
    eventually(coach, path, lambda step: step["rule"])
    case, version = f"/cases/{case_of(ada.referral)}", 2
    for step in ("10.work", "10.town", "10.cv", "10.hours"):
        body = {"step": step, "reason": "later"}
        aside = coach.post(f"{case}/next-step/set-aside", json=body, headers={"If-Match": f'"{version}"'})
        version += 1
    assert read(coach, path, aside)["rule"] == 13
    jobs = coach.get(path, params={"new_jobs": 7}).json()
    assert (jobs["rule"], jobs["sentence"]) == (12, "Look at 3 new jobs that may fit you.")


def test_a_first_meeting_tomorrow_is_the_next_step(platform: Platform, coach: httpx.Client, ada: Person) -> None:
    meets_at = datetime.now(UTC) + timedelta(hours=20)
    booked = InitialMeetingBooked(occurred_at=datetime.now(UTC), meets_at=meets_at, channel=MeetingChannel.VIDEO)
    asyncio.run(platform.tell({ada: [booked]}))
    step = eventually(coach, f"/participants/{ada.id}/next-step", lambda step: step["rule"] == 1)
    assert (step["button"], step["about"]) == ("join", "first-meeting")
