"""`waymark import referrals`, run as an operator runs it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.referrals.conftest import Running

EXAMPLES = Path(__file__).parents[2] / "examples/referrals.csv"


MANY = 1_000
PATIENCE_SECONDS = 60.0


def begin(service: Running, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "waymark.cli", "import", "referrals", *arguments]
    environment = {"PATH": os.environ["PATH"], "WAYMARK_STATE": str(service.folder), "COLUMNS": "120"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(service: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    with begin(service, *arguments) as running:
        told, complained = running.communicate()
    return subprocess.CompletedProcess(running.args, running.returncode, told, complained)


def submitted(service: Running) -> int:
    """Return how many referrals were ever submitted."""
    with psycopg.connect(service.addresses.databases["referrals"]) as connection:
        connection.execute("select set_config('waymark.tenant', '*', false)")
        query = "select count(*) from stored_events where topic like '%ReferralSubmitted%'"
        return int(connection.execute(query).fetchall()[0][0])


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


def test_an_import_that_is_interrupted_midway_and_begun_again_doubles_nothing(service: Running, tmp_path: Path) -> None:
    file, before = tmp_path / "long.csv", submitted(service)
    rows = "".join(f"INT-{number},Interrupted {number}\n" for number in range(MANY))
    file.write_text("reference,name\n" + rows)

    with begin(service, str(file), "--yes") as first:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while submitted(service) == before:
            assert time.monotonic() < deadline
        first.send_signal(signal.SIGINT)
        told, complained = first.communicate()
    second = run(service, str(file), "--yes")

    assert (first.returncode, complained) == (130, "")
    assert told.splitlines()[-1] == "Nobody watches any more, the service goes on. Send the file again at any time."
    assert second.returncode == 0, second.stdout + second.stderr
    assert submitted(service) - before == MANY


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
