"""What an operator asks of the platform: each command by its name, in the module whose `commands` have it.

A module is read only when its command is asked for: some read every service's code, which takes longer than a command.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from typer.core import TyperGroup
from typer.main import get_group

MODULES: Final[Mapping[str, str]] = {
    "import": "waymark.operator.market",
    "export": "waymark.operator.exporting",
    "token": "waymark.operator.token",
    "trace": "waymark.operator.tracing",
    "log": "waymark.operator.logbook",
    "parked": "waymark.operator.parking",
    "retell": "waymark.operator.parking",
    "rebuild": "waymark.operator.rebuilding",
    "recover": "waymark.operator.recovering",
    "simulate": "waymark.operator.simulating",
    "erase": "waymark.operator.erasing",
    "docs": "waymark.operator.documentation",
}


def group_of(module: str) -> TyperGroup:
    """Read a module, and return the commands that it brings."""
    return get_group(import_module(module).commands)


def command_of(context: Any, name: str) -> Any:
    """Return the command of a name, None when there is none."""
    return group_of(MODULES[name]).get_command(context, name) if name in MODULES else None
