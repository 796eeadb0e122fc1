"""One process of the platform: in a session of its own, on a leash, its output in a log file."""

import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from waymark.local import leash
from waymark.local.account import Account
from waymark.local.failure import PlatformFailure
from waymark.local.tail import readable

GLANCE_SECONDS = 0.02
FRAME = " \t|+-"
"""What stands around the lines of a traceback of several errors."""
SERIOUS = (os.strerror(errno.ENOSPC), "FATAL", "ERROR")


class Child:
    """A process that is started, waited for and stopped by name.

    `log` is the file its output is appended to; `stop_signal` asks it to end in good order.
    """

    def __init__(self, name: str, log: Path, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        self.name = name
        self.log = log
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int:
        """The process number; raises PlatformFailure before the first start."""
        if self._process is None:
            message = f"{self.name} was not started."
            raise PlatformFailure(message)
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
    ) -> None:
        """Start the command and return at once; see `wait_until`."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the platform's own commands
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.user if account else None,
                group=account.group if account else None,
                extra_groups=[] if account else None,
            )
        leash.hold(self._process.pid, self._stop_signal)

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until the child is ready; raises PlatformFailure when it ends before, or takes too long."""
        deadline = time.monotonic() + seconds
        while self.running and not ready():
            if time.monotonic() > deadline:
                message = f"{self.name} was not ready after {seconds:.0f} s: see {self.log}."
                raise PlatformFailure(message)
            time.sleep(GLANCE_SECONDS)
        if not self.running:
            raise PlatformFailure(self.epitaph())

    def stop(self, *, seconds: float = 20.0) -> int | None:
        """Ask the child to end, and insist when it does not in time. Return its exit status, None if never started."""
        if self._process is None:
            return None
        if self.running:
            self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        leash.release(self._process.pid)
        return self._process.returncode

    def kill(self) -> None:
        """Kill the child and its descendants, without a chance to tidy up."""
        if self._process is None or not self.running:
            return
        descendants = psutil.Process(self._process.pid).children(recursive=True)
        os.killpg(self._process.pid, signal.SIGKILL)
        for descendant in descendants:
            # Most of them end with the group, one of them perhaps right now.
            with suppress(psutil.NoSuchProcess):
                descendant.kill()
        self._process.wait()
        psutil.wait_procs(descendants)
        leash.release(self._process.pid)

    def epitaph(self) -> str:
        """Return, in one line, how it ended and what it said last."""
        code = self._process.returncode if self._process else None
        how = f"was killed by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with {code}"
        return f"{self.name} {how} and said last: {_last_words(self.log)} (see {self.log})."


def _last_words(log: Path) -> str:
    lines = [readable(line.strip(FRAME)) for line in log.read_text(errors="replace").splitlines()[-50:]]
    telling = [line for line in lines if line and not line.startswith("at ")]
    worst = [line for line in telling if any(word in line for word in SERIOUS)]
    return (worst or telling or ["nothing"])[-1]
