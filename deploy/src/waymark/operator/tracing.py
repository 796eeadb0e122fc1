"""`waymark trace`: the way of one request through the services, as Zipkin has it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

import httpx
import typer
from rich.console import Console
from rich.table import Table

from waymark.local import record
from waymark.local.failure import PlatformFailure

ANSWER_SECONDS: Final = 10.0

Span = Mapping[str, Any]

commands = typer.Typer()


@commands.command("trace")
def show(
    trace_id: Annotated[str, typer.Argument(metavar="ID", help="32 hexadecimal digits, as a traceparent holds them.")],
) -> None:
    """Show what happened in a trace, step below step, in every service."""
    url = record.addresses().url("zipkin")
    table = Table("since start", "took", "service", "step", box=None)
    spans = fetch(url, trace_id)
    start = min(span["timestamp"] for span in spans)
    for depth, span in in_order(spans):
        since, took = (span["timestamp"] - start) / 1_000, span.get("duration", 0) / 1_000
        service = span["localEndpoint"]["serviceName"]
        table.add_row(f"{since:.1f} ms", f"{took:.1f} ms", service, "  " * depth + span.get("name", ""))
    Console().print(table)
    Console().print(f"{url}/zipkin/traces/{trace_id}", highlight=False)


def fetch(zipkin: str, trace_id: str) -> list[Span]:
    """Return the spans of a trace as Zipkin's API tells them.

    Raises PlatformFailure when Zipkin does not answer, or does not know the trace.
    """
    try:
        answer = httpx.get(f"{zipkin}/api/v2/trace/{trace_id}", timeout=ANSWER_SECONDS, trust_env=False)
    except httpx.TransportError as away:
        message = f"Zipkin does not answer at {zipkin}: see `make status`."
        raise PlatformFailure(message) from away
    if not answer.is_success:
        message = f"Zipkin knows no trace {trace_id}: it keeps the latest ones only, and takes seconds to get them."
        raise PlatformFailure(message)
    return list(answer.json())


def in_order(spans: Iterable[Span]) -> Iterator[tuple[int, Span]]:
    """Yield every span behind the one that it belongs to, with its depth, earlier ones first."""
    sorted_spans = sorted(spans, key=lambda span: span["timestamp"])
    known = {span["id"] for span in sorted_spans}
    below: dict[str, list[Span]] = {}
    for span in sorted_spans:
        parent = span.get("parentId", "")
        below.setdefault(parent if parent in known else "", []).append(span)
    yield from _below("", 0, below)


def _below(parent: str, depth: int, below: Mapping[str, list[Span]]) -> Iterator[tuple[int, Span]]:
    for span in below.get(parent, []):
        yield depth, span
        yield from _below(span["id"], depth + 1, below)
