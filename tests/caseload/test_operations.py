"""What an operator asks the running service, and nobody else."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from caseload.main import VIEWS
from tests.caseload.running import NORTHWAY, VISIBLE_SECONDS, Platform


def test_a_process_that_answers_alone_says_what_is_held_back_and_leaves_the_rest_to_those_that_measure_it(
    platform: Platform,
) -> None:
    with platform.client("operator", None) as operator:
        found = operator.get("/operations").json()

    health = {"status": "ready", "checks": {"views": "ok", "policies": "ok"}, "stopped": []}
    assert found == {"health": health, "consumers": [], "relay": None, "held_back": []}


def test_there_is_nothing_to_replay_of_a_consumer_that_holds_nothing_back_or_is_not_there(platform: Platform) -> None:
    with platform.client("operator", None) as operator:
        replayed = operator.post("/operations/replay", json={"consumer": "today"})
        unknown = operator.post("/operations/replay", json={"consumer": "nobody"})
        wrong = operator.post("/operations/replay", json={"consumers": "today"})

    assert replayed.json() == {"released": 0, "left": 0, "error": ""}
    assert (unknown.status_code, wrong.status_code) == (404, 422)


def test_every_view_says_how_current_it_is_and_an_answer_that_is_behind_says_so(platform: Platform) -> None:
    with (
        psycopg.connect(platform.addresses.databases["caseload"], autocommit=True) as connection,
        platform.client("coach", NORTHWAY, uuid4()) as coach,
    ):
        said = "select view, current_to > clock_timestamp() - interval '1 minute' from view_reach"
        until(lambda: dict(connection.execute(said).fetchall()) == {view.name: True for view in VIEWS})
        assert "waymark-as-of" not in coach.get("/today").headers
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        other = "insert into view_reach values ('today', %s, %s, clock_timestamp() + interval '1 hour')"
        worker = uuid4()
        connection.execute(other, [worker, long_ago])
        until(lambda: "waymark-as-of" in coach.get("/today").headers)
        assert datetime.fromisoformat(coach.get("/today").headers["waymark-as-of"]) == long_ago
        connection.execute("delete from view_reach where worker = %s", [worker])
        until(lambda: "waymark-as-of" not in coach.get("/today").headers)


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + VISIBLE_SECONDS
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("role", "provider"),
    [
        ("jobseeker", NORTHWAY),
        ("coach", NORTHWAY),
        ("team_leader", NORTHWAY),
        ("provider_manager", NORTHWAY),
        ("referrer", None),
        ("analyst", None),
        ("auditor", None),
    ],
)
def test_nobody_but_an_operator_is_told_or_may_replay(platform: Platform, role: str, provider: UUID | None) -> None:
    with platform.client(role, provider, uuid4()) as somebody:
        assert somebody.get("/operations").status_code == 403
        assert somebody.post("/operations/replay", json={"consumer": "today"}).status_code == 403
