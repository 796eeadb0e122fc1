"""Takes children down with the process that started them, even when that process is killed.

A small guard process holds the other end of a pipe. When the pipe closes, whatever was held and not released is
stopped: first by its own signal, then by force.
"""

import atexit
import functools
import os
import signal
import subprocess
import sys
from typing import IO, cast

import psutil

PATIENCE_SECONDS = 5.0


def hold(process_id: int, stop_signal: signal.Signals) -> None:
    """Have this child stopped by `stop_signal` when the calling process ends in whatever way."""
    _tell(f"hold {process_id} {int(stop_signal)}\n")


def release(process_id: int) -> None:
    """Forget a child that has ended, so that a later process with the same number is safe."""
    _tell(f"release {process_id} 0\n")


def _tell(line: str) -> None:
    pipe = cast("IO[str]", _guard(os.getpid()).stdin)
    pipe.write(line)
    pipe.flush()


@functools.cache
def _guard(_owner: int) -> subprocess.Popen[str]:
    guard = subprocess.Popen(
        [sys.executable, "-m", "waymark.local.leash"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    atexit.register(guard.communicate)
    return guard


def watch(pipe: IO[str]) -> None:
    """Follow what is held until the pipe closes, then stop it all."""
    held: dict[int, tuple[psutil.Process, signal.Signals]] = {}
    for line in pipe:
        word, process_id, stop_signal = line.split()
        held.pop(int(process_id), None)
        if word == "hold" and psutil.pid_exists(int(process_id)):
            held[int(process_id)] = psutil.Process(int(process_id)), signal.Signals(int(stop_signal))
    take_down(held)


def take_down(held: dict[int, tuple[psutil.Process, signal.Signals]]) -> None:
    """Stop these processes, the last held first, and kill what remains of them and of their children."""
    families = [process for process, _ in held.values()]
    families += [child for process in families if process.is_running() for child in process.children(recursive=True)]
    for process, stop_signal in reversed(held.values()):
        if process.is_running():
            process.send_signal(stop_signal)
    _, alive = psutil.wait_procs(families, timeout=PATIENCE_SECONDS)
    for process in alive:
        if process.is_running():
            process.kill()


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watch(sys.stdin)
