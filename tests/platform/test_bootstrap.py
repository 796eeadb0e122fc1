"""Setting up says in one line what a machine lacks."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("Makefile", "deploy/bootstrap.sh", "deploy/bootstrap.lock", "requirements.lock", "pyproject.toml")


@pytest.fixture
def clone(state: Path) -> Path:
    """A clone as far as setting up goes."""
    for name in NEEDED:
        (state / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, state / "clone" / name)
    return state / "clone"


def make(clone: Path, *arguments: str, before: tuple[str, ...] = (), **variables: str) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    command = [*before, "make", "--no-print-directory", "-C", str(clone), *arguments]
    outcome = subprocess.run(
        command, env={**environment, **variables}, capture_output=True, text=True, check=False, timeout=120
    )
    return outcome.returncode, outcome.stdout + outcome.stderr


def python_that(folder: Path, body: str) -> str:
    """Return the path of a stand-in for Python."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\n{body}\nexec python3 "$@"\n')
    path.chmod(0o755)
    return f"PYTHON={path}"


def told(outcome: tuple[int, str]) -> str:
    code, said = outcome
    assert code != 0
    (line,) = [line for line in said.splitlines() if line.startswith("waymark: ")]
    return line.removeprefix("waymark: ")


def test_help_is_the_default_and_has_a_line_for_every_target(clone: Path) -> None:
    code, said = make(clone)
    assert code == 0
    phony = (ROOT / "Makefile").read_text().partition(".PHONY:")[2].split("\n")[0].split()
    assert [line.split()[1] for line in said.splitlines() if line.startswith("  make ")] == sorted(
        phony, key=said.index
    )


def test_no_python(clone: Path) -> None:
    assert told(make(clone, "status", "PYTHON=/nowhere/python3")).startswith("Python 3.11 or later is needed: install")


def test_an_old_python(clone: Path) -> None:
    old = python_that(clone, 'case "$2" in *version_info*) exit 1;; esac')
    assert told(make(clone, "status", old)).startswith("Python 3.11 or later is needed, this is Python 3.")


def test_a_python_without_venv(clone: Path) -> None:
    bare = python_that(clone, 'case "$2" in *ensurepip*) exit 1;; esac')
    assert told(make(clone, "status", bare)).startswith("Python's venv module is missing: install it")


def test_a_disk_that_fills_up(clone: Path) -> None:
    full = python_that(clone, 'case "$2" in venv) echo "No space left on device"; exit 1;; esac')
    assert told(make(clone, "status", full)) == f"the disk that holds {clone} is full: free 1 GB and run make again."


def test_a_folder_that_cannot_be_written(clone: Path, without_privilege: tuple[str, ...]) -> None:
    clone.chmod(0o555)
    assert told(make(clone, "status", before=without_privilege)).startswith(f"{clone} cannot be written: make it yours")
    clone.chmod(0o755)


def test_no_network(clone: Path) -> None:
    line = told(make(clone, "status", HTTPS_PROXY="http://127.0.0.1:9", PIP_NO_CACHE_DIR="1"))
    assert line == "the package index cannot be reached: check this machine's network and run make again."
