"""The `waymark` command: what runs the platform here, and what an operator asks of it."""

import errno
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from waymark.local import commands as local
from waymark.local import state
from waymark.local.failure import PlatformFailure
from waymark.operator.commands import MODULES, command_of

ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and try again.",
    errno.EDQUOT: "your share of the disk is full: free some space and try again.",
    errno.EACCES: "it cannot be written: make it yours, or set WAYMARK_STATE to a folder that is.",
    errno.EROFS: "its disk cannot be written: set WAYMARK_STATE to a folder that can.",
}


class Commands(TyperGroup):
    """What runs the platform, then what an operator asks: each command is read once it is asked for.

    The process that keeps the platform up, for days perhaps, takes a third of the memory without the operator's.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands in their order."""
        return [*super().list_commands(ctx), *MODULES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name."""
        return super().get_command(ctx, cmd_name) or command_of(ctx, cmd_name)


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(local.commands)


def main() -> None:
    """Run the command; a failure that a person can do something about is told in one line."""
    try:
        app()
    except PlatformFailure as failure:
        sys.exit(f"waymark: {failure}")
    except OSError as failure:
        if failure.errno not in ADVICE:
            raise
        sys.exit(f"waymark: {failure.filename or state.FOLDER}: {ADVICE[failure.errno]}")


if __name__ == "__main__":
    main()
