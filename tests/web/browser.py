"""A real browser: the one that is installed, else Debian's where that can be had, else Playwright's own.

The shell is the same browser without the windows that nobody sees, which cost more than two thirds of its work.
"""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

SHELL: Final = "chromium-headless-shell"
INSTALLED: Final = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@cache
def executable() -> str | None:
    """Return where a browser is, brought by the system's packages when there is none; None for Playwright's own.

    Playwright's driver needs a library beside it that a bare Debian lacks. Tests in several processes come one by one.
    """
    with (Path(tempfile.gettempdir()) / "waymark-browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (_installed() is None or find_library("atomic") is None) and shutil.which("apt-get"):
            for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", SHELL, "libatomic1"]):
                subprocess.run(command, check=False, capture_output=True)
    return _installed()


def _installed() -> str | None:
    return next(filter(None, map(shutil.which, INSTALLED)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Run a browser without a window while it lasts."""
    where = executable()
    if where is None:
        subprocess.run(["playwright", "install", "chromium"], check=True)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=where, args=QUIET)
