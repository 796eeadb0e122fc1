"""`waymark token`: sign in to the demo as one of its personas."""

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from chassis.settings import Environment
from chassis.signing import SigningKey, person_token
from waymark.local import identity, state
from waymark.local.failure import PlatformFailure
from waymark.personas import persona

MAY_MINT: Final = {Environment.DEMO, Environment.TEST}

commands = typer.Typer()


@commands.command("token")
def show(
    name: Annotated[str, typer.Option("--as", help="A role such as coach, or a person such as coach-bridget.")],
) -> None:
    """Print a token that every service takes for ten minutes: Authorization: Bearer TOKEN."""
    environment = os.environ.get("WAYMARK_ENVIRONMENT", Environment.DEMO)
    typer.echo(token(name, environment, state.FOLDER / "keys"))


def token(name: str, environment: str, keys: Path) -> str:
    """Return a token for a persona, by role or code, signed with the demo's key in the folder `keys`.

    Raises PlatformFailure outside demo and test, for an unknown name, and before the platform was first started.
    """
    if environment not in MAY_MINT:
        message = f"tokens are not given out in {environment}: sign in with your organisation's account."
        raise PlatformFailure(message)
    key = identity.people_key(keys)
    if not key.exists():
        message = "there is no platform to sign in to yet: start it by `make demo`."
        raise PlatformFailure(message)
    try:
        return person_token(SigningKey.read(key), persona(name).actor)
    except LookupError as unknown:
        raise PlatformFailure(str(unknown.args[0]) + ".") from unknown
