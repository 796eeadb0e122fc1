"""`waymark import vacancies`: bring a feed of vacancies to market, over the same routes as everybody."""

import re
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer

from waymark.local.failure import PlatformFailure
from waymark.operator.importing import (
    Shown,
    answered,
    client_of,
    commands,
    confirm,
    console,
    content_of,
    importing,
    show_rows,
    watched,
)

__all__ = ["commands"]

SERVICE: Final = "jobsearch"
FILES: Final = "/vacancy-files"


@importing.command("vacancies")
def vacancies(  # noqa: PLR0913  (each an option)
    file: Annotated[Path, typer.Argument(envvar="WAYMARK_VACANCIES", help="CSV, plain or compressed by gzip.")],
    *,
    feed: Annotated[str, typer.Option(help="The feed's short name; else the file's.")] = "",
    part: Annotated[bool, typer.Option("--part", help="The feed has more than this: withdraw nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Where rejects and warnings go, as CSV.")] = None,
    who: Annotated[
        str, typer.Option("--as", help="Who brings it in: an operator or a provider's manager.")
    ] = "operator",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Check a file of vacancies and bring it to market. Only what differs is told: twice changes nothing."""
    feed = feed or _feed_of(file)
    with client_of(who, SERVICE) as client:
        previewed = preview(client, file, feed, whole=not part)
        path = report or Path(f"{feed}-report.csv")
        _keep_report(client, previewed, path)
        _show(previewed, path)
        if not previewed["vacancies"]:
            raise typer.Exit(1)
        if not yes:
            typer.confirm(f"Bring {previewed['vacancies']:,} vacancies of {feed} in?", abort=True)
        done = watched(previewed["vacancies"], lambda told: confirm(client, previewed["id"], told, FILES))
    _say(done)
    if done["state"] != "done":
        raise typer.Exit(1)


def preview(client: httpx.Client, file: Path, feed: str, *, whole: bool) -> Shown:
    """Send a file to be checked and return what the service says of it.

    Raises PlatformFailure when it is no table of vacancies, or cannot be read.
    """
    parameters: dict[str, str | bool] = {"feed": feed, "whole": whole}
    headers = {"Content-Type": "application/gzip" if file.suffix == ".gz" else "text/csv"}
    return answered(client.post(FILES, params=parameters, content=content_of(file), headers=headers), str(file))


def _feed_of(file: Path) -> str:
    """Return a file's name as the name of a feed."""
    plain = file.name.removesuffix(".gz").removesuffix(".csv").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64] or "feed"


def _keep_report(client: httpx.Client, previewed: Shown, path: Path) -> None:
    if not (previewed["rejected"] or previewed["warnings"]):
        return
    told = client.get(f"{FILES}/{previewed['id']}/report")
    try:
        path.write_bytes(told.content)
    except OSError as unwritable:
        message = f"{path} cannot be written: {unwritable.strerror}; name another place with --report."
        raise PlatformFailure(message) from unwritable


def _show(previewed: Shown, path: Path) -> None:
    console.print(f"{previewed['vacancies']:,} vacancies can be brought in, {previewed['doubles']:,} rows are doubles.")
    show_rows("These rows are left out:", previewed["rejects"])
    if previewed["rejected"] or previewed["warnings"]:
        told = f"{previewed['rejected']:,} rows left out and {previewed['warnings']:,} doubts are told in {path}."
        console.print(told, soft_wrap=True)


def _say(done: Shown) -> None:
    console.print(
        f"{done['added']:,} vacancies came in, {done['revised']:,} read differently now, "
        f"{done['unchanged']:,} were there before, {done['withdrawn']:,} left the market."
    )
    if done["state"] == "stopped":
        console.print("It stopped on the way: `waymark logs jobsearch` says why. Send the file again to go on.")
