"""Looks for texts in every byte of a folder, in the spellings in which they may lie there."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

ZEROS: Final = re.compile(rb"\0{64,}")
LOST_CHARACTERS: Final = (0, 2, 3)


def plain_spellings(text: str) -> dict[str, bytes]:
    """Return a text in lower case as UTF-8, UTF-16 and JSON escapes write it."""
    lower = text.lower()
    return {
        "utf-8": lower.encode(),
        "utf-16-le": lower.encode("utf-16-le"),
        "utf-16-be": lower.encode("utf-16-be"),
        "json": json.dumps(lower)[1:-1].encode(),
        "json escapes": "".join(f"\\u{ord(letter):04x}" for letter in lower).encode(),
    }


def base64_spellings(text: str) -> dict[str, bytes]:
    """Return what stands in a base64 text around whichever bytes, at each of the three alignments."""
    plain = text.encode()
    spelled = {}
    for ahead in range(3):
        whole = (ahead + len(plain)) * 8 // 6
        encoded = base64.b64encode(b"\0" * ahead + plain)
        spelled[f"base64 at {ahead}"] = encoded[LOST_CHARACTERS[ahead] : whole]
    return spelled


def written(text: str) -> Iterator[str]:
    """Yield a text as it is typed and as services may keep it."""
    yield from {form for one in (text, text.replace(" ", "")) for form in (one, one.lower(), one.upper())}


def hunt(folder: Path, texts: Iterable[str]) -> dict[str, set[str]]:
    """Return for each text the places below a folder in which it lies in any spelling."""
    forms = {text: (_folded_forms(text), _exact_forms(text)) for text in texts}
    found: dict[str, set[str]] = {text: set() for text in forms}
    for place, content in _contents(folder):
        lower = content.lower()
        for text, (folded, exact) in forms.items():
            if any(form in lower for form in folded) or any(form in content for form in exact):
                found[text].add(place)
    return found


def _folded_forms(text: str) -> set[bytes]:
    return {form for one in written(text) for form in plain_spellings(one).values()}


def _exact_forms(text: str) -> set[bytes]:
    return {form for one in written(text) for form in base64_spellings(one).values()}


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file's place and content; a copy in the same place once, and long runs of zeros shortened."""
    met = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = ZEROS.sub(b"\0", path.read_bytes())
            place = _place(path.relative_to(folder))
            digest = (place, hashlib.sha256(content).digest())
            if digest not in met:
                met.add(digest)
                yield place, content


def _place(path: Path) -> str:
    """Return the folder that a file belongs to, for a database its log of changes apart; in `tmp` the file itself."""
    if path.parts[0] == "tmp":
        return str(path)
    return f"{path.parts[0]} wal" if "pg_wal" in path.parts else path.parts[0]
