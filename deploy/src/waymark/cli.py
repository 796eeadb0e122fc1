"""The `waymark` command: what runs the platform here, and what an operator asks of it.

Each module brings its own `commands`; a new one gets a line in GROUPS.
"""

import errno
import sys

import typer

from waymark.local import commands as local
from waymark.local import state
from waymark.local.failure import PlatformFailure

GROUPS = (local.commands,)
DISK_IS_FULL = {errno.ENOSPC, errno.EDQUOT}

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for group in GROUPS:
    app.add_typer(group)


def main() -> None:
    """Run the command; a failure that a person can do something about is told in one line."""
    try:
        app()
    except PlatformFailure as failure:
        sys.exit(f"waymark: {failure}")
    except OSError as failure:
        if failure.errno not in DISK_IS_FULL:
            raise
        sys.exit(f"waymark: the disk that holds {state.FOLDER} is full: free some space and try again.")


if __name__ == "__main__":
    main()
