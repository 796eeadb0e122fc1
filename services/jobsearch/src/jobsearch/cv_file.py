"""The words of a CV that comes as a file: PDF or Word, with nothing in it that runs, and no larger than it claims."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser

from jobsearch.cv_limits import (
    HAS_MACRO,
    KILOBYTE,
    LARGEST_FILE,
    LARGEST_PART,
    LARGEST_TEXT,
    LARGEST_UNPACKED,
    CvRefusedError,
    CvTooLargeError,
)

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

MOST_PARTS: Final = 500

_TEXT: Final = "word/document.xml"
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RUNS_IN_WORD: Final = ("vbaproject", "vbadata", "activex")


@dataclass(frozen=True, slots=True, repr=False)
class CvFile:
    """A file that was looked at: what it is, and its words as far as they could be read."""

    content: bytes
    media_type: str
    text: str | None


def read_cv(content: bytes) -> CvFile:
    """Return a file with its words, whatever its name says that it is.

    Raises CvTooLargeError, and CvRefusedError with the reason.
    """
    if len(content) > LARGEST_FILE:
        raise CvTooLargeError(LARGEST_FILE)
    if content.startswith(b"%PDF-"):
        from jobsearch.cv_pdf import words_of_pdf  # noqa: PLC0415  (10 MB that only who reads one has to carry)

        return CvFile(content, PDF, _kept(words_of_pdf(content)))
    if content.startswith(b"PK\x03\x04"):
        return CvFile(content, DOCX, _kept(_words_of_word(content)))
    message = "The file is neither a PDF nor a Word document (.docx). Save it as one of them and try again."
    raise CvRefusedError(message)


def _words_of_word(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bomb(archive)
            if any(mark in name.lower() for name in archive.namelist() for mark in _RUNS_IN_WORD):
                raise CvRefusedError(HAS_MACRO)
            types = _part(archive, "[Content_Types].xml")
            if b"macroenabled" in types.lower():
                raise CvRefusedError(HAS_MACRO)
            return "".join(_words(_parsed(_part(archive, _TEXT)))).strip()
    except (zipfile.BadZipFile, KeyError, ParseError, RuntimeError, EOFError, OSError):
        message = "The file cannot be read as a Word document. Save it anew and try again."
        raise CvRefusedError(message) from None


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        message = f"The file unpacks to more than {LARGEST_UNPACKED // KILOBYTE // KILOBYTE} MB."
        raise CvRefusedError(message)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a part, read no further than the limit, whatever the archive says of its size."""
    with archive.open(name) as part:
        data = part.read(LARGEST_PART + 1)
    if len(data) > LARGEST_PART:
        message = f"The file unpacks to more than {LARGEST_PART // KILOBYTE // KILOBYTE} MB of text."
        raise CvRefusedError(message)
    return data


def _parsed(data: bytes) -> Element:
    """Return a document. One that declares entities could grow without end; Word declares none."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        message = "The file is not as Word writes it."
        raise CvRefusedError(message)
    parser = XMLParser()  # noqa: S314  (no declarations, no entities: see above)
    parser.feed(data)
    root: Element = parser.close()
    return root


def _words(root: Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag == _WORD + "t":
            yield element.text or ""
        elif element.tag == _WORD + "tab":
            yield "\t"
        elif element.tag in {_WORD + "p", _WORD + "br"}:
            yield "\n"


def _kept(text: str) -> str | None:
    """Return as much of the words as is kept beside the file."""
    printable = "".join(character for character in text if character.isprintable() or character in "\n\t")
    return printable.strip().encode()[:LARGEST_TEXT].decode(errors="ignore") or None
