"""The matrix finds what it is there to find."""

from collections.abc import Mapping

import httpx
import pytest

from tests.access.matrix import FOR_OPERATORS, NOBODY, OPERATOR, Matrix, ProvesNothingError, Verdict, verdict_of

COACH, STRANGER = "coach of the case", "coach of another provider"
OPENAPI = {"paths": {"/cases/{id}": {"get": {}, "parameters": []}, "/cases/{id}/coach": {"post": {}}}}
TABLE: Mapping[str, Mapping[str, Verdict]] = {
    "GET /cases/{id}": {COACH: Verdict.ALLOWED, STRANGER: Verdict.HIDDEN},
    "POST /cases/{id}/coach": {COACH: Verdict.FORBIDDEN, STRANGER: Verdict.HIDDEN},
}
STATUSES = {
    ("GET /cases/{id}", COACH): 200,
    ("GET /cases/{id}", STRANGER): 404,
    ("POST /cases/{id}/coach", COACH): 403,
    ("POST /cases/{id}/coach", STRANGER): 404,
}


def matrix(table: Mapping[str, Mapping[str, Verdict]] = TABLE) -> Matrix:
    """Return a matrix for two visitors."""
    return Matrix(OPENAPI, table, frozenset({COACH, STRANGER}))


def answer(status: int) -> httpx.Response:
    """Return an answer of some status."""
    return httpx.Response(status, request=httpx.Request("GET", "http://cases/cases/1"))


def as_it_should_be(visitor: str, route: str) -> httpx.Response:
    """Answer as the table says."""
    return answer(401 if visitor == NOBODY else STATUSES.get((route, visitor), 403))


def test_a_whole_table_that_holds_has_no_gaps_and_no_differences() -> None:
    assert matrix().gaps() == []
    assert matrix().differences(as_it_should_be) == []


def test_a_route_that_is_not_listed_is_a_gap() -> None:
    partial = {"GET /cases/{id}": TABLE["GET /cases/{id}"]}

    assert matrix(partial).gaps() == ["POST /cases/{id}/coach is not in the table"]


def test_a_row_for_a_route_that_is_gone_is_a_gap() -> None:
    assert matrix({**TABLE, "GET /old": TABLE["GET /cases/{id}"]}).gaps() == [
        "GET /old is in the table and not in the API"
    ]


def test_a_visitor_who_is_forgotten_or_unheard_of_is_a_gap() -> None:
    table = {**TABLE, "GET /cases/{id}": {COACH: Verdict.ALLOWED, "auditor": Verdict.ALLOWED}}

    assert matrix(table).gaps() == [
        "GET /cases/{id} says nothing of coach of another provider",
        "GET /cases/{id} speaks of auditor, who is nobody's visitor",
    ]


@pytest.mark.parametrize("visitor", [COACH, STRANGER, NOBODY])
def test_whoever_is_let_in_or_kept_out_wrongly_is_a_difference(visitor: str) -> None:
    def turned(asking: str, route: str) -> httpx.Response:
        right = as_it_should_be(asking, route)
        return answer(403 if right.is_success else 200) if asking == visitor else right

    assert len(matrix().differences(turned)) == len(TABLE) + len(FOR_OPERATORS)


def test_the_routes_for_operators_are_tried_though_no_document_names_them() -> None:
    with_operator = Matrix(OPENAPI, {}, frozenset({COACH, OPERATOR}))
    tried = []

    def open_to_all(visitor: str, route: str) -> httpx.Response:
        tried.append((visitor, route))
        return answer(200)

    found = with_operator.differences(open_to_all)

    assert set(tried) == {(visitor, route) for visitor in (COACH, NOBODY) for route in FOR_OPERATORS} | {
        (OPERATOR, FOR_OPERATORS[0])
    }
    assert len(found) == len(tried) - 1


def test_pages_have_no_routes_for_operators() -> None:
    assert Matrix(OPENAPI, TABLE, frozenset({COACH}), operated=False).differences(as_it_should_be) == []


@pytest.mark.parametrize("status", [400, 405, 413, 422, 428, 500, 503])
def test_a_request_that_fails_for_another_reason_proves_nothing(status: int) -> None:
    with pytest.raises(ProvesNothingError):
        verdict_of(answer(status))


@pytest.mark.parametrize("status", [200, 201, 202, 409, 412])
def test_a_command_that_only_the_rules_refuse_was_permitted(status: int) -> None:
    assert verdict_of(answer(status)) is Verdict.ALLOWED
