"""Every command of an operator is found by its name, and is read only when it is asked for."""

import subprocess
import sys
from pathlib import Path

import waymark.operator
from waymark.operator.commands import MODULES, group_of

FOLDER = Path(waymark.operator.__path__[0])


def test_every_command_that_a_module_brings_has_its_line() -> None:
    bringing = {path.stem for path in FOLDER.glob("*.py") if "commands = typer.Typer()" in path.read_text()}
    # What is imported comes in two kinds, each with a module of its own.
    named = {module.rpartition(".")[2] for module in MODULES.values()} - {"market"} | {"importing"}
    assert named == bringing
    brought = {name: module for module in set(MODULES.values()) for name in group_of(module).commands}
    assert brought == MODULES


def test_a_command_reads_no_code_of_services_that_it_does_not_need() -> None:
    asked = "from waymark.operator.commands import command_of; import sys; command_of(None, 'import')"
    script = f"{asked}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    read = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert {"caseload", "gateway", "simulator"}.isdisjoint(read)
