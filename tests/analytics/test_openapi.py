"""The descriptions of the analytics service's API are valid, and show an example of everything that one sends."""

from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from analytics.fact_api import FactSearch
from tests.analytics.running import Platform


@pytest.fixture(scope="module")
def document(platform: Platform) -> Any:
    """Fetch the description, which needs no token."""
    return httpx.get(platform.addresses.url("analytics") + "/openapi.json", trust_env=False).json()


def test_the_description_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_says_what_it_does(document: Any) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == 11
    assert all(operation["summary"] and operation["description"].endswith(".") for operation in operations)


def test_what_is_heard_is_served_as_asyncapi_3(platform: Platform) -> None:
    with platform.client("operator") as client:
        document = client.get("/asyncapi.json").json()
    assert document["asyncapi"].startswith("3.")
    assert {"CaseOpened", "ReferralAccepted"} <= document["components"]["schemas"].keys()


def test_the_body_has_an_example_that_would_be_taken(document: Any) -> None:
    assert FactSearch.model_validate(document["components"]["schemas"]["FactSearch"]["examples"][0])
