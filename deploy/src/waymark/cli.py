"""The `waymark` command: what runs the platform here, and what an operator asks of it.

Each module brings its own `commands`; a new one gets a line in GROUPS.
"""

import errno
import sys

import typer

from waymark.local import commands as local
from waymark.local import state
from waymark.local.failure import PlatformFailure
from waymark.operator import (
    documentation,
    erasing,
    exporting,
    importing,
    logbook,
    market,
    parking,
    rebuilding,
    recovering,
    simulating,
    token,
    tracing,
)

GROUPS = (
    local.commands,
    importing.commands,
    exporting.commands,
    token.commands,
    tracing.commands,
    logbook.commands,
    parking.commands,
    rebuilding.commands,
    recovering.commands,
    simulating.commands,
    erasing.commands,
    documentation.commands,
)
ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and try again.",
    errno.EDQUOT: "your share of the disk is full: free some space and try again.",
    errno.EACCES: "it cannot be written: make it yours, or set WAYMARK_STATE to a folder that is.",
    errno.EROFS: "its disk cannot be written: set WAYMARK_STATE to a folder that can.",
}

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for group in GROUPS:
    app.add_typer(group)
importing.importing.command("vacancies")(market.vacancies)


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
