"""Text that was decoded wrongly on its way here: UTF-8 read as Windows-1252. Mended where that is certain."""

import re
import unicodedata
from typing import Final

LOST_EURO: Final = "\u201a¬"
"""The euro sign of a file that lost the first of the three characters it was misread as."""
MISREAD: Final = re.compile(
    r"[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3}"
)
BROKEN: Final = re.compile("\ufffd|\u201a¬|Ã[^a-zA-Z]|â€|Â[^a-zA-Z ]")


class BeyondMendingError(ValueError):
    """A text was decoded wrongly, and what it said is not certain."""

    def __init__(self) -> None:
        super().__init__("was decoded wrongly and cannot be mended with certainty")


def mend(text: str) -> str:
    """Return a text as it was meant: normal form C, one kind of space, no control characters.

    Mending a mended text changes nothing. Raises BeyondMendingError.
    """
    if text.isascii():
        return tidy(text)
    before, mended = "", tidy(_mended_once(text))
    while mended != before:
        before, mended = mended, tidy(_mended_once(mended))
    if BROKEN.search(mended):
        raise BeyondMendingError
    return mended


def tidy(text: str) -> str:
    """Return a text on one line: single spaces, nothing that cannot be seen, normal form C."""
    if text.isprintable():
        return unicodedata.normalize("NFC", " ".join(text.split()))
    seen = "".join(one if one.isprintable() else " " if one.isspace() else "" for one in text)
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def _mended_once(text: str) -> str:
    return MISREAD.sub(_as_meant, text.replace("â" + LOST_EURO, "€").replace(LOST_EURO, "€"))


def _as_meant(found: re.Match[str]) -> str:
    """Return what a run of characters says as UTF-8, the run itself where it says nothing."""
    try:
        return found[0].encode("cp1252").decode()
    except UnicodeError:
        return found[0] if len(found[0]) == len("Â£") else _first_two(found[0])


def _first_two(run: str) -> str:
    """Return a run whose first two characters alone may be what was misread, the others as they are."""
    return MISREAD.sub(_as_meant, run[:2]) + run[2:]
