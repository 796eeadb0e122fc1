"""Every visitor at every route of the market, and what its description promises."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import BaseModel

from jobsearch.job_posting import cells_of
from jobsearch.market_forms import JobPostingForm
from jobsearch.search_forms import PlaceForm, VacancySearch
from jobsearch.vacancy_row import Reading
from tests.access.matrix import NOBODY, Matrix, Table, Verdict
from tests.jobsearch.market import feed, send
from tests.jobsearch.running import Platform, eventually

NORTHWAY, GRACE = uuid4(), uuid4()
VISITORS: Final[Mapping[str, tuple[str, UUID | None, UUID]]] = {
    "jobseeker": ("jobseeker", NORTHWAY, uuid4()),
    "coach": ("coach", NORTHWAY, uuid4()),
    "team leader": ("team_leader", NORTHWAY, uuid4()),
    "manager who sent the file": ("provider_manager", NORTHWAY, GRACE),
    "another manager": ("provider_manager", uuid4(), uuid4()),
    "operator": ("operator", None, uuid4()),
    "referrer": ("referrer", None, uuid4()),
    "analyst": ("analyst", None, uuid4()),
    "somebody of no known role": ("auditor", NORTHWAY, uuid4()),
}
ALLOWED, FORBIDDEN, HIDDEN = Verdict.ALLOWED, Verdict.FORBIDDEN, Verdict.HIDDEN
NONE: Final = dict.fromkeys(VISITORS, FORBIDDEN)
SEEKERS: Final = NONE | dict.fromkeys(
    ("jobseeker", "coach", "team leader", "manager who sent the file", "another manager"), ALLOWED
)
READERS: Final = SEEKERS | {"operator": ALLOWED}
IMPORTERS: Final = NONE | dict.fromkeys(("manager who sent the file", "another manager", "operator"), ALLOWED)
OWN_FILE: Final = NONE | dict.fromkeys(("another manager", "operator"), HIDDEN) | {"manager who sent the file": ALLOWED}

TABLE: Final[Table] = {
    "POST /vacancy-files": IMPORTERS,
    "GET /vacancy-files/{file_id}": OWN_FILE,
    "GET /vacancy-files/{file_id}/report": OWN_FILE,
    "POST /vacancy-files/{file_id}/confirm": OWN_FILE,
    "POST /vacancies/json-ld": IMPORTERS,
    "POST /vacancies/search": SEEKERS,
    "POST /places": SEEKERS,
    "GET /vacancies/{vacancy_id}": READERS,
}
FORMS: Final[Mapping[str, type[BaseModel]]] = {
    "POST /vacancies/json-ld": JobPostingForm,
    "POST /vacancies/search": VacancySearch,
    "POST /places": PlaceForm,
}


@pytest.fixture(scope="module")
def document(platform: Platform) -> Any:
    """Return what the service says of the routes of the market."""
    described = httpx.get(platform.url() + "/openapi.json", trust_env=False).json()
    paths = {
        path: item
        for path, item in described["paths"].items()
        if any("vacancies" in operation["tags"] for operation in item.values() if "tags" in operation)
    }
    return described | {"paths": paths}


def example(document: Any, route: str) -> Any:
    return document["components"]["schemas"][FORMS[route].__name__]["examples"][0]


def test_every_visitor_has_a_verdict_on_every_route(document: Any) -> None:
    assert Matrix(document, TABLE, frozenset(VISITORS)).gaps() == []


def test_every_route_treats_every_visitor_as_the_table_says(platform: Platform, document: Any) -> None:
    with platform.client("provider_manager", NORTHWAY, GRACE) as grace:
        file = send(grace, "title\nBaker\n", feed()).json()["id"]
        vacancy = platform.advertise()
        eventually(grace, f"/vacancies/{vacancy}", lambda shown: shown["live"])

    def ask(visitor: str, route: str) -> httpx.Response:
        method, path = route.split(" ")
        headers = {} if visitor == NOBODY else {"Authorization": f"Bearer {platform.token(*_who(visitor))}"}
        url = path.format(file_id=file, vacancy_id=vacancy)
        if route == "POST /vacancy-files":
            return client.post(url, params={"feed": feed()}, content=b"title\nBaker\n", headers=headers)
        body = example(document, route) if route in FORMS else None
        parameters = {"feed": feed()} if route == "POST /vacancies/json-ld" else {}
        return client.request(method, url, params=parameters, json=body, headers=headers)

    with httpx.Client(base_url=platform.url(), trust_env=False, timeout=60) as client:
        assert Matrix(document, TABLE, frozenset(VISITORS)).differences(ask) == []


def test_every_route_says_what_it_does(document: Any) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == len(TABLE)
    assert all(operation["summary"] and operation["description"].endswith(".") for operation in operations)


@pytest.mark.parametrize("route", FORMS)
def test_every_body_has_an_example_that_would_be_taken(document: Any, route: str) -> None:
    assert FORMS[route].model_validate(example(document, route))


def test_the_example_of_a_posting_is_read_without_a_doubt(document: Any) -> None:
    row = Reading.of(cells_of(example(document, "POST /vacancies/json-ld")))
    assert row.vacancy("feed").pay_least == 12.6
    assert row.doubts == []


def _who(visitor: str) -> tuple[str, UUID | None, UUID]:
    return VISITORS[visitor]
