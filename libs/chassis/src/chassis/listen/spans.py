"""Spans of facts on their way: a child in each sampled fact's own trace, a few for each batch."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Final

from opentelemetry.trace import SpanKind

from chassis.listen.told import Told
from chassis.telemetry import messaging, span_of, traceparent_of

MOST_SPANS: Final = 20
SAMPLED: Final = b"-01"


@contextmanager
def telling(rows: Iterable[tuple[int, bytes, bytes]]) -> Iterator[dict[int, bytes]]:
    """Span the sending of facts, given as (position, topic, traceparent); yields the traceparent to tell with each."""
    sampled = islice((row for row in rows if row[2].endswith(SAMPLED)), MOST_SPANS)
    with ExitStack() as spans:
        traces = {}
        for position, told_on, traceparent in sampled:
            topic = told_on.decode()
            context = span_of(traceparent.decode(), f"send {topic}", SpanKind.PRODUCER, messaging("send", topic))
            traces[position] = traceparent_of(spans.enter_context(context)).encode()
        yield traces


@contextmanager
def hearing(told: Told, name: str) -> Iterator[str]:
    """Span what one fact sets off; yields the traceparent for what follows from it."""
    traceparent = told.word("traceparent")
    attributes = messaging("process", told.topic, partition=told.partition, offset=told.offset)
    with span_of(traceparent, name, SpanKind.CONSUMER, attributes) as span:
        yield traceparent_of(span) or traceparent


@contextmanager
def hearing_batch(facts: Sequence[Told], name: str) -> Iterator[None]:
    """Span the folding of a batch in the traces of its first sampled facts."""
    with ExitStack() as spans:
        for told in islice((t for t in facts if t.traced), MOST_SPANS):
            spans.enter_context(hearing(told, name))
        yield
