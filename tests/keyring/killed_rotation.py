"""For each number read, rotate once in a forked process that dies by SIGKILL after so many lines of our own code.

Answers with the process's exit status, negative for a signal.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from chassis.database import open_pool
from keyring import ring, rotation, vault

WATCHED = {module.__file__ for module in (ring, rotation, vault)}


class Executioner:
    """Counts lines down, then kills this process."""

    def __init__(self, lines: int) -> None:
        self._left = lines

    def __call__(self, frame: FrameType, event: str, _argument: object) -> Any:
        """Take one step of the traced code."""
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


async def rotate(database: str, folder: str, master_key_file: str, lines: int) -> None:
    """Open the ring in peace, then rotate under watch."""
    now = datetime.now(UTC)
    async with open_pool(database, size=2, scope="*") as pool:
        opened = await ring.Ring.opened(pool, vault.Vault.opened(Path(folder), Path(master_key_file)), now)
        sys.settrace(Executioner(lines))
        await rotation.rotate(opened, now)
        sys.settrace(None)


def rotated(database: str, folder: str, master_key_file: str, lines: int) -> int:
    """Rotate in a process of its own and return how it ended."""
    child = os.fork()
    if not child:
        asyncio.run(rotate(database, folder, master_key_file, lines))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


for line in sys.stdin:
    print(rotated(sys.argv[1], sys.argv[2], sys.argv[3], int(line)), flush=True)  # noqa: T201
