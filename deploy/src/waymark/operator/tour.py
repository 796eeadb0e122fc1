"""The tour of five minutes: README tells its steps, a browser test takes them, and a page shows what is seen."""

import re
from typing import Final

SECTION: Final = re.compile(r"^## Five minutes in the demo\n(?P<text>.*?)^## ", re.MULTILINE | re.DOTALL)
STEP: Final = re.compile(r"^\d+\. (?P<words>.*(?:\n   .*)*)", re.MULTILINE)
HEAD: Final = """# Five minutes in the demo

The tour of the [README](../README.md#five-minutes-in-the-demo), step by step. A browser takes it in `make test`;
`make docs` takes these pictures while the demo is up. Nobody on them is real.
"""


def tour_steps(readme: str) -> list[str]:
    """Return the steps of the tour, each as one line of Markdown. Raises LookupError where there is no tour."""
    section = SECTION.search(readme)
    if section is None:
        message = "README.md has no section of the tour"
        raise LookupError(message)
    return [re.sub(r"\s+", " ", found["words"]) for found in STEP.finditer(section["text"])]


def tour_page(readme: str) -> str:
    """Return the page that shows the steps with their pictures, docs/tour.md."""
    steps = [
        f"{number}. {words}\n\n   ![{_plain(words)}](tour/{number}.webp)\n"
        for number, words in enumerate(tour_steps(readme), 1)
    ]
    return "\n".join([HEAD, *steps])


def _plain(words: str) -> str:
    return re.sub(r"[*`]", "", words)
