"""platform: what the whole of it takes when idle, and how soon its first page is there."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

from bench.measure import Machine, Result

MOST_GIGABYTES, MOST_SECONDS = 2.0, 20.0
IDLE_SECONDS = 5.0


def run(machine: Machine) -> list[Result]:
    """Start the platform once to make its data, then again warm, and look at it."""
    told = {**os.environ, "WAYMARK_STATE": str(machine.folder / "platform")}
    _once(told)
    seconds, gigabytes = _once(told)
    return [
        Result("platform_start", seconds, "s", "limit", MOST_SECONDS, "≤ 20 s warm", seconds <= MOST_SECONDS),
        Result(
            "platform_memory", gigabytes, "GB", "limit", MOST_GIGABYTES, "≤ 2.0 GB idle", gigabytes <= MOST_GIGABYTES
        ),
    ]


def _once(told: dict[str, str]) -> tuple[float, float]:
    """Return the seconds to the first page, and the gigabytes of all processes a while later."""
    waymark = str(Path(sys.executable).with_name("waymark"))
    began = time.perf_counter()
    process = subprocess.Popen([waymark, "up"], env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        page = next(line.split()[1] for line in process.stdout if line.strip().startswith("caseload"))
        httpx.get(page, trust_env=False).raise_for_status()
        seconds = time.perf_counter() - began
        time.sleep(IDLE_SECONDS)
        return round(seconds, 1), round(_memory(process.pid) / 1e9, 2)
    finally:
        process.terminate()
        process.communicate()


def _memory(pid: int) -> float:
    """Return the bytes of a process and all below it, shared pages counted once (proportional set size)."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return float(sum(member.memory_full_info().pss for member in family))
