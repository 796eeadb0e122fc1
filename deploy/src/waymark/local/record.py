"""What the running platform leaves for other commands to find it by."""

import os
import time
from collections.abc import Collection, Iterable, Mapping

import psutil
from pydantic import BaseModel, ConfigDict

from waymark.local import state
from waymark.local.environment import Addresses
from waymark.local.failure import PlatformFailure
from waymark.local.program import Program

GLANCE_SECONDS = 0.05
FILE = state.FOLDER / "running.json"


class Running(BaseModel):
    """One process: its number, and when it was started, since numbers are used again."""

    model_config = ConfigDict(frozen=True)

    process_id: int
    created: float

    @classmethod
    def of(cls, process_id: int) -> "Running":
        """Return what identifies a process that lives."""
        return cls(process_id=process_id, created=psutil.Process(process_id).create_time())

    def find(self) -> psutil.Process | None:
        """Return the process; None when it has ended, even if nobody has noticed yet."""
        try:
            process = psutil.Process(self.process_id)
            ended = process.create_time() != self.created or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return None if ended else process


class Record(BaseModel):
    """The supervisor, its children by name in the order of their start, and where everything is."""

    model_config = ConfigDict(frozen=True)

    supervisor: Running
    children: Mapping[str, Running]
    addresses: Addresses | None = None


def write(programs: Iterable[Program], addresses: Addresses | None = None) -> None:
    """Tell other commands what this process runs now."""
    children = {program.name: Running.of(program.process_id) for program in programs}
    record = Record(supervisor=Running.of(os.getpid()), children=children, addresses=addresses)
    unfinished = FILE.with_suffix(".new")
    unfinished.write_text(record.model_dump_json(indent=2))
    unfinished.replace(FILE)


def read() -> Record | None:
    """Return what was last told; None after an orderly end."""
    return Record.model_validate_json(FILE.read_bytes()) if FILE.exists() else None


def still_alive(processes: Collection[Running], *, after: float) -> list[psutil.Process]:
    """Wait for these processes to end, and return those that have not after so many seconds."""
    deadline = time.monotonic() + after
    while (alive := [process for one in processes if (process := one.find())]) and time.monotonic() < deadline:
        time.sleep(GLANCE_SECONDS)
    return alive


def addresses() -> Addresses:
    """Return where everything is; raises PlatformFailure when the platform is not up."""
    record = read()
    if record is None or record.addresses is None or record.supervisor.find() is None:
        message = "Waymark is not up: start it with `make up` in another terminal."
        raise PlatformFailure(message)
    return record.addresses
