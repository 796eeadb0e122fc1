"""Where the files of exports lie."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

PART: Final = ".part"


def path_of(month: str) -> str:
    """Return where the facts of a month lie in the folder of an export."""
    return f"month={month}/facts.parquet"


def unfinished(folder: Path) -> Iterator[Path]:
    """Return the folders of exports that are under way, or were broken off."""
    yield from folder.glob(f"*{PART}")
