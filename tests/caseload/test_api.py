"""What a coach, a leader and others get when they ask the running service."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import case_of
from events.referrals import ReferralAcknowledged
from tests.caseload.running import BRIGHTPATH, NORTHWAY, Person, Platform, asked, eventually, read_after

IN_A_WEEK = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
ACTION = {"owner": "participant", "what": "Send the CV to three bakeries", "where": "at the library", "due": IN_A_WEEK}


def test_an_accepted_person_appears_in_the_right_coachs_caseload(coach: httpx.Client, amir: UUID, ada: Person) -> None:
    page = eventually(coach, "/caseload", lambda page: page["cases"] and page["cases"][0]["coach_id"])
    (line,) = page["cases"]
    assert (line["case_id"], line["participant_id"]) == (str(case_of(ada.referral)), str(ada.id))
    assert (line["name"], line["coach_id"], line["programme_id"]) == ("Ada Lovelace", str(amir), str(ada.programme))
    assert (line["open_actions"], line["next_due"], line["last_contact_at"]) == (0, None, None)


def test_an_agreed_action_is_read_after_it_was_written_and_counts_until_it_is_done(
    coach: httpx.Client, case: str
) -> None:
    agreed = asked(coach, f"{case}/actions", ACTION, version=2)
    page = read_after(agreed, coach, case)
    (action,) = page.json()["actions"]
    assert (agreed.status_code, agreed.headers["ETag"], page.headers["ETag"]) == (201, '"3"', '"3"')
    assert action == {
        **ACTION,
        "action_id": agreed.json()["ids"]["action"],
        "how": None,
        "status": "agreed",
        "suggested_by": None,
        "late": False,
    }
    assert (page.json()["open_actions"], page.json()["next_due"]) == (1, IN_A_WEEK)
    done = asked(coach, f"{case}/actions/{action['action_id']}/done", version=3)
    page = read_after(done, coach, case)
    assert (page.json()["open_actions"], page.json()["actions"][0]["status"]) == (0, "done")


def test_a_done_action_cannot_be_cancelled(coach: httpx.Client, case: str) -> None:
    action = asked(coach, f"{case}/actions", ACTION, version=2).json()["ids"]["action"]
    asked(coach, f"{case}/actions/{action}/done", version=3)
    refused = asked(coach, f"{case}/actions/{action}/cancel", version=4)
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    assert (
        refused.json()["detail"]
        == "The action is done. If that is wrong it can be taken back; another one can be agreed."
    )


def test_a_cancelled_action_is_no_longer_counted(coach: httpx.Client, case: str) -> None:
    action = asked(coach, f"{case}/actions", ACTION, version=2).json()["ids"]["action"]
    cancelled = asked(coach, f"{case}/actions/{action}/cancel", version=3)
    page = read_after(cancelled, coach, case)
    assert (page.json()["open_actions"], page.json()["actions"][0]["status"]) == (0, "cancelled")


def test_who_decided_on_an_older_version_is_told(coach: httpx.Client, case: str) -> None:
    asked(coach, f"{case}/actions", ACTION, version=2)
    stale = asked(coach, f"{case}/actions", ACTION, version=2)
    assert (stale.status_code, stale.json()["expected"], stale.json()["actual"]) == (412, 2, 3)


def test_a_change_without_a_version_is_turned_away(coach: httpx.Client, case: str) -> None:
    assert asked(coach, f"{case}/actions", ACTION).status_code == 428


def test_the_same_key_agrees_one_action_and_answers_alike(coach: httpx.Client, case: str) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    first, second = (asked(coach, f"{case}/actions", ACTION, version=2, **key) for _ in range(2))
    assert (first.json(), first.status_code) == (second.json(), second.status_code)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(read_after(second, coach, case).json()["actions"]) == 1


def test_the_same_key_is_refused_alike(coach: httpx.Client, case: str) -> None:
    contact = {"channel": "phone", "note": "Hello", "occurred_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    key = {"Idempotency-Key": uuid4().hex}
    first, second = (asked(coach, f"{case}/contacts", contact, version=2, **key) for _ in range(2))
    assert (first.json(), first.status_code) == (second.json(), 409)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_contact_of_yesterday_is_recorded_and_one_of_tomorrow_is_not(coach: httpx.Client, case: str) -> None:
    day = timedelta(days=1)
    yesterday, tomorrow = ((datetime.now(UTC) + shift).isoformat() for shift in (-day, day))
    contact = {"channel": "phone", "note": "Ready for the interview"}
    recorded = asked(coach, f"{case}/contacts", {**contact, "occurred_at": yesterday})
    refused = asked(coach, f"{case}/contacts", {**contact, "occurred_at": tomorrow})
    page = read_after(recorded, coach, case).json()
    assert (recorded.status_code, refused.status_code) == (201, 409)
    assert datetime.fromisoformat(page["last_contact_at"]) == datetime.fromisoformat(yesterday)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-02T09:30:00"])
def test_a_contact_at_a_moment_that_never_was_is_turned_away(coach: httpx.Client, case: str, moment: str) -> None:
    assert asked(coach, f"{case}/contacts", {"channel": "phone", "occurred_at": moment}).status_code in {409, 422}


def test_the_timeline_tells_the_journey_through_every_service_in_sentences(
    coach: httpx.Client, case: str, ada: Person
) -> None:
    contact = {"channel": "phone", "note": "Ready for the interview", "occurred_at": datetime.now(UTC).isoformat()}
    recorded = asked(coach, f"{case}/contacts", contact)
    page = read_after(recorded, coach, f"/participants/{ada.id}/timeline").json()
    lives = str(ada.referral), str(case_of(ada.referral))
    entries = [entry for entry in page["entries"] if entry["id"].startswith(lives)]
    assert [entry["sentence"] for entry in entries] == [
        "Coach and person spoke by phone.",
        "A coach became responsible for the case.",
        "A case was opened.",
        "The provider took the person on.",
        entries[-1]["sentence"],
    ]
    assert entries[-1]["sentence"].startswith("The person was referred;")
    assert entries[0]["words"] == {"Note": "Ready for the interview"}


@pytest.mark.usefixtures("case")
def test_a_person_is_found_by_name_among_those_whose_cases_one_may_see(
    platform: Platform, coach: httpx.Client, leader: httpx.Client, ada: Person
) -> None:
    search = {"terms": {"name": "ada lovelace"}}
    mine = asked(coach, "/participants/search", search).json()
    assert ([line["participant_id"] for line in mine["page"]["cases"]], mine["complete"]) == ([str(ada.id)], True)
    assert str(ada.id) in str(asked(leader, "/participants/search", search).json())
    people = {"participant_ids": [str(ada.id), str(uuid4())]}
    for reader in (coach, leader):
        assert [line["name"] for line in asked(reader, "/cases/search", people).json()["cases"]] == ["Ada Lovelace"]
    with platform.client("provider_manager", BRIGHTPATH) as elsewhere:
        assert asked(elsewhere, "/participants/search", search).json()["page"]["cases"] == []
        assert asked(elsewhere, "/cases/search", people).json()["cases"] == []


def test_a_leader_gives_a_case_to_another_coach(
    platform: Platform, coach: httpx.Client, leader: httpx.Client, case: str
) -> None:
    bethan = uuid4()
    assigned = asked(leader, f"{case}/coach", {"coach_id": str(bethan)}, version=2)
    assert read_after(assigned, leader, case).json()["coach_id"] == str(bethan)
    assert coach.get(case).status_code == 403
    with platform.client("coach", NORTHWAY, bethan) as client:
        assert client.get(case).status_code == 200


def test_a_case_without_a_coach_is_in_the_leaders_list_of_unassigned_ones(
    platform: Platform, leader: httpx.Client
) -> None:
    person = Person("Grace Hopper", NORTHWAY)
    platform.accept(None, person)
    page = eventually(leader, "/caseload?unassigned=true", lambda page: str(person.id) in str(page))
    assert {line["coach_id"] for line in page["cases"]} == {None}


def test_a_caseload_is_sorted_by_name(platform: Platform, coach: httpx.Client, amir: UUID) -> None:
    platform.accept(amir, *(Person(name, NORTHWAY) for name in ("grace Hopper", "Ada Lovelace", "Zoë Ball")))
    page = eventually(coach, "/caseload", lambda page: len(page["cases"]) == 3)
    assert [line["name"] for line in page["cases"]] == ["Ada Lovelace", "grace Hopper", "Zoë Ball"]
    assert (page["sorted_by"], page["next"]) == ("name", None)


def test_a_caseload_of_more_than_300_is_read_in_parts_by_date(platform: Platform, leader: httpx.Client) -> None:
    coach = uuid4()
    people = [Person(f"Person {number}", NORTHWAY) for number in range(301)]
    platform.accept(coach, *people)
    first = eventually(leader, f"/caseload?coach={coach}", lambda page: page["next"])
    second = leader.get("/caseload", params={"coach": str(coach), "after": first["next"]}).json()
    lines = first["cases"] + second["cases"]
    assert (first["sorted_by"], len(first["cases"]), len(second["cases"]), second["next"]) == (
        "opened_on",
        300,
        1,
        None,
    )
    assert {line["participant_id"] for line in lines} == {str(person.id) for person in people}


def test_a_long_timeline_is_read_in_parts(platform: Platform, coach: httpx.Client, case: str, ada: Person) -> None:
    assert case
    asyncio.run(platform.tell({ada: [ReferralAcknowledged(occurred_at=datetime.now(UTC))] * 250}))
    path = f"/participants/{ada.id}/timeline"
    newest = f"{ada.referral}:{ada.version}"
    first = eventually(coach, path, lambda page: newest in {entry["id"] for entry in page["entries"]})
    second = coach.get(f"{path}?before={first['next']}").json()
    ids = [entry["id"] for entry in first["entries"] + second["entries"]]
    assert (len(first["entries"]), second["next"], len(set(ids))) == (200, None, len(ids))
    assert {f"{ada.referral}:{version}" for version in range(1, 253)} <= set(ids)


def test_the_people_of_another_provider_are_not_there(platform: Platform, case: str, ada: Person) -> None:
    contact = {"channel": "phone", "occurred_at": datetime.now(UTC).isoformat()}
    with platform.client("provider_manager", BRIGHTPATH) as elsewhere:
        assert elsewhere.get(case).status_code == 404
        assert elsewhere.get(f"/participants/{ada.id}/timeline").status_code == 404
        assert asked(elsewhere, f"{case}/contacts", contact).status_code == 404
        assert elsewhere.get("/caseload").json()["cases"] == []


def test_a_case_of_another_coach_is_not_changed_nor_shown(platform: Platform, case: str, ada: Person) -> None:
    contact = {"channel": "phone", "occurred_at": datetime.now(UTC).isoformat()}
    with platform.client("coach", NORTHWAY) as other:
        assert other.get(case).status_code == 403
        assert other.get(f"/participants/{ada.id}/timeline").status_code == 403
        assert asked(other, f"{case}/contacts", contact).status_code == 403
        assert other.get(f"/caseload?coach={uuid4()}").status_code == 403


def test_an_erased_person_stays_in_the_caseload_without_a_name_or_words(
    platform: Platform, coach: httpx.Client, case: str, ada: Person
) -> None:
    asked(coach, f"{case}/actions", ACTION, version=2)
    platform.erase(ada)
    page = eventually(coach, case, lambda page: page["name"] is None and page["actions"])
    assert [(action["what"], action["where"]) for action in page["actions"]] == [(None, None)]
    assert asked(coach, f"{case}/actions", ACTION, version=3).status_code == 410
    assert len(coach.get("/caseload").json()["cases"]) == 1


def test_what_was_sent_wrongly_is_named_without_its_value(coach: httpx.Client, case: str) -> None:
    wrong = asked(coach, f"{case}/actions", {**ACTION, "due": "Ada Lovelace"}, version=2)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/due")
    assert "Ada" not in wrong.text
