"""Every visitor at every route of the caseload service: what is not in this table fails the build."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from events.caseload import case_of
from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.caseload.running import Person, Platform, eventually

NORTHWAY, BRIGHTPATH, AMIR = uuid4(), uuid4(), uuid4()
ADA: Final = Person("Ada Lovelace", NORTHWAY)

VISITORS: Final[Mapping[str, tuple[str, UUID | None, UUID]]] = {
    "coach of the case": ("coach", NORTHWAY, AMIR),
    "another coach": ("coach", NORTHWAY, uuid4()),
    "coach elsewhere": ("coach", BRIGHTPATH, uuid4()),
    "team leader": ("team_leader", NORTHWAY, uuid4()),
    "team leader elsewhere": ("team_leader", BRIGHTPATH, uuid4()),
    "manager": ("provider_manager", NORTHWAY, uuid4()),
    "manager elsewhere": ("provider_manager", BRIGHTPATH, uuid4()),
    "referrer": ("referrer", None, uuid4()),
    "operator": ("operator", None, uuid4()),
    "analyst": ("analyst", None, uuid4()),
    "the participant": ("jobseeker", NORTHWAY, ADA.id),
    "somebody of no known role": ("auditor", NORTHWAY, uuid4()),
}
OUTSIDERS: Final = dict.fromkeys(
    ("referrer", "operator", "analyst", "the participant", "somebody of no known role"), Verdict.FORBIDDEN
)
LEADERS: Final = dict.fromkeys(("team leader", "manager"), Verdict.ALLOWED)
ELSEWHERE: Final = dict.fromkeys(("coach elsewhere", "team leader elsewhere", "manager elsewhere"), Verdict.HIDDEN)
COACHES: Final = dict.fromkeys(("coach of the case", "another coach"), Verdict.FORBIDDEN)

OWN_CASES: Final = {**OUTSIDERS, **LEADERS, **ELSEWHERE, **COACHES, "coach of the case": Verdict.ALLOWED}
LEADERS_ONLY: Final = {**OUTSIDERS, **LEADERS, **ELSEWHERE, **COACHES}
OWN_LISTS: Final = dict.fromkeys(VISITORS, Verdict.ALLOWED) | OUTSIDERS

TABLE: Final[Table] = {
    "GET /caseload": OWN_LISTS,
    "POST /participants/search": OWN_LISTS,
    "GET /cases/{case_id}": OWN_CASES,
    "GET /participants/{participant_id}/timeline": OWN_CASES,
    "POST /cases/{case_id}/actions": OWN_CASES,
    "POST /cases/{case_id}/actions/{action_id}/done": OWN_CASES,
    "POST /cases/{case_id}/actions/{action_id}/cancel": OWN_CASES,
    "POST /cases/{case_id}/contacts": OWN_CASES,
    "POST /cases/{case_id}/coach": LEADERS_ONLY,
}
BODIES: Final[Mapping[str, Any]] = {
    "POST /participants/search": {"terms": {"name": "ada"}},
    "POST /cases/{case_id}/actions": {"owner": "coach", "what": "Ring the bakery", "due": "2030-03-08"},
    "POST /cases/{case_id}/contacts": {"occurred_at": "2026-03-02T09:30:00Z", "channel": "phone"},
    "POST /cases/{case_id}/coach": {"coach_id": str(AMIR)},
}


@pytest.fixture(scope="module")
def ada(platform: Platform) -> Person:
    """Accept Ada with Amir as coach, and wait until her case is open."""
    platform.accept(AMIR, ADA)
    with platform.client("team_leader", NORTHWAY) as leader:
        eventually(leader, f"/cases/{case_of(ADA.referral)}", lambda page: page["coach_id"])
    return ADA


@pytest.fixture
def matrix(platform: Platform) -> Matrix:
    """Return the table beside what the service says that its routes are."""
    document = httpx.get(platform.url("caseload") + "/openapi.json", trust_env=False).json()
    return Matrix(document, TABLE, frozenset(VISITORS))


def test_every_visitor_has_a_verdict_on_every_route(matrix: Matrix) -> None:
    assert matrix.gaps() == []


def test_every_route_treats_every_visitor_as_the_table_says(matrix: Matrix, platform: Platform, ada: Person) -> None:
    places = {"case_id": case_of(ada.referral), "participant_id": ada.id, "action_id": uuid4()}

    with httpx.Client(base_url=platform.url("caseload"), trust_env=False, timeout=30) as client:

        def ask(visitor: str, route: str) -> httpx.Response:
            method, path = route.split(" ")
            headers = {"If-Match": '"1"'}
            if visitor != NOBODY:
                headers["Authorization"] = f"Bearer {platform.token(*VISITORS[visitor])}"
            return client.request(method, path.format(**places), json=BODIES.get(route), headers=headers)

        assert matrix.differences(ask) == []
