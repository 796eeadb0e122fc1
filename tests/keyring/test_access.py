"""The whole table of who may ask the keyring for what, tried on every route."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from chassis.signing import ServiceTokens, person_token
from tests.access.matrix import NOBODY, Matrix, Verdict

from .conftest import Home
from .running import SERVICES, RunningKeyring

ROLES = ("operator", "coach", "team_leader", "provider_manager", "referrer", "analyst", "auditor", "jobseeker")
VISITORS = frozenset(SERVICES) | frozenset(ROLES)
PERSON = str(uuid4())
BODIES: Mapping[str, object] = {
    "/keys/sealing": {"persons": [PERSON], "kind": "participant"},
    "/keys/opening": {"persons": [PERSON]},
    "/identities": {"kind": "ni_number", "values": ["QQ123456C"]},
    "/index": {"entries": [{"person": PERSON, "kind": "name", "value": "Ada"}]},
    "/search": {"terms": [{"kind": "name", "value": "Ada"}]},
    "/erase": {"person": str(uuid4())},
    "/rotate": {},
}


def only(*allowed: str) -> Mapping[str, Verdict]:
    return {visitor: Verdict.ALLOWED if visitor in allowed else Verdict.FORBIDDEN for visitor in VISITORS}


TABLE: Mapping[str, Mapping[str, Verdict]] = {
    "POST /keys/sealing": only("referrals", "caseload", "nudges"),
    "POST /keys/opening": only("referrals", "caseload", "nudges"),
    "POST /identities": only("referrals"),
    "POST /index": only("referrals"),
    "POST /search": only("referrals", "caseload"),
    "POST /erase": only("operator"),
    "POST /rotate": only("operator"),
}


@pytest.fixture
def running(home: Home, tmp_path: Path) -> Iterator[RunningKeyring]:
    service = RunningKeyring(home, tmp_path)
    service.start()
    yield service
    assert service.stop() == 0


def token(running: RunningKeyring, visitor: str) -> str:
    if visitor in SERVICES:
        return ServiceTokens(running.services[visitor]).to("keyring")()
    return person_token(running.people, Actor(uuid4(), visitor))


def test_everybody_may_do_what_the_table_says_and_nothing_else(running: RunningKeyring) -> None:
    openapi = httpx.get(f"{running.url}/openapi.json", trust_env=False).json()
    matrix = Matrix(openapi, TABLE, VISITORS)

    def ask(visitor: str, route: str) -> httpx.Response:
        method, path = route.split(" ")
        headers = {} if visitor == NOBODY else {"authorization": f"Bearer {token(running, visitor)}"}
        return httpx.request(method, running.url + path, json=BODIES.get(path), headers=headers, trust_env=False)

    assert matrix.gaps() == []
    assert matrix.differences(ask) == []
