"""Numbers for an operator's Prometheus. No label holds a person, an id or anything that somebody typed.

What is counted is counted where it happens, with prometheus_client. What is a state is read only when somebody asks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import REGISTRY, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

READ_WITHIN_SECONDS: Final = 2.0

COMMANDS: Final = Counter(
    "waymark_commands",
    "Commands, by who asked (a role, `policy` or `timer`) and how they ended.",
    ["asked_by", "outcome"],
)
REQUESTS: Final = Histogram(
    "waymark_http_request_seconds", "Requests, by the pattern of their path.", ["method", "route", "status"]
)
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})

Source = Callable[[], Awaitable[Iterable[Metric]]]

_log = logging.getLogger(__name__)
_sources: list[Source] = []

disable_created_metrics()  # type: ignore[no-untyped-call]


class _Read:
    """What sources said, as a registry that is asked once."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families: dict[str, Metric] = {}
        for family in families:
            if family.name in self._families:
                self._families[family.name].samples += family.samples
            else:
                self._families[family.name] = family

    def collect(self) -> Iterable[Metric]:
        return self._families.values()


def count_command(actor: str, outcome: str) -> None:
    """Count a command of an actor, of whom only the kind is kept."""
    COMMANDS.labels(actor.partition(":")[0], outcome).inc()


def time_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request and how long it took."""
    REQUESTS.labels(method if method in METHODS else "other", route, status).observe(seconds)


@contextmanager
def measuring(source: Source) -> Iterator[None]:
    """Ask this source for what it measures, whenever somebody asks this process, while the context lasts."""
    _sources.append(source)
    try:
        yield
    finally:
        _sources.remove(source)


async def exposition() -> bytes:
    """Return everything that this process measures, in Prometheus's text format."""
    answers = await asyncio.gather(*map(_read, _sources))
    silent = GaugeMetricFamily("waymark_silent_sources", "Parts of this process that did not say how they are.")
    silent.add_metric([], sum(answer is None for answer in answers))
    families = [silent, *(family for answer in answers for family in answer or ())]
    return generate_latest(REGISTRY) + generate_latest(_Read(families))


async def gauges() -> dict[str, dict[str, float]]:
    """Return the states that this process measures, by name and then by label, "" for one without."""
    found: dict[str, dict[str, float]] = {}
    for answer in await asyncio.gather(*map(_read, _sources)):
        for sample in (sample for family in answer or () for sample in family.samples):
            found.setdefault(sample.name, {})["".join(sample.labels.values())] = sample.value
    return found


async def _read(source: Source) -> Iterable[Metric] | None:
    try:
        async with asyncio.timeout(READ_WITHIN_SECONDS):
            return await source()
    except Exception as failure:  # noqa: BLE001  (whatever it is, the other sources are read)
        _log.warning("a source of metrics is silent: %s", type(failure).__name__)
        return None
