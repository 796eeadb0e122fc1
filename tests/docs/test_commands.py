"""Every command that a page or a message names is there, and takes what it is given."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import typer
from typer import Context
from typer.core import TyperGroup

from waymark.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/how-to/*.md"), *ROOT.glob("docs/decisions/*.md")]
SOURCES = [path for folder in ("libs", "services", "deploy") for path in ROOT.glob(f"{folder}/**/src/**/*.py")]
NAMED = re.compile(r"(?:`|^|\.venv/bin/)((?:waymark|make) [^`)#\n]+)", re.MULTILINE)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def named() -> Iterator[tuple[str, str]]:
    for path in (*PAGES, *SOURCES):
        for found in NAMED.findall(path.read_text()):
            yield str(path.relative_to(ROOT)), found.strip()


COMMANDS = sorted({command: place for place, command in named()}.items())


@pytest.mark.parametrize("command", [command for command, _ in COMMANDS if command.startswith("make ")])
def test_a_make_target_that_is_named_is_there(command: str) -> None:
    assert command.split()[1] in TARGETS


@pytest.mark.parametrize("command", [command for command, _ in COMMANDS if re.match("waymark [a-z]", command)])
def test_a_command_that_is_named_takes_what_it_is_given(command: str) -> None:
    _, *words = re.sub(r" \[.*?\]", "", command).split()
    given = [re.sub(r"^(<.*>|{.*})$", str(UUID(int=1)), word) for word in words]
    found = typer.main.get_command(app)
    while given and isinstance(found, TyperGroup):
        below = found.get_command(Context(found), given.pop(0))
        assert below
        found = below
    if given:
        found.make_context(found.name, given)
