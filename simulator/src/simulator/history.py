"""A programme's history: who came when, their lives drawn and lived batch by batch, and written."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Final

from caseload.programme_rules import Terms
from chassis.database import ALL_TENANTS, open_pool
from chassis.keyring import Keyring
from simulator.calendar import CALENDAR, LONDON, Clock, working_day
from simulator.context import Context
from simulator.deed import Deed, Guest, Person, Place
from simulator.memory import MemoryStore
from simulator.programme import live
from simulator.world import SERVICES, BatchKeyring, World

HISTORY_DAYS: Final = 548
PEOPLE_AT_ONCE: Final = 50
CLOSING: Final = frozenset({"turn_down", "let_go_silent", "decline"})


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A coach's place, and how large a part of all people come to it."""

    place: Place
    share: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is simulated: the same plan gives the same facts.

    The `guest` lives the life of whoever at the first place is looking for work with the most applications in play.
    """

    seed: str
    people: int
    until: datetime
    arrivals: Sequence[Arrivals]
    guest: Guest | None = None


@dataclass(frozen=True, slots=True)
class Lived:
    """How far a history is."""

    people: int
    facts: int


def persons(plan: Plan) -> Iterator[tuple[Person, date]]:
    """Return everybody with the day on which they are referred, and the guest in the place of one of them."""
    drawn = list(_drawn(plan))
    host = _host(plan, drawn) if plan.guest else None
    return ((replace(person, guest=plan.guest) if person.number == host else person, day) for person, day in drawn)


def _host(plan: Plan, drawn: Sequence[tuple[Person, date]]) -> int | None:
    """Return the number of whoever at the first place has the most applications in play, the newest of several."""
    first = ((person, day) for person, day in drawn if person.place == plan.arrivals[0].place)
    in_play = {person.number: applications_in_play(live(person, day, plan.until)) for person, day in first}
    return max(
        (number for number, count in in_play.items() if count), key=lambda one: (in_play[one], one), default=None
    )


def applications_in_play(deeds: Sequence[Deed]) -> int:
    """Return how many applications somebody waits on who is on the programme and has no job; 0 for anybody else."""
    names = {deed.name for deed in deeds}
    if "start" not in names or names & {"complete", "exit_early", "accept_offer"}:
        return 0
    sent, over = ({deed.words["application"] for deed in deeds if deed.name in kinds} for kinds in ({"send"}, CLOSING))
    return len(sent - over)


def _drawn(plan: Plan) -> Iterator[tuple[Person, date]]:
    """Spread everybody evenly over the history, coach by coach."""
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
