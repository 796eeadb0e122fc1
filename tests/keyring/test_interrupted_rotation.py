"""SIGKILL after every single line of a rotation: no live key is lost, no wrapping key is left over."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.database import open_pool
from events.sealed import KeyOf
from keyring.commands import find_keys, make_keys
from keyring.ring import Ring

from .conftest import NOW, Home

PROGRAM = Path(__file__).parent / "killed_rotation.py"


@pytest.fixture
def rotation_killed_after(home: Home) -> Iterator[Callable[[int], int]]:
    """Rotates in another process that dies after so many lines; returns its exit status."""
    command = [sys.executable, str(PROGRAM), home.application, str(home.vault), str(home.master_key_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as program:
        asked, answered = program.stdin, program.stdout
        assert asked
        assert answered

        def rotate(lines: int) -> int:
            asked.write(f"{lines}\n")
            return int(answered.readline())

        yield rotate
        asked.close()


async def test_a_rotation_killed_after_any_line_loses_no_key(
    home: Home, rotation_killed_after: Callable[[int], int]
) -> None:
    persons, left_over, killed = [uuid4() for _ in range(3)], 0, 0
    async with open_pool(home.application, scope="*") as pool:
        made = await make_keys(await Ring.opened(pool, home.opened_vault(), NOW), persons, KeyOf.PARTICIPANT, NOW)

        while rotation_killed_after(killed + 1) == -signal.SIGKILL:
            killed += 1
            left_over += len(list(home.vault.iterdir())) > 2
            ring = await Ring.opened(pool, home.opened_vault(), NOW)

            assert sorted(await find_keys(ring, persons)) == sorted(made)
            assert len(list(home.vault.iterdir())) == 2

        assert sorted(await find_keys(ring, persons)) == sorted(made)
    assert killed > 30
    assert left_over > 10
