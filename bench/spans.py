"""A place for spans that takes them and keeps none: what it costs a service to be traced, without what keeps traces."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.running import wait_for

# Sent while the load lasts, and not when all is over.
TRACED = {"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_BSP_SCHEDULE_DELAY": "200"}


class Taking(BaseHTTPRequestHandler):
    """Answers as Zipkin does."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take spans."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Take spans at a port, in a process of its own, while the context lasts."""
    process = subprocess.Popen([sys.executable, "-m", "bench.spans", str(port)])
    try:
        wait_for(process, port)
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Taking).serve_forever()
