"""`waymark import referrals`, run as an operator runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.referrals.conftest import Running

EXAMPLES = Path(__file__).parents[2] / "examples/referrals.csv"


def run(service: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waymark.cli", "import", "referrals", *arguments]
    environment = {"PATH": os.environ["PATH"], "WAYMARK_STATE": str(service.folder), "COLUMNS": "120"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_example_file_comes_in_and_the_second_time_adds_nothing(service: Running) -> None:
    first, second = run(service, str(EXAMPLES), "--yes"), run(service, str(EXAMPLES), "--yes")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "200 referrals came in, 0 were there before." in first.stdout
    assert "0 referrals came in, 200 were there before." in second.stdout


def test_errors_are_told_by_row_column_and_reason(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "broken.csv"
    file.write_text("name,dob,shoe size\nAda,31/12/1990,38\n,01/01/1890,\n")

    done = run(service, str(file), "--yes")

    told = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert "3 name is empty" in told
    assert "3 date_of_birth makes the person younger than 14 or older than 110" in told
    assert "Columns that nobody reads: C." in told
    assert "1 referrals came in, 0 were there before." in told


def test_nothing_comes_in_without_a_yes(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    file.write_text("name\nSomebody Unasked\n")

    assert run(service, str(file)).returncode == 1
    assert "1 referrals came in" in run(service, str(file), "--yes").stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nowhere.csv",), "nowhere.csv cannot be read: No such file or directory."),
        ((str(EXAMPLES), "--programme", "nothing"), "no programme is called nothing; there are work-and-health"),
        ((str(EXAMPLES), "--as", "nobody"), "nobody is called nobody"),
        ((str(EXAMPLES), "--as", "coach"), "a coach may not bring in a file of referrals"),
        ((__file__,), "needs a first row with a column called name"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(service: Running, arguments: tuple[str, ...], reason: str) -> None:
    done = run(service, *arguments, "--yes")

    assert done.returncode == 1
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1
