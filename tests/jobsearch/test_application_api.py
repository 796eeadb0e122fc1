"""What a person and their coach get when they ask the running service about applications."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from events.caseload import JobNotStarted, JobRecorded
from tests.jobsearch.running import BAKER, Person, Platform, SpeaksAs, asked, eventually, read_after

NORTHWAY = uuid4()
TODAY = datetime.now(UTC).date()
NEXT_WEEK = TODAY + timedelta(days=7)
ELSEWHERE = {"title": "Baker", "employer": "Riverside Bakery", "link": "https://riverside.example/jobs/baker"}


@pytest.fixture
def ada() -> Person:
    return Person(NORTHWAY)


@pytest.fixture
def client(speaks: SpeaksAs, ada: Person) -> httpx.Client:
    return speaks(ada)


def board(client: httpx.Client, person: Person, answer: httpx.Response) -> Any:
    return read_after(answer, client, f"/participants/{person.id}/applications")


def saved(client: httpx.Client, person: Person, body: Any = ELSEWHERE) -> str:
    """Save a job, and return the path of its application."""
    answer = asked(client, f"/participants/{person.id}/applications", body)
    assert answer.is_success, answer.text
    return f"/applications/{answer.json()['ids']['application']}"


def go(client: httpx.Client, path: str, *deeds: tuple[str, Any]) -> httpx.Response:
    """Ask one thing after another of an application, and return the last answer."""
    answer = client.get(path)
    version = eventually(client, path, lambda _: True)["version"] if not answer.is_success else answer.json()["version"]
    for deed, body in deeds:
        answer = asked(client, f"{path}/{deed}", body, version)
        assert answer.is_success, answer.text
        version = answer.json()["version"]
    return answer


def when_seen(client: httpx.Client, person: Person, path: str, stage: str) -> Any:
    """Return the entry of an application once it has come to a stage."""

    def seen(page: Any) -> Any:
        return [one for one in page["applications"] if path.endswith(one["application_id"]) and one["stage"] == stage]

    return seen(eventually(client, f"/participants/{person.id}/applications", seen))[0]


def test_a_job_found_elsewhere_is_kept_with_what_is_known_of_it(client: httpx.Client, ada: Person) -> None:
    answer = asked(client, f"/participants/{ada.id}/applications", ELSEWHERE)
    page = board(client, ada, answer)
    (entry,) = page["applications"]
    assert answer.status_code == 201
    assert {name: entry[name] for name in ELSEWHERE} == ELSEWHERE
    assert (entry["stage"], entry["vacancy_id"], entry["sent_on"]) == ("saved", None, None)
    assert entry["allowed"] == ["interest", "begin", "send", "reject", "withdraw"]
    assert page["funnel"] == {"saved": 1, "sent": 0, "silent": 0, "interviews": 0, "offers": 0}


@pytest.mark.parametrize("field", ["title", "employer", "link"])
def test_one_word_about_a_job_found_elsewhere_is_enough(client: httpx.Client, ada: Person, field: str) -> None:
    answer = asked(client, f"/participants/{ada.id}/applications", {field: ELSEWHERE[field]})
    (entry,) = board(client, ada, answer)["applications"]
    assert {name: entry[name] for name in ELSEWHERE if entry[name]} == {field: ELSEWHERE[field]}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": " \t "},
        {"title": "x" * 10_000},
        {"title": "Baker", "vacancy_id": str(uuid4())},
        {"title": "Baker", "wage": 3},
        {"title": 7},
        {"title": "Baker", "closes_on": "1890-01-01"},
        {"link": "javascript:alert(1)"},
        {"link": "riverside.example"},
        {"title": "Ba\u0007ker"},
    ],
)
def test_what_names_no_job_is_refused_without_saying_it_again(client: httpx.Client, ada: Person, body: Any) -> None:
    answer = asked(client, f"/participants/{ada.id}/applications", body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "alert" not in answer.text
    assert "xxxx" not in answer.text


def test_a_null_character_is_refused(client: httpx.Client, ada: Person) -> None:
    answer = asked(client, f"/participants/{ada.id}/applications", {"title": "Ba\0ker"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/title")


@pytest.mark.parametrize("title", ["Bäcker 🥐", "خباز", "אופה (משרה חלקית)", "Baker \u200f(خباز)\u200e", "面包师"])
def test_words_of_any_language_are_kept_and_shown_as_they_are(client: httpx.Client, ada: Person, title: str) -> None:
    answer = asked(client, f"/participants/{ada.id}/applications", {"title": title})
    assert board(client, ada, answer)["applications"][0]["title"] == title


def test_a_vacancy_saved_twice_is_one_application_with_its_words_from_the_market(
    client: httpx.Client, ada: Person, platform: Platform
) -> None:
    vacancy = platform.advertise()
    path = f"/participants/{ada.id}/applications"
    first = until_saved(client, path, vacancy)
    second = asked(client, path, {"vacancy_id": str(vacancy)})
    (entry,) = board(client, ada, first)["applications"]
    assert first.json()["ids"] == second.json()["ids"]
    assert (entry["title"], entry["employer"], entry["vacancy_id"]) == ("Baker", "Riverside Bakery", str(vacancy))


def until_saved(client: httpx.Client, path: str, vacancy: UUID) -> httpx.Response:
    """Save a vacancy as soon as it is on the market."""
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    while True:
        answer = asked(client, path, {"vacancy_id": str(vacancy)})
        if answer.status_code != 404:
            return answer
        assert datetime.now(UTC) < deadline


def test_a_vacancy_that_is_not_on_the_market_is_not_found(client: httpx.Client, ada: Person) -> None:
    assert asked(client, f"/participants/{ada.id}/applications", {"vacancy_id": str(uuid4())}).status_code == 404


def test_the_same_key_saves_one_job(client: httpx.Client, ada: Person) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    path = f"/participants/{ada.id}/applications"
    first, second = [client.post(path, json=ELSEWHERE, headers=key) for _ in range(2)]
    assert first.json() == second.json()
    assert len(board(client, ada, first)["applications"]) == 1


def test_an_illegal_move_is_refused_with_what_is_possible(client: httpx.Client, ada: Person) -> None:
    path = saved(client, ada)
    refused = asked(client, f"{path}/chase", version=1)
    assert refused.status_code == 409
    assert refused.json()["detail"] == "The application was not sent yet."
    assert refused.json()["allowed"] == ["interest", "begin", "send", "reject", "withdraw"]


def test_who_decided_on_an_older_version_is_told_both(client: httpx.Client, ada: Person) -> None:
    path = saved(client, ada)
    go(client, path, ("begin", None))
    stale = asked(client, f"{path}/send", {}, version=1)
    assert (stale.status_code, stale.json()["expected"], stale.json()["actual"]) == (412, 1, 2)


def test_a_change_without_a_version_is_turned_away(client: httpx.Client, ada: Person) -> None:
    assert asked(client, f"{saved(client, ada)}/begin").status_code == 428


def test_an_application_sent_days_ago_is_silent_since_then_and_says_when_it_closes(
    client: httpx.Client, ada: Person
) -> None:
    path = saved(client, ada)
    sent_on = TODAY - timedelta(days=20)
    answer = go(client, path, ("send", {"sent_on": sent_on.isoformat()}))
    entry = read_after(answer, client, path)
    assert (entry["sent_on"], entry["silent_since"]) == (sent_on.isoformat(), sent_on.isoformat())
    assert entry["closes_itself_on"] == (sent_on + timedelta(days=60)).isoformat()
    assert f"I applied for the Baker job on {sent_on.day} {sent_on:%B}." in entry["chase_draft"]


def test_an_application_cannot_have_been_sent_tomorrow(client: httpx.Client, ada: Person) -> None:
    path = saved(client, ada)
    answer = asked(client, f"{path}/send", {"sent_on": NEXT_WEEK.isoformat()}, version=1)
    assert (answer.status_code, "not later" in answer.json()["detail"]) == (409, True)


def test_an_application_names_no_cv_that_there_is_not(client: httpx.Client, ada: Person) -> None:
    answer = asked(client, f"{saved(client, ada)}/send", {"cv_version": 1}, version=1)
    assert (answer.status_code, answer.json()["detail"]) == (409, "The person has no CV of that version.")


def test_interviews_with_a_time_with_a_day_and_with_neither_are_shown_as_they_are(
    client: httpx.Client, ada: Person
) -> None:
    path = saved(client, ada)
    starts_at = datetime(2031, 7, 1, 23, 30, tzinfo=UTC)
    answer = go(
        client,
        path,
        ("send", {}),
        ("interviews", {}),
        ("interviews", {"day": "2031-07-03"}),
        ("interviews", {"starts_at": starts_at.isoformat(), "channel": "in_person", "place": "12 Mill Lane, York"}),
    )
    entry = read_after(answer, client, path)
    neither, with_day, with_time = entry["interviews"]
    assert (neither["round"], neither["day"], neither["starts_at"]) == (1, None, None)
    assert (with_day["round"], with_day["day"], with_day["starts_at"]) == (2, "2031-07-03", None)
    assert (with_time["round"], with_time["day"], with_time["place"]) == (3, "2031-07-02", "12 Mill Lane, York")
    assert datetime.fromisoformat(with_time["starts_at"]) == starts_at
    assert entry["next_interview"] == with_time


def test_an_interview_gets_its_time_is_prepared_held_and_followed_by_a_second_round(
    client: httpx.Client, ada: Person
) -> None:
    path = saved(client, ada)
    invited = go(client, path, ("send", {}), ("interviews", {}))
    first = invited.json()["ids"]["interview"]
    answer = asked(
        client, f"{path}/interviews/{first}/reschedule", {"day": TODAY.isoformat()}, invited.json()["version"]
    )
    for deed in ("prepared", "held"):
        answer = asked(client, f"{path}/interviews/{first}/{deed}", version=answer.json()["version"])
    answer = asked(client, f"{path}/interviews", {"day": NEXT_WEEK.isoformat()}, answer.json()["version"])
    entry = read_after(answer, client, path)
    assert [(one["round"], one["state"], one["prepared"]) for one in entry["interviews"]] == [
        (1, "held", True),
        (2, "ahead", False),
    ]
    assert (entry["stage"], entry["next_interview"]["round"]) == ("interview_invited", 2)


def test_a_reply_after_closure_reopens_the_application(client: httpx.Client, ada: Person) -> None:
    path = saved(client, ada)
    answer = go(client, path, ("send", {}), ("silent", None), ("interviews", {"day": NEXT_WEEK.isoformat()}))
    assert read_after(answer, client, path)["stage"] == "interview_invited"


def test_an_accepted_offer_lets_the_others_rest_and_they_come_back_when_it_is_declined(
    client: httpx.Client, ada: Person
) -> None:
    other, taken = saved(client, ada), saved(client, ada)
    go(client, other, ("send", {}), ("acknowledge", None))
    accepted = go(client, taken, ("send", {}), ("offer", {}), ("accept", {"starts_on": NEXT_WEEK.isoformat()}))
    resting = when_seen(client, ada, other, "superseded")
    assert taken.endswith(resting["superseded_by"])
    asked(client, f"{taken}/decline", version=accepted.json()["version"])
    assert when_seen(client, ada, other, "acknowledged")["superseded_by"] is None


def test_a_job_that_never_began_brings_the_others_back(client: httpx.Client, ada: Person, platform: Platform) -> None:
    other, taken = saved(client, ada), saved(client, ada)
    go(client, other, ("interest", None))
    go(client, taken, ("send", {}), ("offer", {"answer_by": NEXT_WEEK.isoformat()}), ("accept", {}))
    when_seen(client, ada, other, "superseded")
    job, now = uuid4(), datetime.now(UTC)
    recorded = JobRecorded(
        occurred_at=now,
        case_id=ada.case,
        participant_id=ada.id,
        provider_id=ada.provider,
        application_id=UUID(taken.rpartition("/")[2]),
        starts_on=date(2026, 1, 5),
        check_ins=(),
        check_in_weeks=(),
    )
    platform.tell(ada, job, recorded)
    assert eventually(client, taken, lambda entry: entry["started"])["starts_on"] == "2026-01-05"
    platform.tell(ada, job, JobNotStarted(occurred_at=now))
    when_seen(client, ada, taken, "fell_through")
    when_seen(client, ada, other, "interested")


def test_a_vacancy_withdrawn_while_preparing_closes_the_application_and_leaves_what_was_sent(
    client: httpx.Client, ada: Person, speaks: SpeaksAs, platform: Platform
) -> None:
    vacancy = platform.advertise()
    kept = until_saved(client, f"/participants/{ada.id}/applications", vacancy)
    preparing = f"/applications/{kept.json()['ids']['application']}"
    go(client, preparing, ("begin", None))
    grace = Person(NORTHWAY)
    hers = speaks(grace)
    sent = saved(hers, grace, {"vacancy_id": str(vacancy)})
    go(hers, sent, ("send", {}))
    platform.withdraw(vacancy)
    closed = when_seen(client, ada, preparing, "vacancy_closed")
    assert (closed["vacancy_gone"], closed["allowed"]) == (True, ["reopen", "send", "withdraw"])
    assert when_seen(hers, grace, sent, "applied")["vacancy_gone"]


def test_a_coach_does_everything_on_behalf(speaks: SpeaksAs, ada: Person, platform: Platform) -> None:
    platform.take_on(ada)
    coach = speaks(ada, "coach")
    eventually(coach, f"/participants/{ada.id}/applications", lambda page: page["applications"] == [])
    path = saved(coach, ada, {"title": "Baker", "brokered": True})
    answer = go(coach, path, ("send", {}))
    entry = read_after(answer, speaks(ada), path)
    assert (entry["stage"], entry["brokered"]) == ("applied", True)


def test_what_is_told_of_a_vacancy_names_the_job_so_that_no_other_service_has_to_know_the_market(
    client: httpx.Client, ada: Person, platform: Platform
) -> None:
    vacancy = platform.advertise(BAKER.model_copy(update={"closes_on": NEXT_WEEK}))
    kept = until_saved(client, f"/participants/{ada.id}/applications", vacancy)
    path = f"/applications/{kept.json()['ids']['application']}"
    read_after(kept, client, path)
    go(client, path, ("send", {}), ("offer", {}), ("accept", {}))
    with psycopg.connect(platform.addresses.databases["jobsearch"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', true)")
        query = "select state from stored_events where originator_id = %s order by originator_version"
        saved, *_, accepted = [
            json.loads(state) for (state,) in connection.execute(query, [path.rpartition("/")[2]]).fetchall()
        ]
    assert saved["closes_on"] == NEXT_WEEK.isoformat()
    for field in ("title", "employer"):
        assert f"ApplicationSaved.v1:{field}:" in saved[field]
        assert f"OfferAccepted.v1:{field}:" in accepted[field]
