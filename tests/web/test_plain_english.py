"""What pages and courses say is plain: a child of ten could read it aloud. And it can be said in Welsh."""

import re
import tomllib
from importlib.resources import files
from typing import Final

import pytest
import textstat
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from gateway.web.render import translations
from tests.web.said import KEYWORDS, WEB, by_services, on_pages, texts_in

FIFTH_GRADE: Final = 5.0
HARDEST_SENTENCE: Final = 9.0
LONG_ENOUGH: Final = 8
COURSES: Final = sorted((str(files("learning")), path.name) for path in files("learning").joinpath("courses").iterdir())
TEXTS: Final = sorted(set(on_pages()))
SERVICES: Final = by_services()
SPEAKING: Final = sorted({module.partition("/")[0] for module in SERVICES})


def plain(text: str) -> str:
    """Return a text as it reads with something short in place of what is filled in."""
    return re.sub(r"%\(\w+\)s|\{\w*\}", "ten", text)


def grade(*texts: str) -> float:
    """Return the school grade in which texts can be read, by Flesch and Kincaid."""
    said = [text if text[-1] in ".?!" else f"{text}." for text in map(plain, texts)]
    return float(textstat.flesch_kincaid_grade(" ".join(said)))


def hard(texts: list[str]) -> list[str]:
    return [text for text in texts if len(text.split()) >= LONG_ENOUGH and grade(text) > HARDEST_SENTENCE]


def test_all_pages_together_can_be_read_at_ten() -> None:
    assert len(TEXTS) > 300
    assert grade(*TEXTS) <= FIFTH_GRADE


def test_no_sentence_of_a_page_is_much_harder() -> None:
    assert hard(TEXTS) == []


@pytest.mark.parametrize("service", SPEAKING)
def test_what_a_service_says_of_people_can_be_read_at_ten(service: str) -> None:
    said = [text for module, texts in SERVICES.items() if module.startswith(f"{service}/") for text in texts]
    assert grade(*said) <= FIFTH_GRADE
    assert hard(said) == []


@pytest.mark.parametrize(
    "module",
    [
        "caseload/next_step/support.py",
        "caseload/next_step/search.py",
        "caseload/today/rules.py",
        "caseload/today/stuck.py",
        "caseload/today/next_look.py",
        "caseload/sentences/of_cases.py",
        "caseload/sentences/of_others.py",
        "caseload/sentences/of_search.py",
        "referrals/what_next.py",
        "nudges/letters.py",
    ],
)
def test_what_people_read_most_is_among_it(module: str) -> None:
    assert len(SERVICES[module]) >= 4


def test_texts_are_found_with_what_is_filled_in_and_without_what_is_for_developers() -> None:
    lines = (
        '"A docstring."',
        'HELP = Field(description="For developers.")',
        'SAID = f"It was due {day}, in " f"{town}."',
    )
    assert list(texts_in("\n".join(lines))) == ["It was due {}, in {}."]


def test_a_sentence_of_an_office_is_found() -> None:
    office = "Eligibility determinations remain provisional until supplementary documentation has been evaluated."
    assert hard([office, "We tell you by Monday if you can join, and what comes next."]) == [office]


@pytest.mark.parametrize("name", [name for _, name in COURSES])
def test_a_course_can_be_read_at_eleven(name: str) -> None:
    course = tomllib.loads(files("learning").joinpath("courses", name).read_text())
    words = " ".join(re.sub(r"[*_>#|]", "", lesson["text"]) for lesson in course["lessons"])
    assert grade(words) <= FIFTH_GRADE + 1


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
