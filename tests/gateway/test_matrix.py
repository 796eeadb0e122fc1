"""Every visitor at every route of the gateway itself: what is not in this table fails the build.

The routes of services have tables of their own, and are asked through the gateway with the visitor's own rights.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from chassis.identity import Actor
from gateway.routing import PREFIX
from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.gateway.running import Person, Platform
from tests.gateway.visitors import JOBSEEKERS, LEADERS, OUTSIDERS, VISITORS, actor_of
from tests.running import authorization

ALLOWED, FORBIDDEN, HIDDEN = Verdict.ALLOWED, Verdict.FORBIDDEN, Verdict.HIDDEN

ALL: Final = dict.fromkeys(VISITORS, ALLOWED)
OF_ROLES: Final = dict.fromkeys(OUTSIDERS, FORBIDDEN)
SEES: Final = dict.fromkeys(VISITORS, HIDDEN) | {
    **OF_ROLES,
    **dict.fromkeys(("the person themselves", "coach of the person"), ALLOWED),
    **{f"{role} of the provider": ALLOWED for role in LEADERS},
    "who referred the person": FORBIDDEN,
}
LINKS: Final = SEES | dict.fromkeys(JOBSEEKERS, FORBIDDEN)
HOME: Final = dict.fromkeys(VISITORS, FORBIDDEN) | dict.fromkeys(JOBSEEKERS, ALLOWED)

TABLE: Final[Table] = {
    f"GET {PREFIX}/me": ALL,
    f"GET {PREFIX}/home": HOME,
    f"GET {PREFIX}/participants/{{participant_id}}": SEES,
    f"GET {PREFIX}/participants/{{participant_id}}/looks": SEES,
    f"POST {PREFIX}/participants/{{participant_id}}/sign-in-links": LINKS,
    f"GET {PREFIX}/changes": ALL | OF_ROLES,
    f"POST {PREFIX}/sign-out": ALL,
}
OPEN: Final = (f"GET {PREFIX}/sign-in/demo", f"POST {PREFIX}/sign-in/demo", f"POST {PREFIX}/sign-in/link")
OWN_TAGS: Final = {"people", "getting in", "live changes"}


@pytest.fixture(scope="module")
def own(platform: Platform) -> Mapping[str, Any]:
    """Return what the gateway describes of its own routes, but for those of people who are nobody yet."""
    document = platform.client(None).get("/openapi.json").json()
    paths: dict[str, dict[str, Any]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if OWN_TAGS & set(operation["tags"]) and f"{method.upper()} {path}" not in OPEN:
                paths.setdefault(path, {})[method] = operation
    return {"paths": paths}


def test_every_visitor_has_a_verdict_on_every_route(own: Mapping[str, Any]) -> None:
    assert Matrix(own, TABLE, frozenset(VISITORS)).gaps() == []


def test_every_route_treats_every_visitor_as_the_table_says(
    own: Mapping[str, Any], platform: Platform, person: Person
) -> None:
    client = platform.client(None)

    def ask(visitor: str, route: str) -> httpx.Response:
        method, path = route.split(" ")
        known = {} if visitor == NOBODY else authorization(platform.addresses, actor_of(visitor, person))
        request = client.build_request(method, path.format(participant_id=person.id), headers=known)
        answer = client.send(request, stream=True)
        answer.close() if path.endswith("/changes") else answer.read()
        return answer

    assert Matrix(own, TABLE, frozenset(VISITORS), operated=False).differences(ask) == []


@pytest.mark.parametrize("path", ["/operations", f"{PREFIX}/operations", f"{PREFIX}/operations/replay"])
def test_what_operators_ask_of_a_service_is_not_asked_through_the_gateway(platform: Platform, path: str) -> None:
    operator = platform.client(Actor(uuid4(), "operator"))
    assert {operator.get(path).status_code, operator.post(path, json={"consumer": "people"}).status_code} <= {404, 405}
