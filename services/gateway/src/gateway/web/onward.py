"""Where somebody goes on to after signing in: a path of this site, and never another site."""

from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 1000


def onward(asked: str, otherwise: str) -> str:
    """Return the path that was asked for where it cannot lead away from here, else `otherwise`."""
    if len(asked) > LONGEST or not asked.isascii() or not asked.isprintable():
        return otherwise
    if not asked.startswith("/") or asked.startswith("//") or "\\" in asked:
        return otherwise
    place = urlsplit(asked)
    return asked if not (place.scheme or place.netloc) else otherwise
