"""The commands that start, show and stop the local platform."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import psutil
import typer
from rich.console import Console
from rich.table import Table

from waymark.local import environment, record, state, supervisor, tail
from waymark.local.environment import Addresses
from waymark.local.failure import PlatformFailure
from waymark.local.postgres import Postgres

REFERRALS = Path("examples/generate_referrals.py")
NEWCOMERS = 12
VACANCIES = Path("examples/generate_vacancies.py")
DOWN_SECONDS = 60.0

commands = typer.Typer()
console = Console()


@commands.command()
def up() -> None:
    """Start the platform and the services here; Ctrl-C stops them."""
    supervisor.run(console, say_where)


@commands.command()
def demo() -> None:
    """Start everything, bring in the examples and a simulated history, and say what to open."""
    supervisor.run(console, _welcome)


@commands.command()
def down() -> None:
    """Stop what runs, from another terminal."""
    last = record.read()
    process = last.supervisor.find() if last else None
    if last is None or process is None:
        console.print("Waymark is not up.")
        return
    process.send_signal(signal.SIGTERM)
    if record.still_alive([last.supervisor], after=DOWN_SECONDS):
        message = f"process {process.pid} has not ended after {DOWN_SECONDS:.0f} s: see {state.LOGS}."
        raise PlatformFailure(message)
    console.print("Waymark is down.")


@commands.command()
def status() -> None:
    """Show what runs, where, and how much memory it takes; fails when something is not as it should be."""
    last = record.read()
    if last is None or last.supervisor.find() is None:
        console.print("Waymark is not up: start it with `make up`.")
        raise typer.Exit(1)
    table = Table("part", "state", "address", "process", "memory", box=None)
    states = [_add_row(table, name, child, last.addresses) for name, child in last.children.items()]
    console.print(table)
    if not all(states):
        raise typer.Exit(1)


@commands.command()
def logs(
    parts: Annotated[list[str] | None, typer.Argument(help="Only these parts.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Stay and show what is added.")] = False,
    last: Annotated[int, typer.Option(help="How many lines of each to begin with.")] = 20,
) -> None:
    """Show the logs of all parts, each line with its part's name."""
    files = sorted(file for file in state.LOGS.glob("*.log") if not parts or file.stem in parts)
    if not files:
        message = f"there are no such logs in {state.LOGS}."
        raise PlatformFailure(message)
    try:
        for part, line in tail.lines(files, last=last, follow=follow):
            console.print(f"[cyan]{part:>16}[/cyan] ", end="")
            console.print(tail.readable(line), markup=False, highlight=False, soft_wrap=True)
    except KeyboardInterrupt:
        console.print()


@commands.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete all data of the demo; what was downloaded stays."""
    with supervisor.only_one():
        if not yes:
            typer.confirm(f"Delete all data in {state.FOLDER}?", abort=True)
        for name in ("postgres", "keyring-postgres"):
            Postgres(state.FOLDER / name).remove()
        state.reset()
    console.print("Everything is deleted.")


def say_where(addresses: Addresses) -> None:
    """Print what to open and how to begin."""
    console.print(
        f"\nOpen [bold]{addresses.url('gateway')}/[/bold] and be one of the people whom it names.\n", highlight=False
    )
    for name in environment.SERVICES:
        console.print(f"  {name:<10} {addresses.url(name)}/docs")
    console.print(f"  {'traces':<10} {addresses.url('zipkin')}/zipkin/")
    console.print("\nA token, and a first request, from another terminal in this folder:")
    console.print("  TOKEN=$(.venv/bin/waymark token --as coach)", highlight=False)
    console.print(f'  curl -H "Authorization: Bearer $TOKEN" {addresses.url("caseload")}/caseload', highlight=False)
    console.print("\nCtrl-C stops everything; `make status` and `make logs` look inside.")


def _welcome(addresses: Addresses) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    newcomers = _invented("referrals", REFERRALS, "--rows", str(NEWCOMERS), "--new")
    _bring_in("referrals", newcomers)
    # As they stand today: closing dates that are long over would show an empty market.
    vacancies = _invented("vacancies", VACANCIES, "--day", today)
    _bring_in("vacancies", vacancies, "--feed", "examples", "--report", str(state.FOLDER / "vacancies-report.csv"))
    _simulate_once()
    say_where(addresses)


def _simulate_once() -> None:
    """Let a history be lived that ends today; a platform that has one already keeps it."""
    simulated = state.FOLDER / "simulated"
    if simulated.exists():
        return
    if subprocess.run([sys.executable, "-m", "waymark.cli", "simulate"], check=False).returncode != 0:
        message = "the history of the demo could not be simulated: read the lines above."
        raise PlatformFailure(message)
    simulated.touch()


def _bring_in(kind: str, file: Path, *options: str) -> None:
    command = [sys.executable, "-m", "waymark.cli", "import", kind, str(file), "--yes", *options]
    if subprocess.run(command, check=False).returncode != 0:  # noqa: S603 - our own command
        message = f"the example {kind} of {file} could not be brought in: read the lines above."
        raise PlatformFailure(message)


def _invented(kind: str, script: Path, *options: str) -> Path:
    """Have one of the scripts of the examples write its file."""
    file = state.FOLDER / f"{kind}.csv"
    with file.open("wb") as output:
        subprocess.run([sys.executable, str(script), *options], check=True, stdout=output)  # noqa: S603 - our own script
    return file


def _add_row(table: Table, name: str, child: record.Running, addresses: Addresses | None) -> bool:
    process = child.find()
    port = addresses.ports.get(name.lower()) if addresses else None
    url = f"http://127.0.0.1:{port}" if port and name.lower() != "kafka" else f"127.0.0.1:{port}" if port else "socket"
    state_of_it = "gone" if process is None else _health(name, url)
    table.add_row(name, state_of_it, url, str(child.process_id), _memory(process))
    return state_of_it == "up"


def _health(name: str, url: str) -> str:
    if name not in environment.SERVICES:
        return "up"
    try:
        answer = httpx.get(f"{url}/health", trust_env=False)
    except httpx.TransportError:
        return "does not answer"
    return "up" if answer.is_success else f"answers {answer.status_code}"


def _memory(process: psutil.Process | None) -> str:
    if process is None:
        return ""
    family = [process, *process.children(recursive=True)]
    return f"{sum(_share(member) for member in family) / 1e6:.0f} MB"


def _share(process: psutil.Process) -> int:
    memory = process.memory_full_info()
    return int(getattr(memory, "pss", memory.uss))
