"""The descriptions of the referrals API are valid, and show an example of everything that one sends."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from referrals import merge_api, start_forms
from referrals.forms import Form
from tests.referrals.conftest import Provider, Running


@pytest.fixture(scope="module")
def document(service: Running) -> Any:
    """Fetch the description, which needs no token."""
    return service.client(None).get("/openapi.json").json()


def test_the_description_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_says_what_it_does(document: Any) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert len(operations) == 28
    assert all(operation["summary"] and operation["description"].endswith(".") for operation in operations)


FORMS: set[type[BaseModel]] = {*Form.__subclasses__(), start_forms.MeetingForm, merge_api.MergeForm}
BODIES = sorted(FORMS, key=lambda form: form.__name__)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_body_has_an_example_that_would_be_taken(document: Any, body: type[Form]) -> None:
    assert body.model_validate(document["components"]["schemas"][body.__name__]["examples"][0])


def test_what_is_heard_and_told_is_served_as_asyncapi_3(service: Running) -> None:
    client = service.client(Provider().actor("operator"))

    document = client.get("/asyncapi.json").json()

    assert document["asyncapi"].startswith("3.")
    assert {"ReferralSubmitted", "ReferralAccepted"} <= document["components"]["schemas"].keys()
