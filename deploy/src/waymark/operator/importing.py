"""`waymark import referrals`: bring a CSV file into the running platform, over the same routes as everybody.

What every import shares is here too.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from chassis.settings import Environment
from waymark.local import record, state
from waymark.local.failure import PlatformFailure
from waymark.operator.token import token
from waymark.personas import PROGRAMMES, id_of

LOOK_SECONDS: Final = 0.2
ANSWER_SECONDS: Final = 120.0
INTERRUPTED: Final = 130
"""How a command ends on Ctrl-C, by the custom of shells."""

Shown = Mapping[str, Any]
Report = Callable[[Shown], None]

commands = typer.Typer()
importing = typer.Typer(help="Bring a file in.", no_args_is_help=True)
commands.add_typer(importing, name="import")
console = Console()


@importing.callback()
def bring_in() -> None:
    """Bring a file in."""


@importing.command("referrals")
def referrals(
    file: Annotated[Path, typer.Argument(help="CSV: UTF-8 or Windows-1252; comma, semicolon or tab.")],
    *,
    programme: Annotated[str, typer.Option(help=f"One of {', '.join(PROGRAMMES)}.")] = "work-and-health",
    manager: Annotated[str, typer.Option("--as", help="For whose provider.")] = "manager-grace",
    referrer: Annotated[str, typer.Option(help="Who sent the people.")] = "referrer-irena",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Check a file of referrals, show what is wrong with it, and bring its good rows in. Twice adds nothing twice."""
    if programme not in PROGRAMMES:
        message = f"no programme is called {programme}; there are {', '.join(PROGRAMMES)}."
        raise PlatformFailure(message)
    with client_of(manager, "referrals") as client:
        previewed = preview(client, file, id_of(programme), id_of(referrer))
        _show(previewed)
        if not previewed["rows"]:
            raise typer.Exit(1)
        if not yes:
            typer.confirm(f"Bring {previewed['rows']:,} referrals in?", abort=True)
        done = _watched(client, previewed)
    _say(done)
    if done["state"] != "done" or done["errors"] or done["refused"]:
        raise typer.Exit(1)


def preview(client: httpx.Client, file: Path, programme_id: UUID, referrer_id: UUID) -> Shown:
    """Send a file to be checked and return what the service says of it.

    Raises PlatformFailure when it is no table of referrals, or cannot be read.
    """
    content = content_of(file)
    parameters = {"programme_id": str(programme_id), "referrer_id": str(referrer_id)}
    headers = {"Content-Type": "text/csv"}
    return answered(client.post("/referral-files", params=parameters, content=content, headers=headers), str(file))


def content_of(file: Path) -> bytes:
    """Return what a file holds. Raises PlatformFailure when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as unreadable:
        message = f"{file} cannot be read: {unreadable.strerror}."
        raise PlatformFailure(message) from unreadable


def confirm(client: httpx.Client, file_id: str, report: Report, files: str = "/referral-files") -> Shown:
    """Have a file brought in, report how far it is, and return how it ended.

    Raises PlatformFailure when the service refuses.
    """
    shown = answered(client.post(f"{files}/{file_id}/confirm"), "the import")
    while shown["state"] == "importing":
        time.sleep(LOOK_SECONDS)
        shown = answered(client.get(f"{files}/{file_id}"), "the import")
        report(shown)
    return shown


@contextmanager
def client_of(persona: str, service: str) -> Iterator[httpx.Client]:
    """Open what asks a service as somebody of the demo. Raises PlatformFailure when the service does not answer."""
    environment = os.environ.get("WAYMARK_ENVIRONMENT", Environment.DEMO)

    def sign(request: httpx.Request) -> httpx.Request:
        request.headers["authorization"] = f"Bearer {token(persona, environment, state.FOLDER / 'keys')}"
        return request

    url = record.addresses().url(service)
    try:
        with httpx.Client(base_url=url, auth=sign, timeout=ANSWER_SECONDS, trust_env=False) as client:
            yield client
    except httpx.TransportError as away:
        message = f"the {service} service does not answer at {url}: see `make status` and `make logs`."
        raise PlatformFailure(message) from away


def answered(answer: httpx.Response, what: str) -> Shown:
    """Return what a service answered. Raises PlatformFailure when it refused `what`."""
    shown: Shown = answer.json()
    if answer.is_error:
        message = f"{what}: {shown.get('detail') or shown['title']}"
        raise PlatformFailure(message)
    return shown


def _show(previewed: Shown) -> None:
    console.print(f"{previewed['rows']:,} rows can be brought in.")
    show_rows("These cannot, and are left out:", previewed["errors"])
    if previewed["unknown_columns"]:
        console.print(f"Columns that nobody reads: {', '.join(previewed['unknown_columns'])}.")


def show_rows(title: str, rows: Sequence[Shown]) -> None:
    """Show rows of a file with what is wrong with each."""
    if not rows:
        return
    table = Table("row", "column", "reason", title=title, title_justify="left", box=None)
    for row in rows:
        table.add_row(str(row["row"]), row["column"], row["reason"])
    console.print(table)


def _watched(client: httpx.Client, previewed: Shown) -> Shown:
    return watched(previewed["rows"], lambda report: confirm(client, previewed["id"], report))


def watched(rows: int, bring_in: Callable[[Report], Shown]) -> Shown:
    """Show how far an import of so many rows is, and return how it ended. Raises typer.Exit for Ctrl-C."""
    columns = (TextColumn("Bringing in"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=rows)
            return bring_in(lambda shown: progress.update(bar, completed=shown["done"]))
    except KeyboardInterrupt as interrupted:
        console.print("Nobody watches any more, the service goes on. Send the file again at any time.")
        raise typer.Exit(INTERRUPTED) from interrupted


def _say(done: Shown) -> None:
    show_rows("These became no referral:", done["refused"])
    console.print(f"{done['added']:,} referrals came in, {done['repeated']:,} were there before.")
    if done["state"] == "stopped":
        console.print("It stopped on the way: `waymark logs referrals` says why. Send the file again to go on.")
