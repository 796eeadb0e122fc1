"""What a service hears and tells on the topics, as AsyncAPI 3: written by FastStream from the fact classes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from fastapi import APIRouter
from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI

from events.envelope import JOURNEY
from events.fact import Fact, known_facts


def specification(
    service: str,
    description: str,
    hears: Mapping[str, Iterable[type[Fact]]],
    topics: Mapping[str, str] = {},
    elsewhere: Mapping[str, Sequence[type[Fact]]] = {},
) -> dict[str, Any]:
    """Return the AsyncAPI 3 document of a service; `hears` gives the facts of each of its consumers by name.

    `topics` gives the topics of those consumers that do not hear the journey, `elsewhere` by topic the facts that the
    service tells on another one.
    """
    broker = KafkaBroker()
    for consumer, facts in hears.items():
        topic = topics.get(consumer, JOURNEY)
        broker.subscriber(topic, group_id=f"{service}-{consumer}", title=consumer)(_handler(facts))
    for topic, title, told in _tellings(service, elsewhere):
        broker.publisher(topic, title=title, schema=_any_of(told))
    document = AsyncAPI(
        broker, title=f"Waymark {service}", version="1", description=description, schema_version="3.0.0"
    )
    written: dict[str, Any] = document.to_specification().to_jsonable()
    return written


def asyncapi_routes(document: Mapping[str, Any]) -> APIRouter:
    """Return the route that serves the document."""
    router = APIRouter()

    @router.get("/asyncapi.json", include_in_schema=False)
    async def read_asyncapi() -> Mapping[str, Any]:
        return document

    return router


def _tellings(
    service: str, elsewhere: Mapping[str, Sequence[type[Fact]]]
) -> Iterator[tuple[str, str, Sequence[type[Fact]]]]:
    """Yield each topic that a service tells facts on, with a title and those facts."""
    if on_the_journey := [fact for fact in _told_by(service) if not any(fact in told for told in elsewhere.values())]:
        yield JOURNEY, f"Facts of {service}", on_the_journey
    for topic, told in elsewhere.items():
        yield topic, f"Facts of {service} on {topic}", told


def _told_by(service: str) -> list[type[Fact]]:
    return [fact for name, fact in sorted(known_facts().items()) if name.split(".")[1] == service]


def _handler(facts: Iterable[type[Fact]]) -> Any:
    async def hear(fact: Any) -> None:
        """Fold or react to facts."""

    hear.__annotations__ = {"fact": _any_of(facts)}
    return hear


def _any_of(facts: Iterable[type[Fact]]) -> Any:
    return reduce(or_, facts)
