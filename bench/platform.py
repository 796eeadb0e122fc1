"""platform: the demo's pages, what the whole of it takes when idle, and how soon it is there when started again."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from bench import pages
from bench.measure import Machine, Result

MOST_GIGABYTES, MOST_SECONDS = 2.0, 20.0
IDLE_SECONDS = 5.0


def run(machine: Machine) -> list[Result]:
    """Bring the demo up, read its pages, then start it again with the data that it has, and look at it."""
    folder = machine.folder / "platform"
    with _running("demo", folder) as (demo, _):
        read = pages.read(_first(demo, "Open "))
    seconds, gigabytes = _again(folder)
    held = seconds <= MOST_SECONDS, gigabytes <= MOST_GIGABYTES
    return [
        Result("platform_start", seconds, "s", "limit", MOST_SECONDS, "≤ 20 s warm", held[0]),
        Result("platform_memory", gigabytes, "GB", "limit", MOST_GIGABYTES, "≤ 2.0 GB idle", held[1]),
        *read,
    ]


def _again(folder: Path) -> tuple[float, float]:
    """Return the seconds to the first page, and the gigabytes of all processes a while later."""
    began = time.perf_counter()
    with _running("up", folder) as (platform, process_id):
        httpx.get(_first(platform, "  caseload"), trust_env=False).raise_for_status()
        seconds = time.perf_counter() - began
        time.sleep(IDLE_SECONDS)
        return round(seconds, 1), round(_memory(process_id) / 1e9, 2)


@contextmanager
def _running(command: str, folder: Path) -> Iterator[tuple[Iterator[str], int]]:
    """Run `waymark` with data in a folder; yields the lines that it prints, and its process."""
    arguments = [str(Path(sys.executable).with_name("waymark")), command]
    told = {**os.environ, "WAYMARK_STATE": str(folder)}
    process = subprocess.Popen(arguments, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        yield iter(process.stdout), process.pid
    finally:
        process.terminate()
        process.communicate()


def _first(lines: Iterator[str], beginning: str) -> str:
    """Return the address on the first line that begins so."""
    return next(line.split()[1] for line in lines if line.startswith(beginning)).rstrip("/")


def _memory(pid: int) -> float:
    """Return the bytes of a process and all below it, shared pages counted once (proportional set size)."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return float(sum(member.memory_full_info().pss for member in family))
