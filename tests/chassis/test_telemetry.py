"""One trace goes through everything, and carries nobody's data."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN, SpanKind, StatusCode

from chassis.telemetry import current_traceparent, frames_of, messaging, span_of, start_tracing

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00"
ONE_SPAN = """
from opentelemetry.trace import SpanKind
from chassis.telemetry import flush_tracing, server_span, span_of, start_tracing
start_tracing("caseload")
server_span("GET", "", {}).end()
flush_tracing()
"""


def test_a_stored_trace_goes_on_in_a_child_of_the_span_that_stored_it(spans: InMemorySpanExporter) -> None:
    attributes = messaging("process", "waymark.journey", partition=3, offset=41)
    with span_of(SAMPLED, "fold", SpanKind.CONSUMER, attributes):
        inside = current_traceparent()

    (span,) = spans.get_finished_spans()
    assert span.context is not None
    assert span.parent is not None
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == PARENT
    assert inside == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert (span.name, span.kind) == ("fold", SpanKind.CONSUMER)
    assert dict(span.attributes or {}) == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "waymark.journey",
        "messaging.destination.partition.id": "3",
        "messaging.kafka.offset": 41,
    }


def test_a_batch_that_is_fetched_tells_its_size() -> None:
    assert messaging("poll", "waymark.journey", count=0).items() >= {
        ("messaging.operation.type", "receive"),
        ("messaging.batch.message_count", 0),
    }


@pytest.mark.parametrize("traceparent", ["", UNSAMPLED, "01", SAMPLED + "-more", SAMPLED[:-1]])
def test_a_trace_that_is_not_sampled_costs_no_span(spans: InMemorySpanExporter, traceparent: str) -> None:
    with span_of(traceparent, "fold", SpanKind.CONSUMER) as span:
        assert span is INVALID_SPAN
        assert current_traceparent() == ""

    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize(
    "broken", ["00-" + "g" * 32 + "-" + "1" * 16 + "-01", "00-" + "0" * 32 + "-" + "1" * 16 + "-01"]
)
def test_a_broken_traceparent_begins_a_trace_of_its_own(spans: InMemorySpanExporter, broken: str) -> None:
    with span_of(broken, "fold", SpanKind.CONSUMER):
        pass

    (span,) = spans.get_finished_spans()
    assert span.parent is None


def test_what_fails_is_marked_by_its_type_and_never_by_its_text(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Ada"), span_of(SAMPLED, "fold", SpanKind.CONSUMER):
        int("Ada Lovelace")

    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert dict(span.attributes or {}) == {"error.type": "ValueError"}
    assert "Ada" not in span.to_json()


def test_frames_name_types_and_places_and_no_text() -> None:
    try:
        try:
            int("Ada Lovelace")
        except ValueError as wrong:
            raise LookupError(str(wrong)) from wrong
    except LookupError as error:
        told = frames_of(error)

    assert "LookupError" in told
    assert "ValueError" in told
    assert "test_telemetry.py" in told
    assert "invalid literal" not in told


Received = list[tuple[str, bytes]]


@pytest.fixture
def collector() -> Iterator[tuple[str, Received]]:
    """The address of something that spans are sent to, and what it received."""
    received: Received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep what comes."""
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


def trace_once(**variables: str) -> None:
    """Run a process that ends one span under these standard variables."""
    environment = {"PATH": os.environ["PATH"]} | variables
    subprocess.run([sys.executable, "-c", ONE_SPAN], env=environment, check=True)


def test_spans_go_to_zipkin_when_the_standard_variables_say_so(collector: tuple[str, Received]) -> None:
    url, received = collector
    trace_once(OTEL_TRACES_EXPORTER="zipkin", OTEL_EXPORTER_ZIPKIN_ENDPOINT=f"{url}/api/v2/spans")

    ((path, body),) = received
    assert path == "/api/v2/spans"
    assert b'"serviceName": "caseload"' in body


def test_spans_go_by_otlp_when_the_standard_variables_say_so(collector: tuple[str, Received]) -> None:
    url, received = collector
    trace_once(OTEL_TRACES_EXPORTER="otlp", OTEL_EXPORTER_OTLP_ENDPOINT=url)

    ((path, body),) = received
    assert path == "/v1/traces"
    assert b"caseload" in body


def test_the_standard_variables_choose_the_sample(collector: tuple[str, Received]) -> None:
    url, received = collector
    trace_once(
        OTEL_TRACES_EXPORTER="zipkin",
        OTEL_EXPORTER_ZIPKIN_ENDPOINT=f"{url}/api/v2/spans",
        OTEL_TRACES_SAMPLER="parentbased_traceidratio",
        OTEL_TRACES_SAMPLER_ARG="0",
    )

    assert received == []


def test_nothing_is_traced_unless_it_is_asked_for(collector: tuple[str, Received]) -> None:
    url, received = collector
    trace_once(OTEL_EXPORTER_ZIPKIN_ENDPOINT=f"{url}/api/v2/spans", OTEL_EXPORTER_OTLP_ENDPOINT=url)

    assert received == []


def test_an_exporter_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "jaeger")

    with pytest.raises(ValueError, match="known are none, otlp, zipkin"):
        start_tracing("caseload")
