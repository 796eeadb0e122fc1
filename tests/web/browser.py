"""A real browser: the one that is installed, else Debian's where that can be had, else Playwright's own.

The shell is the same browser without the windows that nobody sees, which cost more than two thirds of its work.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, Playwright, sync_playwright

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


def executable() -> str | None:
    """Return where a browser is, brought by the system's packages when there is none; None for Playwright's own."""
    found = _installed()
    if found is None and shutil.which("apt-get"):
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", SHELL]):
            subprocess.run(command, check=False, capture_output=True)
        found = _installed()
    return found


def _installed() -> str | None:
    return next(filter(None, map(shutil.which, INSTALLED)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Run a browser without a window while it lasts."""
    with sync_playwright() as playwright:
        yield _launched(playwright)


def _launched(playwright: Playwright) -> Browser:
    where = executable()
    if where is None:
        subprocess.run(["playwright", "install", "chromium"], check=True)
    return playwright.chromium.launch(executable_path=where, args=QUIET)
