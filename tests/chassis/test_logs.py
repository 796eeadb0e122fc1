"""A line of a log says when, what and in which trace, and nothing that somebody wrote."""

import json
import logging
import subprocess
import sys
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.logs import formatter
from chassis.telemetry import first_span

SCRIPT = """
import logging
from chassis.logs import start_logging
start_logging()
logging.getLogger("chassis.http").info("%s %s %d", "GET", "/me", 200, extra={"role": "coach"})
logging.getLogger("httpx").info("a talkative library")
try:
    raise ValueError("".join(["Ada", " Lovelace"]))
except ValueError:
    logging.getLogger("uvicorn.error").exception("two\\nlines")
"""


def record(message: str, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("chassis.test", logging.WARNING, __file__, 1, message, (), None)
    made.__dict__ |= more
    return made


def test_a_log_that_nobody_looks_at_is_a_json_object_on_each_line_without_what_an_exception_says() -> None:
    written = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stderr
    request, failure = map(json.loads, written.splitlines())

    assert request.pop("timestamp").endswith("Z")
    assert request == {"event": "GET /me 200", "level": "info", "logger": "chassis.http", "role": "coach"}
    assert (failure["event"], failure["level"]) == ("two\nlines", "error")
    assert failure["exception"].startswith("ValueError\n")
    assert 'Lovelace"' not in written.replace('" Lovelace"', "")
    assert "Ada Lovelace" not in written


def test_a_line_names_the_trace_and_the_span_in_which_it_was_written(every_span: InMemorySpanExporter) -> None:
    with first_span("timer"):
        context = trace.get_current_span().get_span_context()
        inside = json.loads(formatter(readable=False).format(record("inside")))
    outside = json.loads(formatter(readable=False).format(record("outside")))

    assert every_span.get_finished_spans()
    assert (inside["trace_id"], inside["span_id"]) == (f"{context.trace_id:032x}", f"{context.span_id:016x}")
    assert not {"trace_id", "span_id"} & outside.keys()


def test_on_a_terminal_a_line_is_for_people() -> None:
    line = formatter(readable=True).format(record("waits 5 s", consumer="caseload"))

    assert "waits 5 s" in line
    assert not line.lstrip().startswith("{")
