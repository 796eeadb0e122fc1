"""The words of a PDF, with nothing in it that runs, read within limits."""

import io
import logging
from typing import Final

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import PyPdfError

from jobsearch.cv_limits import HAS_MACRO, LARGEST_PART, LARGEST_UNPACKED, CvRefusedError

MOST_PAGES: Final = 30
MOST_STEPS: Final = 200_000

_RUNS_IN_PDF: Final = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_ACTIONS: Final = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm")

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


def words_of_pdf(content: bytes) -> str:
    """Return the words of a PDF. Raises CvRefusedError with the reason."""
    try:
        with apply_configuration(_BOUNDED):
            return _words(content)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as broken:
        if isinstance(broken, CvRefusedError):
            raise
        message = "The file cannot be read as a PDF. Save it anew and try again."
        raise CvRefusedError(message) from None


def _words(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        message = "The file is locked with a password. Save it without and try again."
        raise CvRefusedError(message)
    _refuse_programs(content, reader)
    if len(reader.pages) > MOST_PAGES:
        message = f"The file has more than {MOST_PAGES} pages."
        raise CvRefusedError(message)
    return "\n".join(page.extract_text() for page in reader.pages)


def _refuse_programs(content: bytes, reader: PdfReader) -> None:
    root = reader.root_object
    names = root.get("/Names")
    names = names.get_object() if names is not None else {}
    action = root.get("/OpenAction")
    action = action.get_object() if action is not None else {}
    runs = "/JavaScript" in names or "/AA" in root or (isinstance(action, dict) and action.get("/S") in _ACTIONS)
    if runs or any(mark in content for mark in _RUNS_IN_PDF):
        raise CvRefusedError(HAS_MACRO)
