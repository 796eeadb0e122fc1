"""The descriptions of the caseload's API are valid, and show an example of everything that one sends."""

from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from caseload import main
from caseload.forms import Asked
from tests.caseload.running import Platform


@pytest.fixture(scope="module")
def document(platform: Platform) -> Any:
    """Fetch the description, which needs no token."""
    return httpx.get(platform.url("caseload") + "/openapi.json", trust_env=False).json()


def test_the_description_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_says_what_it_does(document: Any) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert operations
    assert all(operation["summary"] and operation["description"].endswith(".") for operation in operations)


def test_what_is_heard_and_told_is_served_as_asyncapi_3(platform: Platform) -> None:
    headers = {"Authorization": f"Bearer {platform.token('operator')}"}
    document = httpx.get(platform.url("caseload") + "/asyncapi.json", headers=headers, trust_env=False).json()
    assert document["asyncapi"].startswith("3.")
    assert {"CaseOpened", "ReferralAccepted"} <= document["components"]["schemas"].keys()


def bodies(of: type[Asked]) -> list[type[Asked]]:
    """Return every kind of body that a route takes."""
    return [found for body in of.__subclasses__() for found in (body, *bodies(body))]


def test_every_route_is_among_those_that_are_described(document: Any) -> None:
    assert {getattr(route, "path", "") for router in main.ROUTERS for route in router.routes} <= document[
        "paths"
    ].keys()


@pytest.mark.parametrize("body", bodies(Asked), ids=lambda body: body.__name__)
def test_every_body_has_an_example_that_would_be_taken(document: Any, body: type[Asked]) -> None:
    assert body.model_validate(document["components"]["schemas"][body.__name__]["examples"][0])
