"""`waymark import vacancies`, run as an operator runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobsearch.running import Platform
from tests.running import leave_record

EXAMPLES = Path(__file__).parents[2] / "examples/vacancies.csv"
REAL = os.environ.get("WAYMARK_VACANCIES", "")


@pytest.fixture(scope="module")
def folder(platform: Platform, platform_folder: Path) -> Path:
    """The state folder by which the command finds the platform."""
    leave_record(platform.addresses, platform_folder / "jobsearch")
    return platform_folder / "jobsearch"


def run(folder: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waymark.cli", "import", "vacancies", *arguments]
    environment = {"PATH": os.environ["PATH"], "WAYMARK_STATE": str(folder), "COLUMNS": "120"}
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_whole_feed_comes_in_and_the_second_time_changes_nothing(folder: Path, tmp_path: Path) -> None:
    """The file that WAYMARK_VACANCIES names; the generated one where none is named."""
    file = REAL or str(EXAMPLES)
    arguments = (file, "--yes", "--feed", "whole")
    first, second = run(folder, *arguments, cwd=tmp_path), run(folder, *arguments, cwd=tmp_path)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    came = int(first.stdout.rpartition(" vacancies came in")[0].split()[-1].replace(",", ""))
    assert came > (26_000 if REAL else 1_000)
    told = f"0 vacancies came in, 0 read differently now, {came:,} were there before, 0 left the market."
    assert told in " ".join(second.stdout.split())
    assert (tmp_path / "whole-report.csv").read_text().startswith("row,column,kind,reason")


def test_what_is_wrong_is_told_by_row_column_and_reason(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "Bad Feed.csv"
    file.write_text("title,place\n,Leeds\nBaker,Nowhereton\n")

    done = run(folder, str(file), "--yes", cwd=tmp_path)

    told = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert "2 title is empty" in told
    assert "1 rows left out and 1 doubts are told in bad-feed-report.csv." in told
    assert len((tmp_path / "bad-feed-report.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nowhere.csv",), "nowhere.csv cannot be read: No such file or directory."),
        ((str(EXAMPLES), "--as", "coach"), "a coach may not bring in vacancies"),
        ((__file__,), "needs a first row with a column called title"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    done = run(folder, *arguments, "--yes", cwd=tmp_path)

    assert done.returncode == 1
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1
