"""Words that people write, in the form in which they are kept: any language, nothing that cannot be printed."""

import re
import unicodedata
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from chassis.faults import says_something

LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 4_000
LONGEST_LINK: Final = 2_000

_SPACE: Final = re.compile(r"\s+")
_UNPRINTABLE: Final = {"Cc", "Cs", "Co", "Cn"}


def line(text: str) -> str:
    """Return a text on one line, its blanks made single. Raises ValueError."""
    return _printable(_SPACE.sub(" ", text).strip())


def paragraphs(text: str) -> str:
    """Return a text of several lines. Raises ValueError."""
    return _printable("\n".join(part.rstrip() for part in text.strip().splitlines()))


def web_link(text: str) -> str:
    """Return the address of a page. Raises ValueError for anything that a browser would not simply open."""
    link = line(text)
    parts = urlsplit(link)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in link:
        message = "is not the address of a page such as https://example.org/jobs/1"
        raise ValueError(message)
    return link


def _printable(text: str) -> str:
    text = says_something(unicodedata.normalize("NFC", text))
    if any(unicodedata.category(character) in _UNPRINTABLE and character != "\n" for character in text):
        message = "has characters that cannot be printed"
        raise ValueError(message)
    return text


Line = Annotated[str, Field(max_length=LONGEST_LINE), AfterValidator(line)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(paragraphs)]
Link = Annotated[str, Field(max_length=LONGEST_LINK), AfterValidator(web_link)]
