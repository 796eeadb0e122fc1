"""The real platform with stand-ins for the services: they answer on /health, or end at once when told to.

Run as `python stand_in_platform.py`; STAND_IN_KILLED names the service that is killed as it starts.
"""

import os
import sys
from pathlib import Path

from rich.console import Console

from waymark.local import commands, supervisor
from waymark.local.failure import PlatformFailure
from waymark.local.service import Service

ANSWERS = """
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
IS_KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


class StandIn(Service):
    """A service that knows nothing but its port."""

    def launch(self) -> None:
        """Start without waiting."""
        code = IS_KILLED if os.environ.get("STAND_IN_KILLED") == self.name else ANSWERS
        self._child.start([sys.executable, "-c", code, str(self.port), str(Path(__file__))])


if __name__ == "__main__":
    try:
        supervisor.run(Console(width=120), commands.say_where, StandIn)
    except PlatformFailure as failure:
        sys.exit(f"waymark: {failure}")
