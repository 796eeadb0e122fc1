"""What people read: the texts of pages, and the sentences that services say of somebody."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.extract import extract_from_dir

SERVICES: Final = Path(__file__).parents[2] / "services"
WEB: Final = SERVICES / "gateway/src/gateway/web"
METHODS: Final = [("templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
SENTENCE: Final = re.compile(r"[A-Zt{].*[.?!]", re.DOTALL)
LEAST_WORDS: Final = 4
# What is said without a full stop: why a vacancy does not quite fit, what fits, what is wrong with a row of a file.
IN_PARTS: Final = ("jobsearch/vacancy_search.py", "jobsearch/matching.py", "referrals/referral_import.py")
OF_DEVELOPERS: Final = {"description", "summary", "title", "examples"}


def on_pages() -> Iterator[str]:
    """Yield every text that a page may show."""
    options = {"templates/**.html": {"trimmed": "true"}}
    for _, _, message, _, _ in extract_from_dir(str(WEB), METHODS, options, KEYWORDS):
        yield from (one for one in (message if isinstance(message, tuple) else (message,)) if one)


def by_services() -> dict[str, list[str]]:
    """Return the sentences in the code of each service, reasons, steps, letters and refusals, by its module.

    A `main.py` tells developers what a service is.
    """
    modules = {
        str(path.relative_to(source)): list(_sentences(path, source))
        for source in sorted(SERVICES.glob("*/src"))
        for path in sorted(source.rglob("*.py"))
        if WEB not in path.parents and path.name != "main.py"
    }
    return {module: said for module, said in modules.items() if said}


def _sentences(path: Path, source: Path) -> Iterator[str]:
    in_parts = str(path.relative_to(source)) in IN_PARTS
    for text in texts_in(path.read_text()):
        if len(text.split()) >= LEAST_WORDS and (SENTENCE.fullmatch(text) or (in_parts and _is_words(text))):
            yield text


def _is_words(text: str) -> bool:
    return not re.search(r"[<>=_%|]|\bselect\b|\bwhere\b", text)


def texts_in(code: str) -> Iterator[str]:
    """Yield the strings of a module, `{}` for what is filled in; none of what is written for developers."""
    tree = ast.parse(code)
    nodes = list(ast.walk(tree))
    left_out = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg in OF_DEVELOPERS:
            left_out |= set(map(id, ast.walk(node.value)))
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in ast.walk(node)} - {id(node)}
    for node in nodes:
        if isinstance(node, ast.JoinedStr) and id(node) not in left_out:
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.value
