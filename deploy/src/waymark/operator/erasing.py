"""`waymark erase`: destroy the keys of a person: nobody can ever read who it was, what happened stays counted."""

import asyncio
import os
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from chassis.keyring import Keyring, KeyringAwayError
from chassis.settings import Environment
from waymark.local import record, state
from waymark.local.failure import PlatformFailure
from waymark.operator.token import token

commands = typer.Typer()
console = Console(highlight=False)


@commands.command("erase")
def ask(
    participant: Annotated[UUID, typer.Argument(metavar="PARTICIPANT", help="As `waymark log` takes it.")],
    *,
    alias: Annotated[list[UUID] | None, typer.Option(help="Another id of the same person.")] = None,
    final: Annotated[
        bool, typer.Option("--final", help="Also destroy what backups of the keyring could yield.")
    ] = False,
    operator: Annotated[str, typer.Option("--as", help="Who erases.")] = "operator",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make everything personal of a participant unreadable, for ever. Works with Kafka and every other service away."""
    addresses = record.addresses()
    if not yes:
        typer.confirm(f"Erase {participant} for ever?", abort=True)
    environment = os.environ.get("WAYMARK_ENVIRONMENT", Environment.DEMO)
    signed = token(operator, environment, state.FOLDER / "keys")
    persons = [participant, *(alias or [])]
    erased = asyncio.run(erase(addresses.url("keyring"), signed, persons, final=final))
    console.print(f"{len(erased)} of {len(persons)} were erased now, the others before. Nobody reads them after 5 s.")
    if not final:
        console.print("Backups of the keyring yield nothing after the next rotation of its wrapping key, within a day.")


async def erase(url: str, operator_token: str, persons: Sequence[UUID], *, final: bool = False) -> list[UUID]:
    """Erase a person under all their ids at the keyring that answers at `url`; `final` rotates the wrapping key too.

    Returns the ids that were not erased before. Raises PlatformFailure when the keyring is away.
    """
    async with Keyring(url, lambda: operator_token) as keyring:
        try:
            erased = await keyring.erase(persons[0], persons[1:])
            if final:
                await keyring.rotate()
        except KeyringAwayError as away:
            message = f"{away}: see `make status`. Nobody knows whether it was done: erase again, it does no harm."
            raise PlatformFailure(message) from away
    return erased
