"""import_vacancies: rows a second from a file's first byte at the service to its last vacancy at market.

The file is the one that WAYMARK_VACANCIES names; where none is named, as many invented ones.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from bench.measure import Machine, Result
from bench.running import Running

ROWS = 29_862
MOST_SECONDS = 60.0
LOOK_SECONDS = 0.1
RUNS = 3
WHO = "operator-jonah"
GENERATOR = Path(__file__).parent.parent / "examples/generate_vacancies.py"


def run(machine: Machine) -> list[Result]:
    """Bring a file in under three names; the median counts."""
    running = Running(machine, machine.folder / "import_vacancies")
    data, remark = vacancies()
    with running.roles("jobsearch", ["api"]), market(running, WHO) as client:
        seconds = median(_one_import(client, data, f"feed-{number}") for number in range(RUNS))
    value, least = round(ROWS / seconds), round(ROWS / MOST_SECONDS)
    goal = f"{ROWS:,} rows in ≤ {MOST_SECONDS:.0f} s"
    return [Result("import_vacancies", value, "rows/s", "limit", least, goal, value >= least, remark)]


def vacancies() -> tuple[bytes, str]:
    """Return a file of vacancies, and what to say of it."""
    if named := os.environ.get("WAYMARK_VACANCIES"):
        return Path(named).read_bytes(), "the file that WAYMARK_VACANCIES names"
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    command = [sys.executable, str(GENERATOR), "--rows", str(ROWS), "--day", today]
    return subprocess.run(command, capture_output=True, check=True).stdout, "invented vacancies: no file was named"


@contextmanager
def market(running: Running, who: str) -> Iterator[httpx.Client]:
    """Open what asks the service as somebody of the demo."""
    headers = {"Authorization": f"Bearer {running.token(who)}"}
    with httpx.Client(
        base_url=running.addresses.url("jobsearch"), headers=headers, trust_env=False, timeout=120
    ) as one:
        yield one


def bring_in(client: httpx.Client, data: bytes, feed: str) -> dict[str, Any]:
    """Bring a file in, and return what became of it."""
    sent = client.post("/vacancy-files", params={"feed": feed}, content=data, headers={"Content-Type": "text/csv"})
    url = f"/vacancy-files/{sent.raise_for_status().json()['id']}"
    client.post(f"{url}/confirm").raise_for_status()
    while (shown := dict(client.get(url).json()))["state"] == "importing":
        time.sleep(LOOK_SECONDS)
    assert shown["state"] == "done", shown
    return shown


def _one_import(client: httpx.Client, data: bytes, feed: str) -> float:
    began = time.perf_counter()
    bring_in(client, data, feed)
    return time.perf_counter() - began
