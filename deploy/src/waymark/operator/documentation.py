"""The generated pages: facts, what services hear and tell, the tour, and the line numbers in links to code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import typer
from rich.console import Console

import analytics.main
import caseload.main
import gateway.main
import jobsearch.main
import keyring.main
import learning.main
import nudges.main
import referrals.main
from events.describe import facts_page
from waymark.operator.tour import tour_page

LINK: Final = re.compile(r"\[`(?P<name>[A-Za-z_.]+)`\]\((?P<path>[^)#]+)#L(?P<line>\d+)\)")
SERVICES: Final = (
    analytics.main.SERVICE,
    caseload.main.SERVICE,
    gateway.main.SERVICE,
    jobsearch.main.SERVICE,
    keyring.main.SERVICE,
    learning.main.SERVICE,
    nudges.main.SERVICE,
    referrals.main.SERVICE,
)
PAGES: Final = ("ARCHITECTURE.md", "README.md", "CONTRIBUTING.md")

commands = typer.Typer()


@commands.command()
def docs() -> None:
    """Write docs/events.md, docs/asyncapi, docs/tour.md and the line numbers of links into code anew."""
    root = Path.cwd()
    for path, text in pages(root):
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            Console().print(f"wrote {path.relative_to(root)}")


def pages(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield every generated page with what it should say."""
    yield root / "docs/events.md", facts_page()
    for service in SERVICES:
        document = json.dumps(service.specification(), indent=2, sort_keys=True)
        yield root / f"docs/asyncapi/{service.name}.json", document + "\n"
    yield root / "docs/tour.md", tour_page((root / "README.md").read_text())
    for name in PAGES:
        page = root / name
        yield page, LINK.sub(lambda link: _pointed(link, root), page.read_text())


def _pointed(link: re.Match[str], root: Path) -> str:
    """Return a link with the line on which its name is defined. Raises LookupError for a name that is not there."""
    name, path = link["name"], link["path"]
    last = name.rpartition(".")[2]
    definition = re.compile(
        rf"^\s*(?:async def|def|class|create or replace function|create table if not exists)? ?{last}\b"
    )
    for number, line in enumerate((root / path).read_text().splitlines(), 1):
        if definition.match(line):
            return f"[`{name}`]({path}#L{number})"
    message = f"{path} does not define {name}"
    raise LookupError(message)
