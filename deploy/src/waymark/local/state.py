"""The folder that holds everything the local platform keeps between runs."""

import os
import shutil
from pathlib import Path

from waymark.local.failure import PlatformFailure

VERSION = "1"
FOLDER = Path(os.environ.get("WAYMARK_STATE", ".waymark")).resolve()
DOWNLOADS = FOLDER / "downloads"
LOGS = FOLDER / "logs"
KEPT_BY_RESET = {DOWNLOADS.name, "lock"}
NEEDED_MEGABYTES = 500


def open_folder() -> None:
    """Make the folder where it is not, and refuse one that this version cannot work in.

    Raises PlatformFailure when its disk is nearly full or another version made it, OSError when it cannot be written.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    _check_room()
    _check_version()


def reset() -> None:
    """Delete everything except what was downloaded."""
    for path in FOLDER.iterdir():
        if path.is_dir() and path.name not in KEPT_BY_RESET:
            shutil.rmtree(path)
        elif path.name not in KEPT_BY_RESET:
            path.unlink()


def _check_room() -> None:
    free = shutil.disk_usage(FOLDER).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        message = f"the disk that holds {FOLDER} has {free} MB left, {NEEDED_MEGABYTES} are needed: free some space."
        raise PlatformFailure(message)


def _check_version() -> None:
    file = FOLDER / "version"
    used = (FOLDER / "kafka").exists() or (FOLDER / "postgres").exists()
    found = file.read_text().strip() if file.exists() else "0" if used else VERSION
    if found != VERSION:
        message = (
            f"{FOLDER} was made by version {found} of the platform, this is {VERSION}: start afresh by `make reset`."
        )
        raise PlatformFailure(message)
    file.write_text(VERSION + "\n")
