"""The composed description of the public API is valid, and every service's answers are what it says."""

from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.gateway.running import API, Person, Platform

STREAMS: Final = {f"{API}/changes"}
CHECKS: Final = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW: Final = settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
FILES: Final = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/csv",
    "application/gzip",
)


@schemathesis.serializer(*FILES)
def send_as_it_is(_context: Any, value: Any) -> bytes:
    """Send a file, which is whatever was generated for it."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def document(platform: Platform) -> Any:
    """Fetch the description, which needs no token."""
    return platform.client(None).get("/openapi.json").json()


def test_the_whole_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_service_is_in_it_and_every_operation_has_a_name_of_its_own(document: Any) -> None:
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]

    assert {"referrals", "caseload", "jobsearch", "learning"} <= {operation["tags"][0] for operation in operations}
    assert len(names) == len(set(names))
    assert all(path.startswith(f"{API}/") for path in document["paths"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_answer_is_a_failure_or_undocumented(
    platform: Platform, person: Person, document: Any, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    token = {"Authorization": f"Bearer {platform.token(person.manager)}"}
    found: dict[str, str] = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.path in STREAMS:
            continue

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: Any) -> None:
            answer = case.call(base_url=platform.addresses.url("gateway"), headers=token, timeout=60)
            case.validate_response(answer, checks=CHECKS)

        try:
            holds()
        except (Exception, FailureGroup) as failure:  # noqa: BLE001  (all operations are tried before one is told)
            found[f"{operation.method.upper()} {operation.path}"] = str(failure)[:2_000]
    assert found == {}
