"""The example referrals are made by their script, can be brought in as they are, and are nobody."""

import csv
import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from referrals.referral_file import preview
from waymark.personas import coaches_of

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 9, 7)
DRAMA = re.compile(
    r"07700 900\d{3}"
    r"|020 7946 0\d{3}|011[3-8] 496 0\d{3}|01[2-6]1 496 0\d{3}|0191 498 0\d{3}|029 2018 0\d{3}|028 9649 6\d{3}"
)


@pytest.fixture(scope="module")
def committed() -> bytes:
    return (EXAMPLES / "referrals.csv").read_bytes()


@pytest.fixture(scope="module")
def rows(committed: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(committed.decode(), newline="")))


def generate(*arguments: str) -> bytes:
    command = [sys.executable, str(EXAMPLES / "generate_referrals.py"), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_the_committed_file_is_what_the_script_writes(committed: bytes) -> None:
    assert generate() == committed


def test_another_seed_writes_other_people(committed: bytes) -> None:
    assert generate("--seed", "2") != committed


def test_every_row_can_be_brought_in(committed: bytes) -> None:
    checked = preview(committed, TODAY, coaches_of("northway"))

    assert (len(checked.rows), checked.errors, checked.unknown_columns) == (200, (), ())


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-8"), (",", "utf-8-sig")])
def test_every_row_survives_other_spreadsheets(
    committed: bytes, rows: list[dict[str, str]], delimiter: str, encoding: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)

    other = preview(text.getvalue().encode(encoding), TODAY, coaches_of("northway"))

    assert [row.identity for row in other.rows] == [
        row.identity for row in preview(committed, TODAY, coaches_of("northway")).rows
    ]


def test_ten_thousand_rows_have_no_error() -> None:
    checked = preview(generate("--rows", "10000", "--seed", "3"), TODAY, coaches_of("northway"))

    assert (len(checked.rows), checked.errors) == (10_000, ())


def test_more_than_half_have_a_coach_and_a_day_of_acceptance(rows: list[dict[str, str]]) -> None:
    accepted = [row for row in rows if row["accepted_on"]]

    assert 100 < len(accepted) < 150
    assert {row["coach"] for row in accepted} == set(coaches_of("northway"))


def test_nobody_can_be_reached_or_named(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert row["ni_number"].startswith("QQ ")
        assert DRAMA.fullmatch(row["phone"]), row["phone"]
        assert row["email"].rpartition("@")[2] in {"example.com", "example.net", "example.org"}


def test_newcomers_wait_for_an_answer() -> None:
    written = list(csv.DictReader(io.StringIO(generate("--rows", "12", "--new").decode(), newline="")))

    assert len(written) == 12
    assert not any(row["accepted_on"] or row["coach"] for row in written)
