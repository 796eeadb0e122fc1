"""What is asked of many cases at once answers for each, is stored together, once, and can be taken back."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import case_of
from tests.caseload.running import BRIGHTPATH, NORTHWAY, Person, Platform, asked, eventually, read_after


@pytest.fixture
def people(platform: Platform, leader: httpx.Client, amir: UUID) -> list[Person]:
    """Accept two people with Amir as coach, and one without a coach."""
    people = [Person(name, NORTHWAY) for name in ("Ada", "Ben", "Cem")]
    platform.accept(amir, *people[:2])
    platform.accept(None, people[2])
    for person in people:
        eventually(leader, f"/cases/{case_of(person.referral)}", lambda page: page["case_id"])
    eventually(leader, f"/cases/{case_of(people[1].referral)}", lambda page: page["coach_id"])
    return people


@pytest.fixture
def cases(people: list[Person]) -> list[str]:
    """Return the ids of their cases."""
    return [str(case_of(person.referral)) for person in people]


@pytest.fixture
def bethan(platform: Platform) -> Iterator[tuple[str, httpx.Client]]:
    """Name another coach of Northway, and let her ask."""
    person = uuid4()
    with platform.client("coach", NORTHWAY, person) as client:
        yield str(person), client


def results(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    return [(one["case_id"], one["result"]) for one in answer.json()["cases"]]


def test_many_cases_get_a_coach_and_get_the_earlier_one_back(
    leader: httpx.Client, amir: UUID, cases: list[str], bethan: tuple[str, httpx.Client]
) -> None:
    new, client = bethan
    unknown = str(uuid4())
    assigned = asked(leader, "/cases/assign", {"case_ids": [*cases, cases[0], unknown], "coach_id": new})
    assert results(assigned) == [*((case, "done") for case in cases), (unknown, "not_found")]
    before = [one["before"] for one in assigned.json()["cases"][:3]]
    assert before == [str(amir), str(amir), None]
    seen = read_after(assigned, client, "/caseload").json()["cases"]
    assert {one["case_id"] for one in seen} == set(cases)
    again = asked(leader, "/cases/assign", {"case_ids": cases, "coach_id": new})
    assert {result for _, result in results(again)} == {"already"}
    body = {"coach_id": new, "cases": [{"case_id": case, "before": str(amir)} for case in cases[:2]]}
    undone = asked(leader, "/cases/assign/undo", body)
    assert results(undone) == [(case, "done") for case in cases[:2]]
    assert [one["case_id"] for one in read_after(undone, client, "/caseload").json()["cases"]] == [cases[2]]


def test_what_somebody_else_assigned_since_is_not_taken_back(
    leader: httpx.Client, amir: UUID, cases: list[str], bethan: tuple[str, httpx.Client]
) -> None:
    asked(leader, "/cases/assign", {"case_ids": cases[:1], "coach_id": bethan[0]})
    asked(leader, "/cases/assign", {"case_ids": cases[:1], "coach_id": str(uuid4())})
    body = {"coach_id": bethan[0], "cases": [{"case_id": cases[0], "before": str(amir)}]}
    assert results(asked(leader, "/cases/assign/undo", body)) == [(cases[0], "changed")]


def test_each_gets_a_message_of_their_own_once_and_whose_case_it_is_not_gets_none(
    platform: Platform, coach: httpx.Client, people: list[Person], cases: list[str]
) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    body = {"case_ids": cases, "text": "The job fair is on Friday."}
    sent, again = (asked(coach, "/messages/bulk", body, None, **key) for _ in range(2))
    assert sent.json() == again.json()
    assert results(sent) == [(cases[0], "done"), (cases[1], "done"), (cases[2], "not_permitted")]
    for person, case, one in zip(people[:2], cases, sent.json()["cases"], strict=False):
        with platform.client("jobseeker", NORTHWAY, person.id) as themselves:
            (message,) = read_after(sent, themselves, f"/cases/{case}/messages").json()["messages"]
        assert (message["text"], message["by"]) == ("The job fair is on Friday.", "coach")
        assert message["message_id"] == one["message_id"]


def test_a_message_to_many_is_taken_back_but_from_who_has_read_it(
    platform: Platform, coach: httpx.Client, people: list[Person], cases: list[str]
) -> None:
    asked(coach, f"/cases/{cases[0]}/messages", {"text": "Hello"})
    sent = asked(coach, "/messages/bulk", {"case_ids": cases[:2], "text": "Wrong list."})
    messages = [{key: one[key] for key in ("case_id", "message_id")} for one in sent.json()["cases"]]
    with platform.client("jobseeker", NORTHWAY, people[0].id) as ada:
        assert asked(ada, f"/cases/{cases[0]}/messages/{messages[0]['message_id']}/read").is_success
    back = asked(coach, "/messages/bulk/withdraw", {"messages": messages})
    assert results(back) == [(cases[0], "refused"), (cases[1], "done")]
    assert back.json()["cases"][0]["why"] == "The message was read already and cannot be taken back."
    (message,) = read_after(back, coach, f"/cases/{cases[1]}/messages").json()["messages"]
    assert message["text"] is None


def test_nothing_is_done_with_cases_of_another_provider(platform: Platform, cases: list[str]) -> None:
    with platform.client("team_leader", BRIGHTPATH) as elsewhere:
        assigned = asked(elsewhere, "/cases/assign", {"case_ids": cases, "coach_id": str(uuid4())})
        assert {result for _, result in results(assigned)} == {"not_found"}
        written = asked(elsewhere, "/messages/bulk", {"case_ids": cases, "text": "Hello"})
        assert {result for _, result in results(written)} == {"not_found"}


def test_more_than_200_are_too_many(leader: httpx.Client) -> None:
    body = {"case_ids": [str(uuid4()) for _ in range(201)], "coach_id": str(uuid4())}
    assert asked(leader, "/cases/assign", body).status_code == 422


def test_after_many_were_written_to_each_view_can_be_read_at_least_so_far(
    platform: Platform, leader: httpx.Client, amir: UUID, coach: httpx.Client
) -> None:
    people = [Person(f"Person {number}", NORTHWAY) for number in range(30)]
    platform.accept(amir, *people)
    eventually(coach, "/caseload", lambda page: len(page["cases"]) == len(people))
    cases = [str(case_of(person.referral)) for person in people]
    sent = asked(leader, "/messages/bulk", {"case_ids": cases, "text": "Hello"})
    assert {result for _, result in results(sent)} == {"done"}
    waiting = read_after(sent, coach, "/caseload/waiting_for_theirs").json()["people"]
    assert len(waiting) == len(people)
