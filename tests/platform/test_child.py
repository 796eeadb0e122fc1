"""What is waited for is the child that was started, not whatever else may answer in its place."""

import sys
import time
from pathlib import Path

import pytest

from waymark.local.child import Child
from waymark.local.failure import PlatformFailure


def test_a_child_that_ended_is_not_up_though_something_answers_on_its_port(tmp_path: Path) -> None:
    child = Child("caseload", tmp_path / "log")
    child.start(["sh", "-c", "echo the address is taken; exit 3"])
    while child.running:
        time.sleep(0.01)

    with pytest.raises(PlatformFailure, match="caseload ended with 3 and said last: the address is taken"):
        child.wait_until(lambda: True, seconds=10)


def test_of_a_traceback_of_several_errors_the_error_is_said_last_not_its_frame(tmp_path: Path) -> None:
    child = Child("caseload", tmp_path / "log")
    group = "raise ExceptionGroup('several', [ValueError('too many facts failed')])"
    child.start([sys.executable, "-c", group])
    while child.running:
        time.sleep(0.01)

    assert "said last: ValueError: too many facts failed (see" in child.epitaph()


def test_stopping_tells_how_a_child_ended(tmp_path: Path) -> None:
    child = Child("caseload", tmp_path / "log")
    assert child.stop() is None
    child.start(["sh", "-c", "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done"])
    child.wait_until(lambda: "ready" in child.log.read_text(), seconds=10)

    assert child.stop() == 4
