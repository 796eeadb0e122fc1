"""A process that cannot start says why in one line."""

import os
import subprocess
import sys


def started(*arguments: str, **settings: str) -> tuple[int, str]:
    """Start the service with no other settings; return its exit status and what it said at the end."""
    command = [sys.executable, "-m", "caseload", *arguments]
    ended = subprocess.run(
        command, env={"PATH": os.environ["PATH"], **settings}, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stderr


def test_a_role_that_is_not_there_is_answered_with_those_that_are() -> None:
    assert started("nothing") == (1, "caseload: choose one of api, relay, project, react, all\n")


def test_a_setting_that_is_missing_is_named() -> None:
    status, said = started("api")
    assert (status, said.count("\n")) == (1, 1)
    assert "WAYMARK_DATABASE: It is needed" in said


def test_a_place_without_known_bank_holidays_is_said_to_be_one() -> None:
    status, said = started("api", WAYMARK_BANK_HOLIDAYS="XX")
    assert (status, said.count("\n")) == (1, 1)
    assert "WAYMARK_BANK_HOLIDAYS: No bank holidays are known of this place" in said
