"""The logs of all parts as one stream, each line with the name of its part before it."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

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


def readable(line: str) -> str:
    """Return a line for people: those of services are JSON, those of others stay as they are."""
    try:
        said: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
        first = [said.pop("timestamp"), said.pop("level").upper(), said.pop("logger"), said.pop("event")]
    except (ValueError, KeyError):
        return line
    last = [said.pop(name) for name in ("exception",) if name in said]
    return "\n".join([" ".join([*first, *(f"{name}={value}" for name, value in said.items())]), *last])


def _whole_lines(file: Path, position: int) -> tuple[list[str], int]:
    with file.open("rb") as log:
        log.seek(position)
        whole, end, _ = log.read().rpartition(b"\n")
    return whole.decode(errors="replace").splitlines(), position + len(whole) + len(end)
