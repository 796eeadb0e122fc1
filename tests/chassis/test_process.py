"""A process ends when it is told to, whatever its parts do with that."""

import asyncio
import os
import signal
from contextlib import suppress

import pytest

from chassis import process
from chassis.process import together

pytestmark = pytest.mark.timeout(20)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STUBBORN_SECONDS", 0.05)


def run_until_told(*parts: process.Work) -> None:
    """Run parts of this process, and tell it to end."""

    async def told() -> None:
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
        await process._until_told(together(*parts))

    asyncio.run(told())


def test_every_part_ends_when_the_process_is_told_to() -> None:
    ended = []

    async def part(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    run_until_told(part("serving"), part("telling"))
    assert sorted(ended) == ["serving", "telling"]


def test_a_part_that_swallows_a_cancellation_ends_all_the_same() -> None:
    async def stubborn() -> None:
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        await asyncio.Event().wait()

    run_until_told(stubborn(), asyncio.Event().wait())  # type: ignore[arg-type]


def test_a_part_that_fails_ends_the_others_and_is_heard_of() -> None:
    async def failing() -> None:
        message = "the broker is another one"
        raise LookupError(message)

    with pytest.raises(ExceptionGroup) as failed:
        run_until_told(failing(), asyncio.sleep(60))
    assert failed.group_contains(LookupError, match="the broker is another one")
