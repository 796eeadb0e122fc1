"""`waymark rebuild`: fold a view anew beside the one that is read, then switch."""

import asyncio
import os
from datetime import timedelta
from typing import Annotated, Final

import psycopg
import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from chassis.database import ALL_TENANTS, open_pool
from chassis.listen.parking import TooManyParkedError
from chassis.listen.rebuild import Progress as Far
from chassis.listen.rebuild import Rebuild, Rebuilt, Report
from chassis.listen.views import View
from waymark.local import record
from waymark.local.environment import Addresses
from waymark.local.failure import PlatformFailure
from waymark.operator.importing import INTERRUPTED
from waymark.operator.parking import VIEWS

COLUMNS: Final = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TextColumn("{task.fields[rate]:,.0f} facts/s, {task.fields[left]} left"),
)

commands = typer.Typer()
console = Console(highlight=False)


@commands.command("rebuild")
def ask(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help=f"One of {', '.join(VIEWS)}.")],
    view: Annotated[str, typer.Argument(metavar="VIEW", help="The name of one of its views.")],
) -> None:
    """Fold a view anew from the first fact while it is read, then switch; safe to interrupt and to begin again."""
    chosen = _chosen(service, view)
    addresses = record.addresses()
    with Progress(*COLUMNS, console=console) as progress:
        bar = progress.add_task(f"{service} {view}", total=None, rate=0.0, left="?")

        def report(far: Far) -> None:
            left = timedelta(seconds=round(far.seconds_left))
            progress.update(bar, completed=far.read, total=far.total, rate=far.rate, left=left)

        try:
            done = rebuilt(service, chosen, addresses, report)
        except KeyboardInterrupt as interrupted:
            console.print(f"Interrupted: {view} is as it was.")
            raise typer.Exit(INTERRUPTED) from interrupted
    console.print(
        f"{done.facts:,} facts in {done.seconds:.1f} s, {done.facts / done.seconds:,.0f} facts/s; "
        f"switched to generation {done.generation} in {done.switch_milliseconds:.0f} ms."
    )


def rebuilt(service: str, view: View, addresses: Addresses, report: Report) -> Rebuilt:
    """Rebuild a view of a service.

    Raises PlatformFailure when something it needs is away, or the fold fails for so many facts that it must be wrong.
    """
    try:
        return asyncio.run(_rebuild(service, view, addresses, report))
    except (psycopg.OperationalError, KafkaError) as away:
        message = f"what {service} needs does not answer ({type(away).__name__}): see `make status`."
        raise PlatformFailure(message) from away
    except TooManyParkedError as wrong:
        message = f"{wrong}: {view.name} is as it was, mend its fold first."
        raise PlatformFailure(message) from wrong


async def _rebuild(service: str, view: View, addresses: Addresses, report: Report) -> Rebuilt:
    owner, kafka = addresses.owner_databases[service], f"127.0.0.1:{addresses.ports['kafka']}"
    prefix = os.environ.get("WAYMARK_TOPIC_PREFIX", "")
    async with open_pool(addresses.databases[service], scope=ALL_TENANTS) as pool:
        done = await Rebuild(view, pool, owner, kafka, topic_prefix=prefix, report=report).run()
    assert done
    return done


def _chosen(service: str, name: str) -> View:
    views = {view.name: view for view in VIEWS.get(service, ())}
    if name not in views:
        known = "; ".join(f"{one}: {', '.join(view.name for view in some)}" for one, some in VIEWS.items())
        message = f"{service} has no view called {name}; there are {known}."
        raise PlatformFailure(message)
    return views[name]
