"""The log of a process: one line for each message, JSON for files and collectors, readable where somebody looks on.

Lines carry the trace and span in which they were written. Of an exception they have types and frames, never its text,
which may hold what a person wrote.
"""

import logging
import sys
from typing import Final, TextIO

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor, WrappedLogger

from chassis.telemetry import frames_of

TALKATIVE: Final = ("httpx", "aiokafka", "uvicorn.access")


def start_logging(stream: TextIO = sys.stderr) -> None:
    """Write every message of this process to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(readable=stream.isatty()))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(*, readable: bool) -> logging.Formatter:
    """Return what makes lines of messages, whichever library they come from."""
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer: Processor = console if readable else structlog.processors.JSONRenderer(default=str)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            _frames_only,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"], event["span_id"] = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    return event


def _frames_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put the types and frames of an exception in place of what would show its text."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = frames_of(error)
    event.pop("color_message", None)  # uvicorn says everything twice
    return event
