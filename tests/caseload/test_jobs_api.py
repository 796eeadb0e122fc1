"""What a coach and a person get when they note work, and whole sessions, by the running service."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from events.fact import Fact
from events.jobsearch import OfferAccepted
from events.learning import CourseCompleted, enrolment_of
from events.referrals import (
    DidNotStartReason,
    ParticipantNotStarted,
    ParticipantStarted,
    ReferralEnteredInError,
    ReferralWithdrawn,
    WithdrawnBy,
)
from tests.caseload.running import NORTHWAY, Person, Platform, asked, eventually, read_after

TODAY = datetime.now(ZoneInfo("Europe/London")).date()


def ago(**shift: float) -> str:
    return (datetime.now(UTC) - timedelta(**shift)).isoformat()


def day(shift: int) -> str:
    return (TODAY + timedelta(days=shift)).isoformat()


def jobs(answer: httpx.Response, client: httpx.Client, case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_after(answer, client, f"{case}/jobs").json()["jobs"]
    return found


def test_a_person_has_two_jobs_at_once_and_none_of_them_needs_an_application(coach: httpx.Client, case: str) -> None:
    asked(coach, f"{case}/jobs", {"title": "Baker", "employer": "Riverside Bakery", "starts_on": day(-6)})
    own = {"title": "Cleaner", "starts_on": day(3), "hours_a_week": 10, "self_employed": True}
    second = asked(coach, f"{case}/jobs", own)
    cleaner, baker = jobs(second, coach, case)
    assert [(job["title"], job["status"], job["weeks_in_work"]) for job in (baker, cleaner)] == [
        ("Baker", "running", 0),
        ("Cleaner", "expected", 0),
    ]
    assert [job["application_id"] for job in (baker, cleaner)] == [None, None]
    ended = asked(coach, f"/jobs/{baker['job_id']}/end", {"last_day": day(-1), "reason": "resigned"}, version=1)
    other, ended_one = jobs(ended, coach, case)
    assert (ended_one["status"], ended_one["weeks_in_work"], other["status"]) == ("ended", 0, "expected")


def test_a_job_that_never_began_counts_no_week(coach: httpx.Client, case: str) -> None:
    recorded = asked(coach, f"{case}/jobs", {"title": "Baker", "starts_on": day(-6)})
    path = f"/jobs/{recorded.json()['ids']['job']}"
    never = asked(coach, f"{path}/not-started", {"explanation": "The bakery closed."}, version=1)
    (job,) = jobs(never, coach, case)
    assert (job["status"], job["weeks_in_work"]) == ("never_began", 0)
    ended = asked(coach, f"{path}/end", {"last_day": day(-1), "reason": "other"}, version=2)
    assert (ended.status_code, ended.json()["allowed"]) == (409, ["correct"])
    (job,) = jobs(asked(coach, f"{path}/correct", version=2), coach, case)
    assert (job["status"], job["version"]) == ("running", 3)
    assert asked(coach, f"{path}/correct", version=3).status_code == 409


def test_an_accepted_offer_becomes_a_job_whose_first_day_may_come_later(
    coach: httpx.Client, case: str, platform: Platform, ada: Person
) -> None:
    application = uuid4()
    platform.hear(ada, application, OfferAccepted(occurred_at=datetime.now(UTC), hours_a_week=30))
    (job,) = eventually(coach, f"{case}/jobs", lambda page: page["jobs"])["jobs"]
    assert (job["application_id"], job["starts_on"], job["check_ins"]) == (str(application), None, [])
    path = f"/jobs/{job['job_id']}"
    early = asked(coach, f"{path}/end", {"last_day": day(0), "reason": "other"}, version=1)
    assert (early.status_code, early.json()["allowed"]) == (409, ["start", "not-started"])
    dated = asked(coach, f"{path}/start", {"starts_on": day(-7)}, version=1)
    (job,) = jobs(dated, coach, case)
    assert [check_in["week"] for check_in in job["check_ins"]] == [1, 4, 13]


def test_the_person_says_how_work_goes(coach: httpx.Client, themselves: httpx.Client, case: str) -> None:
    recorded = asked(coach, f"{case}/jobs", {"starts_on": day(-8)})
    path = f"/jobs/{recorded.json()['ids']['job']}/check-ins"
    assert asked(themselves, f"{path}/4", {"mood": "good"}).json()["allowed"] == ["check-ins/1"]
    assert asked(themselves, f"{path}/2", {"mood": "good"}).status_code == 409
    said = asked(themselves, f"{path}/1", {"mood": "difficult", "word": "The early bus."})
    (job,) = jobs(said, coach, case)
    assert job["check_ins"][0]["status"] == "answered"
    last = {"version": said.json()["version"]}
    assert asked(coach, f"{path}/4/take-back", last).status_code == 409
    (job,) = jobs(asked(themselves, f"{path}/1/take-back", last), coach, case)
    assert job["check_ins"][0]["status"] != "answered"


def test_a_case_is_in_work_while_a_job_lasts_and_may_rest_or_end_all_the_same(
    coach: httpx.Client, case: str, platform: Platform, ada: Person
) -> None:
    began = ParticipantStarted(occurred_at=datetime.now(UTC), programme_id=ada.programme, start_date=TODAY)
    asyncio.run(platform.tell({ada: [began]}))
    eventually(coach, case, lambda page: page["status"] == "active")
    places = (case, f"/participants/{ada.id}")
    recorded = asked(coach, f"{case}/jobs", {"starts_on": day(0)})
    assert [read_after(recorded, coach, place).json()["status"] for place in places] == ["in_work", "in_work"]
    path = f"/jobs/{recorded.json()['ids']['job']}"
    version = read_after(recorded, coach, case).headers["ETag"].strip('"')
    rests = asked(coach, f"{case}/pause", {"reason": "health"}, version=int(version))
    assert [read_after(rests, coach, place).json()["status"] for place in places] == ["paused", "paused"]
    goes_on = asked(coach, f"{case}/resume", version=int(version) + 1)
    assert read_after(goes_on, coach, case).json()["status"] == "in_work"
    ended = asked(coach, f"{path}/end", {"last_day": day(0), "reason": "other"}, version=1)
    assert [read_after(ended, coach, place).json()["status"] for place in places] == ["active", "active"]
    corrected = asked(coach, f"{path}/correct", version=2)
    assert read_after(corrected, coach, case).json()["status"] == "in_work"
    complete = asked(coach, f"{case}/complete", version=int(version) + 2)
    assert read_after(complete, coach, case).json()["status"] == "completed"


def test_what_only_time_told_of_a_job_contradicts_nobody_who_saw_it_before(coach: httpx.Client, case: str) -> None:
    recorded = asked(coach, f"{case}/jobs", {"title": "Baker", "starts_on": day(-8)})
    path = f"/jobs/{recorded.json()['ids']['job']}"
    eventually(coach, f"{case}/jobs", lambda page: page["jobs"] and page["jobs"][0]["version"] == 2)
    ended = asked(coach, f"{path}/end", {"last_day": day(-1), "reason": "other"}, version=1)
    assert ended.status_code == 200
    assert asked(coach, f"{path}/correct", version=2).status_code == 412


def test_a_completed_course_does_the_action_that_consists_in_it(
    coach: httpx.Client, case: str, platform: Platform, ada: Person
) -> None:
    action = {"owner": "participant", "what": "Do the course", "due": day(7), "course": "write-a-cv"}
    asked(coach, f"{case}/actions", action, version=2)
    completed = CourseCompleted(occurred_at=datetime.now(UTC), course="write-a-cv")
    platform.hear(ada, enrolment_of(ada.id, NORTHWAY, "write-a-cv"), completed)
    page = eventually(coach, case, lambda page: page["actions"] and page["actions"][0]["status"] == "done")
    assert page["open_actions"] == 0


@pytest.mark.parametrize(
    "never",
    [
        ParticipantNotStarted(occurred_at=datetime.now(UTC), reason=DidNotStartReason.CHANGED_THEIR_MIND),
        ReferralWithdrawn(occurred_at=datetime.now(UTC), by=WithdrawnBy.REFERRER),
    ],
    ids=["since they do not want to", "since the referral was withdrawn"],
)
def test_somebody_who_never_began_has_a_closed_case(platform: Platform, leader: httpx.Client, never: Fact) -> None:
    person = Person("Grace Hopper", NORTHWAY)
    platform.accept(None, person)
    asyncio.run(platform.tell({person: [never]}))
    path = "/caseload?unassigned=true"
    assert eventually(leader, path, lambda page: ("not_started", str(person.id)) in seen(page))


def test_the_case_of_a_referral_that_was_entered_in_error_is_in_error_too_and_of_one_without_a_case_nothing_is(
    platform: Platform, leader: httpx.Client
) -> None:
    now = datetime.now(UTC)
    begun, waiting, never, after = (Person(f"Person {number}", NORTHWAY) for number in range(4))
    platform.accept(None, begun, waiting)
    started = ParticipantStarted(occurred_at=now, programme_id=uuid4(), start_date=TODAY)
    wrong = ReferralEnteredInError(occurred_at=now)
    asyncio.run(platform.tell({begun: [started, wrong], waiting: [wrong], never: [wrong]}))
    platform.accept(None, after)
    asyncio.run(platform.tell({after: [wrong]}))
    in_error = {("entered_in_error", str(person.id)) for person in (begun, waiting, after)}
    page = eventually(leader, "/caseload?unassigned=true", lambda page: in_error <= seen(page))
    assert str(never.id) not in {line["participant_id"] for line in page["cases"]}
    shown = leader.get("/caseload/everybody").json()["people"]
    assert not {str(person.id) for person in (begun, waiting, after)} & {one["participant_id"] for one in shown}


def seen(page: Any) -> set[tuple[str, str]]:
    return {(line["status"], line["participant_id"]) for line in page["cases"]}


def booked(coach: httpx.Client, case: str) -> str:
    """Book an appointment that has begun when this returns; return its id."""
    starts_at = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    answer = asked(coach, f"{case}/appointments", {"kind": "review", "starts_at": starts_at, "channel": "video"})
    time.sleep(1.1)  # the clock itself has to pass its beginning
    return str(answer.json()["ids"]["appointment"])


def test_a_whole_session_is_noted_in_one_submit(coach: httpx.Client, themselves: httpx.Client, case: str) -> None:
    box = {
        "attendance": {"appointment_id": booked(coach, case), "outcome": "late"},
        "actions": [
            {"owner": "participant", "what": "Send the CV to three bakeries", "due": day(7)},
            {"owner": "coach", "what": "Ring the bakery", "due": day(2)},
        ],
        "note": {"text": "Ready for Friday's interview.", "shared": True},
        "next": {"kind": "review", "starts_at": ago(days=-14), "channel": "phone"},
    }
    key = {"Idempotency-Key": uuid4().hex}
    first, second = (asked(coach, f"{case}/session", box, version=2, **key) for _ in range(2))
    assert (first.status_code, first.json(), second.headers["Idempotency-Replayed"]) == (201, second.json(), "true")
    assert first.json()["ids"].keys() == {"contact", "action_1", "action_2", "appointment"}
    page = read_after(first, coach, case).json()
    assert (page["open_actions"], page["next_due"]) == (2, day(2))
    assert page["last_contact_at"]
    appointments = read_after(first, themselves, f"{case}/appointments").json()["appointments"]
    assert [(one["outcome"], one["late"]) for one in appointments] == [("none", False), ("attended", True)]


def test_a_session_of_which_one_part_is_refused_leaves_nothing_behind(coach: httpx.Client, case: str) -> None:
    box = {
        "attendance": {"appointment_id": booked(coach, case), "outcome": "attended"},
        "actions": [{"owner": "coach", "what": "Ring the bakery", "due": day(-1)}],
    }
    refused = asked(coach, f"{case}/session", box, version=2)
    assert refused.status_code == 409
    whole = asked(coach, f"{case}/session", {**box, "actions": []}, version=2)
    assert (whole.status_code, whole.headers["ETag"]) == (201, '"3"')
    assert read_after(whole, coach, case).json()["open_actions"] == 0


def test_who_did_not_come_was_not_spoken_to(coach: httpx.Client, case: str) -> None:
    attendance = {"appointment_id": booked(coach, case), "outcome": "missed"}
    box = {"attendance": attendance, "note": {"text": "Nobody there."}}
    assert asked(coach, f"{case}/session", box, version=2).status_code == 422
    missed = asked(coach, f"{case}/session", {"attendance": attendance}, version=2)
    assert read_after(missed, coach, case).json()["last_contact_at"] is None


def test_an_appointment_of_another_case_has_no_part_in_a_session(
    coach: httpx.Client, case: str, platform: Platform, amir: Any
) -> None:
    other = Person("Grace Hopper", NORTHWAY)
    platform.accept(amir, other)
    path = eventually(coach, "/caseload", lambda page: str(other.id) in str(page))
    (elsewhere,) = [line["case_id"] for line in path["cases"] if line["participant_id"] == str(other.id)]
    eventually(coach, f"/cases/{elsewhere}", lambda page: page["coach_id"])
    attendance = {"appointment_id": booked(coach, f"/cases/{elsewhere}"), "outcome": "attended"}
    assert asked(coach, f"{case}/session", {"attendance": attendance}, version=2).status_code == 404


@pytest.mark.parametrize("box", [{}, {"note": {"text": "Hello"}}, {"channel": "pigeon"}])
def test_a_session_that_says_nothing_or_too_little_is_not_taken(
    coach: httpx.Client, case: str, box: dict[str, Any]
) -> None:
    assert asked(coach, f"{case}/session", box, version=2).status_code == 422


def test_a_person_suggests_and_the_coach_agrees(coach: httpx.Client, themselves: httpx.Client, case: str) -> None:
    suggestion = {"owner": "participant", "what": "Visit the bakery", "how": "with my sister", "due": day(7)}
    suggested = asked(themselves, f"{case}/suggestions", suggestion)
    action = suggested.json()["ids"]["action"]
    own = asked(themselves, f"{case}/actions/{action}/agree", {}, version=3)
    assert (own.status_code, own.json()["allowed"]) == (409, ["cancel"])
    agreed = asked(coach, f"{case}/actions/{action}/agree", {"due": day(9)}, version=3)
    (entry,) = read_after(agreed, coach, case).json()["actions"]
    assert (entry["what"], entry["how"], entry["due"], entry["suggested_by"], entry["status"]) == (
        "Visit the bakery",
        "with my sister",
        day(9),
        "participant",
        "agreed",
    )
    done = asked(themselves, f"{case}/actions/{action}/done", version=4)
    assert read_after(done, coach, case).json()["actions"][0]["status"] == "done"


def test_a_contact_of_yesterday_moves_the_clocks_of_yesterday(coach: httpx.Client, case: str) -> None:
    asked(coach, f"{case}/contacts", {"channel": "letter", "occurred_at": ago(days=9)})
    recorded = asked(coach, f"{case}/contacts", {"channel": "phone", "occurred_at": (yesterday := ago(days=1))})
    page = read_after(recorded, coach, case).json()
    assert datetime.fromisoformat(page["last_contact_at"]) == datetime.fromisoformat(yesterday)
