"""`make bench`: measure everything beside its peer, print it, and write docs/benchmarks.json and docs/benchmarks.md."""

import importlib
import json
import logging
import os
import platform as machine_facts
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure import Machine, Result
from bench.reasons import reason_for
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

NAMES = (
    "append",
    "load",
    "relay",
    "listen",
    "http_command",
    "end_to_end",
    "acceptance",
    "live_change",
    "caseload_pages",
    "import_vacancies",
    "search",
    "platform",
    "funnel_as_of",
    "simulate",
)
DOCS = Path(__file__).parent.parent / "docs"
FSYNC = re.compile(r"fdatasync\s+[\d.]+ ops/sec\s+([\d.]+) usecs/op")


def main(names: Sequence[str]) -> None:
    """Run the named benchmarks, or all, and write their lines anew; the others' lines stay."""
    # A new topic has no leader for a moment, of which aiokafka tells a line for each partition.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    began = time.perf_counter()
    with machine() as where:
        console.print(f"one fdatasync takes {where.fsync_milliseconds:.3f} ms (pg_test_fsync)")
        results: list[Result] = []
        for name in names or NAMES:
            results += measured(name, where)
            write([*kept(results), *results], where.fsync_milliseconds)
    console.print(table(results))
    console.print(f"all of it: {time.perf_counter() - began:.0f} s")


@contextmanager
def machine() -> Iterator[Machine]:
    """Start private servers."""
    with tempfile.TemporaryDirectory(prefix="waymark-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, kafka = Postgres(folder / "postgres"), Kafka(folder / "kafka")
        postgres.start()
        kafka.start()
        try:
            yield Machine(folder, postgres, kafka, fsync(postgres, folder))
        finally:
            kafka.stop()
            postgres.stop()


def fsync(postgres: Postgres, folder: Path) -> float:
    """Return how many milliseconds one fdatasync takes on this disk, by PostgreSQL's own tool."""
    command = [str(postgres.binaries / "pg_test_fsync"), "-s", "1", "-f", str(folder / "fsync")]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = FSYNC.search(output)
    assert found, output
    return float(found[1]) / 1000


def measured(name: str, where: Machine) -> list[Result]:
    """Run one benchmark."""
    began = time.perf_counter()
    results: list[Result] = importlib.import_module(f"bench.{name}").run(where)
    console.print(f"{name}: {time.perf_counter() - began:.0f} s")
    for result in results:
        console.print(f"  {result.name} {result.value} {result.unit}, {result.peer} {result.peer_value}")
    return results


def table(results: Sequence[Result]) -> Table:
    """Return the report for a terminal."""
    shown = Table()
    for heading in ("benchmark", "value", "peer or limit", "its value", "ratio", "goal", "held", "measured"):
        shown.add_column(heading, overflow="fold", no_wrap=heading == "benchmark")
    for r in results:
        shown.add_row(r.name, *cells(r))
    return shown


def cells(r: Result) -> list[str]:
    """Return what both reports say about one benchmark."""
    return [
        f"{r.value:,} {r.unit}",
        r.peer,
        f"{r.peer_value:,}",
        f"{r.ratio}",
        r.goal,
        "yes" if r.held else "no",
        r.day,
    ]


def remark(r: Result) -> str:
    """Return the conditions of one benchmark and, where its goal was not reached, why."""
    reason = "" if r.held else f"not reached; look first at this: {reason_for(r.name)}"
    return "; ".join(filter(None, (r.remark, reason)))


def kept(measured_now: Sequence[Result]) -> list[Result]:
    """Return the lines of the last report that were not measured now."""
    report = DOCS / "benchmarks.json"
    lines = json.loads(report.read_text()) if report.exists() else []
    earlier = [Result(**{name: value for name, value in line.items() if name != "ratio"}) for line in lines]
    names = {result.name for result in measured_now}
    return [result for result in earlier if result.name not in names]


def write(results: Sequence[Result], fsync_milliseconds: float) -> None:
    """Write the report that is committed."""
    lines = [result.as_dict() for result in results]
    (DOCS / "benchmarks.json").write_text(json.dumps(lines, indent=2) + "\n")
    conditions = (
        "Each line tells the day on which it was measured; one that was not measured anew keeps its own. Measured on "
        f"{os.cpu_count()} cores, Python {machine_facts.python_version()}, one fdatasync {fsync_milliseconds:.3f} ms "
        "the last time; database, broker, service and load share the cores."
    )
    rows = [f"| `{r.name}` | {' | '.join(cells(r))} |" for r in results]
    head = "| benchmark | value | peer or limit | its value | ratio | goal | held | measured |\n" + "|---" * 8 + "|"
    text = f"# Benchmarks\n\n`make bench` writes this page. {conditions}\n\n{head}\n" + "\n".join(rows) + "\n"
    remarks = [f"- `{r.name}`: {said}" for r in results if (said := remark(r))]
    (DOCS / "benchmarks.md").write_text(text + ("\n" + "\n".join(remarks) + "\n" if remarks else ""))


console = Console()

if __name__ == "__main__":
    main(sys.argv[1:])
