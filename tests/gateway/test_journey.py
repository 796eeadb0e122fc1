"""One whole journey through the public API, what every service then shows of it, and its one trace."""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import psycopg
import pytest

from tests.gateway.running import API, Person, Platform, Provider, done, eventually, wait_until
from waymark.local.loopback import serves

pytestmark = pytest.mark.timeout(600)

COURSE: Final = "interview"
RESUME: Final = {"basics": {"label": "Carer", "summary": "Ten years beside my grandmother."}}
LEEDS: Final = 2644688
WISHES: Final = {"work": "care assistant, cook", "town": LEEDS, "miles": 60}
TODAY: Final = datetime.now(UTC).replace(microsecond=0)
MET, SENT, INTERVIEWED, BEGAN = (TODAY - timedelta(days=days) for days in (120, 110, 99, 92))
"""A programme is entered late: the first meeting, the application, the interview and the first day at work."""
CHECK_INS: Final = {1: "good", 4: "mixed", 13: "good"}
ONCE: Final = (
    *(f"referrals.{name}" for name in ("ReferralSubmitted", "ReferralAccepted", "InitialMeetingHeld")),
    *("referrals.ParticipantStarted", "caseload.CaseOpened", "caseload.CaseStarted"),
    *("caseload.PlanAgreed", "learning.CourseCompleted", "caseload.ActionDone", "jobsearch.CvWritten"),
    *("jobsearch.JobWishesTold", "jobsearch.ApplicationSaved", "jobsearch.ApplicationSent"),
    *("jobsearch.ApplicationUnanswered", "jobsearch.ApplicationReopened", "jobsearch.InterviewHeld"),
    *("jobsearch.OfferMade", "jobsearch.OfferAccepted", "caseload.JobRecorded"),
)
"""What is told of the journey exactly once."""
TRACED: Final = {"gateway", "referrals", "caseload", "nudges", "analytics"}


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
        self.application, self.vacancy = "", ""

    def tell(self, who: httpx.Client, path: str, body: Any = None, seen: str = "", method: str = "POST") -> Any:
        """Ask for something on the version that `seen` shows, and wait until that shows what was done.

        Timers and policies write at the same time: who is told to ask again does.
        """
        for _ in range(20):
            headers = {"If-Match": version_of(who.get(seen))} if seen else {}
            answer = who.request(method, path, json=body, headers=headers)
            if answer.status_code != 412 and "problem:conflict" not in answer.text:
                break
        place = done(answer).headers.get("waymark-position", "")
        if seen and place:
            eventually(lambda: who.get(seen, params={"at_least": place}), lambda _: True)
        return answer.json()


@pytest.fixture(scope="module")
def browser() -> str:
    """The traceparent with which the provider's browser asks for the acceptance."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


@pytest.fixture(scope="module")
def walk(platform: Platform, market: None, browser: str) -> Walk:
    """Walk the whole way once; the tests look at it from every side."""
    assert market is None
    wait_until(lambda: serves(platform.addresses.url("zipkin") + "/health"))
    person = platform.refer(provider=Provider(), traceparent=browser, name="Maya Osei", email="maya@example.org")
    walk = Walk(platform, person)
    for step in (_meet_and_start, _agree_a_plan, _learn, _write_a_cv_and_wishes, _find, _apply, _work):
        step(walk)
    return walk


def _meet_and_start(walk: Walk) -> None:
    meeting = {"meets_at": MET.isoformat(), "channel": "phone"}
    walk.tell(walk.manager, f"{walk.referral}/initial-meeting", meeting, walk.referral)
    walk.tell(walk.manager, f"{walk.referral}/initial-meeting/held", None, walk.referral)
    walk.tell(walk.manager, f"{walk.referral}/start", {"start_date": MET.date().isoformat()}, walk.referral)
    eventually(lambda: walk.coach.get(walk.case), lambda case: case["status"] == "active")
    # Ten days after the start without an action: it is decided at once whether to write to the person.
    eventually(lambda: walk.jobseeker.get(f"{walk.own}/nudges"), lambda page: page["nudges"])


def _agree_a_plan(walk: Walk) -> None:
    due = (TODAY + timedelta(days=7)).date().isoformat()
    action = {"owner": "participant", "what": "Do the course on interviews", "due": due, "course": COURSE}
    walk.tell(walk.coach, f"{walk.case}/actions", action, walk.case)
    walk.tell(walk.coach, f"{walk.case}/plan", {"goal": "Work with people by the summer."}, walk.case)
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


def _write_a_cv_and_wishes(walk: Walk) -> None:
    walk.tell(walk.jobseeker, f"{walk.own}/cvs", RESUME)
    walk.tell(walk.jobseeker, f"{walk.own}/profile", WISHES, f"{walk.own}/profile", "PUT")


def _find(walk: Walk) -> None:
    """Take the first vacancy that fits, and find it again in a search, as the person would."""
    fitting = eventually(lambda: walk.jobseeker.get(f"{walk.own}/matches"), lambda page: page["hits"])["hits"]
    assert all(hit["reasons"] and hit["fits"] for hit in fitting)
    walk.vacancy = fitting[0]["vacancy"]["id"]
    asked = {"words": fitting[0]["vacancy"]["title"], "town": LEEDS, "miles": 60}
    page = done(walk.jobseeker.post(f"{API}/vacancies/search", json=asked)).json()
    assert page["hits"]
    assert all(hit["reasons"] for hit in page["hits"])
    opened = {"vacancy_id": walk.vacancy, "search_id": page["search_id"], "rank": 1}
    walk.tell(walk.jobseeker, f"{walk.own}/activity/opened", opened)


def _apply(walk: Walk) -> None:
    """Apply, hear nothing until it closes by itself, and be invited after all."""
    saved = walk.tell(walk.jobseeker, f"{walk.own}/applications", {"vacancy_id": walk.vacancy})
    walk.application = one = f"{API}/applications/{saved['ids']['application']}"
    eventually(lambda: walk.jobseeker.get(one), lambda _: True)
    walk.tell(walk.jobseeker, f"{one}/begin", None, one)
    sent = {"cv_version": 1, "sent_on": SENT.date().isoformat()}
    walk.tell(walk.jobseeker, f"{one}/send", sent, one)
    eventually(lambda: walk.jobseeker.get(one), lambda shown: shown["stage"] == "no_response")
    interview = {"starts_at": INTERVIEWED.isoformat(), "channel": "in_person"}
    invited = walk.tell(walk.jobseeker, f"{one}/interviews", interview, one)["ids"]["interview"]
    walk.tell(walk.jobseeker, f"{one}/interviews/{invited}/held", None, one)
    walk.tell(walk.jobseeker, f"{one}/offer", {}, one)


def _work(walk: Walk) -> None:
    one, terms = walk.application, {"starts_on": BEGAN.date().isoformat(), "hours_a_week": 20, "pay_a_year": 14_000}
    walk.tell(walk.jobseeker, f"{one}/accept", terms, one)
    found = eventually(lambda: walk.coach.get(f"{walk.case}/jobs"), lambda page: page["jobs"])
    job = f"{API}/jobs/{found['jobs'][0]['job_id']}"
    for week, mood in CHECK_INS.items():
        walk.tell(walk.jobseeker, f"{job}/check-ins/{week}", {"mood": mood, "word": "They are kind."})


def version_of(answer: httpx.Response) -> str:
    """Return the version that an answer shows: in its ETag, or in the part about the person of a whole record."""
    shown = done(answer)
    return shown.headers.get("etag") or f'"{shown.json()["parts"]["participant"]["version"]}"'


def shows(who: httpx.Client, path: str, seen: Callable[[Any], Any], **query: str) -> Any:
    """Wait until a view shows something."""
    return eventually(lambda: who.get(path, params=query), seen)


def test_referrals_shows_the_referrer_that_the_person_met_the_coach_and_started(walk: Walk) -> None:
    shown = shows(walk.referrer, walk.referral, lambda page: page["stage"] == "started")
    assert shown["start_date"] == MET.date().isoformat()
    assert shown["met_at"]
    assert shown["coach_id"] == str(walk.person.coach.id)


def test_caseload_shows_the_coach_the_whole_way_in_sentences(walk: Walk) -> None:
    words = ("referred", "first meeting", "plan", "course", "CV", "Applied", "interview", "offer", "job", "work")

    def told(page: Any) -> bool:
        text = " ".join(entry["sentence"] for entry in page["entries"]).lower()
        return all(word.lower() in text for word in words)

    page = shows(walk.coach, f"{walk.own}/timeline", told)
    assert len(page["entries"]) >= 30
    assert all(entry["sentence"].endswith(".") for entry in page["entries"])


def test_caseload_shows_plan_action_funnel_job_and_check_ins_in_the_record(walk: Walk) -> None:
    def whole(record: Any) -> bool:
        jobs = record["parts"]["participant"]["file"]["jobs"]
        return bool(jobs) and {one["week"]: one["mood"] for one in jobs[0]["check_ins"]} == CHECK_INS

    record = shows(walk.coach, walk.own, whole)
    page = record["parts"]["participant"]
    assert record["missing"] == []
    assert page["file"]["plan"]["agreed_at"]
    assert (page["funnel"]["sent"], page["funnel"]["interviews"], page["funnel"]["offers"]) == (1, 1, 1)
    assert page["weeks_in_work"] == (datetime.now(UTC) - BEGAN).days // 7
    shows(walk.coach, walk.case, lambda case: [action["status"] for action in case["actions"]] == ["done"])


def test_caseload_shows_the_team_leader_somebody_in_work(walk: Walk) -> None:
    team = shows(walk.manager, f"{API}/team", lambda page: page["coaches"] and page["coaches"][0]["in_work"])
    assert [(one["coach_id"], one["people"]) for one in team["coaches"]] == [(str(walk.person.coach.id), 1)]


def test_jobsearch_shows_wishes_cv_the_application_to_the_vacancy_and_the_weeks(walk: Walk) -> None:
    board = shows(walk.coach, f"{walk.own}/applications", lambda page: page["applications"][0]["stage"] == "accepted")
    [application] = board["applications"]
    assert (application["vacancy_id"], application["cv_version"]) == (walk.vacancy, 1)
    assert application["sent_on"] == SENT.date().isoformat()
    assert [interview["state"] for interview in application["interviews"]] == ["held"]
    assert board["funnel"] == {"saved": 1, "sent": 1, "silent": 0, "interviews": 1, "offers": 1}
    assert done(walk.coach.get(f"{walk.own}/profile")).json()["town_name"] == "Leeds"
    assert [cv["version"] for cv in done(walk.coach.get(f"{walk.own}/cvs")).json()["cvs"]] == [1]

    def searched(page: Any) -> bool:
        return bool(page["weeks"][0]["opened"])

    weeks = shows(walk.coach, f"{walk.own}/activity/weekly", searched, weeks="20")["weeks"]
    assert (weeks[0]["searches"], weeks[0]["opened"], weeks[0]["saved"]) == (1, 1, 1)
    assert (sum(week["sent"] for week in weeks), sum(week["interviews"] for week in weeks)) == (1, 1)


def test_learning_shows_the_course_as_completed(walk: Walk) -> None:
    page = shows(walk.coach, f"{walk.own}/courses", lambda page: page["courses"][0]["status"] == "completed")
    [course] = page["courses"]
    assert (course["course"], course["quiz_tries"], course["quiz_passed"]) == (COURSE, 2, True)
    statements = done(walk.jobseeker.get(f"{walk.own}/xapi")).json()["statements"]
    assert [statements[0]["verb"]["display"]["en"], statements[-1]["verb"]["display"]["en"]] == [
        "registered",
        "completed",
    ]


def test_nudges_shows_what_was_not_sent_and_why(walk: Walk) -> None:
    page = done(walk.jobseeker.get(f"{walk.own}/nudges")).json()
    first = next(nudge for nudge in page["nudges"] if nudge["kind"] == "agree_an_action")
    assert (first["state"], first["reason"], first["sent_at"]) == ("suppressed", "human_contact", None)
    assert first["not_sent"].startswith("Not sent, because somebody from the service was in touch with you")
    assert [nudge["state"] for nudge in page["nudges"] if nudge["state"] != "suppressed"] == []


def test_analytics_counts_the_person_at_every_step_and_leads_to_their_facts(walk: Walk) -> None:
    steps = ("referred", "accepted", "first_meeting", "started", "plan_agreed", "applied", "interview", "offer")

    def counted(funnel: Any) -> bool:
        numbers = funnel["total"]["numbers"]
        return all(numbers[step] == 1 for step in (*steps, "first_earnings", "in_week_13"))

    shows(walk.manager, f"{API}/funnel", counted)
    behind = shows(walk.manager, f"{API}/drill", lambda page: page["people"], number="offer")
    assert [entry["person"] for entry in behind["people"]] == [str(walk.person.id)]


def test_every_fact_of_the_journey_is_told_once(walk: Walk) -> None:
    def facts() -> list[Any]:
        found, after = [], None
        while True:
            asked = {"person": str(walk.person.id), "after": after}
            page = done(walk.manager.post(f"{API}/facts/search", json=asked)).json()
            found += page["facts"]
            if not (after := page["next"]):
                return found

    wait_until(lambda: Counter(fact["type"] for fact in facts())["waymark.caseload.CheckInRecorded.v1"] == 3)
    told = facts()
    types = Counter(fact["type"].removeprefix("waymark.").removesuffix(".v1") for fact in told)
    assert {name: types[name] for name in ONCE} == dict.fromkeys(ONCE, 1)
    assert len({fact["id"] for fact in told}) == len(told)


def test_the_gateway_shows_the_person_who_looked(walk: Walk) -> None:
    done(walk.coach.get(walk.own))
    coach = str(walk.person.coach.id)
    looked = shows(
        walk.jobseeker,
        f"{walk.own}/looks",
        lambda page: (coach, "open_participant") in {(look["reader_id"], look["what"]) for look in page["looks"]},
    )
    assert {look["role"] for look in looked["looks"]} <= {"coach", "provider_manager", "referrer"}


def test_the_acceptance_is_one_trace_through_the_gateway_and_every_service_that_follows(
    walk: Walk, browser: str
) -> None:
    found: list[Any] = []
    trace = f"{walk.platform.addresses.url('zipkin')}/api/v2/trace/{browser[3:35]}"

    def services() -> set[str]:
        answer = httpx.get(trace, trust_env=False)
        found[:] = answer.json() if answer.is_success else []
        return {span["localEndpoint"]["serviceName"] for span in found}

    wait_until(lambda: services() >= TRACED)
    spans = {span["id"]: span for span in found}
    assert {span["traceId"] for span in found} == {browser[3:35]}
    for name in TRACED:
        span = next(one for one in found if one["localEndpoint"]["serviceName"] == name)
        while span["parentId"] != browser[36:52]:
            span = spans[span["parentId"]]
        assert span["localEndpoint"]["serviceName"] == "gateway"


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
