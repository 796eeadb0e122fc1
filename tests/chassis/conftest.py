"""What the tests of the chassis share."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


@pytest.fixture(scope="session")
def every_span() -> InMemorySpanExporter:
    """Every span that ends in this process, from now on."""
    provider, kept = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    return kept


@pytest.fixture
def spans(every_span: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    """The spans that end during one test."""
    every_span.clear()
    yield every_span
    every_span.clear()
