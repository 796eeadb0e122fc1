"""Every visitor at every route of the referrals service: what is not in this table fails the build."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.identity import Actor
from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.referrals.conftest import Running
from tests.running import authorization

NORTHWAY, BRIGHTPATH, IRENA, GRACE = uuid4(), uuid4(), uuid4(), uuid4()

VISITORS: Final[Mapping[str, tuple[str, UUID | None, UUID]]] = {
    "who referred": ("referrer", None, IRENA),
    "another referrer": ("referrer", None, uuid4()),
    "holder of a link": ("referral_link", None, IRENA),
    "holder of another link": ("referral_link", None, uuid4()),
    "coach": ("coach", NORTHWAY, uuid4()),
    "coach elsewhere": ("coach", BRIGHTPATH, uuid4()),
    "team leader": ("team_leader", NORTHWAY, uuid4()),
    "team leader elsewhere": ("team_leader", BRIGHTPATH, uuid4()),
    "manager who sent the file": ("provider_manager", NORTHWAY, GRACE),
    "another manager": ("provider_manager", NORTHWAY, uuid4()),
    "manager elsewhere": ("provider_manager", BRIGHTPATH, uuid4()),
    "manager of no provider": ("provider_manager", None, uuid4()),
    "operator": ("operator", None, uuid4()),
    "analyst": ("analyst", None, uuid4()),
    "jobseeker": ("jobseeker", NORTHWAY, uuid4()),
    "somebody of no known role": ("auditor", NORTHWAY, uuid4()),
}
ALLOWED, FORBIDDEN, HIDDEN = Verdict.ALLOWED, Verdict.FORBIDDEN, Verdict.HIDDEN

HOLDERS: Final = ("holder of a link", "holder of another link")
OUTSIDERS: Final = dict.fromkeys(("operator", "analyst", "jobseeker", "somebody of no known role", *HOLDERS), FORBIDDEN)
REFERRERS: Final = ("who referred", "another referrer")
HERE: Final = ("coach", "team leader", "manager who sent the file", "another manager")
ELSEWHERE: Final = ("coach elsewhere", "team leader elsewhere", "manager elsewhere", "manager of no provider")

LISTS: Final = dict.fromkeys(VISITORS, ALLOWED) | OUTSIDERS
SEEN: Final = OUTSIDERS | dict.fromkeys(HERE, ALLOWED) | dict.fromkeys(ELSEWHERE, HIDDEN)
READ: Final = SEEN | {"who referred": ALLOWED, "another referrer": HIDDEN}
ANSWERED: Final = SEEN | dict.fromkeys(REFERRERS, FORBIDDEN)
CORRECTED: Final = ANSWERED | dict.fromkeys(("coach", "coach elsewhere"), FORBIDDEN)
SUBMITTED: Final = dict.fromkeys(VISITORS, FORBIDDEN) | dict.fromkeys(REFERRERS, ALLOWED)
SENT: Final = OUTSIDERS | {
    **dict.fromkeys(VISITORS, FORBIDDEN),
    **dict.fromkeys(REFERRERS, ALLOWED),
    **dict.fromkeys(("team leader", "manager who sent the file", "another manager"), ALLOWED),
}
OWN_FILE: Final = (
    dict.fromkeys(VISITORS, HIDDEN)
    | OUTSIDERS
    | dict.fromkeys(("coach", "coach elsewhere"), FORBIDDEN)
    | {"manager who sent the file": ALLOWED}
)

TABLE: Final[Table] = {
    "POST /referrals": SUBMITTED,
    "GET /referrals": LISTS,
    "GET /referral-counts": LISTS,
    "POST /referrals/search": LISTS,
    "GET /referrals/{referral_id}": READ,
    "GET /referrals/{referral_id}/standing": READ | {"holder of a link": ALLOWED, "holder of another link": HIDDEN},
    "POST /referrals/{referral_id}/acknowledge": ANSWERED,
    "POST /referrals/{referral_id}/assess": ANSWERED,
    "POST /referrals/{referral_id}/accept": ANSWERED,
    "POST /referrals/{referral_id}/waitlist": ANSWERED,
    "POST /referrals/{referral_id}/reject": ANSWERED,
    "POST /referrals/{referral_id}/withdraw": READ,
    "POST /referrals/{referral_id}/duplicate/settle": ANSWERED,
    "POST /referrals/{referral_id}/handover": ANSWERED,
    "POST /referrals/{referral_id}/handover/held": ANSWERED,
    "POST /referrals/{referral_id}/initial-meeting": ANSWERED,
    "POST /referrals/{referral_id}/initial-meeting/held": ANSWERED,
    "POST /referrals/{referral_id}/initial-meeting/missed": ANSWERED,
    "POST /referrals/{referral_id}/initial-meeting/cancel": ANSWERED,
    "POST /referrals/{referral_id}/start": ANSWERED,
    "POST /referrals/{referral_id}/did-not-start": ANSWERED,
    "POST /referrals/{referral_id}/entered-in-error": CORRECTED,
    "GET /participants/{participant_id}/aliases": ANSWERED,
    "POST /participants/{participant_id}/merge": CORRECTED,
    "POST /participants/{participant_id}/merge/take-back": CORRECTED,
    "POST /referral-files": SENT,
    "GET /referral-files/{file_id}": OWN_FILE,
    "POST /referral-files/{file_id}/confirm": OWN_FILE,
}
NOW: Final = datetime.now(UTC)
MEETING: Final = {"meets_at": NOW.isoformat(), "channel": "phone"}
REFERRAL: Final = {"provider_id": str(NORTHWAY), "programme_id": str(uuid4()), "person": {"name": "Ada Lovelace"}}
BODIES: Final[Mapping[str, Any]] = {
    "POST /referrals": REFERRAL,
    "POST /referrals/search": {"terms": {"name": "Ada"}},
    "POST /referrals/{referral_id}/accept": {},
    "POST /referrals/{referral_id}/reject": {"reason": "no_capacity"},
    "POST /referrals/{referral_id}/withdraw": {"by": "participant"},
    "POST /referrals/{referral_id}/duplicate/settle": {"same_person": True},
    "POST /referrals/{referral_id}/handover": MEETING,
    "POST /referrals/{referral_id}/initial-meeting": MEETING,
    "POST /referrals/{referral_id}/initial-meeting/cancel": {"by": "provider"},
    "POST /referrals/{referral_id}/start": {"start_date": NOW.date().isoformat()},
    "POST /referrals/{referral_id}/did-not-start": {"reason": "health"},
    "POST /referrals/{referral_id}/entered-in-error": {},
}
FILE: Final = {"programme_id": str(uuid4()), "provider_id": str(NORTHWAY)}


@pytest.fixture(scope="module")
def referral(service: Running) -> Mapping[str, str]:
    """Return a referral that Irena sent to Northway and that everybody who may can see, and its participant."""
    client = service.client(Actor(IRENA, "referrer"))
    answer = client.post("/referrals", json=REFERRAL)
    ids: dict[str, str] = answer.json()["ids"]
    position = {"at_least": answer.headers["waymark-position"]}
    assert client.get(f"/referrals/{ids['referral']}", params=position).is_success
    return ids


@pytest.fixture(scope="module")
def other(service: Running) -> str:
    """Return another participant whom Irena sent to Northway."""
    client = service.client(Actor(IRENA, "referrer"))
    return str(
        client.post("/referrals", json=REFERRAL | {"person": {"name": "Grace Hopper"}}).json()["ids"]["participant"]
    )


@pytest.fixture(scope="module")
def file(service: Running) -> str:
    """Return a file that Grace sent."""
    client = service.client(Actor(GRACE, "provider_manager", NORTHWAY))
    return str(client.post("/referral-files", params=FILE, content=b"name\nAda Lovelace\n").json()["id"])


@pytest.fixture
def matrix(service: Running) -> Matrix:
    """Return the table beside what the service says that its routes are."""
    return Matrix(service.client(None).get("/openapi.json").json(), TABLE, frozenset(VISITORS))


def test_every_visitor_has_a_verdict_on_every_route(matrix: Matrix) -> None:
    assert matrix.gaps() == []


def test_every_route_treats_every_visitor_as_the_table_says(
    matrix: Matrix, service: Running, referral: Mapping[str, str], other: str, file: str
) -> None:
    client = service.client(None)
    merging = {"other_participant_id": other}
    bodies = {**BODIES, **dict.fromkeys((route for route in TABLE if "/merge" in route), merging)}

    def ask(visitor: str, route: str) -> httpx.Response:
        method, path = route.split(" ")
        url = path.format(referral_id=referral["referral"], participant_id=referral["participant"], file_id=file)
        known = {} if visitor == NOBODY else authorization(service.addresses, _actor(visitor))
        headers = {"If-Match": '"99"'} | known
        if route == "POST /referral-files":
            return client.post(url, params=FILE, content=b"name\nAda Lovelace\n", headers=headers)
        return client.request(method, url, json=bodies.get(route), headers=headers)

    assert matrix.differences(ask) == []


def _actor(visitor: str) -> Actor:
    role, tenant, id_ = VISITORS[visitor]
    return Actor(id_, role, tenant)
