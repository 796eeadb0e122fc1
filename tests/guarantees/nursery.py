"""Processes to be killed, at 0.02 s each: one process imports once and forks a child for each line that it reads.

A line is JSON: [module, name of a coroutine function, its arguments]; the answer is the child's process number. The
children die with the nursery, and the nursery when its input closes.
"""

import importlib
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import uvloop

ROOT = Path(__file__).parents[2]


class Nursery:
    """Starts coroutine functions in processes of their own. What they log goes to the file `log`."""

    def __init__(self, log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                start_new_session=True,
            )

    def start(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: object) -> psutil.Process:
        """Run `work` with arguments that JSON can hold in a process of its own."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([work.__module__, work.__name__, arguments]) + "\n")
        self._process.stdin.flush()
        return psutil.Process(int(self._process.stdout.readline()))

    def close(self) -> None:
        """Kill every child that lives, and the nursery."""
        self._process.communicate()


def kill(process: psutil.Process) -> None:
    """Kill a process at once, whatever it does, and return when it is gone."""
    process.kill()
    process.wait()


def _fork(module: str, name: str, arguments: list[Any]) -> int:
    work = getattr(importlib.import_module(module), name)
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        uvloop.run(work(*arguments))
        os._exit(0)
    return child


def main() -> None:
    """Fork until the input closes."""
    logging.basicConfig(format="%(process)d %(asctime)s %(levelname)s %(name)s %(message)s")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        print(_fork(*json.loads(line)), flush=True)  # noqa: T201
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
