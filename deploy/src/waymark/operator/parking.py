"""`waymark parked`: facts that a service could not handle, whom they hold back, and how to have them handled after all.

`waymark retell`: have services tell their facts again, for topics that were lost.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Final

import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import analytics.main
import caseload.main
import caseload.policies
import caseload.settings
import gateway.main
import jobsearch.main
import jobsearch.policies
import learning.main
import nudges.main
import nudges.policies
import referrals.main
from chassis.database import ALL_TENANTS, open_pool
from chassis.listen.consumers import SupersededError, TransientError
from chassis.listen.policies import Policy
from chassis.listen.replay import Held, Queued, Replayed, Report, held_keys, queue_of, reason_by_reason, replay
from chassis.listen.views import View
from chassis.operations import consumers_of
from chassis.retell import retell
from waymark.local import record
from waymark.local.environment import SILENT
from waymark.local.failure import PlatformFailure

VIEWS: Final[Mapping[str, Sequence[View]]] = {
    "referrals": referrals.main.VIEWS,
    "caseload": caseload.main.VIEWS,
    "jobsearch": jobsearch.main.VIEWS,
    "nudges": nudges.main.VIEWS,
    "learning": learning.main.VIEWS,
    "analytics": analytics.main.VIEWS,
    "gateway": gateway.main.VIEWS,
}
POLICIES: Final[Mapping[str, Callable[[], Sequence[Policy]]]] = {
    "caseload": lambda: caseload.policies.policies(caseload.settings.ProgrammeSettings().terms),
    "jobsearch": lambda: jobsearch.policies.POLICIES,
    "nudges": lambda: nudges.policies.POLICIES,
}

Service = Annotated[str, typer.Argument(metavar="SERVICE", help=f"One of {', '.join(VIEWS)}.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="As `waymark parked list` shows it.")]

commands = typer.Typer()
parked = typer.Typer(help="Facts that could not be handled.", no_args_is_help=True)
commands.add_typer(parked, name="parked")
console = Console()


@parked.callback()
def hold_back() -> None:
    """Facts that could not be handled, and those that wait behind them."""


@parked.command("list")
def show_all(
    *,
    every_key: Annotated[bool, typer.Option("--every-key", help="A line for each key that is held back.")] = False,
) -> None:
    """Show whom each service holds back, since when, and why: the keys with one reason in one line."""
    lines = [
        line
        for service, database in _listening().items()
        for alike in _together(asyncio.run(held_by(service, database)), every_key=every_key)
        for line in _told_of(service, alike)
    ]
    _print_whole(lines or ["Nothing is parked."])


@parked.command("show")
def show_one(key: Key) -> None:
    """Show the facts that wait for one key, in their order. What is personal in them stays sealed and is not shown."""
    lines = [
        line
        for service, database in _listening().items()
        for queued in asyncio.run(waiting_for(service, database, key))
        for line in (
            f"{service}  {queued.consumer}  {queued.type}",
            f"    {queued.source} {queued.position}  since {queued.since:%Y-%m-%d %H:%M:%S}  {queued.error}".rstrip(),
        )
    ]
    _print_whole(lines or ["Nothing is parked for this key."])


@parked.command("replay")
def replay_some(service: Service, key: Annotated[str | None, typer.Argument(metavar="[KEY]")] = None) -> None:
    """Handle what is parked, of one key or of all, now that its reason is gone; safe to interrupt and to repeat."""
    database = _only(service, _listening())
    waiting = sum(held.waiting for held in asyncio.run(held_by(service, database)) if key in {None, held.key})
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("replaying", total=waiting)
        done: dict[tuple[str, str], int] = {}

        def report(far: Replayed) -> None:
            done[far.consumer, far.key] = far.released
            progress.update(bar, completed=sum(done.values()), total=max(waiting, sum(done.values()) + far.left))

        replayed = asyncio.run(replay_parked(service, database, key, report))
    for failed in (one for one in replayed if one.error):
        console.print(f"{failed.consumer} still holds {failed.left} facts of {failed.key} back: {failed.error}")
    if any(one.error for one in replayed):
        raise typer.Exit(1)


@commands.command("retell")
def tell_again(
    services: Annotated[list[str] | None, typer.Argument(help="All of them, unless some are named.")] = None,
) -> None:
    """Have services tell all their facts again, for topics that were lost; who knows them already skips them."""
    databases = {name: one for name, one in record.addresses().databases.items() if name not in SILENT}
    for service in services or databases:
        asyncio.run(_retell(service, databases))
        console.print(f"{service} tells its facts again, from the first one.")


async def held_by(service: str, database: str) -> list[Held]:
    """Return what consumers of a service hold back.

    Raises PlatformFailure when its database does not answer.
    """
    async with _answering(service), open_pool(database, scope=ALL_TENANTS) as pool:
        return await held_keys(pool)


async def waiting_for(service: str, database: str, key: str) -> list[Queued]:
    """Return the facts that wait for a key in a service.

    Raises PlatformFailure when its database does not answer.
    """
    async with _answering(service), open_pool(database, scope=ALL_TENANTS) as pool:
        return await queue_of(pool, key)


async def replay_parked(service: str, database: str, key: str | None, report: Report) -> list[Replayed]:
    """Handle what consumers of a service hold back, of one key or of all.

    Raises PlatformFailure when its database, or another fold of a view, is in the way.
    """
    opened = consumers_of(service, database, VIEWS[service], POLICIES.get(service, tuple)())
    async with _answering(service), opened as consumers:
        holding = {held.consumer.partition("#")[0] for held in await held_keys(consumers[0].pool)}
        return [
            replayed
            for consumer in consumers
            if consumer.name in holding
            for replayed in await replay(consumer, key, report)
        ]


@asynccontextmanager
async def _answering(service: str) -> AsyncIterator[None]:
    try:
        yield
    except (psycopg.OperationalError, TransientError) as away:
        message = f"what {service} needs does not answer: see `make status`, then do the same again."
        raise PlatformFailure(message) from away
    except SupersededError as superseded:
        message = f"{superseded}: this is another release than the one that runs."
        raise PlatformFailure(message) from superseded


async def _retell(service: str, databases: Mapping[str, str]) -> None:
    async with _answering(service):
        await retell(_only(service, databases))


def _together(all_held: Sequence[Held], *, every_key: bool) -> Sequence[Sequence[Held]]:
    return [[held] for held in all_held] if every_key else reason_by_reason(all_held)


def _print_whole(lines: Sequence[str]) -> None:
    """Print lines of which none is cut: whoever reads a key gives it to `show` and `replay`."""
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _told_of(service: str, alike: Sequence[Held]) -> tuple[str, str]:
    """Return whose facts wait for how long, and below it why."""
    first, waiting = alike[0], sum(held.waiting for held in alike)
    whose = f"{first.key} and {len(alike) - 1:,} more" if alike[1:] else first.key
    since = f"{first.since:%Y-%m-%d %H:%M:%S}"
    return (
        f"{service}  {first.consumer}  {whose}  waiting since {since}: {waiting:,}",
        f"    {first.type}  {first.error}",
    )


def _listening() -> dict[str, str]:
    """Return the databases of the services that hear facts, as far as they run."""
    databases = record.addresses().databases
    return {service: databases[service] for service in VIEWS if service in databases}


def _only(service: str, databases: Mapping[str, str]) -> str:
    if service not in databases:
        message = f"no service is called {service}; there are {', '.join(databases)}."
        raise PlatformFailure(message)
    return databases[service]
