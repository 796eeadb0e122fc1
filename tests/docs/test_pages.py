import re
from pathlib import Path

import pytest

from waymark.operator.documentation import pages

ROOT = Path(__file__).parents[2]
WRITTEN = {path.relative_to(ROOT): text for path, text in pages(ROOT)}
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
WRITTEN_BY_HAND = sorted(
    page.relative_to(ROOT) for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if ".venv" not in page.parts
)


@pytest.mark.parametrize("page", WRITTEN, ids=str)
def test_a_generated_page_says_what_the_code_says(page: Path) -> None:
    assert (ROOT / page).read_text() == WRITTEN[page], "run `make docs`"


@pytest.mark.parametrize("page", WRITTEN_BY_HAND, ids=str)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = LINK.findall((ROOT / page).read_text())
    assert [target for target in targets if not (ROOT / page.parent / target).exists()] == []
