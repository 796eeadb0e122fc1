"""What stops the platform from starting is told in one line that says what to do."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.platform.running import Platform
from waymark.local import state as state_folder
from waymark.local.failure import PlatformFailure

NOBODY_LISTENS = "http://127.0.0.1:9"


def _told_in_one_line(outcome: tuple[int, str]) -> str:
    code, said = outcome
    (line,) = [line for line in said.splitlines() if line.startswith("waymark: ")]
    assert code == 1
    assert "Traceback" not in said
    return line


def test_no_network(platform: Platform) -> None:
    (platform.state / "downloads").unlink()
    line = _told_in_one_line(platform.command("up", HTTPS_PROXY=NOBODY_LISTENS, https_proxy=NOBODY_LISTENS))
    assert line.endswith("could not be fetched: check this machine's network and try again.")


def test_a_folder_that_cannot_be_written(platform: Platform, without_privilege: tuple[str, ...]) -> None:
    with _closed(platform.state):
        line = _told_in_one_line(platform.command("up", before=without_privilege))
    assert "cannot be written: make it yours, or set WAYMARK_STATE to a folder that is." in line


def test_a_disk_that_fills_up(platform: Platform) -> None:
    (platform.state / "kafka").mkdir()
    (platform.state / "kafka" / "server.properties").symlink_to("/dev/full")
    (platform.state / "version").write_text(state_folder.VERSION)
    line = _told_in_one_line(platform.command("up"))
    assert line.endswith(f"{platform.state}: the disk is full: free some space and try again.")
    assert platform.processes() == []


def test_a_disk_that_is_nearly_full(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_folder, "FOLDER", state)
    monkeypatch.setattr(state_folder, "LOGS", state / "logs")
    monkeypatch.setattr(state_folder, "NEEDED_MEGABYTES", shutil.disk_usage(state).free)
    with pytest.raises(PlatformFailure, match=r"has \d+ MB left, \d+ are needed: free some space\.$"):
        state_folder.open_folder()


def test_a_state_folder_of_an_older_version(platform: Platform) -> None:
    (platform.state / "version").write_text("0")
    line = _told_in_one_line(platform.command("up"))
    assert line.endswith("was made by version 0 of the platform, this is 1: start afresh by `make reset`.")


def test_a_state_folder_from_before_there_were_versions(platform: Platform) -> None:
    (platform.state / "postgres").mkdir()
    assert "was made by version 0" in _told_in_one_line(platform.command("up"))


def test_reset_asks_first_and_then_deletes_all_but_what_was_downloaded(platform: Platform) -> None:
    (platform.state / "version").write_text("0")
    (platform.state / "kafka").mkdir()
    code, said = platform.command("reset")
    assert (code, (platform.state / "kafka").exists()) == (1, True), said
    code, said = platform.command("reset", "--yes")
    assert code == 0, said
    assert {path.name for path in platform.state.iterdir()} == {"downloads", "lock"}


def test_down_status_and_logs_say_when_nothing_is_up(platform: Platform) -> None:
    assert platform.command("down") == (0, "Waymark is not up.\n")
    assert platform.command("status") == (1, "Waymark is not up: start it with `make up`.\n")
    assert "there are no such logs" in _told_in_one_line(platform.command("logs"))


@contextmanager
def _closed(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    yield
    folder.chmod(0o755)
