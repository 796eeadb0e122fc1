"""Every visitor at every route of the analytics service: what is not in this table fails the build."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.analytics.running import EAST, Platform, eventually
from tests.analytics.telling import Journey

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()
ADA: Final = Journey(uuid4(), NORTHWAY, date(2025, 3, 3))
CORRELATION: Final = uuid4().hex
VISITORS: Final[Mapping[str, tuple[str, UUID | None, UUID]]] = {
    "coach": ("coach", NORTHWAY, EAST),
    "coach elsewhere": ("coach", BRIGHTPATH, uuid4()),
    "team leader": ("team_leader", NORTHWAY, uuid4()),
    "team leader elsewhere": ("team_leader", BRIGHTPATH, uuid4()),
    "manager": ("provider_manager", NORTHWAY, uuid4()),
    "manager elsewhere": ("provider_manager", BRIGHTPATH, uuid4()),
    "referrer": ("referrer", None, uuid4()),
    "operator": ("operator", None, uuid4()),
    "analyst": ("analyst", None, uuid4()),
    "analyst of one provider": ("analyst", NORTHWAY, uuid4()),
    "the participant": ("jobseeker", NORTHWAY, ADA.person),
    "somebody of no known role": ("auditor", NORTHWAY, uuid4()),
}
OUTSIDERS: Final = dict.fromkeys(
    ("referrer", "operator", "analyst of one provider", "the participant", "somebody of no known role"),
    Verdict.FORBIDDEN,
)
COACHES: Final = dict.fromkeys(("coach", "coach elsewhere"), Verdict.FORBIDDEN)
LEADERS: Final = dict.fromkeys(("team leader", "manager"), Verdict.ALLOWED)
ELSEWHERE: Final = ("team leader elsewhere", "manager elsewhere")
ANALYST: Final = {"analyst": Verdict.ALLOWED}

NUMBERS: Final = dict.fromkeys(VISITORS, Verdict.ALLOWED) | OUTSIDERS
PEOPLE: Final = NUMBERS | COACHES
FACTS: Final = PEOPLE | dict.fromkeys(ELSEWHERE, Verdict.HIDDEN)
EXPORTS: Final = dict.fromkeys(VISITORS, Verdict.FORBIDDEN)

TABLE: Final[Table] = {
    "GET /funnel": NUMBERS,
    "GET /outcomes": NUMBERS,
    "GET /standards": NUMBERS,
    "GET /outcomes/replay": PEOPLE,
    "GET /drill": PEOPLE,
    "POST /facts/search": PEOPLE,
    "GET /correlations/{correlation_id}": FACTS,
    "POST /exports": EXPORTS | ANALYST,
    "GET /exports": EXPORTS | ANALYST,
    "GET /exports/{export_id}": EXPORTS | {"analyst": Verdict.HIDDEN},
    "GET /exports/{export_id}/months/{month}": EXPORTS | {"analyst": Verdict.HIDDEN},
}
PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = {
    "GET /outcomes/replay": {"contract": "restart"},
    "GET /drill": {"number": "started"},
}
BODIES: Final[Mapping[str, Any]] = {"POST /facts/search": {}}


@pytest.fixture(scope="module")
def told(platform: Platform) -> None:
    """Tell of Ada, and wait until it is counted."""
    platform.tell(ADA, ADA.started(EAST), correlation_id=CORRELATION)
    with platform.client("provider_manager", NORTHWAY) as manager:
        eventually(lambda: manager.get("/funnel"), lambda page: page["total"]["numbers"]["started"] == 1)
        eventually(lambda: manager.get(f"/correlations/{CORRELATION}"), lambda page: len(page["facts"]) > 1)


@pytest.fixture
def matrix(platform: Platform) -> Matrix:
    """Return the table beside what the service says that its routes are."""
    document = httpx.get(platform.addresses.url("analytics") + "/openapi.json", trust_env=False).json()
    document["paths"].pop("/asyncapi.json", None)
    return Matrix(document, TABLE, frozenset(VISITORS))


def test_every_visitor_has_a_verdict_on_every_route(matrix: Matrix) -> None:
    assert matrix.gaps() == []


@pytest.mark.usefixtures("told")
def test_every_route_treats_every_visitor_as_the_table_says(matrix: Matrix, platform: Platform) -> None:
    places = {"correlation_id": CORRELATION, "export_id": uuid4(), "month": "2025-03"}

    with httpx.Client(base_url=platform.addresses.url("analytics"), trust_env=False, timeout=60) as client:

        def ask(visitor: str, route: str) -> httpx.Response:
            method, path = route.split(" ")
            headers = {}
            if visitor != NOBODY:
                headers["Authorization"] = f"Bearer {platform.token(*VISITORS[visitor])}"
            parameters = PARAMETERS.get(route)
            return client.request(
                method, path.format(**places), params=parameters, json=BODIES.get(route), headers=headers
            )

        assert matrix.differences(ask) == []
