"""What an operator asks the running service, and nobody else."""

from uuid import UUID, uuid4

import pytest

from tests.caseload.running import NORTHWAY, Platform


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
