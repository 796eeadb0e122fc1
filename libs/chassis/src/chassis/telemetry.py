"""Traces: one from the request through store, relay and topics to the views and policies of every service.

Spans carry the attributes of OpenTelemetry's semantic conventions and never a path, a query, a key or a person.
"""

import os
import traceback
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pkgutil import resolve_name
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    INVALID_SPAN,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

Attributes = Mapping[str, str | int]

# Only the one that is asked for is read: together they take a tenth of the time in which a service starts.
_EXPORTERS: Final[Mapping[str, str]] = {
    "zipkin": "opentelemetry.exporter.zipkin.json:ZipkinExporter",
    "otlp": "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter",
}
_LENGTH: Final = 55
_ODD: Final = frozenset("13579bdf")
_NOTHING: Final[AbstractContextManager[Span]] = nullcontext(INVALID_SPAN)
_tracer = trace.get_tracer("chassis")


def start_tracing(service: str) -> None:
    """Send this process's spans where the standard variables say; once, before the first span.

    OTEL_TRACES_EXPORTER is `zipkin` (with OTEL_EXPORTER_ZIPKIN_ENDPOINT), `otlp` (with OTEL_EXPORTER_OTLP_ENDPOINT) or
    `none`, which is also what holds when it is not set; OTEL_TRACES_SAMPLER and its _ARG choose the sample. Raises
    ValueError for another exporter.
    """
    name = os.environ.get("OTEL_TRACES_EXPORTER", "none")
    if name == "none":
        return
    if name not in _EXPORTERS:
        message = f"OTEL_TRACES_EXPORTER is {name!r}, known are none, {', '.join(sorted(_EXPORTERS))}"
        raise ValueError(message)
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    provider.add_span_processor(BatchSpanProcessor(resolve_name(_EXPORTERS[name])()))
    trace.set_tracer_provider(provider)


def flush_tracing() -> None:
    """Send the spans that still wait, at the end of a process."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def current_traceparent() -> str:
    """Return the W3C traceparent of the current span, empty when there is none."""
    return traceparent_of(trace.get_current_span())


def traceparent_of(span: Span) -> str:
    """Return the W3C traceparent of a span, empty for one of no trace."""
    context = span.get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags & 1:02x}"


def span_of(
    traceparent: str, name: str, kind: SpanKind, attributes: Attributes | None = None
) -> AbstractContextManager[Span]:
    """Continue a stored trace in a span of this process while the context lasts.

    Nothing happens, at next to no cost, when the traceparent is empty or its trace is not sampled.
    """
    if len(traceparent) != _LENGTH or traceparent[54] not in _ODD:
        return _NOTHING
    return _continued(parent_of(traceparent), name, kind, attributes)


def parent_of(traceparent: str) -> Context | None:
    """Return the context that a traceparent names, None for none or a broken one."""
    if len(traceparent) != _LENGTH or not traceparent.startswith("00-"):
        return None
    try:
        ids = int(traceparent[3:35], 16), int(traceparent[36:52], 16)
        flags = TraceFlags(int(traceparent[53:], 16))
    except ValueError:
        return None
    remote = SpanContext(*ids, is_remote=True, trace_flags=flags)
    return trace.set_span_in_context(NonRecordingSpan(remote)) if remote.is_valid else None


@contextmanager
def _continued(parent: Context | None, name: str, kind: SpanKind, attributes: Attributes | None) -> Iterator[Span]:
    # An exception's text may hold what a person wrote, so only its type is recorded.
    span = _tracer.start_span(name, parent, kind, attributes)
    with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield span
        except Exception as error:
            failed(span, type(error).__name__)
            raise


def server_span(name: str, traceparent: str, attributes: Attributes) -> Span:
    """Start the span of a request that came in, in the caller's trace when it sent one."""
    return _tracer.start_span(name, parent_of(traceparent), SpanKind.SERVER, attributes)


def first_span(name: str) -> AbstractContextManager[Span]:
    """Begin a trace: for what no request and no fact sets off."""
    return _continued(Context(), name, SpanKind.INTERNAL, None)


def failed(span: Span, error_type: str) -> None:
    """Mark a span as failed by a type of error, without its text."""
    span.set_attribute("error.type", error_type)
    span.set_status(Status(StatusCode.ERROR))


def frames_of(error: BaseException) -> str:
    """Return an exception's type and frames, then its cause's, without their texts: those may hold personal data."""
    lines = [type(error).__qualname__, *traceback.format_tb(error.__traceback__)]
    cause = error.__cause__ or error.__context__
    return "\n".join(lines) + (frames_of(cause) if cause else "")


def messaging(
    operation: str, topic: str, *, partition: int | None = None, offset: int | None = None, count: int | None = None
) -> dict[str, str | int]:
    """Return the attributes of sending (`send`), fetching (`poll`) or handling (`process`) Kafka messages."""
    kinds = {"send": "send", "poll": "receive", "process": "process"}
    attributes: dict[str, str | int | None] = {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": kinds[operation],
        "messaging.destination.name": topic,
        "messaging.destination.partition.id": None if partition is None else str(partition),
        "messaging.kafka.offset": offset,
        "messaging.batch.message_count": count,
    }
    return {name: value for name, value in attributes.items() if value is not None}
