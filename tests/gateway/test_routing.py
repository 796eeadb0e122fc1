"""Routes follow from what services describe: what each reads, and which path is which."""

from typing import Any, Final

import pytest

from gateway.composing import compose, operations
from gateway.routing import Reads, RouteTable, routes_of
from gateway.telling import listed

BODY: Final[dict[str, Any]] = {"requestBody": {"content": {"application/json": {}}}}
FILE: Final[dict[str, Any]] = {"requestBody": {"content": {"text/csv": {}}}}


def document(*operations: tuple[str, str], **more: Any) -> dict[str, Any]:
    """Return what a service describes."""
    paths: dict[str, Any] = {}
    for method, path in operations:
        paths.setdefault(path, {})[method] = {"operationId": f"{method}_{len(paths)}", **more}
    return {"paths": paths, "components": {"schemas": {}}}


CASELOAD = document(
    ("get", "/caseload"),
    ("get", "/cases/{case_id}"),
    ("get", "/caseload/{selection}"),
    ("get", "/cases/mine"),
    ("post", "/cases/{case_id}/coach"),
    ("post", "/participants/search"),
    ("post", "/cases/search"),
)
TABLE = RouteTable(tuple(routes_of("caseload", CASELOAD)))


@pytest.mark.parametrize(
    ("method", "path", "reads"),
    [
        ("GET", "/caseload", Reads.LIST),
        ("GET", "/cases/7", Reads.RECORD),
        ("GET", "/caseload/everybody", Reads.LIST),
        ("POST", "/cases/7/coach", Reads.COMMAND),
        ("POST", "/participants/search", Reads.LIST),
        ("POST", "/cases/search", Reads.LIST),
    ],
)
def test_what_a_route_reads_follows_from_its_method_and_path(method: str, path: str, reads: Reads) -> None:
    match = TABLE.find(method, path)

    assert match is not None
    assert match.route.reads is reads


def test_what_is_written_out_goes_before_a_parameter() -> None:
    match = TABLE.find("GET", "/cases/mine")

    assert match is not None
    assert match.route.service_path == "/cases/mine"


@pytest.mark.parametrize("path", ["/cases/", "/cases/7/", "/cases/%2E%2e", "/cases/7%2fcoach", "//caseload", "/x"])
def test_what_a_service_might_take_for_another_path_is_none(path: str) -> None:
    assert TABLE.find("GET", path) is None
    assert TABLE.methods(path) == []


def test_vacancies_are_about_nobody() -> None:
    routes = routes_of("jobsearch", document(("get", "/vacancies/{id}"), ("post", "/vacancies/search")))

    assert {route.reads for route in routes} == {Reads.PUBLIC}


def test_what_an_analyst_reads_is_nobodys_record() -> None:
    (facts,) = routes_of("analytics", document(("get", "/correlations/{correlation_id}")))

    assert facts.reads is Reads.LIST


def test_a_file_is_told_from_a_form() -> None:
    (file,) = routes_of("referrals", document(("post", "/referral-files"), **FILE))
    (form,) = routes_of("referrals", document(("post", "/referrals"), **BODY))

    assert (file.file, form.file) == (True, False)


def test_the_own_document_goes_before_those_of_services_and_names_stay_apart() -> None:
    one = document(("get", "/things"))
    one["components"]["schemas"] = {"Thing": {"$ref": "#/components/schemas/Problem"}}
    one["paths"]["/things"]["get"]["schema"] = {"$ref": "#/components/schemas/Thing"}
    own = document(("get", "/api/v1/home"), ("get", "/api/v1/cases/mine"))
    own["components"]["schemas"] = {"Problem": {}}
    services = {"learning": one, "caseload": CASELOAD}
    routes = [route for name, described in services.items() for route in routes_of(name, described)]

    whole = compose(own, services, routes)

    assert operations(whole) == 9
    assert whole["paths"]["/api/v1/cases/mine"]["get"]["operationId"] == "get_1"
    told = whole["paths"]["/api/v1/things"]["get"]
    assert told["schema"] == {"$ref": "#/components/schemas/Learning_Thing"}
    assert (told["operationId"], told["tags"]) == ("learning_get_0", ["learning"])
    assert whole["components"]["schemas"]["Learning_Thing"] == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize(
    ("body", "count"),
    [([{}, {}], 2), ({"cases": [{}, {}], "next": None}, 2), ({"queue": [{}], "rest": [{}], "words": ["a"]}, 2), (7, 0)],
)
def test_a_list_is_counted_by_its_rows(body: Any, count: int) -> None:
    assert listed(body) == count
