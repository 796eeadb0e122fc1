"""The logs of all parts as one stream, each line with the name of its part before it."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

GLANCE_SECONDS = 0.2


def lines(files: Sequence[Path], *, last: int, follow: bool) -> Iterator[tuple[str, str]]:
    """Give (part, line): the last lines of each file, and then, when following, whatever is added."""
    positions: dict[Path, int] = {}
    for file in files:
        text, positions[file] = _whole_lines(file, 0)
        yield from ((file.stem, line) for line in text[-last:])
    while follow:
        time.sleep(GLANCE_SECONDS)
        for file in files:
            text, positions[file] = _whole_lines(file, positions[file])
            yield from ((file.stem, line) for line in text)


def _whole_lines(file: Path, position: int) -> tuple[list[str], int]:
    with file.open("rb") as log:
        log.seek(position)
        whole, end, _ = log.read().rpartition(b"\n")
    return whole.decode(errors="replace").splitlines(), position + len(whole) + len(end)
