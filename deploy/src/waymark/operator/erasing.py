"""`waymark erase`: destroy the keys of a person: nobody can ever read who it was, what happened stays counted.

Who was merged with them is the same person, and is erased with them.
"""

import asyncio
import os
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import psycopg
import typer
from rich.console import Console

from chassis.ask import Ask
from chassis.database import ALL_TENANTS, open_pool
from chassis.keyring import Keyring, KeyringAwayError
from chassis.settings import Environment
from chassis.store import Session, Store
from referrals.merging import aliases_of
from waymark.local import record, state
from waymark.local.failure import PlatformFailure
from waymark.operator.token import token

commands = typer.Typer()
console = Console(highlight=False)


@commands.command("erase")
def ask(  # noqa: PLR0913  (each an option of the command)
    participant: Annotated[UUID, typer.Argument(metavar="PARTICIPANT", help="As `waymark log` takes it.")],
    *,
    alias: Annotated[list[UUID] | None, typer.Option(help="Another id of the same person, never merged.")] = None,
    only_named: Annotated[
        bool, typer.Option("--only-named", help="Ask nobody who was merged with them, as when PostgreSQL is away.")
    ] = False,
    final: Annotated[
        bool, typer.Option("--final", help="Also destroy what backups of the keyring could yield.")
    ] = False,
    operator: Annotated[str, typer.Option("--as", help="Who erases.")] = "operator",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make everything personal of a participant unreadable, for ever; whoever was merged with them is told first.

    Works with Kafka and every service but the keyring away.
    """
    addresses = record.addresses()
    named = [participant, *(alias or [])]
    persons = named if only_named else asyncio.run(all_ids(addresses.databases["referrals"], named))
    for other in persons[1:]:
        console.print(f"{other} is the same person and is erased as well.", soft_wrap=True)
    if not yes:
        typer.confirm(f"Erase {participant} for ever?", abort=True)
    environment = os.environ.get("WAYMARK_ENVIRONMENT", Environment.DEMO)
    signed = token(operator, environment, state.FOLDER / "keys")
    erased = asyncio.run(erase(addresses.url("keyring"), signed, persons, final=final))
    console.print(f"{len(erased)} of {len(persons)} were erased now, the others before. Nobody reads them after 5 s.")
    if not final:
        console.print("Backups of the keyring yield nothing after the next rotation of its wrapping key, within a day.")


async def all_ids(database: str, named: Sequence[UUID]) -> list[UUID]:
    """Return all ids of a person: those that are named, and whoever was merged with them, as referrals' store tells it.

    Raises PlatformFailure when the store's database is away.
    """
    found = list(named)
    try:
        async with open_pool(database, size=1, scope=ALL_TENANTS) as pool:
            session = Session(Store(pool, "referrals"), Ask(actor="operator", correlation_id=""))
            for person in named:
                found += [alias.participant_id for alias in await aliases_of(session, person)]
    except psycopg.OperationalError as away:
        message = (
            "the database of referrals does not answer, so nobody knows who was merged with them: see `make status`, "
            "or erase the ids that you name, and no other, by --only-named."
        )
        raise PlatformFailure(message) from away
    return list(dict.fromkeys(found))


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
