"""What an operator asks of the platform. Each module brings its own `commands`; a new one gets a line in GROUPS."""

import typer

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

commands = typer.Typer()
for group in GROUPS:
    commands.add_typer(group)
importing.importing.command("vacancies")(market.vacancies)
