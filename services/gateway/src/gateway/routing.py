"""The public routes: one for each operation that a service describes, under /api/v1, with what it reads."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote

PREFIX: Final = "/api/v1"
METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})
OF_NOBODY: Final[Mapping[str, tuple[str, ...]]] = {
    "analytics": ("/funnel", "/standards", "/outcomes", "/exports"),
    "jobsearch": ("/vacancies", "/vacancy-files", "/places"),
    "learning": ("/courses",),
    "referrals": ("/referral-counts", "/referral-files"),
}
"""Paths that show no person: what begins with one of them is read without a word about it."""
OF_MANY: Final[Mapping[str, tuple[str, ...]]] = {"analytics": ("/",)}
"""Paths that name nobody's own thing: what they show is a list, whatever they are asked by."""
SEARCHES: Final = ("/search", "/drill")
_PARAMETER: Final = re.compile(r"\{([a-z_]+)\}")
_OWNED: Final = re.compile(r"\{[a-z_]+_id\}")
_UNSAFE: Final = re.compile(r"%2f|%5c|\\|//|[?#]", re.IGNORECASE)


class Reads(StrEnum):
    """What is told of a request when it was answered."""

    RECORD = "record"
    LIST = "list"
    COMMAND = "command"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Route:
    """A public route. `service_path` is the pattern that the service gave it, `file` whether a file is sent to it."""

    method: str
    service: str
    service_path: str
    name: str
    reads: Reads
    file: bool = False

    @property
    def public_path(self) -> str:
        """The pattern of the public path."""
        return PREFIX + self.service_path

    @property
    def parameters(self) -> list[str]:
        """The names of what the path names, in order."""
        return _PARAMETER.findall(self.service_path)


@dataclass(frozen=True, slots=True)
class Match:
    """A route and what a request's path gave for its parameters."""

    route: Route
    values: Mapping[str, str]


@dataclass(frozen=True)
class RouteTable:
    """Finds the route of a request."""

    routes: tuple[Route, ...]
    _patterns: list[tuple[re.Pattern[str], Route]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Let what is written out go before what is a parameter."""
        ordered = sorted(self.routes, key=lambda route: _PARAMETER.sub("~", route.service_path))
        object.__setattr__(self, "_patterns", [(_pattern(route.service_path), route) for route in ordered])

    def find(self, method: str, path: str) -> Match | None:
        """Return the route of a raw path behind the prefix, None when there is none."""
        return next((match for match in self._matches(path) if match.route.method == method), None)

    def methods(self, path: str) -> list[str]:
        """Return the methods that a raw path takes."""
        return sorted({match.route.method for match in self._matches(path)})

    def _matches(self, path: str) -> Iterator[Match]:
        # What a service would take for other segments than we do is nobody's path.
        if _UNSAFE.search(path) or any(unquote(segment) in {".", ".."} for segment in path.split("/")):
            return
        for pattern, route in self._patterns:
            found = pattern.fullmatch(path)
            if found:
                yield Match(route, {name: unquote(value) for name, value in found.groupdict().items()})


def routes_of(service: str, document: Mapping[str, Any]) -> Iterable[Route]:
    """Return the routes that a service's OpenAPI document describes."""
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            reads = _reads(service, method, path)
            taken = operation.get("requestBody", {}).get("content", {})
            file = bool(taken) and "application/json" not in taken
            yield Route(method.upper(), service, path, operation["operationId"], reads, file)


def _reads(service: str, method: str, path: str) -> Reads:
    if path.startswith(OF_NOBODY.get(service, ())):
        return Reads.PUBLIC if method == "get" or path.endswith(SEARCHES) else Reads.COMMAND
    if method == "get":
        of_many = path.startswith(OF_MANY.get(service, ())) or not _OWNED.search(path)
        return Reads.LIST if of_many else Reads.RECORD
    return Reads.LIST if path.endswith(SEARCHES) else Reads.COMMAND


def _pattern(path: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(path)
    texts = [re.escape(part) if number % 2 == 0 else f"(?P<{part}>[^/]+)" for number, part in enumerate(parts)]
    return re.compile("".join(texts))
