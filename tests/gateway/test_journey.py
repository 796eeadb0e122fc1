"""One whole journey through the public API, and what every service then shows of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import psycopg
import pytest

from tests.gateway.running import API, Person, Platform, Provider, done, eventually

pytestmark = pytest.mark.timeout(600)

COURSE: Final = "interview"
RESUME: Final = {"basics": {"label": "Baker", "summary": "Ten years at the oven."}}


class Walk:
    """Somebody on their way, and everybody who walks with them."""

    def __init__(self, platform: Platform, person: Person) -> None:
        self.platform, self.person = platform, person
        self.coach = platform.client(person.coach)
        self.manager = platform.client(person.manager)
        self.jobseeker = platform.client(person.actor)
        self.referrer = platform.client(person.referrer)
        self.own = f"{API}/participants/{person.id}"
        self.case = f"{API}/cases/{person.case}"
        self.referral = f"{API}/referrals/{person.referral}"
        self.application = ""

    def tell(self, who: httpx.Client, path: str, body: Any = None, seen: str = "", method: str = "POST") -> Any:
        """Ask for something on the version that `seen` shows, and wait until that shows what was done."""
        for _ in range(20):
            headers = {"If-Match": version_of(who.get(seen))} if seen else {}
            answer = who.request(method, path, json=body, headers=headers)
            if answer.status_code != 412:
                break
        place = done(answer).headers.get("waymark-position", "")
        if seen and place:
            done(who.get(seen, params={"at_least": place}))
        return answer.json()


@pytest.fixture(scope="module")
def walk(platform: Platform) -> Walk:
    """Walk the whole way once; the tests look at it from every side."""
    walk = Walk(platform, platform.refer(provider=Provider(), name="Maya Osei", email="maya@example.org"))
    for step in (_meet_and_start, _agree_a_plan, _learn, _apply, _work):
        step(walk)
    return walk


def _meet_and_start(walk: Walk) -> None:
    now = datetime.now(UTC)
    meeting = {"meets_at": (now - timedelta(minutes=5)).isoformat(), "channel": "phone"}
    walk.tell(walk.manager, f"{walk.referral}/initial-meeting", meeting, walk.referral)
    walk.tell(walk.manager, f"{walk.referral}/initial-meeting/held", None, walk.referral)
    walk.tell(walk.manager, f"{walk.referral}/start", {"start_date": now.date().isoformat()}, walk.referral)
    eventually(lambda: walk.coach.get(walk.case), lambda case: case["status"] == "active")


def _agree_a_plan(walk: Walk) -> None:
    due = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    action = {"owner": "participant", "what": "Do the course on interviews", "due": due, "course": COURSE}
    walk.tell(walk.coach, f"{walk.case}/actions", action, walk.case)
    walk.tell(walk.coach, f"{walk.case}/plan", {"goal": "Work in a bakery by the summer."}, walk.case)
    walk.tell(walk.coach, f"{walk.case}/plan/sign", {}, walk.case)
    walk.tell(walk.jobseeker, f"{walk.case}/plan/sign", {}, walk.own)


def _learn(walk: Walk) -> None:
    course = done(walk.jobseeker.get(f"{API}/courses/{COURSE}")).json()
    base = f"{walk.own}/courses/{COURSE}"
    walk.tell(walk.jobseeker, f"{base}/enrol")
    for lesson in course["texts"]:
        walk.tell(walk.jobseeker, f"{base}/lessons/{lesson['lesson']}/complete")
    first = walk.tell(walk.jobseeker, f"{base}/quiz", {"answers": [0] * course["questions"]})
    right = [answer["right_option"] for answer in first["answers"]]
    assert walk.tell(walk.jobseeker, f"{base}/quiz", {"answers": right})["passed"]


def _apply(walk: Walk) -> None:
    walk.tell(walk.jobseeker, f"{walk.own}/cvs", RESUME)
    saved = walk.tell(walk.jobseeker, f"{walk.own}/applications", {"title": "Baker", "employer": "Riverside Bakery"})
    walk.application = one = f"{API}/applications/{saved['ids']['application']}"
    eventually(lambda: walk.jobseeker.get(one), lambda _: True)
    walk.tell(walk.jobseeker, f"{one}/begin", None, one)
    walk.tell(walk.jobseeker, f"{one}/send", {"cv_version": 1}, one)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    walk.tell(walk.jobseeker, f"{one}/interviews", {"starts_at": tomorrow, "channel": "in_person"}, one)
    walk.tell(walk.jobseeker, f"{one}/offer", {}, one)


def _work(walk: Walk) -> None:
    one = walk.application
    starts = (datetime.now(UTC) - timedelta(days=8)).date().isoformat()
    walk.tell(walk.jobseeker, f"{one}/accept", {"starts_on": starts, "hours_a_week": 20}, one)

    def employed(page: Any) -> bool:
        return bool(page["file"]["jobs"])

    job = eventually(lambda: walk.coach.get(f"{walk.own}"), lambda record: employed(record["parts"]["participant"]))
    job_id = job["parts"]["participant"]["file"]["jobs"][0]["job_id"]
    walk.tell(walk.jobseeker, f"{API}/jobs/{job_id}/check-ins/1", {"mood": "good", "word": "They are kind."})


def version_of(answer: httpx.Response) -> str:
    """Return the version that an answer shows: in its ETag, or in the part about the person of a whole record."""
    shown = done(answer)
    return shown.headers.get("etag") or f'"{shown.json()["parts"]["participant"]["version"]}"'


def shows(who: httpx.Client, path: str, seen: Callable[[Any], Any]) -> Any:
    """Wait until a view shows something."""
    return eventually(lambda: who.get(path), seen)


def test_the_referrer_reads_that_the_person_started(walk: Walk) -> None:
    shown = shows(walk.referrer, walk.referral, lambda page: page["stage"] == "started")
    assert shown["start_date"]


def test_the_coach_reads_the_whole_way_in_sentences(walk: Walk) -> None:
    def told(page: Any) -> bool:
        return any("went" in entry["sentence"] or "work" in entry["sentence"].lower() for entry in page["entries"])

    page = shows(walk.coach, f"{walk.own}/timeline", told)
    assert len(page["entries"]) >= 20
    assert all(entry["sentence"].endswith(".") for entry in page["entries"])


def test_a_course_that_was_completed_did_the_action_of_the_plan(walk: Walk) -> None:
    shows(walk.coach, walk.case, lambda case: [action["status"] for action in case["actions"]] == ["done"])


def test_the_record_shows_plan_funnel_job_and_check_in(walk: Walk) -> None:
    def whole(record: Any) -> bool:
        file = record["parts"]["participant"]["file"]
        return bool(file["jobs"] and file["jobs"][0]["check_ins"])

    page = shows(walk.coach, walk.own, whole)["parts"]["participant"]
    assert page["file"]["plan"]["agreed_at"]
    assert (page["funnel"]["sent"], page["funnel"]["interviews"], page["funnel"]["offers"]) == (1, 1, 1)
    assert page["file"]["jobs"][0]["check_ins"][0]["mood"] == "good"
    assert page["weeks_in_work"] == 1


def test_the_manager_counts_the_person_in_the_funnel(walk: Walk) -> None:
    def counted(funnel: Any) -> bool:
        numbers = funnel["total"]["numbers"]
        return bool(funnel["total"]["people"] == 1 and numbers["started"] == 1)

    shows(walk.manager, f"{API}/funnel", counted)


def test_the_person_is_asked_for_nothing_by_nudges_while_somebody_just_spoke_with_them(walk: Walk) -> None:
    page = done(walk.jobseeker.get(f"{walk.own}/nudges")).json()
    assert [nudge for nudge in page["nudges"] if nudge["state"] == "sent"] == []


def test_the_person_reads_who_looked(walk: Walk) -> None:
    done(walk.coach.get(walk.own))
    looked = shows(walk.jobseeker, f"{walk.own}/looks", lambda page: page["looks"])
    assert {look["role"] for look in looked["looks"]} <= {"coach", "provider_manager", "referrer"}


def test_no_service_stopped_on_the_way_and_nobodys_facts_are_held_back(walk: Walk) -> None:
    held = {}
    for name, database in walk.platform.addresses.owner_databases.items():
        if name != "keyring":
            with psycopg.connect(database) as connection:
                held[name] = connection.execute("select consumer, type, error from parked").fetchall()
        log = (walk.platform.folder / f"{name}-all.log").read_text()
        assert '"level": "critical"' not in log, name
    assert [name for name, rows in held.items() if rows] == [], held
    assert len(held) >= 7
