"""`waymark simulate`: a programme's history in the running platform, lived by the services' own commands."""

import asyncio
from datetime import datetime, time
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from psycopg.errors import UniqueViolation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chassis.keyring import Keyring
from chassis.signing import ServiceTokens, SigningKey
from simulator.deed import Guest, Place
from simulator.history import Arrivals, Lived, Plan, open_world, simulate
from waymark.local import identity, record
from waymark.local.environment import Addresses
from waymark.personas import id_of, persona

LONDON: Final = ZoneInfo("Europe/London")
MORNING: Final = time(7, 30)
PEOPLE: Final = 328

commands = typer.Typer()
console = Console()


def arrivals() -> tuple[Arrivals, ...]:
    """Return the four coaches of the demo: who comes to them for how long, and how large a part of all that is."""
    referrer = id_of("referrer-irena")

    def place(provider: str, programme: str, coach: str, *, mandatory: bool, stay_days: int) -> Place:
        return Place(id_of(provider), id_of(programme), id_of(coach), referrer, mandatory, stay_days)

    return (
        Arrivals(place("northway", "work-and-health", "coach-amir", mandatory=True, stay_days=365), 116),
        Arrivals(place("northway", "work-and-health", "coach-bridget", mandatory=False, stay_days=300), 96),
        Arrivals(place("brightpath", "first-step", "coach-dilys", mandatory=False, stay_days=300), 58),
        Arrivals(place("harbourside", "first-step", "coach-ewan", mandatory=False, stay_days=300), 58),
    )


@commands.command("simulate")
def run(
    *,
    people: Annotated[int, typer.Option(min=1, help="How many are referred in that time.")] = PEOPLE,
    until: Annotated[datetime | None, typer.Option(help="When it ends, in London; today at 07:30.")] = None,
    seed: Annotated[str, typer.Option(help="The same seed and end give the same history.")] = "waymark",
) -> None:
    """Let people come, go on their way and leave again: a year and a half of three providers, on what runs here."""
    end = (until or datetime.combine(datetime.now(LONDON).date(), MORNING)).replace(tzinfo=LONDON)
    leroy = persona("jobseeker")
    plan = Plan(seed, people, end, arrivals(), Guest(leroy.actor.id, leroy.name))
    try:
        lived, refused = asyncio.run(_live(record.addresses(), plan))
    except UniqueViolation:
        console.print("A history of this seed is here already. Give another one: --seed NAME.", style="red")
        raise typer.Exit(1) from None
    console.print(f"{lived.people:,} people lived through {lived.facts:,} facts.")
    if refused:
        console.print(f"{refused:,} things that they wanted to do were refused.")


async def _live(addresses: Addresses, plan: Plan) -> tuple[Lived, int]:
    tokens = ServiceTokens(SigningKey.read(identity.service_key(addresses.keys, "referrals")))
    columns = (TextColumn("Simulating"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    lived = Lived(0, 0)
    async with (
        Keyring(addresses.url("keyring"), tokens.to("keyring")) as keyring,
        open_world(addresses.databases, keyring, plan.until) as world,
    ):
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=plan.people)
            async for lived in simulate(world, plan):
                progress.update(bar, completed=lived.people)
        return lived, len(world.refused)
