"""The ready filters of a caseload and a leader's team, as the running service answers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from caseload.team_page import ips_score
from caseload.views.ready_filters import Order, Ready
from events.caseload import case_of
from events.jobsearch import ApplicationChased, ApplicationSaved, ApplicationSent
from events.referrals import ParticipantStarted
from tests.caseload.running import Person, Platform, eventually

NORTHWAY = uuid4()
LONG_AGO = (datetime.now(UTC) - timedelta(days=20)).isoformat()
MONTHS_AGO = (datetime.now(UTC) - timedelta(days=40)).isoformat()
TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture(scope="module")
def amir() -> UUID:
    """Name a coach of Northway."""
    return uuid4()


@pytest.fixture(scope="module")
def leader(platform: Platform) -> Iterator[httpx.Client]:
    """Let a team leader of Northway ask."""
    with platform.client("team_leader", NORTHWAY) as client:
        yield client


@pytest.fixture(scope="module")
def coach(platform: Platform, amir: UUID) -> Iterator[httpx.Client]:
    """Let Amir ask."""
    with platform.client("coach", NORTHWAY, amir) as client:
        yield client


@pytest.fixture(scope="module")
def people(platform: Platform, amir: UUID, leader: httpx.Client) -> dict[str, Person]:
    """Accept three people, two of them with Amir as coach."""
    found = {name: Person(name, NORTHWAY) for name in ("Ada", "Ben", "Cem")}
    platform.accept(amir, found["Ada"], found["Ben"])
    platform.accept(None, found["Cem"])
    seen = lambda page: len(page["people"]) == 3 and sum(bool(one["coach_id"]) for one in page["people"]) == 2  # noqa: E731
    eventually(leader, "/caseload/everybody", seen)
    return found


def start(platform: Platform, person: Person) -> None:
    """Let somebody be on the programme from today on."""
    now = datetime.now(UTC)
    started = ParticipantStarted(occurred_at=now, programme_id=uuid4(), start_date=now.date())
    platform.hear(person, person.referral, started)
    with platform.client("team_leader", NORTHWAY) as leader:
        eventually(leader, f"/cases/{case_of(person.referral)}", lambda case: case["status"] == "active")


Work = Callable[[str, str, Any], httpx.Response]


@pytest.fixture
def work(coach: httpx.Client, people: dict[str, Person]) -> Work:
    """Return what lets Amir do something in somebody's case, decided on how it is now."""

    def ask(name: str, path: str, body: Any) -> httpx.Response:
        case = f"/cases/{case_of(people[name].referral)}"
        version = coach.get(case, params=reached).headers["ETag"]
        answer = coach.post(f"{case}/{path}", json=body, headers={"If-Match": version})
        assert answer.is_success, answer.text
        reached["at_least"] = answer.headers["Waymark-Position"]
        return answer

    reached: dict[str, str] = {}
    return ask


def names(client: httpx.Client, ready: str, after: httpx.Response | None = None, **asked: Any) -> list[str]:
    """Return whom a filter selects, once it knows what a command did."""
    if after is not None:
        asked["at_least"] = after.headers["Waymark-Position"]
    answer = client.get(f"/caseload/{ready}", params=asked)
    assert answer.is_success, answer.text
    return [one["name"] for one in answer.json()["people"]]


def reached(answer: httpx.Response) -> dict[str, str]:
    """Return how far a reader has to have heard of a command."""
    return {"at_least": answer.headers["Waymark-Position"]}


@pytest.mark.usefixtures("people")
def test_a_coach_sees_their_own_people_and_a_leader_everybodys(coach: httpx.Client, leader: httpx.Client) -> None:
    assert sorted(names(coach, "everybody")) == ["Ada", "Ben"]
    assert sorted(names(leader, "everybody")) == ["Ada", "Ben", "Cem"]
    assert names(leader, "unassigned") == ["Cem"]
    assert coach.get("/caseload/unassigned").status_code == 403


@pytest.mark.usefixtures("people")
def test_who_is_new_is_new_for_some_days(coach: httpx.Client) -> None:
    assert sorted(names(coach, "new_to_me")) == ["Ada", "Ben"]
    assert names(coach, "new_to_me", days=0) == []


def test_contact_and_messages_say_who_waits_for_whom(coach: httpx.Client, work: Work) -> None:
    contact = work("Ada", "contacts", {"occurred_at": LONG_AGO, "channel": "phone"})
    assert names(coach, "no_contact", contact, days=14) == ["Ada"]
    assert names(coach, "no_contact", contact, days=30) == []
    written = work("Ada", "messages", {"text": "How did it go?"})
    assert names(coach, "waiting_for_theirs", written) == ["Ada"]
    assert names(coach, "waiting_for_my_reply", written) == []
    again = work("Ada", "messages", {"text": "Are you well?"})
    waiting = coach.get("/caseload/waiting_for_theirs", params={"sort": "wait", **reached(again)}).json()["people"]
    (told,) = (one["unanswered_since"] for one in waiting)
    messages = coach.get(f"/cases/{waiting[0]['case_id']}/messages").json()["messages"]
    assert datetime.fromisoformat(told) == min(datetime.fromisoformat(one["sent_at"]) for one in messages)
    assert names(coach, "no_contact", again, days=14) == []


def test_a_call_is_contact_and_no_meeting_in_person(coach: httpx.Client, work: Work) -> None:
    met = work("Ben", "contacts", {"occurred_at": LONG_AGO, "channel": "in_person"})
    called = work("Ben", "contacts", {"occurred_at": datetime.now(UTC).isoformat(), "channel": "phone"})
    assert names(coach, "not_met_in_person", met) == []
    assert "Ben" in names(coach, "not_met_in_person", called, days=14)
    assert "Ben" not in names(coach, "no_contact", called, days=14)


def test_agreed_actions_are_counted_and_late_ones_found(coach: httpx.Client, work: Work) -> None:
    agreed = work("Ben", "actions", {"owner": "participant", "what": "Send a CV", "due": TODAY})
    assert "Ben" not in names(coach, "no_agreed_action", agreed)
    assert names(coach, "overdue_action", agreed) == []


def test_who_waits_for_an_employer_is_found_until_somebody_asks_for_news(
    platform: Platform, coach: httpx.Client, people: dict[str, Person]
) -> None:
    application, sent_at = uuid4(), datetime.now(UTC) - timedelta(days=20)
    saved = ApplicationSaved(occurred_at=sent_at, participant_id=people["Ben"].id, provider_id=NORTHWAY)
    platform.hear(people["Ben"], application, saved, ApplicationSent(occurred_at=sent_at))
    found = "/caseload/application_unanswered"
    eventually(coach, found, lambda page: [one["name"] for one in page["people"]] == ["Ben"])
    assert names(coach, "application_unanswered", days=30) == []
    newer, later = uuid4(), sent_at + timedelta(days=2)
    other = ApplicationSaved(occurred_at=later, participant_id=people["Ada"].id, provider_id=NORTHWAY)
    platform.hear(people["Ada"], newer, other, ApplicationSent(occurred_at=later))
    eventually(coach, found, lambda page: len(page["people"]) == 2)
    waiting = coach.get(found, params={"sort": "wait"}).json()["people"]
    assert [(one["name"], one["silent_application_id"]) for one in waiting] == [
        ("Ben", str(application)),
        ("Ada", str(newer)),
    ]
    assert [datetime.fromisoformat(one["silent_since"]) for one in waiting] == [sent_at, later]
    platform.hear(people["Ada"], newer, ApplicationChased(occurred_at=datetime.now(UTC)))
    platform.hear(people["Ben"], application, ApplicationChased(occurred_at=datetime.now(UTC)))
    eventually(coach, found, lambda page: page["people"] == [])


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("ready", Ready)
@pytest.mark.parametrize("order", Order)
def test_every_filter_answers_in_every_order(leader: httpx.Client, ready: Ready, order: Order) -> None:
    answer = leader.get(f"/caseload/{ready}", params={"sort": order})
    assert answer.is_success, answer.text
    assert answer.json()["next"] is None


@pytest.mark.usefixtures("people")
def test_a_page_beyond_the_last_is_empty(leader: httpx.Client) -> None:
    assert names(leader, "everybody", page=2) == []


@pytest.mark.usefixtures("people")
def test_a_leader_sees_the_load_of_each_coach_and_who_has_none(leader: httpx.Client, amir: UUID) -> None:
    page = leader.get("/team").json()
    (load,) = page["coaches"]
    assert (load["coach_id"], load["people"], load["awaiting_start"], load["ips_score"]) == (str(amir), 2, 2, 5)
    assert (load["continuity"], load["appointments"], page["unassigned"]) == (1.0, 0, 1)


def test_a_plan_that_both_are_to_look_at_again_is_found(
    platform: Platform, coach: httpx.Client, people: dict[str, Person], work: Work
) -> None:
    start(platform, people["Ben"])
    work("Ben", "plan", {"goal": "Work in a bakery."})
    for by in ("coach", "participant"):
        signed = work("Ben", "plan/sign", {"by": by, "occurred_at": MONTHS_AGO})
    assert names(coach, "plan_to_review", signed) == ["Ben"]
    rests = work("Ben", "pause", {"reason": "health"})
    assert names(coach, "plan_to_review", rests) == []
    goes_on = work("Ben", "resume", {})
    assert names(coach, "plan_to_review", goes_on) == ["Ben"]
    reviewed = work("Ben", "plan/review", {})
    assert names(coach, "plan_to_review", reviewed) == []


@pytest.mark.parametrize(
    ("people", "score"),
    [(0, 5), (20, 5), (21, 4), (25, 4), (26, 3), (30, 3), (31, 2), (40, 2), (41, 1), (300, 1)],
)
def test_the_caseload_score_is_that_of_the_ips_scale(people: int, score: int) -> None:
    assert ips_score(people) == score
