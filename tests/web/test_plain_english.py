"""What pages and courses say is plain: a child of ten could read it aloud. And it can be said in Welsh."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from gateway.web.render import translations

WEB: Final = Path(__file__).parents[2] / "services/gateway/src/gateway/web"
METHODS: Final = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
FIFTH_GRADE: Final = 5.0
HARDEST_SENTENCE: Final = 10.0
LONG_ENOUGH: Final = 8
COURSES: Final = sorted((str(files("learning")), path.name) for path in files("learning").joinpath("courses").iterdir())


def said() -> Iterator[str]:
    """Yield every text that a page may show."""
    options = {"templates/**.html": {"trimmed": "true"}}
    for _, _, message, _, _ in extract_from_dir(str(WEB), METHODS, options, KEYWORDS):
        yield from (one for one in (message if isinstance(message, tuple) else (message,)) if one)


TEXTS: Final = sorted(set(said()))


def plain(text: str) -> str:
    """Return a text as it reads with something short in place of what is filled in."""
    return re.sub(r"%\(\w+\)s", "ten", text)


def grade(text: str) -> float:
    """Return the school grade in which a text can be read: the Automated Readability Index (Senter and Smith, 1967)."""
    words = text.split()
    letters = sum(map(str.isalnum, text))
    sentences = max(1, len(re.findall(r"[.!?]+(?=\s|$)", text)))
    return 4.71 * letters / len(words) + 0.5 * len(words) / sentences - 21.43


def test_all_pages_together_can_be_read_at_ten() -> None:
    assert len(TEXTS) > 300
    sentences = [text if text[-1] in ".?!" else f"{text}." for text in map(plain, TEXTS)]
    assert grade(" ".join(sentences)) <= FIFTH_GRADE


def test_no_sentence_of_a_page_is_much_harder() -> None:
    long = [text for text in map(plain, TEXTS) if len(text.split()) >= LONG_ENOUGH]
    assert [text for text in long if grade(text) > HARDEST_SENTENCE] == []


@pytest.mark.parametrize("name", [name for _, name in COURSES])
def test_a_course_can_be_read_at_eleven(name: str) -> None:
    course = tomllib.loads(files("learning").joinpath("courses", name).read_text())
    words = " ".join(re.sub(r"[*_>#|]", "", lesson["text"]) for lesson in course["lessons"])
    assert grade(words) <= FIFTH_GRADE + 1.5


def test_everything_that_is_translated_is_still_said() -> None:
    with (WEB / "locale/cy.po").open("rb") as catalogue:
        known = [message.id for message in read_po(catalogue, locale="cy") if message.id]
    assert known
    assert [text for text in known if text not in TEXTS] == []


def test_the_front_page_is_whole_in_welsh() -> None:
    front = set()
    for name in ("front.html", "come_in.html", "layout.html"):
        options = {"**.html": {"trimmed": "true"}}
        folder = WEB / "templates"
        for found, _, message, _, _ in extract_from_dir(str(folder), [("**.html", "jinja2")], options, KEYWORDS):
            if found == name and isinstance(message, str):
                front.add(message)
    welsh = translations("cy")
    assert [text for text in sorted(front) if welsh.gettext(text) == text] == []
