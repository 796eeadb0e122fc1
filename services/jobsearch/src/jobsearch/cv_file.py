"""The words of a CV that comes as a file: PDF or Word, with nothing in it that runs, and no larger than it claims."""

import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import PyPdfError

from jobsearch.cv_limits import KILOBYTE, LARGEST_FILE, LARGEST_TEXT, CvRefusedError, CvTooLargeError

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

MOST_PARTS: Final = 500
LARGEST_PART: Final = 4 * 1024 * KILOBYTE
LARGEST_UNPACKED: Final = 16 * 1024 * KILOBYTE
MOST_PAGES: Final = 30
MOST_STEPS: Final = 200_000

_TEXT: Final = "word/document.xml"
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RUNS_IN_WORD: Final = ("vbaproject", "vbadata", "activex")
_RUNS_IN_PDF: Final = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_ACTIONS: Final = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm")
_HAS_MACRO: Final = "The file has a macro in it: a program that runs when it is opened. Save it without and try again."

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
_BOUNDED: Final = Configuration(
    zlib_maximum_output_length=LARGEST_PART,
    lzw_maximum_output_length=LARGEST_PART,
    run_length_maximum_output_length=LARGEST_PART,
    array_based_stream_maximum_output_length=LARGEST_PART,
    stream_decoding_work_maximum_length=LARGEST_UNPACKED,
    stream_parsing_work_maximum_count=MOST_STEPS,
    disable_legacy_handling=True,
)


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
        with apply_configuration(_BOUNDED):
            return CvFile(content, PDF, _kept(_words_of_pdf(content)))
    if content.startswith(b"PK\x03\x04"):
        return CvFile(content, DOCX, _kept(_words_of_word(content)))
    message = "The file is neither a PDF nor a Word document (.docx). Save it as one of them and try again."
    raise CvRefusedError(message)


def _words_of_pdf(content: bytes) -> str:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            message = "The file is locked with a password. Save it without and try again."
            raise CvRefusedError(message)
        _refuse_programs(content, reader)
        if len(reader.pages) > MOST_PAGES:
            message = f"The file has more than {MOST_PAGES} pages."
            raise CvRefusedError(message)
        return "\n".join(page.extract_text() for page in reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as broken:
        if isinstance(broken, CvRefusedError):
            raise
        message = "The file cannot be read as a PDF. Save it anew and try again."
        raise CvRefusedError(message) from None


def _refuse_programs(content: bytes, reader: PdfReader) -> None:
    root = reader.root_object
    names = root.get("/Names")
    names = names.get_object() if names is not None else {}
    action = root.get("/OpenAction")
    action = action.get_object() if action is not None else {}
    runs = "/JavaScript" in names or "/AA" in root or (isinstance(action, dict) and action.get("/S") in _ACTIONS)
    if runs or any(mark in content for mark in _RUNS_IN_PDF):
        raise CvRefusedError(_HAS_MACRO)


def _words_of_word(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bomb(archive)
            if any(mark in name.lower() for name in archive.namelist() for mark in _RUNS_IN_WORD):
                raise CvRefusedError(_HAS_MACRO)
            types = _part(archive, "[Content_Types].xml")
            if b"macroenabled" in types.lower():
                raise CvRefusedError(_HAS_MACRO)
            return "".join(_words(_parsed(_part(archive, _TEXT)))).strip()
    except (zipfile.BadZipFile, KeyError, ParseError, RuntimeError, NotImplementedError, EOFError, OSError):
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
