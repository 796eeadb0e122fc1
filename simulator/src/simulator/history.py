"""A programme's history: who came when, their lives drawn and lived batch by batch, and written."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Final

from caseload.programme_rules import Terms
from chassis.database import ALL_TENANTS, open_pool
from chassis.keyring import Keyring
from simulator.calendar import CALENDAR, LONDON, Clock, working_day
from simulator.context import Context
from simulator.deed import Deed, Person, Place
from simulator.memory import MemoryStore
from simulator.programme import live
from simulator.world import SERVICES, BatchKeyring, World

HISTORY_DAYS: Final = 548
PEOPLE_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A coach's place, and how large a part of all people come to it."""

    place: Place
    share: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated: the same plan gives the same facts."""

    seed: str
    people: int
    until: datetime
    arrivals: Sequence[Arrivals]


@dataclass(frozen=True, slots=True)
class Lived:
    """How far a history is."""

    people: int
    facts: int


def persons(plan: Plan) -> Iterator[tuple[Person, date]]:
    """Return everybody with the day on which they are referred: spread evenly over the history, coach by coach."""
    first = plan.until.astimezone(LONDON).date() - timedelta(days=HISTORY_DAYS)
    rng = Random(f"{plan.seed}:arrivals")  # noqa: S311  (nothing is kept secret)
    whole = sum(one.share for one in plan.arrivals)
    number = 0
    for arrivals in plan.arrivals:
        count = round(plan.people * arrivals.share / whole)
        for place_in_line in range(count):
            day = first + timedelta(days=int((place_in_line + rng.random()) * HISTORY_DAYS / count))
            yield Person(f"{plan.seed} until {plan.until.isoformat()}", number, arrivals.place), working_day(day)
            number += 1


@asynccontextmanager
async def open_world(databases: Mapping[str, str], keyring: Keyring, until: datetime) -> AsyncIterator[World]:
    """Open the stores of the services by their connection strings."""
    async with AsyncExitStack() as stack:
        world = World(Clock(until), BatchKeyring(keyring), Terms(calendar=CALENDAR))
        for service in SERVICES:
            pool = await stack.enter_async_context(open_pool(databases[service], size=2, scope=ALL_TENANTS))
            world.stores[service] = MemoryStore(pool, service, world.clock, world.hear)
        yield world


async def simulate(world: World, plan: Plan) -> AsyncIterator[Lived]:
    """Live everybody's life, batch by batch; say after each how far the history is."""
    everybody = persons(plan)
    people = facts = 0
    while batch := list(islice(everybody, PEOPLE_AT_ONCE)):
        await world.keyring.begin(person.participant for person, _ in batch)
        for person, day in batch:
            await live_through(world, person, live(person, day, plan.until))
        await world.keyring.finish()
        people, facts = people + len(batch), facts + await world.flush()
        yield Lived(people, facts)


async def live_through(world: World, person: Person, deeds: Sequence[Deed]) -> None:
    """Do everything of one life, in order."""
    context = Context(person, world.keyring, world.terms)
    for deed in deeds:
        await world.do(context, deed)
