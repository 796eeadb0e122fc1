"""Every visitor at every route of the nudges service: what is not in this table fails the build."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.identity import Actor
from events.jobsearch import ApplicationSent
from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.nudges.running import DAY, NOON, Person, Platform
from tests.running import authorization

NORTHWAY, BRIGHTPATH = uuid4(), uuid4()
ADA: Final = Person(NORTHWAY, email=None)

VISITORS: Final[Mapping[str, tuple[str, UUID | None, UUID]]] = {
    "the participant": ("jobseeker", NORTHWAY, ADA.id),
    "another participant": ("jobseeker", NORTHWAY, uuid4()),
    "coach of the case": ("coach", NORTHWAY, ADA.coach),
    "another coach": ("coach", NORTHWAY, uuid4()),
    "coach elsewhere": ("coach", BRIGHTPATH, uuid4()),
    "team leader": ("team_leader", NORTHWAY, uuid4()),
    "team leader elsewhere": ("team_leader", BRIGHTPATH, uuid4()),
    "manager": ("provider_manager", NORTHWAY, uuid4()),
    "manager elsewhere": ("provider_manager", BRIGHTPATH, uuid4()),
    "referrer": ("referrer", None, uuid4()),
    "operator": ("operator", None, uuid4()),
    "analyst": ("analyst", None, uuid4()),
    "somebody of no known role": ("auditor", NORTHWAY, uuid4()),
}
OUTSIDERS: Final = dict.fromkeys(("referrer", "operator", "analyst", "somebody of no known role"), Verdict.FORBIDDEN)
HIDDEN: Final = dict.fromkeys(
    ("another participant", "coach elsewhere", "team leader elsewhere", "manager elsewhere"), Verdict.HIDDEN
)
PERSONAL: Final = {
    **dict.fromkeys(VISITORS, Verdict.ALLOWED),
    **OUTSIDERS,
    **HIDDEN,
    "another coach": Verdict.FORBIDDEN,
}
TABLE: Final[Table] = {
    "GET /participants/{participant_id}/nudges": PERSONAL,
    "GET /participants/{participant_id}/nudge-preferences": PERSONAL,
    "POST /participants/{participant_id}/nudge-preferences/stop": PERSONAL,
    "POST /participants/{participant_id}/nudge-preferences/resume": PERSONAL,
    "POST /participants/{participant_id}/nudge-preferences/pause": PERSONAL,
    "POST /participants/{participant_id}/nudge-preferences/unpause": PERSONAL,
    "POST /nudges/{nudge_id}/seen": PERSONAL,
    "POST /nudges/{nudge_id}/dismiss": PERSONAL,
}
BODIES: Final[Mapping[str, Any]] = {
    "POST /participants/{participant_id}/nudge-preferences/stop": {"kind": "agree_an_action"},
    "POST /participants/{participant_id}/nudge-preferences/resume": {},
    "POST /participants/{participant_id}/nudge-preferences/pause": {"reason": "Her mother is ill."},
}


@pytest.fixture(scope="module")
def nudge(platform: Platform) -> str:
    """Take Ada on and nudge her; return the id of the nudge."""
    platform.take_on(ADA)
    platform.tell(ADA, uuid4(), ApplicationSent(occurred_at=NOON - 14 * DAY))
    platform.decide(NOON)
    platform.deliver(NOON)
    return str(platform.inbox(ADA)["nudges"][0]["nudge_id"])


@pytest.fixture
def matrix(platform: Platform) -> Matrix:
    """Return the table beside what the service says that its routes are."""
    document = httpx.get(platform.url + "/openapi.json", trust_env=False).json()
    return Matrix(document, TABLE, frozenset(VISITORS))


def test_every_visitor_has_a_verdict_on_every_route(matrix: Matrix) -> None:
    assert matrix.gaps() == []


def test_every_route_treats_every_visitor_as_the_table_says(matrix: Matrix, platform: Platform, nudge: str) -> None:
    places = {"participant_id": ADA.id, "nudge_id": nudge}

    with httpx.Client(base_url=platform.url, trust_env=False, timeout=30) as client:

        def ask(visitor: str, route: str) -> httpx.Response:
            method, path = route.split(" ")
            headers = {}
            if visitor != NOBODY:
                role, provider, person = VISITORS[visitor]
                headers = authorization(platform.addresses, Actor(person, role, provider))
            return client.request(method, path.format(**places), json=BODIES.get(route), headers=headers)

        assert matrix.differences(ask) == []
