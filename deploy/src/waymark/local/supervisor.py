"""Starts the platform and the services, watches them, and takes everything down again in reverse order."""

import fcntl
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from waymark.local import environment, jars, record, state
from waymark.local.environment import Addresses
from waymark.local.failure import PlatformFailure
from waymark.local.kafka import Kafka
from waymark.local.ports import assign
from waymark.local.postgres import Postgres
from waymark.local.program import Program
from waymark.local.service import Service
from waymark.local.zipkin import Zipkin

LEFTOVERS_SECONDS = 20.0
GLANCE_SECONDS = 0.25
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLUMNS = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()

KEYRING_POSTGRES = "the keyring's PostgreSQL"
SMALL = {"shared_buffers": "128MB"}
TINY = {"shared_buffers": "16MB"}

MakeService = Callable[[str, Mapping[str, str], int, Path], Program]


def run(console: Console, when_up: Callable[[Addresses], None], make_service: MakeService = Service) -> None:
    """Bring everything up, call `when_up`, and stay until an interrupt or until something ends by itself.

    Raises PlatformFailure when something cannot start or ends; nothing is left running in any case.
    """
    state.open_folder()
    with only_one(), _interruptible(console), ExitStack() as stack:
        _await_leftovers(console)
        jars.fetch(["Kafka", "Zipkin"])
        stack.callback(record.FILE.unlink, missing_ok=True)
        programs = _bring_up(console, stack, make_service, when_up)
        _watch(programs)


def _bring_up(
    console: Console, stack: ExitStack, make_service: MakeService, when_up: Callable[[Addresses], None]
) -> Sequence[Program]:
    ports = assign(environment.WANTED_PORTS)
    postgres, keyring_postgres, kafka, zipkin = infrastructure = _infrastructure(ports)
    with Progress(*COLUMNS, console=console) as progress:
        bar = progress.add_task("Starting", total=len(infrastructure) + len(environment.SERVICES))
        _launch(infrastructure, stack)
        record.write(infrastructure)
        _await((postgres, keyring_postgres), progress, bar)
        addresses = environment.prepare(postgres, keyring_postgres, ports, state.FOLDER)
        services = [_service(name, addresses, make_service) for name in environment.SERVICES]
        _launch(services, stack)
        programs = (*infrastructure, *services)
        record.write(programs)
        _await((kafka, *services, zipkin), progress, bar)
    record.write(programs, addresses)
    when_up(addresses)
    return programs


def _infrastructure(ports: Mapping[str, int]) -> tuple[Postgres, Postgres, Kafka, Zipkin]:
    folder, logs = state.FOLDER, state.LOGS
    return (
        Postgres(folder / "postgres", settings=SMALL, log=logs / "postgres.log"),
        Postgres(folder / "keyring-postgres", settings=TINY, log=logs / "keyring-postgres.log", name=KEYRING_POSTGRES),
        Kafka(folder / "kafka", ports["kafka"], log=logs / "kafka.log"),
        Zipkin(folder / "zipkin", ports["zipkin"], log=logs / "zipkin.log"),
    )


def _service(name: str, addresses: Addresses, make_service: MakeService) -> Program:
    variables = environment.of_service(name, addresses)
    return make_service(name, variables, addresses.ports[name], state.LOGS / f"{name}.log")


def _launch(programs: Sequence[Program], stack: ExitStack) -> None:
    for program in programs:
        stack.callback(program.stop)
        program.launch()


def _await(programs: Sequence[Program], progress: Progress, bar: TaskID) -> None:
    for program in programs:
        progress.update(bar, description=f"Starting {program.name}")
        program.wait()
        progress.advance(bar)


def _watch(programs: Sequence[Program]) -> None:
    while all(program.running for program in programs):
        time.sleep(GLANCE_SECONDS)
    ended = next(program for program in programs if not program.running)
    raise PlatformFailure(ended.epitaph())


@contextmanager
def only_one() -> Iterator[None]:
    """Keep every other supervisor out; raises PlatformFailure when there is one."""
    with (state.FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            message = "Waymark is already up: see `make status`, or stop it with `make down`."
            raise PlatformFailure(message) from taken
        yield


@contextmanager
def _interruptible(console: Console) -> Iterator[None]:
    def end(_signal: int, _frame: FrameType | None) -> None:
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        console.print("\nStopping everything…")
        raise KeyboardInterrupt

    for ending in ENDINGS:
        signal.signal(ending, end)
    try:
        yield
    except KeyboardInterrupt:
        console.print("Stopped.")


def _await_leftovers(console: Console) -> None:
    last = record.read()
    leftovers = last.children.values() if last else ()
    if any(child.find() for child in leftovers):
        console.print("Waiting for what the last run left to end…")
    for stubborn in record.still_alive(leftovers, after=LEFTOVERS_SECONDS):
        stubborn.kill()
