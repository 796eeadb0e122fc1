"""A CV that comes as a file is read, or refused with the reason."""

import io
import zipfile

import pytest
from pypdf import PdfReader, PdfWriter

from jobsearch.cv_file import DOCX, PDF, read_cv
from jobsearch.cv_limits import LARGEST_FILE, LARGEST_TEXT, CvRefusedError, CvTooLargeError
from tests.jobsearch.files import TYPES, archive, pdf, word

BOMB = b"0" * (20 * 1024 * 1024)


def reason(content: bytes) -> str:
    with pytest.raises(CvRefusedError) as refused:
        read_cv(content)
    return str(refused.value)


def test_the_words_of_a_pdf_are_read() -> None:
    file = read_cv(pdf("Zoe Okafor, baker"))
    assert (file.media_type, file.text, file.content[:5]) == (PDF, "Zoe Okafor, baker", b"%PDF-")


def test_the_words_of_a_word_document_are_read_in_paragraphs() -> None:
    file = read_cv(word("Zoë Okafor 🥐", "خبز", "Baker &amp; cook"))
    assert (file.media_type, file.text) == (DOCX, "Zoë Okafor 🥐\nخبز\nBaker & cook")


def test_a_pdf_without_words_is_kept_without() -> None:
    assert read_cv(pdf("")).text is None


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/vbaData.xml", "word/activeX/activeX1.xml"])
def test_a_word_document_with_a_macro_is_refused_with_the_reason(name: str) -> None:
    assert "has a macro in it" in reason(word("Zoe", parts={name: b"\xd0\xcf\x11\xe0"}))


def test_a_document_that_may_have_macros_is_refused_whatever_its_name() -> None:
    types = TYPES.replace("<Types", "<Types x='application/vnd.ms-word.document.macroEnabled.main+xml'")
    assert "has a macro in it" in reason(word("Zoe", parts={"[Content_Types].xml": types}))


@pytest.mark.parametrize(
    "catalogue",
    [
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
        "/OpenAction << /S /Launch /F (cmd.exe) >>",
        "/AA << /WC 4 0 R >>",
        "/Names << /EmbeddedFiles 4 0 R /EmbeddedFile 4 0 R >>",
    ],
)
def test_a_pdf_in_which_something_runs_is_refused(catalogue: str) -> None:
    assert "has a macro in it" in reason(pdf(catalogue=catalogue))


def test_a_script_whose_name_is_written_in_another_way_is_found() -> None:
    assert "has a macro in it" in reason(pdf(catalogue="/OpenAction << /S /Java#53cript /J#53 (app.alert) >>"))


def test_a_locked_pdf_is_refused() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    assert "locked with a password" in reason(file.getvalue())


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert "more than 30 pages" in reason(pdf(pages=31))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\nnothing of the kind",
        b"%PDF-1.7\n" + pdf()[200:],
    ],
)
def test_a_broken_pdf_is_refused(content: bytes) -> None:
    assert "cannot be read as a PDF" in reason(content)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 nothing of the kind",
        archive({"[Content_Types].xml": TYPES}),
        archive({"[Content_Types].xml": TYPES, "word/document.xml": "<broken"}),
        word("Zoe")[:-40],
    ],
)
def test_a_broken_word_document_is_refused(content: bytes) -> None:
    assert "cannot be read as a Word document" in reason(content)


@pytest.mark.parametrize("content", [b"", b"Zoe Okafor, baker", b"\xd0\xcf\x11\xe0 an old Word document", b"MZ\x90"])
def test_anything_else_is_refused_with_what_is_taken(content: bytes) -> None:
    assert "neither a PDF nor a Word document" in reason(content)


def test_a_file_that_is_too_large_names_the_limit() -> None:
    with pytest.raises(CvTooLargeError, match="128 KB at most"):
        read_cv(b"%PDF-" + b"0" * LARGEST_FILE)


def test_a_bomb_is_refused_by_what_it_says_of_its_size() -> None:
    assert "unpacks to more than" in reason(word("Zoe", parts={"word/media/image.bin": BOMB}))


def test_a_bomb_that_lies_about_its_size_is_read_no_further_than_the_limit() -> None:
    bomb = word("Zoe", parts={"word/document.xml": BOMB[: 5 * 1024 * 1024]})
    assert "unpacks to more than 4 MB of text" in reason(bomb)


def test_a_document_of_too_many_parts_is_refused() -> None:
    assert "unpacks to more than" in reason(word("Zoe", parts={f"word/{number}": "" for number in range(600)}))


def test_a_document_that_declares_entities_is_refused() -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>'
    assert "not as Word writes it" in reason(word("Zoe", parts={"word/document.xml": laughs}))


def test_a_locked_word_document_is_refused() -> None:
    content = bytearray(word("Zoe"))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as packed:
        places = [part.header_offset for part in packed.infolist()]
    for place in places:
        content[place + 6] |= 1
    central = content.find(b"PK\x01\x02")
    while central >= 0:
        content[central + 8] |= 1
        central = content.find(b"PK\x01\x02", central + 1)
    assert "cannot be read as a Word document" in reason(bytes(content))


def test_the_words_are_kept_up_to_a_limit_and_never_in_half_a_character() -> None:
    text = read_cv(word("é" * LARGEST_TEXT)).text
    assert text == "é" * (LARGEST_TEXT // 2)
