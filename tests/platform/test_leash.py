"""Whoever starts a child may be killed at any moment: the child does not stay."""

import subprocess
import sys

import psutil

from tests.platform.running import Eventually

STARTS_A_CHILD_THAT_IGNORES_US = """
import signal, sys, time
from pathlib import Path
from waymark.local.child import Child

stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = Child("stubborn", Path("/dev/null"))
child.start([sys.executable, "-c", stubborn])
print(child.process_id, flush=True)
time.sleep(600)
"""


def test_a_child_goes_with_its_killed_starter_even_when_it_ignores_the_request(eventually: Eventually) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS_A_CHILD_THAT_IGNORES_US], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        child = psutil.Process(int(starter.stdout.readline()))
        assert child.is_running()
        starter.kill()
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_child_that_was_stopped_is_not_stopped_again() -> None:
    code = STARTS_A_CHILD_THAT_IGNORES_US.replace("time.sleep(600)\n", "child.kill()\n")
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert outcome.stderr == ""
    assert not psutil.pid_exists(int(outcome.stdout))
