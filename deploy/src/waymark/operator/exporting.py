"""`waymark export facts`: every fact as Parquet, pseudonymous, over the same routes as everybody."""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from chassis.settings import Environment
from waymark.local import record, state
from waymark.local.failure import PlatformFailure
from waymark.operator.token import token

LOOK_SECONDS: Final = 0.2
ANSWER_SECONDS: Final = 120.0

commands = typer.Typer()
exporting = typer.Typer(help="Take data out.", no_args_is_help=True)
commands.add_typer(exporting, name="export")
console = Console()


@exporting.callback()
def take_out() -> None:
    """Take data out."""


@exporting.command("facts")
def facts(
    folder: Annotated[Path, typer.Argument(help="Where to: a folder that is not there yet, or is empty.")],
    *,
    analyst: Annotated[str, typer.Option("--as", help="Who asks.")] = "analyst",
) -> None:
    """Write every fact as Parquet, pseudonymous: a file for each month, and a manifest when all of them are there."""
    if folder.exists() and any(folder.iterdir()):
        message = f"{folder} is not empty."
        raise PlatformFailure(message)
    with _client(analyst) as client:
        export = _done(client)
        for file in export["manifest"]["files"]:
            _fetch(client, export["id"], file, folder)
    folder.joinpath("manifest.json").write_text(json.dumps(export["manifest"], indent=2) + "\n")
    console.print(f"{export['total']:,} facts are in {folder}.")


@contextmanager
def _client(analyst: str) -> Iterator[httpx.Client]:
    environment = os.environ.get("WAYMARK_ENVIRONMENT", Environment.DEMO)

    def sign(request: httpx.Request) -> httpx.Request:
        request.headers["authorization"] = f"Bearer {token(analyst, environment, state.FOLDER / 'keys')}"
        return request

    url = record.addresses().url("analytics")
    try:
        with httpx.Client(base_url=url, auth=sign, timeout=ANSWER_SECONDS, trust_env=False) as client:
            yield client
    except httpx.TransportError as away:
        message = f"the analytics service does not answer at {url}: see `make status` and `make logs`."
        raise PlatformFailure(message) from away


def _done(client: httpx.Client) -> Mapping[str, Any]:
    """Ask for an export and watch it. Raises PlatformFailure when it does not come to its end."""
    export = _answered(client.post("/exports"))
    columns = (TextColumn("Exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=None)
        while export["state"] == "running":
            time.sleep(LOOK_SECONDS)
            export = _answered(client.get(f"/exports/{export['id']}"))
            progress.update(bar, total=export["total"], completed=export["done"])
    if export["state"] != "done":
        message = f"the export is {export['state']}: `waymark logs analytics` says why."
        raise PlatformFailure(message)
    return export


def _answered(answer: httpx.Response) -> dict[str, Any]:
    shown: dict[str, Any] = answer.json()
    if answer.is_error:
        message = f"the export: {shown.get('detail') or shown['title']}"
        raise PlatformFailure(message)
    return shown


def _fetch(client: httpx.Client, export_id: str, file: Mapping[str, Any], folder: Path) -> None:
    """Fetch the file of a month, and keep it only if it is whole."""
    path = folder / file["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    digest = hashlib.sha256()
    with client.stream("GET", f"/exports/{export_id}/months/{file['month']}") as answer, part.open("wb") as kept:
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            digest.update(chunk)
            kept.write(chunk)
    if digest.hexdigest() != file["sha256"]:
        message = f"the file of {file['month']} did not arrive as it was written: ask again."
        raise PlatformFailure(message)
    part.rename(path)
