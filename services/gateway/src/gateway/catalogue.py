"""What the services offer, as each describes it itself: read when the gateway starts, and again from time to time."""

import asyncio
import logging
from collections.abc import Collection
from typing import Any, Final

import httpx

from chassis.problem import ProblemError
from gateway.composing import compose
from gateway.routing import Match, RouteTable, routes_of
from gateway.services import Services

HIDDEN: Final = frozenset({"keyring"})
AGAIN_SECONDS: Final = 60.0
AWAY_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class Catalogue:
    """The route table and the documents behind it. A service that is away keeps the routes that it had."""

    def __init__(self, services: Services, names: Collection[str]) -> None:
        self._services = services
        self._names = sorted(set(names) - HIDDEN)
        self._documents: dict[str, dict[str, Any]] = {}
        self._composed: dict[str, Any] | None = None
        self.table = RouteTable(())

    @property
    def unread(self) -> list[str]:
        """The services whose routes nobody here knows yet."""
        return [name for name in self._names if name not in self._documents]

    def match(self, method: str, path: str) -> Match:
        """Return the route of a raw path. Raises ProblemError 404, 405, and 503 while some routes are unread."""
        if match := self.table.find(method, path):
            return match
        if allowed := self.table.methods(path):
            raise ProblemError(405, "", {"Allow": ", ".join(allowed)})
        if self.unread:
            raise missing(self.unread)
        raise ProblemError(404, "There is nothing here.")

    async def read(self) -> None:
        """Read every document that can be read now."""
        await asyncio.gather(*map(self._read_one, self._names))
        routes = (route for name, document in self._documents.items() for route in routes_of(name, document))
        self.table, self._composed = RouteTable(tuple(routes)), None

    async def run(self) -> None:
        """Read until cancelled: soon again while a service is away, now and then for a new release."""
        while True:
            await self.read()
            await asyncio.sleep(AWAY_SECONDS if self.unread else AGAIN_SECONDS)

    def described(self, own: dict[str, Any]) -> dict[str, Any]:
        """Return the document of the public API, around the gateway's own."""
        if self._composed is None:
            self._composed = compose(own, self._documents, self.table.routes)
        return self._composed

    async def _read_one(self, name: str) -> None:
        try:
            self._documents[name] = await self._services.description(name)
        except (ConnectionError, httpx.HTTPError, ValueError) as away:
            _log.warning("the routes of %s cannot be read: %s", name, type(away).__name__)


def missing(services: list[str]) -> ProblemError:
    """Return the answer for what cannot be answered without these services."""
    message = f"What is needed from {' and '.join(services)} cannot be had at the moment."
    return ProblemError(503, message, {"Retry-After": "1"}, missing=services)
