"""A process that cannot start says why in one line."""

import os
import subprocess
import sys


def started(*arguments: str) -> tuple[int, str]:
    """Start the service without a single setting; return its exit status and what it said at the end."""
    command = [sys.executable, "-m", "analytics", *arguments]
    ended = subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


def test_a_role_that_is_not_there_is_answered_with_those_that_are() -> None:
    assert started("nothing") == (1, "analytics: choose one of api, project, all\n")


def test_a_setting_that_is_missing_is_named() -> None:
    status, said = started("api")
    assert (status, said.count("\n")) == (1, 1)
    assert "WAYMARK_DATABASE: It is needed" in said
