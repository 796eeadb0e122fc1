"""The platform comes up, goes down and leaves nothing behind, however it ends."""

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil

from tests.platform.running import Eventually, Platform
from waymark.local.environment import SERVICES, WANTED_PORTS
from waymark.local.ports import is_free


def test_it_comes_up_beside_taken_ports_refuses_a_second_up_and_goes_down_whole(platform: Platform) -> None:
    with _taken(WANTED_PORTS["referrals"]):
        run = platform.start()
        platform.wait_until_up()
    port = json.loads((platform.state / "running.json").read_text())["addresses"]["ports"]["referrals"]
    assert port > WANTED_PORTS["referrals"]
    assert f"http://127.0.0.1:{port}/docs" in platform.said()
    assert httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).is_success
    code, said = platform.command("status")
    assert (code, said.count(" up ")) == (0, len(SERVICES) + 4)
    told = "waymark: Waymark is already up: see `make status`, or stop it with `make down`.\n"
    assert platform.command("up") == (1, told)
    assert platform.command("reset", "--yes") == (1, told)
    assert platform.command("down") == (0, "Waymark is down.\n")
    assert run.wait(60) == 0
    assert platform.processes() == []


def test_an_interrupt_while_starting_leaves_no_process_behind(platform: Platform, eventually: Eventually) -> None:
    run = platform.start()
    eventually((platform.state / "running.json").exists)
    run.send_signal(signal.SIGINT)
    assert run.wait(60) == 0
    assert platform.said().endswith("Stopped.\n")
    assert platform.processes() == []


def test_a_killed_supervisor_leaves_nothing_and_up_works_again_at_once(platform: Platform) -> None:
    run = platform.start()
    platform.wait_until_up()
    run.kill()
    run.wait()
    second = platform.start()
    platform.wait_until_up()
    broker = json.loads((platform.state / "running.json").read_text())["children"]["Kafka"]["process_id"]
    psutil.Process(broker).kill()
    assert second.wait(60) == 1
    assert "waymark: Kafka was killed by SIGKILL" in platform.said()
    assert platform.processes() == []


def test_a_supervisor_killed_while_starting_leaves_nothing(platform: Platform, eventually: Eventually) -> None:
    run = platform.start()
    eventually((platform.state / "running.json").exists)
    assert len(platform.processes()) > 2
    run.kill()
    run.wait()
    eventually(lambda: platform.processes() == [])


def test_a_child_killed_at_start_is_told_in_one_line_and_nothing_stays(platform: Platform) -> None:
    run = platform.start(STAND_IN_KILLED="caseload")
    assert run.wait(120) == 1
    (line,) = [line for line in platform.said().splitlines() if line.startswith("waymark: ")]
    assert line.startswith("waymark: caseload was killed by SIGKILL")
    assert str(platform.state / "logs" / "caseload.log") in line
    assert platform.processes() == []


@contextmanager
def _taken(port: int) -> Iterator[None]:
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_free(port):
            squatter.bind(("127.0.0.1", port))
            squatter.listen()
        yield
