"""Who may do what, tried on every route of a service.

A service's table says for each operation of its OpenAPI document (`POST /cases/{case_id}/coach`) what becomes of each
visitor: somebody in a role with a relation to what the path names (`coach of the case`, `coach of another`, `manager
of another provider`). Somebody without a token is tried everywhere and listed nowhere; so are the routes for
operators, which every service has and no document names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import httpx

NOBODY: Final = "nobody"
OPERATOR: Final = "operator"
FOR_OPERATORS: Final = ("GET /operations", "POST /operations/replay")
METHODS: Final = {"get", "put", "post", "delete", "patch", "head", "options"}


class Verdict(StrEnum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    HIDDEN = "hidden"
    UNKNOWN = "not recognised"


REFUSALS: Final = {401: Verdict.UNKNOWN, 403: Verdict.FORBIDDEN, 404: Verdict.HIDDEN}
ANSWERS: Final = {200, 201, 202, 204, 409, 412}

Table = Mapping[str, Mapping[str, Verdict]]
Ask = Callable[[str, str], httpx.Response]


class ProvesNothingError(AssertionError):
    """A request failed before anybody asked whether it is permitted, so it says nothing about access."""


@dataclass(frozen=True)
class Matrix:
    """A service's OpenAPI document, its table, and everybody whom the table has to speak of.

    `operated` tells whether the routes for operators belong to it; they do to every service, and to no pages.
    """

    openapi: Mapping[str, Any]
    table: Table
    visitors: frozenset[str]
    operated: bool = True

    def gaps(self) -> list[str]:
        """Return what the table leaves open: routes, visitors, and rows for routes that are not there."""
        routes = set(self._operations())
        gaps = [f"{route} is not in the table" for route in routes - self.table.keys()]
        gaps += [f"{route} is in the table and not in the API" for route in self.table.keys() - routes]
        for route, row in self.table.items():
            gaps += [f"{route} says nothing of {visitor}" for visitor in self.visitors - row.keys()]
            gaps += [
                f"{route} speaks of {stranger}, who is nobody's visitor" for stranger in row.keys() - self.visitors
            ]
        return sorted(gaps)

    def differences(self, ask: Ask) -> list[str]:
        """Try every visitor, and nobody, on every route by `ask(visitor, route)`; return what is not as the table says.

        Raises ProvesNothingError for a request that is not valid, or that breaks the service.
        """
        found = []
        for route, row in {**self.table, **self._for_operators()}.items():
            for visitor, expected in {**row, NOBODY: Verdict.UNKNOWN}.items():
                actual = verdict_of(ask(visitor, route))
                if actual is not expected:
                    found.append(f"{route}: {visitor} is {actual}, should be {expected}")
        return found

    def _for_operators(self) -> Table:
        """Return what becomes of who is no operator on the routes for operators, and that an operator may look."""
        if not self.operated:
            return {}
        others = dict.fromkeys(self.visitors - {OPERATOR}, Verdict.FORBIDDEN)
        looking = dict.fromkeys(self.visitors & {OPERATOR}, Verdict.ALLOWED)
        return dict.fromkeys(FOR_OPERATORS, others) | {FOR_OPERATORS[0]: others | looking}

    def _operations(self) -> Iterator[str]:
        for path, item in self.openapi["paths"].items():
            yield from (f"{method.upper()} {path}" for method in item if method in METHODS)


def verdict_of(response: httpx.Response) -> Verdict:
    """Return what an answer says about access. Raises ProvesNothingError when it says nothing."""
    if response.status_code in REFUSALS:
        return REFUSALS[response.status_code]
    if response.status_code not in ANSWERS:
        message = f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text}"
        raise ProvesNothingError(message)
    return Verdict.ALLOWED
