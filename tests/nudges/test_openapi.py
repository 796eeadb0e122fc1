"""The descriptions of the nudges service's API are valid, and show an example of everything that one sends."""

from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from nudges.api import Asked
from tests.nudges.running import Platform


@pytest.fixture(scope="module")
def document(platform: Platform) -> Any:
    """Fetch the description, which needs no token."""
    return httpx.get(platform.url + "/openapi.json", trust_env=False).json()


def test_the_description_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_says_what_it_does(document: Any) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == 8
    assert all(operation["summary"] and operation["description"].endswith(".") for operation in operations)


def test_what_is_heard_and_told_is_served_as_asyncapi_3(platform: Platform) -> None:
    with platform.client("operator", None) as client:
        document = client.get("/asyncapi.json").json()
    assert document["asyncapi"].startswith("3.")
    assert {"ApplicationSent", "NudgeDecided"} <= document["components"]["schemas"].keys()


@pytest.mark.parametrize("body", Asked.__subclasses__(), ids=lambda body: body.__name__)
def test_every_body_has_an_example_that_would_be_taken(document: Any, body: type[Asked]) -> None:
    assert body.model_validate(document["components"]["schemas"][body.__name__]["examples"][0])
