"""A request is a span in the trace of who sent it."""

import json
import logging

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from chassis.ask import Ask
from chassis.logs import formatter
from tests.chassis.http.asking import add

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def only(spans: InMemorySpanExporter) -> ReadableSpan:
    """Return the one span that there is."""
    (span,) = spans.get_finished_spans()
    return span


async def test_a_request_goes_on_in_the_trace_of_its_sender_and_hands_it_to_the_command(
    spans: InMemorySpanExporter, client: httpx.AsyncClient, asked: list[Ask]
) -> None:
    await add(client, traceparent=f"00-{TRACE}-{PARENT}-01")
    span = only(spans)
    assert span.context is not None
    assert span.parent is not None

    assert f"{span.parent.span_id:016x}" == PARENT
    assert span.kind is SpanKind.SERVER
    assert asked[0].traceparent == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert asked[0].correlation_id == TRACE


async def test_a_request_without_a_trace_begins_one(
    spans: InMemorySpanExporter, client: httpx.AsyncClient, asked: list[Ask]
) -> None:
    await add(client, traceparent="Ada")
    span = only(spans)

    assert span.parent is None
    assert span.context is not None
    assert asked[0].correlation_id == f"{span.context.trace_id:032x}"


async def test_a_trace_that_its_sender_does_not_sample_is_carried_on_unsampled(
    spans: InMemorySpanExporter, client: httpx.AsyncClient, asked: list[Ask]
) -> None:
    await add(client, traceparent=f"00-{TRACE}-{PARENT}-00")

    assert spans.get_finished_spans() == ()
    assert asked[0].traceparent.startswith(f"00-{TRACE}-")
    assert asked[0].traceparent.endswith("-00")


async def test_a_span_tells_the_pattern_of_a_path_and_nothing_that_was_sent(
    spans: InMemorySpanExporter, client: httpx.AsyncClient
) -> None:
    await client.get("/failing/Ada-path?name=Ada-query")
    span = only(spans)

    assert span.name == "GET /failing/{name}"
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/failing/{name}",
        "http.response.status_code": 500,
        "error.type": "KeyError",
    }
    assert span.status.status_code is StatusCode.ERROR
    assert "Ada" not in span.to_json()


async def test_a_refusal_is_no_failure_of_the_service(spans: InMemorySpanExporter, client: httpx.AsyncClient) -> None:
    await client.get("/failing/refused")

    assert only(spans).status.status_code is StatusCode.UNSET


async def test_who_watches_the_health_leaves_no_traces(spans: InMemorySpanExporter, client: httpx.AsyncClient) -> None:
    await client.get("/health")

    assert spans.get_finished_spans() == ()


async def test_the_access_log_names_the_trace(
    spans: InMemorySpanExporter, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chassis.http")
    caplog.handler.setFormatter(formatter(readable=False))
    await client.get("/me")
    context = only(spans).context
    assert context is not None

    line = json.loads(caplog.text)
    assert (line["trace_id"], line["span_id"]) == (f"{context.trace_id:032x}", f"{context.span_id:016x}")
    assert (line["event"], line["role"]) == ("GET /me 200", "coach")
